"""``matchwright spec``: read, check and draft match specs."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matchwright.terminal import styled, terminal

if TYPE_CHECKING:
    from rich.console import Console

    from matchwright.core.spec import FieldSpec, MatchSpec

app = typer.Typer(help="Work with match specs.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add these commands to the root command."""
    root.add_typer(app, name="spec")


@app.command()
def check(file: Annotated[Path, typer.Argument(help="The match spec, a YAML file.", metavar="FILE")]) -> None:
    """Check a match spec. Print all its faults together, or a summary if it has none."""
    from matchwright.core.spec.load import load_spec, spec_digest

    spec = load_spec(file)
    console = terminal(soft_wrap=False)
    digest = spec_digest(spec)[:12]
    console.print(styled(("Good:", "green"), " ", (spec.name, "bold"), f" version {spec.version}, digest {digest}"))
    console.print(f"  {spec.description}")
    _show_fields(console, spec)
    _show_candidates(console, spec)
    _show_decisions(console, spec)


@app.command()
def infer(
    tables: Annotated[list[str], typer.Argument(help="One table to deduplicate, or two to link.", metavar="TABLE")],
    pairs: Annotated[str, typer.Option(help="Labelled pairs: they improve the draft.")] = "",
    name: Annotated[str, typer.Option(help="The spec's name. The default is the file's name.")] = "",
    out: Annotated[Path | None, typer.Option(help="Write the draft here. The default is the terminal.")] = None,
) -> None:
    """Draft a match spec from tables (CSV, Parquet or Delta), for a person to edit. It holds no value of the tables."""
    from matchwright.adapters.tables.read import read_input_table, row_lines
    from matchwright.drafting import draft_spec, draft_text, how_values_are_read
    from matchwright.errors import Fault, SpecError

    if len(tables) > 2:
        raise typer.BadParameter("give one table or two", param_hint="TABLE")
    if out is not None and out.exists():
        hint = "name another file. A spec that somebody may have edited is not overwritten"
        raise SpecError("The draft was not written.", [Fault(str(out), "exists already", hint)])
    left, *others = [read_input_table(table) for table in tables]
    draft = draft_spec(
        left,
        others[0] if others else None,
        read_input_table(pairs) if pairs else None,
        spec_name(name or (out.stem if out else Path(tables[0]).stem)),
        lines=lambda side: row_lines(tables[side]),
        pair_lines=lambda: row_lines(pairs),
    )
    text = draft_text(draft)
    if out is None:
        typer.echo(text, nl=False)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    for line in how_values_are_read(draft):
        terminal().print(f"  {line}")
    then = f"Check what is marked as guessed, then run: matchwright spec check {out}"
    terminal().print(styled(("Drafted", "green"), f" {out}. {then}"))


def spec_name(wanted: str) -> str:
    """A name that a spec may have, from a name that a person or a file has."""
    plain = re.sub(r"[^a-z0-9]+", "_", wanted.lower()).strip("_")[:40]
    return plain if re.fullmatch(r"[a-z][a-z0-9_]+", plain) else "matching"


def _show_fields(console: "Console", spec: "MatchSpec") -> None:
    from rich.table import Table

    from matchwright.core.spec.vocabulary import COMPARATORS

    table = Table("field", "kind", "personal data", "column", "compared by", box=None, header_style="bold")
    for name, field in spec.fields.items():
        by = ", ".join(field.comparators or COMPARATORS[field.kind]) if field.compare else "not compared"
        table.add_row(name, _kind(field), field.pii, spec.column_of(name), by)
    console.print(table)
    for pii in ("direct", "quasi"):
        named = [
            name + ("" if field.compare else " (not compared)")
            for name, field in spec.fields.items()
            if field.pii == pii
        ]
        console.print(f"  personal data, {pii}: {', '.join(named) or 'none'}")
    if exposed := [name for name, field in spec.compared.items() if field.pii == "direct"]:
        names = ", ".join(exposed)
        console.print(
            styled("  ", ("compared although direct:", "yellow"), f" {names}: the feature store gets these values too")
        )


def _kind(field: "FieldSpec") -> str:
    """The kind with the notation, if the spec names one."""
    notations = (field.decimal, field.decimal_right, field.order, field.order_right)
    return ", ".join([field.kind, *(notation.replace("_", " ") for notation in notations if notation)])


def _show_candidates(console: "Console", spec: "MatchSpec") -> None:
    console.print("  candidates: equal in")
    for rule in spec.candidates.rules:
        console.print(f"    {' and '.join(rule)}")
    if (tfidf := spec.candidates.tfidf) is not None:
        console.print(f"    or among the {tfidf.top_k} nearest by TF-IDF over {', '.join(tfidf.fields)}")
    labels = f"{spec.multiplicity}, labels {spec.labels}"
    console.print(f"  {labels}; {len(spec.golden)} golden pairs; {len(spec.slices)} slices")


def _show_decisions(console: "Console", spec: "MatchSpec") -> None:
    from matchwright.core.decide.bands import bands_from_costs

    bands = bands_from_costs(spec.costs)
    costs = f"{spec.costs.false_match:g}, {spec.costs.missed_match:g}, {spec.costs.review:g}"
    console.print(f"  costs of a false match, a missed match and a review: {costs}")
    console.print(
        f"    match from a score of {bands.match_from:g}, no_match below {bands.review_from:g}, review between"
    )
    if bands.match_from == bands.review_from:
        console.print(styled("    ", ("at these costs a review is never worth its price", "yellow")))
    constraint = spec.precision_constraints
    if constraint.match or constraint.no_match:
        wanted = f"precision of match {constraint.match:g}, of no_match {constraint.no_match:g}"
        console.print(f"    precision constraints: {wanted}, at {constraint.confidence:.0%} confidence")
        console.print("    training moves the thresholds apart until both hold")
