"""Fitting register evidence on a weighted sample of the register's pairs."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare import compare
from matchwright.core.compare.information import counted_fields, disagreeing
from matchwright.core.models.register_evidence import RegisterEvidence, functions
from matchwright.core.records.columns import columns_of
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec
from matchwright.training.register_evidence.likelihood import fit_limit
from matchwright.training.register_evidence.register import Mask, Register, Rows
from matchwright.training.register_evidence.sample import Disagreement, sample_pairs

Array = np.ndarray[Any, np.dtype[np.float64]]
Probability = Callable[[Rows, Rows], Array]
"""The probability that rows of the frame match, where no label says it; shape (pairs,)."""

STEPS = (100, 20, 6)
"""A value that so many records have may have another weight per order of magnitude than a rarer one."""
FEWEST_MATCHES = 50


def fit_register_evidence(
    frame: pd.DataFrame,
    matches: pd.DataFrame,
    inside: Mask,
    spec: MatchSpec,
    corpus: Corpus,
    probability: Probability | None = None,
) -> RegisterEvidence | None:
    """Fit the limit that agreeing and disagreeing values set to the score.

    Args:
        frame: record features of all records.
        matches: left_key and right_key of the known matches.
        inside: the records that may be used, shape (records,); those of the test part may not.
        spec: the match spec.
        corpus: has the frequency of every value.
        probability: says how likely unlabelled pairs match; None if ``matches`` has all matches.

    Returns:
        None if fewer than fifty matches are known, none agrees exactly in a field, or all compared fields are texts.
    """
    fields = counted_fields(spec)
    if not fields:
        return None
    register = Register.of(frame, matches, inside, spec)
    both_orders = 2 if register.one_table else 1
    if len(register.true) < FEWEST_MATCHES * both_orders:
        return None
    pairs = sample_pairs(register, disagreement_of(frame, spec, corpus), spec.model.seed)
    if not pairs.match.any():
        return None
    target = pairs.match.astype(np.float64)
    if probability is not None:
        unlabelled = np.flatnonzero(~pairs.match)
        target[unlabelled] = probability(pairs.left[unlabelled], pairs.right[unlabelled])
    values = np.column_stack([corpus.value_information(field, frame[field].to_numpy()) for field in fields])
    information = np.where(pairs.agree, np.minimum(values[pairs.left], values[pairs.right]), 0.0)
    steps = tuple(tuple(corpus.information_of_count(field, count) for count in STEPS) for field in fields)
    lefts, rights = _sizes(frame, register.one_table)
    found = len(register.true) / both_orders * register.scale
    design = functions(information, pairs.disagree, steps)
    prior = float(np.log(found / lefts / rights))
    best = fit_limit(design, target, pairs.weight, int(pairs.match.sum()), prior, spec.model.seed)
    return RegisterEvidence(
        fields=fields,
        steps=steps,
        intercepts=tuple(tuple(kinds) for kinds in best.intercepts.round(6).tolist()),
        weights=tuple(tuple(map(tuple, kinds)) for kinds in best.weights.round(6).tolist()),
        left_records=lefts,
        right_records=rights,
        matches=round(found, 1),
    )


def disagreement_of(frame: pd.DataFrame, spec: MatchSpec, corpus: Corpus) -> Disagreement:
    """In which counted fields rows of the frame clearly disagree."""
    counted = counted_fields(spec)
    others = {
        name: section if name in counted else section.model_copy(update={"compare": False})
        for name, section in spec.fields.items()
    }
    # texts and whole records take time, and are not needed
    only = spec.model_copy(update={"fields": others, "record": None})

    def disagreement(left: Rows, right: Rows) -> Mask:
        one, other = (columns_of(frame.iloc[rows].reset_index(drop=True)) for rows in (left, right))
        return disagreeing(compare(one, other, only, corpus), only)

    return disagreement


def _sizes(frame: pd.DataFrame, one_table: bool) -> tuple[int, int]:
    if one_table:
        return len(frame), len(frame)
    right = int(frame["record_key"].str.startswith("right:").sum())
    return len(frame) - right, right
