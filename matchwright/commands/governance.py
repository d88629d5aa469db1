"""The commands of governance: ``approve``, ``release``, ``rollback``, ``history``."""

from enum import StrEnum
from typing import Annotated

import typer

from matchwright.commands.opening import Environment, opened_to_read
from matchwright.terminal import styled, terminal

Name = Annotated[str, typer.Argument(help="The registered model: the match spec's name.", metavar="NAME")]
Version = Annotated[str, typer.Option("--version", help="The version. The default is the challenger.")]
By = Annotated[str, typer.Option(help="The person who acts. The default is your account.")]
Note = Annotated[str, typer.Option(help="The reason, in one sentence.")]


class Decision(StrEnum):
    """The decision of a reviewer on a version."""

    approved = "approved"
    rejected = "rejected"


def register(root: typer.Typer) -> None:
    """Add these commands to the root command."""
    for command in (approve, release, rollback, history):
        root.command()(command)


def approve(
    name: Name,
    version: Version = "",
    by: By = "",
    note: Note = "",
    decision: Annotated[Decision, typer.Option(help="Your decision.")] = Decision.approved,
    environment: Environment = "",
) -> None:
    """Approve or reject a version. A reviewer may do the same in the MLflow UI."""
    from matchwright.operations.approve import approve as step

    settings = opened_to_read(environment)
    done = step(
        settings=settings, name=name, version=version, by=by or settings.actor, note=note, decision=decision.value
    )
    terminal().print(
        styled(("Done:", "green"), f" {name} version {done['version']} is {done['approval']} by {done['by']}.")
    )


def release(name: Name, version: Version = "", environment: Environment = "") -> None:
    """Put an approved version behind the endpoint."""
    from matchwright.steps.release import release as step

    _print_done("serves", step(settings=opened_to_read(environment), name=name, version=version))


def rollback(name: Name, by: By = "", note: Note = "", environment: Environment = "") -> None:
    """Put the whole bundle of the previous release back behind the endpoint."""
    from matchwright.operations.rollback import rollback as step

    settings = opened_to_read(environment)
    _print_done("serves again", step(settings=settings, name=name, by=by or settings.actor, note=note))


def history(
    name: Annotated[str, typer.Argument(help="Show one model only. The default is all models.", metavar="NAME")] = "",
    environment: Environment = "",
) -> None:
    """Show the release ledger, and check that nobody changed it."""
    from rich.table import Table

    from matchwright.adapters.ledger import Ledger

    ledger = Ledger(opened_to_read(environment).ledger_url)
    intact = ledger.verify_chain()
    table = Table(box=None, header_style="bold")
    for column in ("", "time (UTC)", "action", "version", "bundle", "by"):
        table.add_column(column, no_wrap=True)
    table.add_column("endpoint and note", overflow="fold")
    for entry in ledger.entries(model=name or None):
        version = f"{entry.model} {entry.version}".strip()
        details = "\n".join(part for part in (entry.endpoint, entry.note) if part)
        cells = (entry.time[:16].replace("T", " "), entry.action, version, entry.digest[:8], entry.actor, details)
        table.add_row(str(entry.id), *cells)
    terminal().print(table)
    terminal().print(styled(("Intact:", "green"), f" {intact} entries, each chained to the previous one."))


def _print_done(what: str, done: dict[str, str]) -> None:
    before = f" (before: {done['previous_digest'][:12]})" if done["previous_digest"] else ""
    console = terminal()
    console.print(styled(("Done:", "green"), f" {done['name']} version {done['version']} {what} at {done['address']}"))
    console.print(f"  bundle {done['digest'][:12]}{before}; endpoint {done['endpoint']}")
