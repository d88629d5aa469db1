"""``matchwright spec``: read and check match specs."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Work with match specs.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add these commands to the root command."""
    root.add_typer(app, name="spec")


@app.command()
def check(file: Annotated[Path, typer.Argument(help="The match spec, a YAML file.", metavar="FILE")]) -> None:
    """Check a match spec: all its faults at once, or a summary when it is good."""
    from rich.console import Console
    from rich.table import Table

    from matchwright.core.spec.load import load_spec, spec_digest

    spec = load_spec(file)
    console = Console(highlight=False)
    console.print(f"[green]Good:[/] [bold]{spec.name}[/] version {spec.version}, digest {spec_digest(spec)[:12]}")
    console.print(f"  {spec.description}", markup=False)
    table = Table("field", "kind", "personal data", "column", "compared by", box=None, header_style="bold")
    for name, field in spec.fields.items():
        by = ", ".join(field.comparators or ("default for its kind",)) if field.compare else "not compared"
        table.add_row(name, field.kind, field.pii, spec.column_of(name), by)
    console.print(table)
    candidates = f"{len(spec.candidates.rules)} equality rules"
    candidates += f", TF-IDF top {spec.candidates.tfidf.top_k}" if spec.candidates.tfidf else ""
    console.print(f"  candidates: {candidates}; {len(spec.golden)} golden pairs; {len(spec.slices)} slices")
