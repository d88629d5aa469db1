"""Fitting register evidence on a weighted sample of the register's pairs."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare.information import counted_fields
from matchwright.core.models.joint_evidence import margin
from matchwright.core.models.register_evidence import RegisterEvidence, evidence_of
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec
from matchwright.training.register_evidence.comparer import CountedComparer
from matchwright.training.register_evidence.corrections import set_corrections
from matchwright.training.register_evidence.curves import evidence_curves
from matchwright.training.register_evidence.likelihood import fit_limit, functions
from matchwright.training.register_evidence.register import Mask, Register, Rows
from matchwright.training.register_evidence.rows import EvidenceRows, counted_rows, sampled_rows
from matchwright.training.register_evidence.sample import SampledPairs, sample_pairs
from matchwright.training.register_evidence.similarity import similarity_curves

Array = np.ndarray[Any, np.dtype[np.float64]]
Probability = Callable[[Rows, Rows], Array]
"""The probability that rows of the frame match, where no label says it; shape (pairs,)."""

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
    comparer = CountedComparer(frame, spec, corpus)
    pairs = sample_pairs(register, comparer.disagreement, spec.model.seed)
    if not pairs.match.any():
        return None
    values = np.column_stack([corpus.value_information(field, frame[field].to_numpy()) for field in fields])
    rows = _rows(register, pairs, values, probability)
    lefts, rights = _sizes(frame, register.one_table)
    found = len(register.true) / both_orders * register.scale
    prior = float(np.log(found / lefts / rights))
    agreeing = ~rows.disagree.any(axis=1)
    curves = evidence_curves(rows[agreeing & (rows.agree.sum(axis=1) == 1)], prior)
    evidence = evidence_of(rows.information, curves)
    best = fit_limit(
        functions(evidence, rows.disagree),
        rows.matches / rows.total,
        rows.total / rows.unit,
        len(register.true),
        prior,
        spec.model.seed,
    )
    intercepts, weights = best.intercepts.round(6), best.weights.round(6)
    linear = functions(evidence, rows.disagree) @ np.concatenate(weights).T + intercepts.ravel()
    joint = margin(linear.T, len(intercepts))
    return RegisterEvidence(
        fields=fields,
        curves=curves,
        intercepts=tuple(tuple(kinds) for kinds in intercepts.tolist()),
        weights=tuple(tuple(map(tuple, kinds)) for kinds in weights.tolist()),
        similar=similarity_curves(register, comparer, spec.model.seed),
        corrections=set_corrections(rows[agreeing], evidence[agreeing], joint[agreeing]),
        left_records=lefts,
        right_records=rights,
        matches=round(found, 1),
    )


def _rows(register: Register, pairs: SampledPairs, values: Array, probability: Probability | None) -> EvidenceRows:
    """All that the fit knows. Where every match is known, pairs without disagreement are counted and not sampled."""
    target = pairs.match.astype(np.float64)
    if probability is not None:
        unlabelled = np.flatnonzero(~pairs.match)
        target[unlabelled] = probability(pairs.left[unlabelled], pairs.right[unlabelled])
        found = sampled_rows(pairs, values, target)
    else:
        sampled = sampled_rows(pairs, values, target)
        sets = np.unique(pairs.agree, axis=0)
        found = EvidenceRows.joined([counted_rows(register, sets, values), sampled[sampled.disagree.any(axis=1)]])
    return found[found.total > 0]


def _sizes(frame: pd.DataFrame, one_table: bool) -> tuple[int, int]:
    if one_table:
        return len(frame), len(frame)
    right = int(frame["record_key"].str.startswith("right:").sum())
    return len(frame) - right, right
