"""The sections about candidates."""

from typing import Annotated

from pydantic import Field

from matchwright.frozen import Frozen, Share


class TfidfTopK(Frozen):
    """Character n-gram TF-IDF: the ``top_k`` nearest right records of each left record.

    ``both_ways`` adds the nearest left records of each right record. It helps where both tables are about equally
    large. A small table is searched exactly. In a large one n-grams have two characters more, and the rarest n-grams
    of a record are looked up first. Its search ends when its n-grams have led to ``max_lookups_per_record`` records.
    """

    fields: tuple[str, ...]
    ngram: Annotated[int, Field(ge=2, le=5)] = 3
    top_k: Annotated[int, Field(ge=1, le=200)] = 10
    min_similarity: Share = 0.1
    both_ways: bool = False
    max_lookups_per_record: Annotated[int, Field(ge=100)] = 2_000


class CandidateSpec(Frozen):
    """Which pairs are scored.

    A rule is a list of record features that must all be equal (``surname__phonetic``). A rule that would make more
    than ``max_pairs_per_rule`` pairs is refused. Where training fits embeddings, it also proposes the
    ``embedding_top_k`` nearest right records of each left record by embedding. All methods together give a left
    record at most ``max_candidates_per_record`` pairs. The pairs that rank best without labels are kept. In
    deduplication a pair is kept if it is among the best of either of its records. So a record may then have more pairs,
    but the mean is at most twice this number.

    With ``common_neighbours``, deduplication also proposes two records that no method proposes, if both are candidates
    of a third one by two methods at least. A record that moved may be found through another one of the same person.
    """

    rules: tuple[tuple[str, ...], ...]
    tfidf: TfidfTopK | None = None
    embedding_top_k: Annotated[int, Field(ge=0, le=200)] = 0
    common_neighbours: bool = False
    max_pairs_per_rule: Annotated[int, Field(ge=1)] = 5_000_000
    max_candidates_per_record: Annotated[int, Field(ge=1)] = 1_000
