"""The data-quality report: one page with the result first. It holds only counts and shares, and loads nothing."""

from pathlib import Path
from typing import Any

from matchwright.adapters.quality.result import Check, QualityResult, figure
from matchwright.core.spec import MatchSpec

_TEMPLATE = Path(__file__).with_name("report.html.j2")
_BAR, _GAP, _ROW_GAP = 13, 2, 12
_ORDER = {"stopped": 0, "quarantined": 1, "passed": 2}


def render_report(result: QualityResult, spec: MatchSpec, quarantine: str) -> str:
    """The report as HTML that loads nothing.

    ``quarantine`` says where the quarantined rows and their reasons are kept.
    """
    from jinja2 import Environment, StrictUndefined

    page = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(
        _TEMPLATE.read_text(encoding="utf-8")
    )
    records, pairs = result.tables["records"], result.tables["pairs"]
    total = result.labels.positive + result.labels.negative
    share = result.labels.positive / total if total else 0.0
    tiles = [
        ("records", f"{records.rows:,}", f"{records.quarantined:,} quarantined"),
        ("pairs", f"{pairs.rows:,}", f"{pairs.quarantined:,} quarantined"),
        ("matching pairs", f"{result.labels.positive:,}", f"{result.labels.negative:,} not matching"),
        ("expectations", f"{len(result.checks):,}", f"{len(result.stopped_by):,} beyond their limit"),
    ]
    return page.render(
        result=result,
        description=spec.description,
        kept=f"{records.rows - records.quarantined:,} records and {total:,} pairs are used in the next step.",
        advice=advice(result, quarantine),
        tiles=tiles,
        checks=sorted(result.checks, key=lambda check: _ORDER[check.outcome]),
        sentence=sentence,
        figure=figure,
        label_note=f"{result.labels.positive:,} matching, {result.labels.negative:,} not matching, "
        f"share of matching pairs {figure(share, 'share')}",
        positive_share=share,
        sources=_sources(result, spec),
        chart=_chart(result, spec),
    )


def sentence(check: Check) -> str:
    """A check in one line: its table and field, what is expected, what was observed, what is allowed."""
    return f"{check.subject}: {check.what}, observed {figure(check.observed, check.unit)}, allowed {check.allowed}"


def advice(result: QualityResult, quarantine: str) -> str:
    """What to do after validation."""
    rows = sum(table.quarantined for table in result.tables.values())
    where = f"The quarantined rows and the reasons for each are in {quarantine}." if rows else ""
    if result.passed:
        return where or "Nothing to do."
    correct = "Correct the data at its source. If a limit is too strict, change it under 'quality' in the spec."
    return " ".join(filter(None, (where, correct, "Then run again.")))


def _sources(result: QualityResult, spec: MatchSpec) -> list[dict[str, str]]:
    names = {"left": spec.sources.left, "right": spec.sources.right}
    found = sorted({one.source for one in result.presence})
    return [{"key": key, "name": key if names[key] == key else f"{key} ({names[key]})"} for key in found]


def _chart(result: QualityResult, spec: MatchSpec) -> dict[str, Any]:
    """Positions of the presence chart's bars, in the units of its view box."""
    rows: list[dict[str, Any]] = []
    top = 4
    for name in spec.fields:
        found = [one for one in result.presence if one.field == name]
        height = len(found) * (_BAR + _GAP) - _GAP
        bars = [
            {"key": one.source, "share": one.share, "y": top + position * (_BAR + _GAP)}
            for position, one in enumerate(found)
        ]
        expected = spec.quality.fields.get(name)
        limit = expected.present_share if expected else None
        rows.append(
            {"field": name, "bars": bars, "top": top, "height": height, "middle": top + height / 2 + 4, "limit": limit}
        )
        top += height + _ROW_GAP
    return {"rows": rows, "height": top, "bar": _BAR}
