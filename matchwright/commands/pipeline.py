"""``matchwright pipeline``: run, compile and submit pipelines."""

from pathlib import Path
from typing import Annotated

import typer

from matchwright.commands.opening import Environment, opened, opened_to_read, settings_of
from matchwright.commands.outcome import gates_passed, outcome
from matchwright.terminal import styled, terminal

app = typer.Typer(help="Run, compile and submit pipelines.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="train, release, match or monitor.")]
SpecFile = Annotated[Path, typer.Option("--spec", help="The match spec.")]
Records = Annotated[
    str,
    typer.Option(
        help="train, match: records of the left source, CSV, Parquet or Delta. train: in local the default is FEBRL 4."
    ),
]
RecordsRight = Annotated[
    str, typer.Option(help="train, match: records of the right source. Leave it out for deduplication.")
]
Pairs = Annotated[str, typer.Option(help="train: labelled pairs, CSV, Parquet or Delta.")]
ModelVersion = Annotated[
    str,
    typer.Option(
        "--version",
        help="release: the version; the default is the challenger. match, monitor: the default is the champion.",
    ),
]
Since = Annotated[str, typer.Option(help="monitor: from this date or time, or a span such as 24h or 7d.")]
Until = Annotated[str, typer.Option(help="monitor: up to this date or time.")]
Labels = Annotated[str, typer.Option(help="monitor: labels that have arrived, CSV, Parquet or Delta.")]
Scorer = Annotated[str, typer.Option(help="train: an ONNX file to import as the scorer; none is fitted then.")]
Comparisons = Annotated[
    str, typer.Option(help="train: text file of the imported scorer's comparisons, in the order of its input.")
]
Returns = Annotated[
    str, typer.Option(help="train: what the imported scorer gives, probability or log_odds; else found out.")
]
Target = Annotated[str, typer.Option(help="match: the name of the result in the lake; the default is latest.")]
Reasons = Annotated[str, typer.Option(help="match: which pairs get reasons: review, or all.")]
JoinFrom = Annotated[str, typer.Option(help="match: pairs in review join records too, from this score on.")]
LinkAndDedupe = Annotated[
    bool, typer.Option("--link-and-dedupe", help="match: with two tables, look for pairs within each of them too.")
]
RestatePrior = Annotated[
    bool, typer.Option("--restate-prior", help="match: restate the scores for the size of these tables.")
]
Engine = Annotated[str, typer.Option(help="match: what compares and scores: duckdb (default), or spark.")]
Master = Annotated[str, typer.Option(help="match: with spark, its cluster, such as spark://HOST:7077.")]
Connect = Annotated[str, typer.Option(help="match: with spark, a Spark Connect server, such as sc://HOST.")]


GATES_FAILED = 4
"""The exit code of a training whose version was registered, but may not be released."""


def register(root: typer.Typer) -> None:
    """Add these commands to the root command."""
    root.add_typer(app, name="pipeline")


@app.command()
def run(
    name: Name,
    spec: SpecFile = Path("specs/persons.yaml"),
    records: Records = "",
    records_right: RecordsRight = "",
    pairs: Pairs = "",
    version: ModelVersion = "",
    since: Since = "",
    until: Until = "",
    labels: Labels = "",
    scorer: Scorer = "",
    comparisons: Comparisons = "",
    returns: Returns = "",
    target: Target = "",
    reasons: Reasons = "",
    join_from: JoinFrom = "",
    link_and_dedupe: LinkAndDedupe = False,
    restate_prior: RestatePrior = False,
    engine: Engine = "",
    master: Master = "",
    connect: Connect = "",
    environment: Environment = "",
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Run every step again, also with unchanged inputs.")
    ] = False,
) -> None:
    """Run a pipeline on this machine. To resume a run that was killed, run it again.

    Exit code 0: it succeeded. 1: a step failed, or monitor raised an alarm. 4: train registered a version, but its
    gates failed.
    """
    from pipelines.arguments import arguments_of
    from pipelines.catalogue import pipeline_named
    from pipelines.run import StepFailedError, run_pipeline

    settings = opened(environment)
    given = {"records": records, "records_right": records_right, "pairs": pairs, "version": version}
    given |= {"since": since, "until": until, "labels": labels}
    given |= {"scorer": scorer, "comparisons": comparisons, "returns": returns}
    given |= {"target": target, "reasons": reasons, "join_from": join_from}
    given |= {"link_and_dedupe": _text(link_and_dedupe), "restate_prior": _text(restate_prior)}
    given |= {"engine": engine, "master": master, "connect": connect}
    arguments, spec_name = arguments_of(name, spec, given, settings.environment)
    console = terminal()
    try:
        record = run_pipeline(
            pipeline_named(name),
            settings,
            arguments,
            environment=_named(environment) or settings.environment,
            spec_name=spec_name,
            cached=not no_cache,
        )
    except StepFailedError as failure:
        if failure.step.name == "alarm":
            console.print(styled(("Alarm raised", "yellow"), " by monitor: the run is recorded as failed."))
            raise
        console.print(styled(("Failed", "red"), f" in {failure.step.name}; its log is {failure.step.log}"))
        console.print("  Steps that succeeded are kept. Correct the fault, then run the same command again.")
        raise
    for line in outcome(record):
        console.print(line)
    folder = settings.folder("runs", record.run_id)
    passed = gates_passed(record)
    ended = ("Succeeded", "green") if passed else ("Ended without a version to release", "yellow")
    console.print(styled(ended, f" in {record.seconds:.1f} s; the record is in {folder}"))
    if not passed:
        raise typer.Exit(GATES_FAILED)


@app.command(name="export-comparisons")
def export_comparisons(
    out: Annotated[Path, typer.Option(help="The Parquet file to write; the names go to a text file beside it.")],
    spec: SpecFile = Path("specs/persons.yaml"),
    environment: Environment = "",
) -> None:
    """Write the comparisons that the last training of this spec was fitted on, to train a scorer elsewhere.

    They are those of the parts train and validate, with label and part. No record key and no value of a record is in
    the file.
    """
    from pipelines.export import export_training_pairs

    done = export_training_pairs(opened_to_read(environment), spec, out)
    console = terminal()
    console.print(styled(("Wrote", "green"), f" {done.pairs:,} pairs and {done.comparisons} comparisons to {out}"))
    console.print(f"  The names, for --comparisons, are in {done.names}")


@app.command(name="compile")
def compile_(
    environment: Environment = "",
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("build/pipelines"),
) -> None:
    """Write every pipeline as IR YAML for a cluster."""
    from pipelines.compile import compile_all

    for path in compile_all(settings_of(environment), out):
        terminal().print(styled(("Wrote", "green"), f" {path}"))


@app.command()
def submit(
    name: Name,
    spec: SpecFile = Path("specs/persons.yaml"),
    records: Records = "",
    records_right: RecordsRight = "",
    pairs: Pairs = "",
    version: ModelVersion = "",
    since: Since = "",
    until: Until = "",
    labels: Labels = "",
    scorer: Scorer = "",
    comparisons: Comparisons = "",
    returns: Returns = "",
    target: Target = "",
    reasons: Reasons = "",
    join_from: JoinFrom = "",
    link_and_dedupe: LinkAndDedupe = False,
    restate_prior: RestatePrior = False,
    engine: Engine = "",
    master: Master = "",
    connect: Connect = "",
    environment: Environment = "",
    run_name: Annotated[
        str, typer.Option(help="The run's name in the cluster. The default has the pipeline, the spec and the time.")
    ] = "",
) -> None:
    """Upload a pipeline to a cluster and start it."""
    from datetime import datetime

    from pipelines.arguments import arguments_of
    from pipelines.submit import submit as submit_to_cluster

    settings = settings_of(environment)
    given = {"records": records, "records_right": records_right, "pairs": pairs, "version": version}
    given |= {"since": since, "until": until, "labels": labels}
    given |= {"scorer": scorer, "comparisons": comparisons, "returns": returns}
    given |= {"target": target, "reasons": reasons, "join_from": join_from}
    given |= {"link_and_dedupe": _text(link_and_dedupe), "restate_prior": _text(restate_prior)}
    given |= {"engine": engine, "master": master, "connect": connect}
    arguments, spec_name = arguments_of(name, spec, given, settings.environment)
    title = run_name or f"{name} {spec_name} {datetime.now():%Y-%m-%d %H:%M}"
    done = submit_to_cluster(name, settings, arguments, run_name=title)
    started = f" run {done.run_id} of version {done.version}\n  {done.address}"
    terminal().print(styled(("Started", "green"), started))


def _text(flag: bool) -> str:
    """A flag as a pipeline's parameter: empty if it is not set."""
    return "true" if flag else ""


def _named(environment: str) -> str:
    """The environment with an absolute path: the processes of steps may run in another folder."""
    return str(Path(environment).absolute()) if environment.endswith((".yaml", ".yml")) else environment
