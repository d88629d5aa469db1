"""The sections about candidates."""

from typing import Annotated

from pydantic import Field

from matchwright.frozen import Frozen, Share


class TfidfTopK(Frozen):
    """Sparse character n-gram TF-IDF: each left record's ``top_k`` nearest right records.

    ``both_ways`` adds each right record's nearest left ones, which pays where the tables are of like
    size. In a large table a record's n-grams are looked up rarest first, until they have led to
    ``max_lookups_per_record`` records.
    """

    fields: tuple[str, ...]
    ngram: Annotated[int, Field(ge=2, le=5)] = 3
    top_k: Annotated[int, Field(ge=1, le=200)] = 10
    min_similarity: Share = 0.1
    both_ways: bool = False
    max_lookups_per_record: Annotated[int, Field(ge=100)] = 50_000


class CandidateSpec(Frozen):
    """Which pairs are worth scoring.

    A rule is a list of record features that must all be equal (``surname__phonetic``);
    a rule that would make more than ``max_pairs_per_rule`` pairs is refused. Where training fits embeddings,
    it also proposes each left record's ``embedding_top_k`` nearest by the record's embedding. A left record (in one
    table, any) brings at most ``max_candidates_per_record`` pairs of all methods together, those that are likeliest
    without labels.
    """

    rules: tuple[tuple[str, ...], ...]
    tfidf: TfidfTopK | None = None
    embedding_top_k: Annotated[int, Field(ge=0, le=200)] = 0
    max_pairs_per_rule: Annotated[int, Field(ge=1)] = 5_000_000
    max_candidates_per_record: Annotated[int, Field(ge=1)] = 1_000
