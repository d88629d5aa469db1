"""Candidates: the pairs that are scored.

Equality rules and TF-IDF miss different pairs, so their candidates are united. Where the spec asks for it, training
adds the nearest records by a fitted embedding, and records with a common neighbour become candidates too.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd

from matchwright.core.candidates.budget import pair_ranks, pairs_within_budget
from matchwright.core.candidates.by_embedding import Embed, propose_by_embedding
from matchwright.core.candidates.common_neighbour import with_common_neighbours
from matchwright.core.candidates.rules import Join, joined_in_duckdb, propose_by_rules
from matchwright.core.candidates.table import Bounded, CandidatePairs, Narrowed, Proposal, RecordTable, unite
from matchwright.core.candidates.tfidf import Progress, propose_by_tfidf, quiet
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.blocking import TfidfTopK

__all__ = [
    "HERE",
    "Bounded",
    "CandidatePairs",
    "Methods",
    "Narrowed",
    "RecordTable",
    "pair_ranks",
    "pairs_within_budget",
    "propose_candidates",
    "propose_pairs",
    "propose_without_budget",
]


@dataclass(frozen=True)
class Methods:
    """Where the methods run. Each gives the same pairs as the functions of this process."""

    join: Join = joined_in_duckdb
    tfidf: Callable[[RecordTable, TfidfTopK, Progress], Proposal] = propose_by_tfidf
    embedding: Callable[[RecordTable, Embed, int], Proposal] = propose_by_embedding


HERE = Methods()
"""All methods run in this process."""


def propose_candidates(features: pd.DataFrame, spec: MatchSpec, embed: Embed | None = None) -> pd.DataFrame:
    """The candidates of a set of records: all that the spec's methods propose, within its budget.

    As :func:`propose_without_budget`, without the pairs whose rank is above ``max_candidates_per_record``; see
    :func:`~matchwright.core.candidates.budget.ranks_in_record`.
    """
    table = RecordTable.of(features)
    pairs = propose_pairs(table, spec, embed)
    return pairs_within_budget(pairs, spec.candidates.max_candidates_per_record, table.one_table).frame(table)


def propose_without_budget(
    features: pd.DataFrame, spec: MatchSpec, embed: Embed | None = None, progress: Progress = quiet
) -> pd.DataFrame:
    """All pairs that the spec's rules, TF-IDF or an embedding propose, without a budget per record.

    Args:
        features: record features, one row per record. With record keys of both sources, every candidate has a left
            and a right record. With left keys only this is deduplication, and every candidate has
            ``left_key < right_key``.
        spec: the match spec.
        embed: gives the vectors for the spec's ``embedding_top_k``.
        progress: called with the number of records that TF-IDF has looked up so far, and the number of all records.

    Returns:
        One row per pair: left_key, right_key, proposed_by
        (``rule:surname__phonetic+postcode|tfidf|embedding`` or ``common_neighbour``),
        tfidf_rank and embedding_rank (Int16, 1 is the nearest, missing where that method did not propose the pair).
        Sorted by ``left_key`` and ``right_key``, for any order of ``features``.

    Raises:
        CandidateError: a rule would make more than ``max_pairs_per_rule`` pairs, or keys are not unique.
    """
    table = RecordTable.of(features)
    return propose_pairs(table, spec, embed, progress).frame(table)


def propose_pairs(
    table: RecordTable,
    spec: MatchSpec,
    embed: Embed | None = None,
    progress: Progress = quiet,
    *,
    narrow: bool = False,
    methods: Methods = HERE,
) -> CandidatePairs:
    """As :func:`propose_without_budget`, with positions in the table in place of keys: a tenth of the memory.

    With ``narrow``, a rule that would make too many pairs is narrowed. The rules that were are in ``narrowed``, and
    ``bounded`` says what TF-IDF left out in a large register. ``methods`` says where they run.

    Raises:
        CandidateError: a rule would make more than ``max_pairs_per_rule`` pairs.
    """
    by_rules = propose_by_rules(table, spec.candidates, narrow=narrow, join=methods.join)
    proposals = by_rules.proposals
    if spec.candidates.tfidf is not None:
        proposals.append(methods.tfidf(table, spec.candidates.tfidf, progress))
    if embed is not None and spec.candidates.embedding_top_k:
        proposals.append(methods.embedding(table, embed, spec.candidates.embedding_top_k))
    pairs = replace(unite(table, proposals), narrowed=by_rules.narrowed)
    return with_common_neighbours(pairs, table) if spec.candidates.common_neighbours and table.one_table else pairs
