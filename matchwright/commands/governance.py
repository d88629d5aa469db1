"""The commands of governance: ``approve``, ``release``, ``rollback``, ``history``."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from matchwright.commands.opening import Environment, opened_to_read

Name = Annotated[str, typer.Argument(help="The registered model: the match spec's name.", metavar="NAME")]
Version = Annotated[str, typer.Option("--version", help="The version; the challenger if not given.")]
By = Annotated[str, typer.Option(help="Who acts; your account if not given.")]
Note = Annotated[str, typer.Option(help="Why, in a sentence.")]


class Verdict(StrEnum):
    """What a reviewer says of a version."""

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
    verdict: Annotated[Verdict, typer.Option(help="What you say of it.")] = Verdict.approved,
    environment: Environment = "",
) -> None:
    """Approve or reject a version: what a reviewer may also do in the MLflow UI."""
    from matchwright.operations.approve import approve as step

    settings = opened_to_read(environment)
    done = step(
        settings=settings, name=name, version=version, by=by or settings.actor, note=note, verdict=verdict.value
    )
    _console().print(f"[green]Done:[/] {name} version {done['version']} is {done['approval']} by {done['by']}.")


def release(name: Name, version: Version = "", environment: Environment = "") -> None:
    """Put an approved version behind the endpoint."""
    from matchwright.steps.release import release as step

    _tell("serves", step(settings=opened_to_read(environment), name=name, version=version))


def rollback(name: Name, by: By = "", note: Note = "", environment: Environment = "") -> None:
    """Put the previous release back behind the endpoint, as a whole."""
    from matchwright.operations.rollback import rollback as step

    settings = opened_to_read(environment)
    _tell("serves again", step(settings=settings, name=name, by=by or settings.actor, note=note))


def history(
    name: Annotated[str, typer.Argument(help="Of one model only; of all if not given.", metavar="NAME")] = "",
    environment: Environment = "",
) -> None:
    """Show the release ledger, and check that nobody changed it."""
    from rich.markup import escape
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
        told = "\n".join(part for part in (entry.endpoint, entry.note) if part)
        cells = (entry.time[:16].replace("T", " "), entry.action, version, entry.digest[:8], entry.actor, told)
        table.add_row(str(entry.id), *map(escape, cells))
    _console().print(table)
    _console().print(f"[green]Intact:[/] {intact} entries, each chained to the one before.")


def _tell(what: str, done: dict[str, str]) -> None:
    before = f", after {done['previous_digest'][:12]}" if done["previous_digest"] else ""
    console = _console()
    console.print(f"[green]Done:[/] {done['name']} version {done['version']} {what} at {done['address']}")
    console.print(f"  bundle {done['digest'][:12]}{before}; endpoint {done['endpoint']}")


def _console() -> Any:
    from rich.console import Console

    return Console(highlight=False, soft_wrap=True)
