"""Comparing labelled pairs with their competing candidates: all candidates of their records, labelled or not."""

import numpy as np
import pandas as pd

from matchwright.core.compare.competing import context_in_place_of, context_of, fit_of
from matchwright.core.compare.engine import record_fit
from matchwright.core.compare.names import context_names
from matchwright.core.records import PAIR_KEYS
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.rows import rows_of
from matchwright.core.spec import MatchSpec


def with_context(
    comparisons: pd.DataFrame,
    labelled: pd.DataFrame,
    proposed: pd.DataFrame,
    frame: pd.DataFrame,
    spec: MatchSpec,
    corpus: Corpus,
) -> pd.DataFrame:
    """The labelled pairs' comparisons with those of context filled in.

    Args:
        comparisons: of the labelled pairs, row by row.
        labelled: left_key and right_key of the labelled pairs. A pair that is not ``proposed`` has no context.
        proposed: every candidate, labelled or not. Its labels are not used.
        frame: record features of all records.
        spec: the match spec.
        corpus: the corpus statistics.
    """
    names = context_names(spec)
    if not names:
        return comparisons
    pairs = proposed[PAIR_KEYS].drop_duplicates(ignore_index=True)
    fit = record_fit(rows_of(frame, pairs["left_key"]), rows_of(frame, pairs["right_key"]), spec, corpus)
    context = pairs.join(context_of(fit, pairs["left_key"], pairs["right_key"], spec))
    found = labelled[PAIR_KEYS].merge(context, how="left", on=PAIR_KEYS, validate="one_to_one")
    return comparisons.assign(**{name: found[name].to_numpy() for name in names})


def with_context_in_place(
    made: pd.DataFrame,
    origins: pd.DataFrame,
    proposed: pd.DataFrame,
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
    pairs = proposed[PAIR_KEYS].drop_duplicates(ignore_index=True)
    rows = pd.MultiIndex.from_frame(pairs).get_indexer(pd.MultiIndex.from_frame(origins[PAIR_KEYS]))
    there = rows >= 0
    fit = record_fit(rows_of(frame, pairs["left_key"]), rows_of(frame, pairs["right_key"]), spec, corpus)
    new = fit_of(made, spec)[there]
    context = context_in_place_of(fit, pairs["left_key"], pairs["right_key"], rows[there], new, spec)
    values = np.full((len(made), len(names)), np.nan, dtype=np.float32)
    values[there] = context[names].to_numpy()
    return made.assign(**dict(zip(names, values.T, strict=True)))


def competing_with(labelled: pd.DataFrame, proposed: pd.DataFrame) -> pd.DataFrame:
    """The candidates that share a record with one of the labelled pairs, and these pairs: left_key and right_key."""
    together = pd.concat([labelled[PAIR_KEYS], proposed[PAIR_KEYS]]).drop_duplicates(ignore_index=True)
    known = pd.concat([labelled["left_key"], labelled["right_key"]]).unique()
    shared = together["left_key"].isin(known) | together["right_key"].isin(known)
    return together[shared.to_numpy()].sort_values(PAIR_KEYS, ignore_index=True)


def competing_twice(labelled: pd.DataFrame, proposed: pd.DataFrame) -> pd.DataFrame:
    """:func:`competing_with` for the labelled pairs and for the candidates that compete with them."""
    return competing_with(competing_with(labelled, proposed), proposed)
