"""What the card says of calibration: figures before and after, and what is guaranteed of the bands."""

from math import ceil
from typing import Any

from matchwright.core.card import CalibrationRow, Figure
from matchwright.core.floors import fewest_to_show
from matchwright.core.spec import MatchSpec
from matchwright.steps.card_few_labels import rounded_up

_NAMES = {
    "log_loss": "log loss",
    "brier": "Brier score",
    "mid_range_gap": "gap between mean score and true share, scores 0.2 to 0.8",
    "mid_range_pairs": "pairs with a score in 0.2 to 0.8",
}


def calibration_rows(figures: dict[str, Any]) -> tuple[CalibrationRow, ...]:
    """The test split's figures before and after calibration, as the evaluation holds them."""
    return tuple(
        CalibrationRow(name=shown, before=_figure(figures["before"][name]), after=_figure(figures["after"][name]))
        for name, shown in _NAMES.items()
    )


def guarantees(spec: MatchSpec, calibration: dict[str, Any], few_labels: int | None = None) -> tuple[str, ...]:
    """What the calibration split shows of the bands.

    ``few_labels`` is the number of judged pairs, where they are so few that it foretells how many more are needed.
    """
    said = []
    floors, shown = spec.floors, calibration["floors"]
    asked = _asked(spec)
    if any(asked.values()):
        demands = " and ".join(f"at least {share:g} of `{band}`" for band, share in asked.items() if share)
        how = "every threshold tried is accounted for"
        if shown["floors_met"]:
            said.append(f"Floors: {demands} are right, with confidence {floors.confidence:g}; {how}.")
        else:
            said.append(
                f"Floors: that {demands} are right is **not shown** with confidence {floors.confidence:g}. "
                "The thresholds with the best bound are taken."
            )
            said += _shortfalls(spec, calibration, few_labels)
    return tuple(said)


def _asked(spec: MatchSpec) -> dict[str, float]:
    return {"match": spec.floors.match_precision, "no_match": spec.floors.no_match_npv}


def _shortfalls(spec: MatchSpec, calibration: dict[str, Any], few_labels: int | None) -> list[str]:
    """What each floor lacks: pairs, or right decisions."""
    said = []
    shown, asked = calibration["floors"], _asked(spec)
    confidence = (1 + spec.floors.confidence) / 2 if all(asked.values()) else spec.floors.confidence
    pairs, true = calibration["pairs"], calibration["true_pairs"]
    bounds = {"match": shown["match_precision_bound"], "no_match": shown["no_match_npv_bound"]}
    for (band, floor), there in zip(asked.items(), (true, pairs - true), strict=True):
        bound = bounds[band] or 0.0
        if bound >= floor:  # not asked for, or shown: it is the other one that lacks something
            continue
        text = f"The floor {floor:g} of `{band}` is shown to {bound:.2f}: "
        fewest = fewest_to_show(floor, confidence)
        if fewest is None:
            text += "no number of pairs shows a share of 1."
        elif fewest <= there:
            text += "among the pairs it would take there are too many errors."
        else:
            text += f"it takes {fewest} such pairs without an error, where {there} are judged"
            if few_labels and there:
                text += f", about {rounded_up(ceil(few_labels * fewest / there))} labels as they were chosen"
            text += "."
        said.append(text)
    return said


def _figure(value: dict[str, float | None] | int) -> Figure | int | None:
    if isinstance(value, int):
        return value
    return Figure.model_validate(value) if value["value"] is not None else None
