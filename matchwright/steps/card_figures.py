"""What the steps measured, as the model card's figures."""

from typing import Any

from matchwright.core.bands import Bands
from matchwright.core.card import BandRow, BehaviourRow, CardFigures, Figure, GateRow, SliceRow
from matchwright.core.reasons import Catalogue
from matchwright.core.spec import MatchSpec

_LIMITS = (
    "Judged on entities of the same sources as it was trained on: figures for another source or time are unknown.",
    "Scores hold for candidates that the spec's rules propose; a pair that blocking misses is never scored.",
    "Not for a decision about a person without human review where the law asks for one.",
)
_PARTIAL = (
    "Labels are partial: judged pairs between two parts of the split are left out, most of them wrong pairs, so "
    "matches are more frequent here than among all judged pairs, and precision and scores look better than they are."
)

_UNJUDGED = (
    "A cold start: nobody has judged a single pair. Weights of agreement were estimated from unlabelled candidates, "
    "no figure is known, scores are not calibrated, and the gate on judged pairs fails on purpose.",
    "Nothing is matched: whatever would match goes to review. Label pairs with `matchwright label`, then train with "
    "`labels: partial`.",
)


def card_figures(
    spec: MatchSpec,
    bands: Bands,
    evaluation: dict[str, Any],
    gates: list[dict[str, Any]],
    calibration: dict[str, Any],
    lineage: dict[str, str],
    data: dict[str, str],
) -> CardFigures:
    """The card of one version; values come from the summaries that the steps wrote."""
    personal: dict[str, tuple[str, ...]] = {}
    for name, field in spec.fields.items():
        how = name if field.compare else f"{name} (never compared)"
        personal[field.pii] = (*personal.get(field.pii, ()), how)
    return CardFigures(
        name=spec.name,
        description=spec.description,
        spec_version=spec.version,
        intended_use=(f"Decide whether a record of {spec.sources.left} and one of {spec.sources.right} match.",),
        gates=tuple(GateRow.model_validate({k: v for k, v in gate.items() if k != "margin"}) for gate in gates),
        figures=_figures({**evaluation["metrics"], **evaluation["ranking"]}),
        champion=_champion(evaluation),
        bands=_bands(bands, evaluation["bands"]),
        costs=spec.costs.model_dump(),
        slices=tuple(
            SliceRow(name=piece["name"], pairs=piece["pairs"], figures=_figures(piece["metrics"], ("f1", "precision")))
            for piece in evaluation["slices"]
        ),
        behaviours=tuple(BehaviourRow.model_validate(behaviour) for behaviour in evaluation["behaviours"]),
        data={**data, "calibration": f"{calibration['method']} on {calibration['pairs']} pairs"},
        personal_data=personal,
        limits={"complete": _LIMITS, "partial": (*_LIMITS, _PARTIAL), "none": (*_UNJUDGED, *_LIMITS)}[spec.labels],
        lineage=lineage,
        reasons={code: text for code, text in Catalogue.of(spec).texts.items() if not code.startswith("RECORD_")},
    )


def _figures(metrics: dict[str, Any], only: tuple[str, ...] = ()) -> dict[str, Figure]:
    return {
        name: Figure(**estimate)
        for name, estimate in metrics.items()
        if estimate["value"] is not None and (not only or name in only)
    }


def _champion(evaluation: dict[str, Any]) -> dict[str, Figure]:
    """The champion's figures are the challenger's less the change between them."""
    return {
        name: Figure(value=evaluation["metrics"][name]["value"] - change["value"])
        for name, change in evaluation["against_champion"].items()
        if change["value"] is not None and evaluation["metrics"][name]["value"] is not None
    }


def _bands(bands: Bands, rows: list[dict[str, Any]]) -> tuple[BandRow, ...]:
    edges = {
        "match": (bands.match_from, 1.0),
        "review": (bands.review_from, min(bands.match_from, 1.0)),
        "no_match": (0.0, bands.review_from),
    }
    found = []
    for row in rows:
        share = row["true_share"]
        figures = {"pairs": Figure(value=row["pairs"])}
        if share is not None:
            figures["true share"] = Figure(value=share, lower=row["lower"], upper=row["upper"])
        low, high = edges[row["band"]]
        found.append(BandRow(band=row["band"], from_score=low, to_score=high, figures=figures))
    return tuple(found)
