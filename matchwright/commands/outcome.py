"""What a finished pipeline run did, for its user."""

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from matchwright.terminal import styled

if TYPE_CHECKING:
    from rich.text import Text

    from pipelines.local.record import RunRecord

_NO_MATCH = (
    "No test pair is a match, so there is no precision of match. If the spec says labels: complete, every match that "
    "the pairs do not list counts as no match. Where some are missing, label pairs of both kinds and say "
    "labels: partial."
)


def outcome(run: "RunRecord") -> "Iterator[Text]":
    """Lines that say what was registered or released, and what to do next."""
    for step in run.steps:
        if step.name.startswith("register"):
            name, _, version = str(step.outputs["Output"]).rpartition("/")
            failed = _failed_gates(run)
            kept = (
                ". It is not the challenger, because gates failed." if failed else " as challenger: every gate passed."
            )
            yield styled(("Registered", "green"), f" {name} version {version}{kept}")
            yield from failed
            if not failed:
                then = f"then matchwright approve {name} --version {version}"
                yield styled(f"  Next: matchwright up, read its card, {then}")
        if step.name == "match":
            yield from _matched(step.artefacts)
        if step.name == "release":
            bundle = str(step.outputs["Output"])[:12]
            yield styled(("Released", "green"), f" bundle {bundle}: the endpoint answers with it.")
        if report := next((path for path in step.artefacts.values() if path.endswith(".html")), ""):
            yield styled(f"  {step.name}: {report}")


def gates_passed(run: "RunRecord") -> bool:
    """False if gates failed, so that the version may not be released."""
    return all(step.outputs["Output"] == "pass" for step in run.steps if step.name == "gate")


def _matched(artefacts: "Mapping[str, str]") -> "Iterator[Text]":
    """What was matched, and where the tables are."""
    folder = Path(artefacts["matches"])
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    tables = json.loads((folder / "tables.json").read_text(encoding="utf-8"))["tables"]
    matches, records = summary["funnel"]["bands"]["match"], sum(summary["records"].values())
    yield styled(("Matched", "green"), f" {records:,} records: {matches:,} matches")
    yield styled(f"  {summary['clusters']['entities']:,} entities; {summary['reviews']:,} pairs for people")
    yield from (styled(f"  {name}: version {table['version']} of {table['uri']}") for name, table in tables.items())
    if summary["register_warning"]:
        yield styled(("Warning:", "yellow"), f" {summary['register_warning']}")


def _failed_gates(run: "RunRecord") -> "list[Text]":
    folder = next(step.artefacts["evaluation"] for step in reversed(run.steps) if "evaluation" in step.artefacts)
    gates = json.loads((Path(folder) / "gates.json").read_text(encoding="utf-8"))["gates"]
    failed = [gate for gate in gates if not gate["passed"]]
    lines = [
        styled(
            "  ",
            ("gate failed", "red"),
            f" {gate['name']}: {_value(gate['value'])}, must be {gate['must_be']} {gate['limit']:.4g}",
        )
        for gate in failed
    ]
    if any(gate["name"].startswith("precision of match") and math.isnan(gate["value"]) for gate in failed):
        lines.append(styled(f"  {_NO_MATCH}"))
    return lines


def _value(value: float) -> str:
    return "could not be measured" if math.isnan(value) else f"{value:.4g}"
