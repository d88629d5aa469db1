"""The drift verdict in the output of the command."""

import io

from rich.console import Console

from matchwright.commands.monitoring import verdict_panel
from matchwright.monitoring.figures import DriftFigures, ShareShift, ValueShift
from matchwright.monitoring.findings import Finding
from matchwright.monitoring.verdict import Verdict, Window

SHARE = ShareShift(reference=0.0, current=0.0, reference_rows=5000, current_rows=2000)
SCORE = ValueShift(name="score", distance=0.0, noise=0.1, reference_mean=0.4, current_mean=0.4, missing=SHARE)
FIGURES = DriftFigures(decisions=2000, sampled=2000, reference_rows=5000, score=SCORE, bands={}, comparisons=())


def test_brackets_in_a_verdict_are_printed_as_text_and_not_read_as_markup():
    text = "postcode [bold]is missing."
    finding = Finding(severity="alarm", cause="field_missing", subject="postcode", size=2.0, text=text, action="")
    verdict = Verdict(
        status="alarm", spec="persons", bundle="ab" * 32, window=Window(), figures=FIGURES, findings=(finding,)
    )
    printed = io.StringIO()
    Console(file=printed, width=100).print(verdict_panel(verdict, "A batch [now]"))
    assert "[alarm] postcode [bold]is missing." in printed.getvalue()
    assert "A batch [now]" in printed.getvalue()
