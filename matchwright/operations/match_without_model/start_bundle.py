"""The bundle of a start: the scorer that needs no labels, with scores that witnesses have restated."""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from matchwright.core.bundle import BundleParts, golden_decisions, write_bundle
from matchwright.core.compare.names import disagreement_limits, field_of, primary_comparison
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.models.household import Household
from matchwright.core.models.unsupervised import FellegiSunterScorer
from matchwright.core.reasons import Catalogue
from matchwright.core.spec import MatchSpec, spec_digest
from matchwright.errors import TrainingError
from matchwright.matching.partitions import Progress, Report
from matchwright.operations.match_tables.inputs import MatchInput
from matchwright.operations.match_tables.run_folder import WORKING
from matchwright.operations.match_without_model.candidate_sample import CandidateSample, candidate_sample
from matchwright.operations.match_without_model.estimate import Estimate, Share, estimate_sentences
from matchwright.operations.match_without_model.start_folder import StartFolder
from matchwright.operations.train_unsupervised import UNKNOWN, competing_sides, expected_matches, most_matches
from matchwright.secrets import SIGNING_KEY, secret
from matchwright.training.calibration.bands import bands_without_labels
from matchwright.training.models.unsupervised import FEWEST_PAIRS, fit_fellegi_sunter
from matchwright.training.without_labels.precision import (
    Doubtful,
    Mask,
    Precision,
    place_to_hold,
    precision_of,
    ranking_only,
    silent_of,
)
from matchwright.training.without_labels.witnesses import Numbers, Witness

SHOWN = 20_000
"""The most candidates that are kept in the bundle as its reference."""
JOIN_FROM = 0.8
"""Suggestions join records from this score on, if enough fields check the scores. If not, strangers would be joined."""
AGREES_AT = 0.95
"""From this similarity on two values count as the same for a witness."""


def make_bundle(
    start: StartFolder,
    spec: MatchSpec,
    inputs: Sequence[MatchInput],
    one_table: bool,
    code_digest: str,
    report: Report,
) -> None:
    """Write the bundle of the start, and the estimate of its precision before it.

    Args:
        start: the folder.
        spec: the match spec.
        inputs: one table, or the left and the right one.
        one_table: whether pairs are looked for within all tables together.
        code_digest: of the code that makes it.
        report: called when a stage begins.

    Raises:
        DataError: tables do not fit the spec.
        TrainingError: too few pairs of the tables are alike in anything.
    """
    spec = without_labels(spec)
    working = start.run / WORKING
    os.makedirs(working, mode=0o700, exist_ok=True)
    sample = candidate_sample(spec, inputs, working, one_table, report)
    if sample.proposed < FEWEST_PAIRS:
        raise TrainingError(
            f"{sample.proposed:,} pair(s) of records are alike in anything: nothing can be learned from so few.",
            f"a start without a model needs {FEWEST_PAIRS} at least: give more records, or compare them by eye",
        )
    report(Progress("learning weights of agreement", 0, 0, 0.0))
    scorer = _fitted(sample)
    report(Progress("asking fields that are left out", 0, 0, 0.0))
    model, scores, estimate = judged(sample, scorer)
    estimate.save(start.estimate)
    shown = np.sort(np.random.default_rng(spec.model.seed).permutation(len(scores))[:SHOWN])
    reference = sample.comparisons.iloc[shown].reset_index(drop=True)
    parts = BundleParts(
        golden=golden_decisions(model),
        reference=reference.assign(
            score=scores[shown], band=model.band(scores[shown], reference), label=np.int8(UNKNOWN)
        ),
        card=_card(spec, sample, estimate),
        lineage={"spec": spec_digest(spec), "code": code_digest, "labels": 0},
        code_digest=code_digest,
        data_versions={f"records_{given.table.source}": given.table.digest for given in inputs},
        parent=None,
        feature_service="",
    )
    write_bundle(model, parts, start.bundle, secret(SIGNING_KEY))


def judged(sample: CandidateSample, scorer: FellegiSunterScorer) -> tuple[DecisionModel, Numbers, Estimate]:
    """The model with scores that witnesses have restated, the scores of the sample, and what is known of them."""
    spec = sample.spec
    bands = bands_without_labels(spec.costs)
    contributions, base = scorer.contributions(sample.comparisons)
    log_odds = np.asarray(contributions.sum(axis=1) + base)
    doubtful = scorer.doubtful(sample.comparisons)
    compared = _compared_witnesses(sample, scorer, contributions, log_odds)
    left_out = sample.left_out(log_odds)
    silent, shared = silent_of(log_odds, left_out, doubtful)
    precision = precision_of(log_odds, left_out, compared, Doubtful(doubtful, 0.0, bands.review_from))
    if precision is not None and doubtful.any():
        held = place_to_hold(precision, log_odds[~doubtful])
        scorer = scorer.holding(held)
        log_odds = scorer.log_odds(sample.comparisons)
        precision = precision_of(log_odds, left_out, compared, Doubtful(doubtful, held, bands.review_from))
    vouched = precision is not None and precision.reliable
    model = DecisionModel(
        spec=spec,
        corpus=sample.corpus,
        scorer=scorer,
        calibrator=precision.calibrator
        if precision is not None and vouched
        else ranking_only(log_odds, bands.review_from, precision),
        bands=bands,
        catalogue=Catalogue.of(spec),
    )
    scores = model.score(sample.comparisons)
    estimate = _estimate(precision, scores, doubtful, bands.review_from, {one.field for one in left_out})
    return model, scores, estimate.model_copy(update={"silent": silent, "shared": shared})


def without_labels(spec: MatchSpec) -> MatchSpec:
    """The spec as the bundle of a start has it. The file keeps its own ``labels``, which the next training reads."""
    return spec.model_copy(update={"labels": "none"})


def _fitted(sample: CandidateSample) -> FellegiSunterScorer:
    spec = sample.spec
    expected = expected_matches(most_matches(sample.features, spec), len(sample.pairs), sample.proposed)
    competing = competing_sides(sample.pairs, spec)
    return fit_fellegi_sunter(sample.comparisons, expected, competing, disagreement_limits(spec), Household.of(spec))


def _compared_witnesses(
    sample: CandidateSample, scorer: FellegiSunterScorer, contributions: Any, log_odds: Numbers
) -> list[Witness]:
    """The compared fields as witnesses: of persons only those of identity, because a household shares the others."""
    found = []
    for field in sample.spec.identity or sample.spec.compared:
        values = sample.comparisons[primary_comparison(sample.spec, field)].to_numpy(dtype=np.float64)
        own = np.array([field_of(each) == field for each in scorer.names])
        agrees = np.where(np.isnan(values), np.nan, (values >= AGREES_AT).astype(np.float64))
        found.append(Witness(field, log_odds - contributions[:, own].sum(axis=1), agrees))
    return found


def _estimate(
    precision: Precision | None, scores: Numbers, doubtful: Mask, review_from: float, left_out: set[str]
) -> Estimate:
    if precision is None or not precision.reliable:
        return Estimate()
    join_from = max(JOIN_FROM, review_from)
    return Estimate(
        join_from=join_from,
        suggested=_share(precision, scores, doubtful, review_from),
        joined=_share(precision, scores, doubtful, join_from),
        believed=precision.believed,
        left_out=set(precision.believed) <= left_out,
    )


def _share(precision: Precision, scores: Numbers, doubtful: Mask, least: float) -> Share | None:
    chosen = scores >= least
    if not chosen.any():
        return None
    low, high = precision.of_first(int((chosen & ~doubtful).sum()), int((chosen & doubtful).sum()))
    middle = float(scores[chosen].mean())
    return Share(score=least, middle=round(middle, 4), low=round(min(low, middle), 4), high=round(max(high, middle), 4))


def _card(spec: MatchSpec, sample: CandidateSample, estimate: Estimate) -> str:
    lines = [
        f"# {spec.name}: a start without labels",
        "",
        f"Weights of agreement were estimated from {len(sample.pairs):,} of {sample.proposed:,} candidates. No pair is "
        "a match: every pair that may be one is a suggestion. The bundle was never evaluated and cannot be released.",
        "",
        *estimate_sentences(estimate),
    ]
    return "\n".join(lines) + "\n"
