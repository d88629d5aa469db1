"""What the steps measured, as the model card's figures."""

from typing import Any

from matchwright.core.bands import Bands
from matchwright.core.card import BandRow, BehaviourRow, CardFigures, Figure, GateRow, OperatingPoint, SliceRow
from matchwright.core.reasons import Catalogue
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import COLD_START, EVIDENCE_LEVELS, LITTLE_EVIDENCE, UNCONFIRMED
from matchwright.steps.card_calibration import calibration_rows, guarantees
from matchwright.steps.card_few_labels import few_label_facts
from matchwright.steps.card_training import training_facts

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
    explanation: dict[str, Any] | None = None,
    training: dict[str, Any] | None = None,
) -> CardFigures:
    """The card of one version; values come from the summaries that the steps wrote."""
    personal: dict[str, tuple[str, ...]] = {}
    for name, field in spec.fields.items():
        how = name if field.compare else f"{name} (never compared)"
        personal[field.pii] = (*personal.get(field.pii, ()), how)
    judged = spec.labels != "none"
    taught = training or {}
    few_labels = sum(taught["pairs_per_part"].values()) if taught.get("few_labels") else None
    return CardFigures(
        name=spec.name,
        description=spec.description,
        spec_version=spec.version,
        intended_use=(f"Decide whether a record of {spec.sources.left} and one of {spec.sources.right} match.",),
        gates=tuple(GateRow.model_validate({k: v for k, v in gate.items() if k != "margin"}) for gate in gates),
        figures=_figures({**evaluation["metrics"], **_pair_evidence_alone(evaluation), **evaluation["ranking"]}),
        champion=_champion(evaluation),
        bands=_bands(bands, evaluation["bands"]),
        costs=spec.costs.model_dump(),
        operating_points=tuple(OperatingPoint.model_validate(point) for point in evaluation["operating_points"]),
        calibration=calibration_rows(evaluation["calibration"]) if judged else (),
        guarantees=(
            *guarantees(spec, calibration, few_labels),
            *few_label_facts(spec, taught, evaluation),
        )
        if judged
        else (),
        slices=tuple(
            SliceRow(name=piece["name"], pairs=piece["pairs"], figures=_figures(piece["metrics"], ("f1", "precision")))
            for piece in evaluation["slices"]
        ),
        behaviours=tuple(BehaviourRow.model_validate(behaviour) for behaviour in evaluation["behaviours"]),
        data={**data, "calibration": f"{calibration['method']} on {calibration['pairs']} pairs"},
        personal_data=personal,
        limits={"complete": _LIMITS, "partial": (*_LIMITS, _PARTIAL), "none": (*_UNJUDGED, *_LIMITS)}[spec.labels],
        lineage=lineage,
        training=training_facts(taught),
        explaining={**_explaining(explanation or {}), **_texts(spec)},
        reasons=_reasons(spec),
    )


def _explaining(explanation: dict[str, Any]) -> dict[str, str]:
    """Whether the reasons can be relied on, in sentences."""
    found = {}
    if "additivity_error" in explanation:
        error, pairs = explanation["additivity_error"], explanation["pairs"]
        found["contributions add up"] = f"within {error:.1e} log-odds on {pairs} pairs"
    if against := explanation.get("contradictions"):
        found["reasons that contradict their evidence"] = (
            f"{against['given']} given; {against['withheld_weight']:.2%} of the contributions' weight withheld"
        )
    return found


def _texts(spec: MatchSpec) -> dict[str, str]:
    """Which texts the codes have, and in what languages."""
    catalogue = Catalogue.of(spec)
    return {"texts of reasons": f"version {catalogue.version}, in {', '.join(catalogue.languages)}"}


def _reasons(spec: MatchSpec) -> dict[str, str]:
    """The codes of the fields' values: the other kinds have the same levels, and the record's say no more."""
    shown = {UNCONFIRMED, LITTLE_EVIDENCE, COLD_START, *spec.reasons.texts} | {
        f"{name.upper()}_{level}" for name in spec.compared for level in EVIDENCE_LEVELS
    }
    return {code: text for code, text in Catalogue.of(spec).texts.items() if code in shown}


def _figures(metrics: dict[str, Any], only: tuple[str, ...] = ()) -> dict[str, Figure]:
    return {
        name: Figure(**estimate)
        for name, estimate in metrics.items()
        if estimate["value"] is not None and (not only or name in only)
    }


def _pair_evidence_alone(evaluation: dict[str, Any]) -> dict[str, Any]:
    """What is left where a pair's rivals are not known, as in a request for one pair."""
    alone = evaluation["pair_evidence_alone"]
    return {f"{name} of pair evidence alone": alone[name] for name in ("f1", "log_loss") if name in alone}


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
