"""Reasons: why a pair got its score, in the catalogue's stable codes.

The code follows from the evidence alone (what the field's comparison says), so the same evidence
gives the same code in every bundle; the contributions decide which reasons are given, and in which
order. A field whose contribution speaks against its evidence is never given as a reason.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from matchwright.core.compare.engine import DECIMALS
from matchwright.core.compare.names import field_of, primary_comparison
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import COLD_START, EVIDENCE_LEVELS, MISSING_SUFFIX, RECORD, UNCONFIRMED
from matchwright.errors import DAMAGED, BundleError

SMALLEST_CONTRIBUTION = 0.02
"""Log-odds below which a field is not worth naming."""

RECORD_AGREES_AT, RECORD_DISAGREES_BELOW = 0.75, 0.35
_SAYS = {
    "AGREES": "{label} agrees.",
    "PARTLY_AGREES": "{label} is similar but not the same.",
    "DISAGREES": "{label} differs.",
    "MISSING": "{label} is missing on one or both sides.",
}


@dataclass(frozen=True)
class Reason:
    """One reason; ``contribution`` is the field's summed share of the log-odds."""

    code: str
    text: str
    field: str
    evidence: str
    contribution: float


@dataclass(frozen=True)
class Catalogue:
    """The versioned text of every reason code."""

    version: int
    texts: dict[str, str]

    @classmethod
    def of(cls, spec: MatchSpec) -> "Catalogue":
        """All codes of a spec: its own texts, and a plain one from the field's label for the rest."""
        labels = {name: field.label for name, field in spec.compared.items()}
        texts = {
            f"{name.upper()}_{level}": _SAYS[level].format(label=label[:1].upper() + label[1:])
            for name, label in [*labels.items(), (RECORD, "record as a whole")]
            for level in EVIDENCE_LEVELS
        }
        if spec.identity:
            fields = ", ".join(labels[name] for name in spec.identity)
            texts[UNCONFIRMED] = f"None of {fields} agrees: a person decides."
        if spec.labels == "none":
            texts[COLD_START] = "No pair has been judged yet: a person decides."
        return cls(spec.reasons.version, {**texts, **spec.reasons.texts})

    def unconfirmed(self) -> Reason:
        """Why a pair with a score for a match went to review; no contribution, because a rule says so."""
        return Reason(UNCONFIRMED, self.texts[UNCONFIRMED], "identity", "UNCONFIRMED", 0.0)

    def unjudged(self) -> Reason:
        """Why a cold start decides nothing itself; no contribution, because it is no evidence."""
        return Reason(COLD_START, self.texts[COLD_START], "model", "UNJUDGED", 0.0)

    def save(self, path: Path) -> None:
        """Write ``reasons.yaml``."""
        document = {"version": self.version, "texts": dict(sorted(self.texts.items()))}
        path.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Catalogue":
        """Read what :meth:`save` wrote (BundleError where it is not a catalogue)."""
        try:
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
            return cls(int(document["version"]), {str(k): str(v) for k, v in document["texts"].items()})
        except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise BundleError("The reason catalogue cannot be read.", DAMAGED) from error


def evidence(comparisons: pd.DataFrame, spec: MatchSpec) -> dict[str, np.ndarray[Any, Any]]:
    """Per field the level of evidence of each pair: AGREES, PARTLY_AGREES, DISAGREES or MISSING."""
    names = comparisons.columns.tolist()
    numbers = comparisons.to_numpy(dtype=np.float64)
    place = {name: position for position, name in enumerate(names)}
    fields = list(dict.fromkeys(field_of(name) for name in names))
    own = [None if field == RECORD else spec.fields[field] for field in fields]
    agrees = np.array([section.agrees_at if section else RECORD_AGREES_AT for section in own])
    disagrees = np.array([section.disagrees_below if section else RECORD_DISAGREES_BELOW for section in own])
    # as logged: 0.7 in 32 bits is a little less than 0.7, and a replay must not read it otherwise
    values = np.round(numbers[:, [place[primary_comparison(spec, field)] for field in fields]], DECIMALS)
    missing = np.isnan(values)
    flagged = [position for position, field in enumerate(fields) if f"{field}__{MISSING_SUFFIX}" in place]
    missing[:, flagged] |= numbers[:, [place[f"{fields[position]}__{MISSING_SUFFIX}"] for position in flagged]] > 0
    with np.errstate(invalid="ignore"):
        level = np.where(values >= agrees, 0, np.where(values < disagrees, 2, 1))
    level = np.where(missing, 3, level)  # a place in EVIDENCE_LEVELS
    return dict(zip(fields, np.array(EVIDENCE_LEVELS, dtype=object)[level].T, strict=True))


def field_contributions(contributions: np.ndarray[Any, Any], names: tuple[str, ...]) -> pd.DataFrame:
    """Contributions summed per field: one row per pair, one column per field."""
    fields, membership = _membership(names)
    return pd.DataFrame(contributions @ membership, columns=fields)


@lru_cache
def _membership(names: tuple[str, ...]) -> tuple[list[str], np.ndarray[Any, np.dtype[np.float64]]]:
    """The fields, and which comparison (row) belongs to which of them (column)."""
    owners = [field_of(name) for name in names]
    fields = list(dict.fromkeys(owners))
    return fields, np.array([[owner == field for field in fields] for owner in owners], dtype=np.float64)


def give_reasons(
    levels: dict[str, np.ndarray[Any, Any]], contributions: pd.DataFrame, catalogue: Catalogue, top: int
) -> list[tuple[Reason, ...]]:
    """The ``top`` reasons of each pair, the weightiest first."""
    fields = contributions.columns.tolist()
    values = contributions.to_numpy()
    weights = values.tolist()
    order = np.argsort(-np.abs(values), axis=1, kind="stable").tolist()
    given = []
    for row, by_weight in enumerate(order):
        reasons: list[Reason] = []
        for place in by_weight:
            field, weight = fields[place], weights[row][place]
            if abs(weight) < SMALLEST_CONTRIBUTION or len(reasons) == top:
                break
            level = levels[field][row]
            if contradicts(level, weight):
                continue
            code = f"{field.upper()}_{level}"
            reasons.append(Reason(code, catalogue.texts[code], field, level, round(weight, 5)))
        given.append(tuple(reasons))
    return given


def contradicts(level: str, contribution: float) -> bool:
    """Agreement that lowers the score, or disagreement that raises it, would be no reason a reader accepts."""
    return (level == "AGREES" and contribution < 0) or (level == "DISAGREES" and contribution > 0)
