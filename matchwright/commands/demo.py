"""``matchwright demo``: the whole loop on this machine, and a summary at the end."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from matchwright.commands.opening import Environment, opened
from matchwright.terminal import terminal

if TYPE_CHECKING:
    from pipelines.demo import DemoResult


def register(app: typer.Typer) -> None:
    """Add the command to the root command."""
    app.command()(demo)


def demo(
    spec: Annotated[Path, typer.Option(help="The match spec.")] = Path("specs/persons.yaml"),
    records: Annotated[str, typer.Option(help="Records of the left source. The default is FEBRL 4.")] = "",
    records_right: Annotated[str, typer.Option(help="Records of the right source.")] = "",
    pairs: Annotated[str, typer.Option(help="Labelled pairs.")] = "",
    environment: Environment = "",
) -> None:
    """Train, approve, release, match, decide and monitor on this machine, without any server, and print a summary."""
    from pipelines.demo import run_demo

    settings = opened(environment)
    console = terminal(soft_wrap=False)
    given = {"records": records, "records_right": records_right, "pairs": pairs}
    began = time.monotonic()
    result = run_demo(settings, spec, given, environment or settings.environment, console)
    _summary(console, result, time.monotonic() - began, settings)


def _summary(console: Any, result: "DemoResult", seconds: float, settings: Any) -> None:
    from rich.rule import Rule

    from matchwright.commands.monitoring import verdict_panel

    console.print()
    console.print(Rule(f"{result.spec.name} version {result.version}, bundle {result.digest[:12]}"))
    console.print(_figures(result))
    for line in _calibration_and_reasons(result):
        console.print(line, soft_wrap=True)
    console.print(_decisions(result))
    console.print(verdict_panel(result.normal, "A normal batch"))
    console.print(verdict_panel(result.alarmed, f"A batch after '{result.fault.lost}' went missing upstream"))
    interfaces = settings.interfaces
    console.print(
        f"Done in {seconds:.0f} s. What to do next:\n"
        f"  matchwright up              start the interfaces and the endpoint\n"
        f"    MLflow    http://127.0.0.1:{interfaces.mlflow_port}/#/models/{result.spec.name}"
        f"  the version, its card, tags and plots\n"
        f"    Evidently http://127.0.0.1:{interfaces.evidently_port}  the drift runs\n"
        f"    endpoint  http://{settings.endpoint.host}:{settings.endpoint.port}/ping\n"
        f"  matchwright history         approvals, releases and rollbacks\n"
        f"  matchwright down            stop all of them; all files are in {settings.home}/",
        soft_wrap=True,
    )


def _figures(result: "DemoResult") -> Any:
    from rich.table import Table

    table = Table(title="On entities that the model never saw", title_justify="left", box=None, pad_edge=False)
    for column in ("figure", "value", "95% interval"):
        table.add_column(column, justify="left" if column == "figure" else "right")
    names = {
        "f1": "F1, end to end",
        "precision": "precision of match",
        "recall": "recall of match",
        "pairs_completeness": "pairs completeness",
        "review_share": "share for review",
        "log_loss": "log loss",
        "brier": "Brier score",
    }
    for key, name in names.items():
        table.add_row(name, *_cells(result.evaluation["metrics"][key]))
    alone, ranking = result.evaluation["pairs_alone"]["f1"], result.evaluation["ranking"]
    for name, estimate in (
        ("F1, pairs alone", alone),
        ("mean reciprocal rank", ranking["mrr"]),
        ("best candidate is the match", ranking["hit_at_1"]),
    ):
        table.add_row(name, *_cells(estimate))
    passed, not_shown = (sum(gate["result"] == wanted for gate in result.gates) for wanted in ("passed", "not shown"))
    unshown = f", {not_shown} not shown" if not_shown else ""
    table.caption = f"{passed} of {len(result.gates)} gates passed{unshown}"
    return table


def _cells(estimate: dict[str, float | None]) -> tuple[str, str]:
    """A figure and its interval. A figure is not known where nothing was there to measure, such as no match at all."""
    value, lower, upper = estimate["value"], estimate["lower"], estimate["upper"]
    interval = "" if lower is None or upper is None else f"{lower:.4f} to {upper:.4f}"
    return "not known" if value is None else f"{value:.4f}", interval


def _calibration_and_reasons(result: "DemoResult") -> list[str]:
    losses = result.calibration["held_out"]
    before, after = (losses[when]["log_loss"]["value"] for when in ("before", "after"))
    explained = result.explanation
    against = explained["contradictions"]["given"]
    return [
        f"Calibration: {result.calibration['method']}; "
        f"log loss of held-out pairs {before:.5f} before, {after:.5f} after.",
        f"Reasons: {against} contradict their evidence, on {explained['pairs']:,} pairs; "
        f"contributions add up to the score within {explained['additivity_error']:.0e}.",
    ]


def _decisions(result: "DemoResult") -> Any:
    from rich.table import Table

    table = Table(title="Three decisions and their reasons", title_justify="left")
    for column in ("pair", "score", "decision", "reasons"):
        table.add_column(column)
    for example in result.examples:
        reasons = "\n".join(f"{reason['code']}: {reason['text']}" for reason in example.decision["reasons"])
        if hint := example.decision.get("hint"):
            reasons += f"\nHint: {hint['text']}"
        table.add_row(example.name, f"{example.decision['score']:.4f}", example.decision["band"], reasons)
    return table
