"""``matchwright synth``: a register of persons that do not exist, to try and to measure with."""

from pathlib import Path
from typing import Annotated

import typer

from matchwright.terminal import styled, terminal


def register(app: typer.Typer) -> None:
    """Add the command to the root command."""
    app.command()(synth)


def synth(
    folder: Annotated[Path, typer.Argument(help="The folder to write. It must not exist.", metavar="FOLDER")],
    records: Annotated[
        int, typer.Option(min=1, max=100_000_000, help="How many records, of both tables together.")
    ] = 100_000,
    options: Annotated[
        str, typer.Option(help="How persons live and how records err: clean, usual, dirty, or a YAML file of rates.")
    ] = "usual",
    records_per_entity: Annotated[
        float | None,
        typer.Option(
            min=1, max=20, help="The mean number of records of a person, in each table. Overrides the options."
        ),
    ] = None,
    two_tables: Annotated[bool, typer.Option("--two-tables", help="Make two tables that overlap.")] = False,
    seed: Annotated[int, typer.Option(help="The same seed and options give the same bytes.")] = 1,
    force: Annotated[bool, typer.Option("--force", help="Replace a register that was made before.")] = False,
) -> None:
    """Make a register of persons that do not exist, with the truth about which records are one person.

    The folder gets the records, truth.parquet (the person and the household of each record), pairs.parquet (all true
    pairs) and synthesis.json (how it was made). It is written whole or not at all.
    """
    from matchwright.operations.synthetic_register import make_register
    from matchwright.storage import storage_reported
    from matchwright.synthesis import load_options

    chosen = load_options(options)
    if records_per_entity is not None:
        chosen = chosen.model_copy(update={"records_per_entity": records_per_entity})
    with storage_reported(folder):
        made = make_register(folder, chosen, records, seed, two_tables, force)
    counts = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in made.counts.items())
    console = terminal()
    console.print(styled(("Made", "green"), f" {made.folder}: {counts}"))
    tables = " ".join(str(made.folder / name) for name in _tables(two_tables))
    pairs = made.folder / "pairs.parquet"
    console.print(f"  Next: matchwright spec infer {tables} --pairs {pairs} --out specs/{made.folder.name}.yaml")


def _tables(two_tables: bool) -> tuple[str, ...]:
    from matchwright.operations.synthetic_register import RECORDS

    return RECORDS[two_tables]
