"""The format of a match spec: what each key of an earlier format is called today."""

from collections.abc import Iterator
from typing import Any

from matchwright.errors import Fault

FORMAT = 2
"""The format that this version of Matchwright reads."""

RENAMED = {
    "floors": "precision_constraints",
    "floors.match_precision": "precision_constraints.match",
    "floors.no_match_npv": "precision_constraints.no_match",
    "floors.confidence": "precision_constraints.confidence",
    "model.missing_augmentation": "model.missing_field_augmentation",
    "model.context_free": "model.context_free_augmentation",
    "candidates.encoder_top_k": "candidates.embedding_top_k",
    "model.representations": "model.embeddings",
}
"""Keys of format 1 by what they are called today."""

REMOVED = {
    "encoder": "remove the section; candidates.embedding_top_k proposes candidates by the network's embedding",
    "model.search": "remove it; there is no search for hyperparameters",
    "calibration.conformal": "remove it; precision_constraints hold the bands",
}
"""Keys of format 1 that are gone, with what to do."""

COMPARATORS = {"elsewhere": "cross_field"}
"""Comparators of format 1 by what they are called today."""


def format_faults(raw: dict[str, Any]) -> list[Fault]:
    """Faults of a raw document in another format: the format itself, and every key with its name of today."""
    if raw.get("format") == FORMAT:
        return []
    if "format" in raw:
        problem = f"is {raw['format']!r}; this version reads format {FORMAT}"
    else:
        problem = f"is required; this version reads format {FORMAT}"
    return [Fault("format", problem, f"rename the keys below, if any, and set format: {FORMAT}"), *_old_keys(raw)]


def _old_keys(raw: dict[str, Any]) -> Iterator[Fault]:
    for path, new in RENAMED.items():
        if _holds(raw, path):
            yield Fault(path, "has another name in this format", f"rename it to {new}")
    for path, hint in REMOVED.items():
        if _holds(raw, path):
            yield Fault(path, "is no key of this format", hint)
    fields = raw.get("fields")
    sections = {f"fields.{name}": field for name, field in fields.items()} if isinstance(fields, dict) else {}
    for path, section in (*sections.items(), ("record", raw.get("record"))):
        listed = section.get("comparators") if isinstance(section, dict) else None
        for name in listed if isinstance(listed, list) else ():
            if name in COMPARATORS:
                yield Fault(
                    f"{path}.comparators", f"'{name}' has another name in this format", f"use {COMPARATORS[name]}"
                )


def _holds(raw: dict[str, Any], path: str) -> bool:
    section: Any = raw
    for key in path.split("."):
        if not isinstance(section, dict) or key not in section:
            return False
        section = section[key]
    return True
