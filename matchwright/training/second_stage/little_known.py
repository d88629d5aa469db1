"""Queries of which little is known, each with its candidates, made from training records.

Labelled records have most of their fields. In use, somebody may know a surname and a state, and asks which of fifty
records it is. Many strangers agree as much as the match does, and often the match is not among them. A second stage
that has seen no such query takes the best of them for a match, and the others for none.
"""

from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare import compare
from matchwright.core.compare.competing import in_context
from matchwright.core.compare.competing_scores import competing_scores, with_scores
from matchwright.core.compare.information import counted_fields
from matchwright.core.models.register_evidence import RegisterEvidence
from matchwright.core.models.register_limits import within_limits
from matchwright.core.models.scorer import Scorer
from matchwright.core.records import PAIR_KEYS
from matchwright.core.records.columns import columns_of
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec
from matchwright.training.datasets.labelled_pairs import LabelledPairs
from matchwright.training.datasets.prepare import Prepared
from matchwright.training.second_stage.candidates import held_out_scores

MOST_QUERIES = 1_000
WITHOUT_MATCH = 0.5
"""The share of queries whose match is not among their candidates."""

STRANGERS = (0, 1, 5, 20)
"""How many strangers are added to the candidates of a query; each number is equally frequent."""

SEARCHED = 0.5
"""The share of queries whose strangers are those that agree most. The others have some that agree in a field."""

SIDE = "left"

Rows = np.ndarray[Any, np.dtype[np.int64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]


def queries_with_little_known(
    prepared: Prepared,
    scorers: list[Scorer],
    frame: pd.DataFrame,
    spec: MatchSpec,
    corpus: Corpus,
    register: RegisterEvidence | None,
) -> LabelledPairs:
    """Left records of training pairs with some of their fields, each paired with its candidates.

    The candidates are the labelled ones, and strangers that agree in a known field.

    Args:
        prepared: has the training pairs. All matches are labelled.
        scorers: for each fold a first stage that saw no pair of its left records.
        frame: record features of all records.
        spec: its ``model.context_free_augmentation`` is the share of left records that are queries.
        corpus: the corpus statistics.
        register: limits the first stage's scores; None if there is none.
    """
    generator = np.random.default_rng(spec.model.seed)
    labelled = prepared.labelled_candidates
    trained = labelled[(labelled["part"] == "train").to_numpy()]
    left, right = _rows_in(frame, trained)
    queries = generator.permutation(np.unique(left))
    queries = np.sort(queries[: min(MOST_QUERIES, int(len(queries) * spec.model.context_free_augmentation))])
    known = _known_fields(frame, queries, spec, generator)
    own = np.flatnonzero(np.isin(left, queries))
    pairs = pd.DataFrame({"query": left[own], "candidate": right[own], "label": trained["label"].to_numpy()[own]})
    missed = pd.DataFrame(dict(zip(("query", "candidate"), _rows_in(frame, prepared.missed), strict=True)))
    strangers = _strangers(frame, queries, known, np.unique(right), spec, generator)
    # the first one stays: what is labelled is known, and a match that nobody proposed is no stranger
    pairs = pd.concat([pairs, missed.assign(label=-1), strangers]).drop_duplicates(["query", "candidate"])
    pairs = pairs[(pairs["label"] >= 0) & (pairs["query"] != pairs["candidate"])]
    without = queries[generator.random(len(queries)) < WITHOUT_MATCH]
    pairs = pairs[~(pairs["query"].isin(without) & (pairs["label"] == 1))].sort_values(["query", "candidate"])
    return _compared(pairs, queries, known, prepared, scorers, frame, spec, corpus, register)


def _rows_in(frame: pd.DataFrame, pairs: pd.DataFrame) -> tuple[Rows, Rows]:
    index = pd.Index(frame["record_key"])
    left, right = (index.get_indexer(pairs[key]).astype(np.int64) for key in PAIR_KEYS)
    return left, right


def _known_fields(frame: pd.DataFrame, queries: Rows, spec: MatchSpec, generator: np.random.Generator) -> Mask:
    """Which fields stay, shape (queries, compared fields). Every number of those that are there is equally frequent."""
    there = frame.iloc[queries][list(spec.compared)].notna().to_numpy()
    kept = generator.integers(1, np.maximum(there.sum(axis=1), 1) + 1)
    order = np.where(there, generator.random(there.shape), np.inf).argsort(axis=1).argsort(axis=1)
    return np.asarray(there & (order < kept[:, None]))


def _strangers(
    frame: pd.DataFrame, queries: Rows, known: Mask, records: Rows, spec: MatchSpec, generator: np.random.Generator
) -> pd.DataFrame:
    """Records that agree with a query in a known field."""
    fields = counted_fields(spec)
    found = []
    if fields:
        codes = np.column_stack([pd.factorize(frame[name])[0] for name in fields])
        known = known[:, [list(spec.compared).index(name) for name in fields]]
        for query, of_query in zip(queries, known, strict=True):
            agree = (codes[records] == codes[query])[:, of_query].sum(axis=1)
            some = np.flatnonzero(agree)
            weight = agree[some] if generator.random() < SEARCHED else 0
            best = np.argsort(-(weight + generator.random(len(some))))[: generator.choice(STRANGERS)]
            found.append(pd.DataFrame({"query": query, "candidate": records[some[best]]}))
    empty = pd.DataFrame({"query": [], "candidate": []}, dtype=np.int64)
    return pd.concat([empty, *found], ignore_index=True).assign(label=0)


def _compared(
    pairs: pd.DataFrame,
    queries: Rows,
    known: Mask,
    prepared: Prepared,
    scorers: list[Scorer],
    frame: pd.DataFrame,
    spec: MatchSpec,
    corpus: Corpus,
    register: RegisterEvidence | None,
) -> LabelledPairs:
    query, candidate = (pairs[name].to_numpy(dtype=np.int64) for name in ("query", "candidate"))
    left = columns_of(_only(frame.iloc[query].reset_index(drop=True), known[np.searchsorted(queries, query)], spec))
    right = columns_of(frame.iloc[candidate].reset_index(drop=True))
    compared = compare(left, right, spec, corpus, prepared.words, prepared.embeddings)
    compared = in_context(compared, query, candidate, spec, (SIDE,))
    keys, unknown = frame["record_key"].to_numpy(dtype=object)[query], np.full(len(pairs), -1)
    made = LabelledPairs(compared, pairs["label"].to_numpy(), keys, np.ones(len(pairs), dtype=bool), unknown)
    log_odds = held_out_scores(made, scorers, spec.model.seed)
    if register is not None:
        limits = register.limits(left, right, compared, spec, corpus, of_register=True)
        log_odds = within_limits(log_odds, limits)
    scores = competing_scores(log_odds, query, candidate, spec.sources.alike, (SIDE,))
    return LabelledPairs(with_scores(compared, scores), made.labels, keys, made.made, unknown)


def _only(records: pd.DataFrame, known: Mask, spec: MatchSpec) -> pd.DataFrame:
    """The records with their known fields alone. ``known`` has shape (records, compared fields)."""
    of_field = dict(zip(spec.compared, known.T, strict=True))
    for column in records.columns:
        if (kept := of_field.get(column.partition("__")[0])) is not None:
            missing = np.nan if records[column].dtype.kind == "f" else None
            records[column] = records[column].where(kept, missing)
    return records
