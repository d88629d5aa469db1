"""What the card tells of one version, gathered from the summaries that the steps wrote."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matchwright.core.bands import Bands
from matchwright.core.reasons import Catalogue
from matchwright.core.spec import MatchSpec
from matchwright.evaluation.card.more_labels import Need, Shortfall, needs, shortfalls

MOST_REASONS, MOST_GROUPS = 3, 5
"""Reasons shown of each band, and groups of comparisons shown of all."""

FIGURES = (
    *("f1", "f1 without competing candidates", "precision", "recall", "review_share", "pairs_completeness"),
    *("log_loss", "brier", "cost_per_1000", "mrr", "hit_at_1"),
)
"""The figures shown of the whole test split."""

Figures = Mapping[str, Mapping[str, float | None]]
"""By name ``value``, ``lower`` and ``upper``: a figure with its 95 % interval, None where it is not known."""

Rows = Sequence[Mapping[str, Any]]
"""Rows of a summary, as its step describes them."""


@dataclass(frozen=True)
class FewLabels:
    """What few labelled pairs were used for, and the gates that more labels would show."""

    labels: int
    tested: int
    matches: int
    needs: Sequence[Need]


@dataclass(frozen=True)
class Card:
    """Everything the card tells. Shares are in 0..1, costs in the spec's unit; empty is what is not known.

    ``calibration`` has the figures ``before`` and ``after``. ``scores`` has each band's first score and the end of its
    scores. ``reasons`` has code, text and the share of the pairs of each band.
    """

    spec: MatchSpec
    gates: Rows
    figures: Figures
    champion: Figures
    bands: Rows
    scores: Mapping[str, tuple[float, float]]
    operating_points: Rows
    method: str
    calibration_pairs: int
    calibration: Mapping[str, Mapping[str, Any]]
    constraints_shown: bool
    shortfalls: Sequence[Shortfall]
    few_labels: FewLabels | None
    slices: Rows
    behaviours: Rows
    challengers: Mapping[str, Mapping[str, Any]]
    reasons: Rows
    importance: Mapping[str, float]
    languages: Sequence[str]
    candidates: Mapping[str, Any]
    origin: str
    rows: Mapping[str, int]


def card_of(
    spec: MatchSpec,
    bands: Bands,
    *,
    evaluation: dict[str, Any],
    gates: Rows,
    calibration: dict[str, Any],
    explanation: dict[str, Any],
    training: dict[str, Any],
    candidates: dict[str, Any],
    origin: str,
    rows: Mapping[str, int],
) -> Card:
    """The card of one version.

    Args:
        spec: the match spec.
        bands: the thresholds in use.
        evaluation: what the evaluate step wrote.
        gates: the rows of its gate table.
        calibration: what the calibrate step wrote.
        explanation: what the explain step wrote.
        training: what the train step wrote.
        candidates: what the candidates step wrote.
        origin: where the tables came from.
        rows: how many rows each table has.
    """
    labelled = spec.labels != "none"
    catalogue, metrics = Catalogue.of(spec), evaluation["metrics"]
    few = _few_labels(spec, training, evaluation) if labelled and training.get("few_labels") else None
    return Card(
        spec=spec,
        gates=gates,
        figures=_figures(evaluation),
        champion={
            name: {"value": metrics[name]["value"] - change["value"]}
            for name, change in evaluation["against_champion"].items()
            if change["value"] is not None
        },
        bands=evaluation["bands"],
        scores={
            "match": (bands.match_from, 1.0),
            "review": (bands.review_from, min(bands.match_from, 1.0)),
            "no_match": (0.0, bands.review_from),
        },
        operating_points=evaluation["operating_points"],
        method=calibration["method"],
        calibration_pairs=calibration["pairs"],
        calibration=evaluation["calibration"] or {},
        constraints_shown=labelled and calibration["floors"]["floors_met"],
        shortfalls=shortfalls(spec, calibration, few.labels if few else None) if labelled else (),
        few_labels=few,
        slices=evaluation["slices"],
        behaviours=evaluation["behaviours"],
        challengers=training.get("challengers") or {},
        reasons=_reasons(explanation["reasons"], catalogue),
        importance=dict(list(explanation["importance"].items())[:MOST_GROUPS]),
        languages=catalogue.languages,
        candidates=candidates,
        origin=origin,
        rows=dict(sorted(rows.items())),
    )


def _figures(evaluation: dict[str, Any]) -> Figures:
    """The figures that a decision depends on, with F1 for requests that do not give a pair's competing candidates."""
    alone = {
        f"{name} without competing candidates": figure for name, figure in evaluation["pair_evidence_alone"].items()
    }
    found = {**evaluation["metrics"], **alone, **evaluation["ranking"]}
    return {name: found[name] for name in FIGURES if name in found and found[name]["value"] is not None}


def _few_labels(spec: MatchSpec, training: dict[str, Any], evaluation: dict[str, Any]) -> FewLabels:
    parts = training["pairs_per_part"]
    labels = sum(parts.values())
    asked = needs(spec, evaluation["metrics"], labels)
    return FewLabels(labels, parts.get("test", 0), evaluation["true_pairs"], asked)


def _reasons(shares: Mapping[str, Mapping[str, float]], catalogue: Catalogue) -> Rows:
    """The most frequent reasons of each band."""
    codes = dict.fromkeys(code for found in shares.values() for code in list(found)[:MOST_REASONS])
    return [
        {"code": code, "text": catalogue.text(code), **{band: found.get(code, 0.0) for band, found in shares.items()}}
        for code in codes
    ]
