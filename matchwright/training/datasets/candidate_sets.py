"""Comparing labelled pairs with their competing candidates: all candidates of their records, labelled or not."""

import numpy as np
import pandas as pd

from matchwright.core.compare.competing import Numbers, fit_of
from matchwright.core.compare.engine import record_fit
from matchwright.core.compare.names import context_names
from matchwright.core.records import PAIR_KEYS
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec
from matchwright.training.datasets.among_candidates import context_among, context_in_place_among
from matchwright.training.datasets.register_pairs import RegisterPairs

MOST_COMPETING = 2_000_000
"""The most candidates that are kept for comparing test pairs with another model, where the register is large."""
SMALLEST_SHARE = 2.0**-12


def with_context(
    comparisons: pd.DataFrame,
    labelled: pd.DataFrame,
    proposed: pd.DataFrame | RegisterPairs,
    frame: pd.DataFrame,
    spec: MatchSpec,
    corpus: Corpus,
    without: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The labelled pairs' comparisons with those of context filled in.

    Args:
        comparisons: of the labelled pairs, row by row.
        labelled: left_key and right_key of the labelled pairs. A pair that is not ``proposed`` has no context.
        proposed: every candidate, labelled or not. Its labels are not used.
        frame: record features of all records.
        spec: the match spec.
        corpus: the corpus statistics.
        without: left_key and right_key of candidates that are left out, as if nobody had proposed them.
    """
    names = context_names(spec)
    if not names:
        return comparisons
    pairs = RegisterPairs.of(frame, proposed)
    if without is not None:
        gone = pairs.rows_of(without)
        kept = np.ones(len(pairs), dtype=bool)
        kept[gone[gone >= 0]] = False
        pairs = pairs.take(kept)
    rows = pairs.rows_of(labelled)
    there = rows >= 0
    context = context_among(fit_of_pairs(pairs, spec, corpus), pairs.left, pairs.right, spec, rows[there])
    return comparisons.assign(**_placed(context, names, there))


def with_context_in_place(
    made: pd.DataFrame,
    origins: pd.DataFrame,
    proposed: pd.DataFrame | RegisterPairs,
    frame: pd.DataFrame,
    spec: MatchSpec,
    corpus: Corpus,
) -> pd.DataFrame:
    """The comparisons of made pairs with those of context, each in the place of the pair that it was made from.

    Args:
        made: comparisons of the made pairs.
        origins: left_key and right_key of the pair that each was made from, row by row. A made pair has no context if
            its pair is not ``proposed``.
        proposed: every candidate, labelled or not.
        frame: record features of all records.
        spec: the match spec.
        corpus: the corpus statistics.
    """
    names = context_names(spec)
    if not names or not len(made):
        return made
    pairs = RegisterPairs.of(frame, proposed)
    rows = pairs.rows_of(origins)
    there = rows >= 0
    fit, new = fit_of_pairs(pairs, spec, corpus), fit_of(made, spec)[there]
    context = context_in_place_among(fit, pairs.left, pairs.right, rows[there], new, spec)
    return made.assign(**_placed(context, names, there))


def fit_of_pairs(pairs: RegisterPairs, spec: MatchSpec, corpus: Corpus) -> Numbers:
    """How alike the whole records of every candidate are, shape (pairs,)."""
    fit = np.zeros(len(pairs))
    for rows, left, right in pairs.batches():
        fit[rows] = record_fit(left, right, spec, corpus)
    return fit


def competing_with(labelled: pd.DataFrame, proposed: pd.DataFrame) -> pd.DataFrame:
    """The candidates that share a record with one of the labelled pairs, and these pairs: left_key and right_key."""
    together = pd.concat([labelled[PAIR_KEYS], proposed[PAIR_KEYS]]).drop_duplicates(ignore_index=True)
    known = pd.concat([labelled["left_key"], labelled["right_key"]]).unique()
    shared = together["left_key"].isin(known) | together["right_key"].isin(known)
    return together[shared.to_numpy()].sort_values(PAIR_KEYS, ignore_index=True)


def competing_twice(labelled: pd.DataFrame, proposed: pd.DataFrame | RegisterPairs) -> pd.DataFrame:
    """:func:`competing_with` for the labelled pairs and for the candidates that compete with them."""
    if isinstance(proposed, RegisterPairs):
        return proposed.pair_keys(rows_competing_twice(labelled, proposed))
    return competing_with(competing_with(labelled, proposed), proposed)


def rows_competing_twice(
    labelled: pd.DataFrame, proposed: RegisterPairs
) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
    """The numbers of the candidates of :func:`competing_twice`, for labelled pairs that are candidates."""
    once = proposed.with_records(proposed.records_of(labelled))
    records = np.zeros(len(proposed.frame), dtype=bool)
    records[proposed.left[once]] = records[proposed.right[once]] = True
    return proposed.with_records(records)


def competing_of_tested(tested: pd.DataFrame, proposed: RegisterPairs, bounded: bool) -> tuple[pd.DataFrame, float]:
    """The :func:`competing_twice` of test pairs; where they are bounded, of as many as need at most two million.

    Returns:
        left_key and right_key, and the share of the left records whose pairs are :func:`drawn`. It halves until the
        candidates are few enough.
    """
    share = 1.0
    rows = rows_competing_twice(tested, proposed)
    while bounded and len(rows) > MOST_COMPETING and share > SMALLEST_SHARE:
        share /= 2
        rows = rows_competing_twice(tested[drawn(tested["left_key"], share)], proposed)
    return proposed.pair_keys(rows), share


def drawn(keys: "pd.Series[str]", share: float) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """A share of the records, chosen by a hash of their keys: whether each is in it, shape (records,)."""
    if share >= 1:
        return np.ones(len(keys), dtype=bool)
    return np.asarray(pd.util.hash_array(keys.to_numpy(dtype=object), categorize=False) / 2.0**64 < share)


def _placed(
    context: pd.DataFrame, names: list[str], there: "np.ndarray[tuple[int], np.dtype[np.bool_]]"
) -> dict[str, "np.ndarray[tuple[int], np.dtype[np.float32]]"]:
    """The columns of context for the pairs that are there, NaN for the others."""
    values = np.full((len(there), len(names)), np.nan, dtype=np.float32)
    values[there] = context[names].to_numpy()
    return dict(zip(names, values.T, strict=True))
