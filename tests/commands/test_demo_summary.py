"""The summary that ``matchwright demo`` prints at its end."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from matchwright.cli import app
from matchwright.core.spec import load_spec
from matchwright.monitoring.figures import DriftFigures
from matchwright.monitoring.verdict import Verdict, Window
from matchwright.operations.example_traffic import Fault
from pipelines.demo import DemoResult, Example

SPEC = Path(__file__).parents[2] / "specs" / "persons.yaml"
KNOWN = {"value": 0.91, "lower": 0.85, "upper": 0.96}
WITHOUT_INTERVAL = {"value": 0.91, "lower": None, "upper": None}
UNKNOWN = {"value": None, "lower": None, "upper": None}
METRICS = ("f1", "precision", "recall", "pairs_completeness", "review_share", "log_loss", "brier")


def finished(**metrics: dict[str, float | None]) -> DemoResult:
    """The result of a demo in which every figure is ``KNOWN``, except the given ones."""
    figures = DriftFigures(decisions=0, sampled=0, reference_rows=0, score=None, bands={}, comparisons=())
    verdict = Verdict(status="ok", spec="persons", bundle="ab" * 32, window=Window(), figures=figures)
    decision = {"band": "match", "score": 0.99, "reasons": [{"code": "SURNAME_AGREES", "text": "Surnames agree."}]}
    ranking = {"mrr": KNOWN, "hit_at_1": metrics.pop("hit_at_1", KNOWN)}
    return DemoResult(
        spec=load_spec(SPEC),
        version="1",
        digest="ab" * 32,
        evaluation={
            "metrics": dict.fromkeys(METRICS, KNOWN) | metrics,
            "pairs_alone": {"f1": KNOWN},
            "ranking": ranking,
        },
        gates=[{"result": "passed"}],
        calibration={"method": "isotonic", "held_out": {when: {"log_loss": KNOWN} for when in ("before", "after")}},
        explanation={"pairs": 10, "additivity_error": 1e-9, "contradictions": {"given": 0}},
        examples=[Example("golden pair: a", decision)],
        normal=verdict,
        fault=Fault("postcode", "surname"),
        alarmed=verdict,
    )


@pytest.fixture
def lines_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Show the result of a demo, and return the printed lines, each as its words."""
    monkeypatch.setenv("MATCHWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "120")

    def shown(result: DemoResult) -> list[str]:
        monkeypatch.setattr("pipelines.demo.run_demo", lambda *_: result)
        done = CliRunner().invoke(app, ["demo"])
        assert done.exit_code == 0, done.output
        return [" ".join(line.split()) for line in done.output.splitlines()]

    return shown


def test_a_figure_is_shown_with_its_interval(lines_of: Any) -> None:
    assert "precision of match 0.9100 0.8500 to 0.9600" in lines_of(finished())


def test_a_figure_without_an_interval_is_shown_alone(lines_of: Any) -> None:
    assert "Brier score 0.9100" in lines_of(finished(brier=WITHOUT_INTERVAL))


def test_a_figure_that_nothing_could_measure_is_shown_as_not_known(lines_of: Any) -> None:
    lines = lines_of(finished(precision=UNKNOWN, hit_at_1=UNKNOWN))

    assert "precision of match not known" in lines
    assert "best candidate is the match not known" in lines
