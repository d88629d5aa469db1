"""``matchwright drift``: measure drift in the decision log on this machine, without a pipeline."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from matchwright.commands.opening import Environment, opened_to_read
from matchwright.terminal import styled, terminal

if TYPE_CHECKING:
    from rich.panel import Panel

    from matchwright.monitoring.verdict import Verdict

EXIT_CODES = {"ok": 0, "watch": 0, "alarm": 2, "not_enough_data": 3}
_STYLES = {"ok": "green", "watch": "yellow", "alarm": "red", "not_enough_data": "bright_black"}


def register(app: typer.Typer) -> None:
    """Add the command to the root command."""
    app.command()(drift)


def drift(
    spec: Annotated[
        Path, typer.Option(help="The match spec. Its name selects the decisions, and it sets the limits.")
    ] = Path("specs/persons.yaml"),
    since: Annotated[str, typer.Option(help="ISO date or time, or a span such as 24h or 7d. The default is all.")] = "",
    until: Annotated[str, typer.Option(help="ISO date or time, exclusive. The default is now.")] = "",
    labels: Annotated[
        str, typer.Option(help="CSV, Parquet or Delta of arrived labels: decision_id, label (1 or 0).")
    ] = "",
    decisions: Annotated[
        Path | None, typer.Option(help="A decision log folder, or one of its files. The default is this environment's.")
    ] = None,
    bundle: Annotated[Path | None, typer.Option(help="A bundle folder. The default is the champion's bundle.")] = None,
    version: Annotated[str, typer.Option(help="The version of the bundle. The default is the champion.")] = "",
    environment: Environment = "",
) -> None:
    """Compare decisions with the reference of the bundle that made them, and say what to do.

    Exit code 0: ok or watch. 1: the command failed. 2: alarm. 3: not enough decisions for a verdict.
    """
    from matchwright.core.spec import load_spec
    from matchwright.steps.fetch_champion import fetch_champion
    from matchwright.steps.monitor import monitor, read_verdict

    settings, parsed = opened_to_read(environment), load_spec(spec)
    folder = settings.path("drift", parsed.name)
    if bundle is None:
        bundle = folder / "bundle"
        fetch_champion(settings=settings, name=parsed.name, version=version, bundle=bundle)
    done = monitor(
        settings=settings,
        spec=parsed,
        bundle=bundle,
        decisions=decisions,
        since=since,
        until=until,
        labels=labels,
        report=folder / "report.html",
        verdict=folder / "verdict.json",
    )
    _show(read_verdict(Path(done["verdict"])), done)
    raise typer.Exit(EXIT_CODES[done["status"]])


def verdict_panel(verdict: "Verdict", title: str = "") -> "Panel":
    """The verdict for the person on call, in the colour of its status."""
    from rich.panel import Panel

    headline, rest = verdict.text().strip().split("\n", 1)
    style = _STYLES[verdict.status]
    text = styled((headline, f"bold {style}"), f"\n{rest}")
    return Panel(text, title=styled(title) if title else None, border_style=style)


def _show(verdict: "Verdict", done: dict[str, Any]) -> None:
    terminal(soft_wrap=False).print(verdict_panel(verdict))
    terminal().print(f"Report {done['report']}")
    if done["address"]:
        terminal().print(f"Evidently UI (`matchwright up`) {done['address']}")
