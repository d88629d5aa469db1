"""Turn decisions into a response and into lines of the decision log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import uuid4

from matchwright.core.bundle import Bundle, register_use
from matchwright.core.decide.decision import Decision
from matchwright.core.reasons import Catalogue, Hint
from serving.decision_log import LoggedDecision

Mode = Literal["full", "record_unknown", "features_unavailable"]
"""How a decision was made: with everything there, about a record that the store does not hold, or in an outage."""
FULL: Mode = "full"
RECORD_UNKNOWN: Mode = "record_unknown"
FEATURES_UNAVAILABLE: Mode = "features_unavailable"


@dataclass(frozen=True)
class Answer:
    """One decision of a response. ``decision`` is None if serving abstains; then ``mode`` says why.

    ``unreadable`` are the values of the request that cannot be read, such as ``left.date_of_birth``.
    """

    kind: Literal["pair", "rank"]
    decision: Decision | None
    pair: str | None = None
    candidate: str | None = None
    mode: Mode = FULL
    unreadable: tuple[str, ...] = ()

    @property
    def score(self) -> float | None:
        """The calibrated probability of a match."""
        return self.decision.score if self.decision else None

    @property
    def band(self) -> str:
        """The band. If serving abstains, it is ``review``."""
        return self.decision.band if self.decision else "review"


def bundle_facts(bundle: Bundle) -> dict[str, str]:
    """Name, version and digest of a bundle, for every response."""
    return {"name": bundle.manifest.name, "version": bundle.manifest.version, "digest": bundle.digest}


def register_facts(bundle: Bundle) -> dict[str, Any]:
    """The register that the bundle learned from, the one that it is used on, and what is wrong with that."""
    use, sizes = register_use(bundle), {"left_records", "right_records", "matches"}
    warning = use.warning
    return {
        "learned": use.learned.model_dump(include=sizes) if use.learned else None,
        "stated": use.stated.model_dump() if use.stated else None,
        "prior_shift": use.prior_shift,
        "warning": {"name": warning.name, "text": warning.fact, "hint": warning.hint} if warning else None,
    }


def respond(
    answers: list[Answer], bundle: Bundle, languages: Sequence[str] = ()
) -> tuple[dict[str, Any], list[LoggedDecision]]:
    """The response body, and the log lines with the same decision ids.

    Texts are in the first of ``languages`` that the bundle has, else in the bundle's own language. The body names the
    language, and the version and digest of the texts.
    """
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    catalogue = bundle.model.catalogue
    language = catalogue.language_for(languages)
    unscored = dict.fromkeys(bundle.model.comparison_names)
    decisions, lines = [], []
    for answer in answers:
        decision_id = uuid4().hex
        reasons = answer.decision.reasons if answer.decision else ()
        shown: dict[str, Any] = {"decision_id": decision_id}
        if answer.candidate is not None:
            shown["candidate"] = answer.candidate
        shown |= {"score": answer.score, "band": answer.band, "mode": answer.mode}
        texts = [
            {"code": reason.code, "text": catalogue.text(reason.code, language, nearly=reason.nearly)}
            for reason in reasons
        ]
        hint = answer.decision.hint if answer.decision else None
        shown |= {"reasons": texts, "hint": _hint_content(hint, catalogue, language)}
        decisions.append({**shown, "unreadable": list(answer.unreadable)})
        lines.append(
            LoggedDecision(
                decision_id=decision_id,
                time=now,
                name=bundle.model.spec.name,
                bundle=bundle.digest,
                mode=answer.mode,
                kind=answer.kind,
                pair=answer.pair,
                score=answer.score,
                band=answer.band,
                reasons=tuple(reason.code for reason in reasons),
                hint=(hint.code, *hint.codes) if hint else (),
                comparisons=answer.decision.comparisons if answer.decision else unscored,
                prior_shift=bundle.model.prior_shift,
                unreadable=answer.unreadable,
            )
        )
    # an unknown record concerns its own candidate alone: the rest of the response was made as usual
    degraded = any(answer.mode == FEATURES_UNAVAILABLE for answer in answers)
    body = {
        "bundle": bundle_facts(bundle),
        "mode": FEATURES_UNAVAILABLE if degraded else FULL,
        "language": language,
        "texts": {"version": catalogue.version, "digest": catalogue.digest},
        "prior_shift": bundle.model.prior_shift,
        "decisions": decisions,
    }
    return body, lines


def _hint_content(hint: Hint | None, catalogue: Catalogue, language: str) -> dict[str, Any] | None:
    if hint is None:
        return None
    return {"code": hint.code, "codes": list(hint.codes), "text": catalogue.hint_text(hint, language)}
