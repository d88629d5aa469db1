"""The verdict as one self-contained page: no script, no font, no image from anywhere."""

from html import escape

from matchwright.core.drift_figures import ShareShift, ValueShift
from matchwright.core.spec import Band
from matchwright.core.verdict import Verdict

_COLOURS = {"ok": "#1a7f37", "watch": "#9a6700", "alarm": "#cf222e", "not_enough_data": "#57606a"}
_ROWS, _FINDINGS = 10, 6
_STYLE = """
body{font:15px/1.45 system-ui,sans-serif;margin:0;color:#1f2328;background:#fff}
main{max-width:960px;margin:0 auto;padding:16px 20px}
header{padding:14px 20px;color:#fff}header h1{font-size:22px;margin:0}header p{margin:4px 0 0;opacity:.92}
h2{font-size:16px;margin:18px 0 6px}ul,ol{margin:4px 0;padding-left:22px}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:3px 10px 3px 0;border-bottom:1px solid #d0d7de}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}tr.far td{font-weight:600}
.bar{display:flex;height:20px;border-radius:3px;overflow:hidden}.bar span{display:block}
.row{display:grid;grid-template-columns:90px 1fr;gap:8px;align-items:center;margin:3px 0}
.match{background:#2da44e}.review{background:#d4a72c}.no_match{background:#8c959f}
.key i{display:inline-block;width:11px;height:11px;border-radius:2px;margin:0 4px 0 12px}small{color:#57606a}
"""


def drift_page(verdict: Verdict, full_report: str = "", address: str = "") -> str:
    """The page, with the verdict's JSON first for machines.

    Args:
        verdict: what to show.
        full_report: file name, beside the page, of Evidently's full report.
        address: the run's path within the Evidently UI.
    """
    figures, window = verdict.figures, verdict.window
    document = verdict.model_dump_json().replace("<", "\\u003c")  # so that no text can end the script element
    parts = [
        "<!doctype html>",
        f'<html lang="en"><script type="application/json" id="verdict">{document}</script>',
        f'<head><meta charset="utf-8"><title>{escape(verdict.spec)}: {escape(verdict.status)}</title>'
        f"<style>{_STYLE}</style></head><body>",
        f'<header style="background:{_COLOURS[verdict.status]}"><h1>{escape(verdict.headline)}</h1>'
        f"<p>{escape(verdict.spec)}, bundle {escape(verdict.bundle[:12])}, {figures.decisions:,} decisions "
        f"{escape(window.span)}; distances on {figures.sampled:,} of them against {figures.reference_rows:,} "
        "reference pairs</p></header><main>",
        _list("Notes", window.notes, "ul"),
        _list("What to do next", verdict.next_steps, "ol"),
        _list("What moved", _moved(verdict), "ul"),
        _decisions(verdict),
        _table(verdict),
        _links(full_report, address),
        "</main></body></html>\n",
    ]
    return "\n".join(part for part in parts if part)


def _list(title: str, lines: tuple[str, ...] | list[str], kind: str) -> str:
    if not lines:
        return ""
    return f"<h2>{title}</h2><{kind}>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</{kind}>"


def _moved(verdict: Verdict) -> list[str]:
    lines = [f"{finding.severity}: {finding.text}" for finding in verdict.findings[:_FINDINGS]]
    rest = len(verdict.findings) - _FINDINGS
    return [*lines, f"and {rest} more, of which the JSON tells"] if rest > 0 else lines


def _decisions(verdict: Verdict) -> str:
    if verdict.effect is None:
        return ""
    bands = verdict.effect.bands
    key = "".join(f'<i class="{band}"></i>{band}' for band in bands)
    performance = ""
    if found := verdict.figures.performance:
        performance = (
            f"<p>On {found.labelled:,} labelled decisions: F1 {found.f1:.3f} (reference {found.f1_reference:.3f} at "
            f"the same mix of bands), precision {found.precision:.3f}, recall {found.recall:.3f}.</p>"
        )
    return (
        f"<h2>Does it change decisions?</h2><p>{escape(verdict.effect.sentence())}</p>"
        f"{_bar('reference', {band: shift.reference for band, shift in bands.items()})}"
        f"{_bar('now', {band: shift.current for band, shift in bands.items()})}"
        f'<small class="key">{key}</small>{performance}'
    )


def _bar(name: str, shares: dict[Band, float]) -> str:
    pieces = "".join(
        f'<span class="{band}" style="width:{100 * share:.2f}%" title="{band} {share:.1%}"></span>'
        for band, share in shares.items()
    )
    return f'<div class="row"><span>{name}</span><div class="bar">{pieces}</div></div>'


def _table(verdict: Verdict) -> str:
    figures = verdict.figures
    if not figures.comparisons:
        return ""
    far = {finding.subject for finding in verdict.findings if finding.severity == "alarm"}
    compared = [shift for shift in figures.comparisons if not shift.counts_missing]
    shifts = sorted(compared, key=lambda s: max(s.distance or 0.0, abs(s.missing.change)), reverse=True)
    rows = [_row(shift, shift.field in far) for shift in shifts[:_ROWS]]
    if figures.score:
        rows.insert(0, _row(figures.score, "score" in far))
    rest = len(shifts) - _ROWS
    more = f"<small>and {rest} more that moved less</small>" if rest > 0 else ""
    return (
        "<h2>How far</h2><table><tr><th>comparison</th><th class='n'>distance</th><th class='n'>by chance up to</th>"
        "<th class='n'>mean was</th><th class='n'>mean is</th><th class='n'>missing was</th><th class='n'>missing is"
        f"</th></tr>{''.join(rows)}</table>{more}"
        "<p><small>Distance: Wasserstein's, in standard deviations of the reference. It counts where it reaches the "
        "limit and is more than a window of this size shows by chance.</small></p>"
    )


def _row(shift: ValueShift, far: bool) -> str:
    missing: ShareShift = shift.missing
    told = shift.distance is not None
    cells = [
        f"{shift.distance:.2f}" if told else "too few values",
        f"{shift.noise:.2f}" if told else "",
        "" if shift.reference_mean is None else f"{shift.reference_mean:.3f}",
        "" if shift.current_mean is None else f"{shift.current_mean:.3f}",
        f"{missing.reference:.1%}",
        f"{missing.current:.1%}",
    ]
    figures = "".join(f'<td class="n">{cell}</td>' for cell in cells)
    return f"<tr{' class=far' if far else ''}><td>{escape(shift.name)}</td>{figures}</tr>"


def _links(full_report: str, address: str) -> str:
    links = []
    if full_report:
        links.append(f'<a href="{escape(full_report)}">Evidently\'s full report</a>')
    if address:
        links.append(f"in the Evidently UI at <code>{escape(address)}</code>")
    return f"<p>{', '.join(links)}</p>" if links else ""
