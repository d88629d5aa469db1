"""``matchwright match``: the matches and clusters of whole tables."""

import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from matchwright.commands.opening import Environment, settings_of
from matchwright.terminal import styled, terminal

if TYPE_CHECKING:
    from matchwright.core.bundle import Bundle

TABLES = "tables"
_TABLES = ("--records", "--records-right")


class TablesFirst(TyperGroup):
    """A group of commands whose first word is optional: without another one it is :data:`TABLES`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the command's name before its options and files."""
        named = bool(args) and args[0] in self.commands
        return super().parse_args(ctx, args if named else [TABLES, *args])


app = typer.Typer(cls=TablesFirst, help="Find the matches and the clusters of whole tables.")


def register(root: typer.Typer) -> None:
    """Add these commands to the root command."""
    root.add_typer(app, name="match")


@app.command(name=TABLES)
def tables(
    files: Annotated[
        list[str] | None, typer.Argument(help="One table to deduplicate, or two to link.", metavar="[FILE [FILE]]")
    ] = None,
    model: Annotated[str, typer.Option(help="A registered model: its champion decides.")] = "",
    bundle: Annotated[Path | None, typer.Option(help="The folder of a bundle, in place of --model.")] = None,
    spec: Annotated[
        Path | None, typer.Option(help="Without a model: a match spec, in place of one that is drafted.")
    ] = None,
    records: Annotated[
        str, typer.Option(help="The records: CSV, Parquet or Delta, or a folder of Parquet files. As the first FILE.")
    ] = "",
    records_right: Annotated[
        str, typer.Option(help="The other table, as the second FILE. Without it one is deduplicated.")
    ] = "",
    out: Annotated[
        str,
        typer.Option(
            help="The folder of the run, which is made, or s3://BUCKET/PREFIX. Without a model the default is matches."
        ),
    ] = "",
    plan: Annotated[
        bool, typer.Option("--plan", help="Say what would be done, and what it takes. Do nothing.")
    ] = False,
    reasons: Annotated[str, typer.Option(help="Which pairs get reasons: review, or all.")] = "review",
    join_from: Annotated[
        float | None, typer.Option(help="Pairs in review join records too, from this score on.")
    ] = None,
    link_and_dedupe: Annotated[
        bool, typer.Option("--link-and-dedupe", help="With two tables: look for pairs within each of them too.")
    ] = False,
    no_guard: Annotated[
        bool, typer.Option("--no-guard", help="Do not cut clusters that a chain holds together.")
    ] = False,
    memory: Annotated[str, typer.Option(help="What partitions may take together, such as 2GB.")] = "2GB",
    workers: Annotated[int, typer.Option(min=1, help="Processes; the default is one for each processor core.")] = (
        os.cpu_count() or 1
    ),
    table_format: Annotated[
        str, typer.Option("--tables", help="The input tables with their clusters: csv, parquet or none.")
    ] = "csv",
    restate_prior: Annotated[
        bool, typer.Option("--restate-prior", help="Restate the scores for the size of these tables.")
    ] = False,
    engine: Annotated[str, typer.Option(help="What compares and scores: duckdb, or spark. The result is the same.")] = (
        "duckdb"
    ),
    master: Annotated[
        str, typer.Option(help="With spark: its cluster, such as local[2] or spark://HOST:7077. Default: this machine.")
    ] = "",
    connect: Annotated[
        str, typer.Option(help="With spark: a Spark Connect server, such as sc://HOST, in place of --master.")
    ] = "",
    environment: Environment = "",
) -> None:
    """Match one table, or two, with a released model, or with none. To resume a run that was killed, run it again.

    With FILE alone, a spec is drafted and every pair is a suggestion: matchwright match customers.csv.

    The folder gets Delta tables (pairs, clusters, review, quarantine), the tables with a column cluster_id, a summary
    and a report. matchwright match explain FOLDER KEY KEY says why two records did or did not come together.
    """
    from matchwright.adapters.lake.store import in_object_store
    from matchwright.operations.match_tables.inputs import input_files
    from matchwright.operations.match_tables.match import match_tables
    from matchwright.operations.match_tables.options import MatchOptions, match_options
    from matchwright.operations.match_tables.progress import ProgressLines
    from matchwright.operations.match_tables.to_object_store import match_to_object_store

    given = _named(files or [], records, records_right)
    without_model = not model and bundle is None
    if not plan and not out and not without_model:
        raise typer.BadParameter("name the folder of the run with --out")
    if plan and without_model:
        raise typer.BadParameter("a plan needs a model: --model NAME, or --bundle FOLDER")
    if without_model and in_object_store(out):
        raise typer.BadParameter("a run without a model is kept in a folder: name one with --out")
    if spec is not None and not without_model:
        raise typer.BadParameter("a bundle has its own spec: leave out --spec")
    options: MatchOptions = match_options(
        reasons=reasons,
        join_from=join_from,
        link_and_dedupe=link_and_dedupe,
        guard=not no_guard,
        memory=_bytes(memory),
        workers=workers,
        tables=table_format,
        restate_prior=restate_prior,
        engine=engine,
        master=master,
        connect=connect,
    )
    console = terminal()
    if without_model:
        from matchwright.commands.match_files import suggest

        suggest(given, spec, Path(out) if out else None, options, environment)
        return
    loaded = _bundle(model, bundle, environment)
    inputs = input_files(given)
    if plan:
        from matchwright.operations.match_tables.plan import plan_tables

        for line in plan_tables(loaded, inputs, options).lines():
            console.print(line)
        return
    lines = ProgressLines(lambda line: console.print(f"  {line}"))
    if in_object_store(out):
        runs = settings_of(environment).folder("matching")
        summary = match_to_object_store(loaded, inputs, out, runs, options, lines)
    else:
        summary = match_tables(loaded, inputs, Path(out), options, lines)
    _print(summary, out, given)


@app.command()
def explain(
    run: Annotated[str, typer.Argument(help="The folder of a run, or its s3://BUCKET/PREFIX.", metavar="RUN")],
    keys: Annotated[
        list[str], typer.Argument(help="One record key, or two: left:ID or right:ID.", metavar="KEY [KEY]")
    ],
    model: Annotated[str, typer.Option(help="The registered model of the run.")] = "",
    bundle: Annotated[Path | None, typer.Option(help="The folder of the run's bundle, in place of --model.")] = None,
    records: Annotated[str, typer.Option(help="The records that were matched.")] = "",
    records_right: Annotated[str, typer.Option(help="The other table that was matched.")] = "",
    environment: Environment = "",
) -> None:
    """Why two records did or did not come together, or what a record was matched with.

    Of a pair, the run keeps the score, the decision and what joined its records. With the bundle and the tables of the
    run, the decision is computed again: then every pair has its reasons, and a pair that was not compared has what kept
    each rule from proposing it. No value of a record is printed.
    """
    from matchwright.operations.match_tables.explain import explain_pair, explain_record
    from matchwright.operations.match_tables.inputs import input_files

    named = bool(model) or bundle is not None
    if len(keys) > 2:
        raise typer.BadParameter("name one record key, or two")
    if named != bool(records):
        raise typer.BadParameter("name both the bundle and the tables of the run: --model or --bundle, and --records")
    console = terminal()
    if len(keys) == 1:
        lines = explain_record(run, keys[0]).lines()
    else:
        files = {"left": records} | ({"right": records_right} if records_right else {})
        inputs = input_files(files) if named else []
        loaded = _bundle(model, bundle, environment) if named else None
        lines = explain_pair(run, (keys[0], keys[1]), loaded, inputs).lines()
    for line in lines:
        console.print(line)


def _named(files: list[str], records: str, records_right: str) -> dict[str, str]:
    """The tables by source, from the arguments or from the options."""
    if files and (records or records_right):
        raise typer.BadParameter("name the tables once: as FILE, or with --records and --records-right")
    named = files or [file for file in (records, records_right) if file]
    if not named or (records_right and not records):
        raise typer.BadParameter("name the table to match: matchwright match FILE")
    if len(named) > 2:
        raise typer.BadParameter("give one table or two")
    return dict(zip(("left", "right"), named, strict=False))


def _bundle(model: str, folder: Path | None, environment: str) -> "Bundle":
    from matchwright.commands.opening import opened_to_read
    from matchwright.core.bundle import load_bundle
    from matchwright.operations.registered_bundle import load_registered
    from matchwright.secrets import VERIFY_KEY, load_local_secrets, secret

    if bool(model) == (folder is not None):
        raise typer.BadParameter("name what decides: --model NAME, or --bundle FOLDER")
    if folder is None:
        named = model if model.startswith("models:") else f"models:/{model}@champion"
        return load_registered(opened_to_read(environment), named)
    settings = settings_of(environment)
    if settings.environment == "local":
        load_local_secrets(settings.home)
    return load_bundle(folder, secret(VERIFY_KEY))


_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(MB|GB)", re.I)


def _bytes(text: str) -> int:
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise typer.BadParameter(f"--memory is '{text}': write a number and MB or GB, such as 2GB")
    return int(float(found[1]) * 1024 ** (2 if found[2].upper() == "MB" else 3))


def _print(summary: dict[str, Any], out: str, files: dict[str, str]) -> None:
    from matchwright.operations.match_tables.run_folder import SPEC

    console, inside = terminal(), out.rstrip("/")
    bands, clusters = summary["funnel"]["bands"], summary["clusters"]
    records = sum(summary["records"].values())
    console.print(styled(("Matched", "green"), f" {records:,} records: {bands['match']:,} matches, in {out}"))
    console.print(f"  {clusters['entities']:,} entities; {summary['reviews']:,} pairs for people, in {inside}/review")
    if summary["quarantined"]:
        console.print(f"  {summary['quarantined']:,} records are in quarantine: see {inside}/quality.html")
    if summary["register_warning"]:
        console.print(styled(("Warning:", "yellow"), f" {summary['register_warning']}"))
    console.print(f"  Read {inside}/report.html")
    if summary["reviews"]:
        spec = "SPEC" if "://" in out else f"{inside}/{SPEC}"  # a spec is read from a file
        tables = [word for named in zip(_TABLES, files.values(), strict=False) for word in named]
        words = ["matchwright", "label", "--spec", spec, "--review", out, *tables, "--out", "labels.csv"]
        console.print(f"  Next: {shlex.join(words)}")
