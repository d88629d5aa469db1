"""The ``matchwright`` command. Each command imports the heavy libraries that it needs, so that ``--help`` is fast."""

import sys
from typing import Annotated

import typer

from matchwright import __version__
from matchwright.commands import demo, governance, label, match, monitoring, pipeline, spec, stack, synth
from matchwright.commands.opening import homes
from matchwright.errors import MatchwrightError
from matchwright.storage import storage_error
from matchwright.terminal import styled, terminal

app = typer.Typer(
    help="Match tables, label, train, approve, release, serve and monitor matching models.",
    invoke_without_command=True,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # locals hold records
)


@app.callback()
def root(
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.", is_eager=True)] = False,
) -> None:
    """Options of every command."""
    if version:
        typer.echo(f"matchwright {__version__}")
        raise typer.Exit


for group in (demo, spec, synth, label, match, pipeline, governance, stack, monitoring):
    group.register(app)


def main() -> None:
    """Run a command. After an error, print the fact and the hint without a traceback, and exit with code 1."""
    try:
        app()
    except Exception as error:
        device = storage_error(error, homes[-1]) if homes else None
        if device is None and not isinstance(error, MatchwrightError):
            raise
        show(device or error)  # type: ignore[arg-type]  # one of the two is an error of our own
        sys.exit(1)


def show(error: MatchwrightError) -> None:
    """Print the fact and the hint of an error on stderr."""
    console = terminal(stderr=True)
    console.print(styled(("Error:", "red"), f" {error.fact}"))
    if error.hint:
        console.print(styled(("Hint:", "cyan"), f" {error.hint}"))
