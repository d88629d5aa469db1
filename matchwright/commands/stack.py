"""The commands of the local stack: ``up``, ``down``, ``status``."""

from typing import TYPE_CHECKING

import typer

from matchwright.commands.opening import Environment, opened, opened_to_read
from matchwright.terminal import styled, terminal

if TYPE_CHECKING:
    from matchwright.operations.stack import Part

_COLOURS = {"running": "green", "stopped": "dim", "failing": "red", "remote": "cyan", "nothing released": "yellow"}


def register(root: typer.Typer) -> None:
    """Add these commands to the root command."""
    for command in (up, down, status):
        root.command()(command)


def up(environment: Environment = "") -> None:
    """Start the MLflow UI, the Evidently UI and the endpoint, and wait until they answer."""
    from matchwright.operations.stack import up as start

    settings = opened(environment)
    with terminal(stderr=True).status("Starting MLflow, Evidently and the endpoint ..."):
        parts = start(settings)
    _show(parts)
    _end(parts)


def down(environment: Environment = "") -> None:
    """Stop the processes that 'up' started, and no others."""
    from matchwright.operations.stack import down as stop

    _show(stop(opened_to_read(environment)))


def status(environment: Environment = "") -> None:
    """Show each part of the stack: whether it runs, its address, its process and its bundle."""
    from matchwright.operations.stack import status as look

    parts = look(opened_to_read(environment))
    _show(parts)
    _end(parts)


def _show(parts: "list[Part]") -> None:
    from rich.table import Table

    console = terminal()
    table = Table("part", "state", "address", "process", "bundle", box=None, header_style="bold")
    for part in parts:
        state = styled((part.state, _COLOURS[part.state]))
        table.add_row(part.name, state, part.address, str(part.pid or ""), part.bundle)
    console.print(table)
    if any(part.state == "nothing released" for part in parts):
        console.print("The endpoint serves nothing: no bundle was released yet. Train, approve and release one:")
        console.print("  matchwright demo, or matchwright approve NAME and matchwright release NAME")


def _end(parts: "list[Part]") -> None:
    """Raise an error with the faults of all parts, or exit with code 1 if a part fails without one."""
    from matchwright.errors import MatchwrightError

    faults = [part.fault for part in parts if part.fault is not None]
    if faults:
        *others, last = faults
        raise MatchwrightError("\n".join([*map(str, others), last.fact]), last.hint)
    if any(part.state == "failing" for part in parts):
        raise typer.Exit(1)
