"""The demo: the whole loop of a matching model, with the real steps and a real endpoint."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from matchwright.adapters.endpoints import Endpoint, open_endpoint
from matchwright.core.spec import MatchSpec, load_spec
from matchwright.errors import ReleaseRefused
from matchwright.monitoring.verdict import Verdict
from matchwright.operations.approve import approve
from matchwright.operations.example_tables import example_tables
from matchwright.operations.example_traffic import Fault, example_pairs, fault_of, requests, shifted
from matchwright.operations.inputs import RECORDS, RECORDS_RIGHT
from matchwright.operations.training_artifacts import read_json
from matchwright.settings import Settings
from matchwright.terminal import styled
from pipelines.arguments import arguments_of
from pipelines.catalogue import pipeline_named
from pipelines.local.record import RunRecord
from pipelines.local.warm import WarmSteps
from pipelines.run import StepFailedError, run_pipeline

ENGINEER, REVIEWER = "demo-engineer", "demo-reviewer"
PAIRS, PAIRS_PER_REQUEST, SEED = 1_500, 250, 4


@dataclass(frozen=True)
class Example:
    """A name for a pair, and the endpoint's decision on it."""

    name: str
    decision: dict[str, Any]


@dataclass(frozen=True)
class DemoResult:
    """What the demo shows at the end."""

    spec: MatchSpec
    version: str
    digest: str
    evaluation: dict[str, Any]
    gates: list[dict[str, Any]]
    calibration: dict[str, Any]
    explanation: dict[str, Any]
    examples: list[Example]
    normal: Verdict
    fault: Fault
    alarmed: Verdict


def run_demo(
    settings: Settings, spec_file: Path, given: dict[str, str], environment: str, console: Console
) -> DemoResult:
    """Train, approve, release, match whole tables, ask for decisions, and monitor a normal batch and a shifted one.

    Raises:
        MatchwrightError: a part failed. The error is its own.
    """
    with WarmSteps() as warm:
        return _run_demo(settings, spec_file, given, environment, console, warm)


def _run_demo(
    settings: Settings,
    spec_file: Path,
    given: dict[str, str],
    environment: str,
    console: Console,
    warm: WarmSteps,
) -> DemoResult:
    spec = load_spec(spec_file)

    def pipeline(name: str, user: str, options: dict[str, str], notes: dict[str, str] | None = None) -> RunRecord:
        arguments, _ = arguments_of(name, spec_file, options, settings.environment)
        return run_pipeline(
            pipeline_named(name),
            settings.model_copy(update={"user": user}),
            arguments,
            environment=environment,
            spec_name=spec.name,
            console=console,
            warm=warm,
            notes=notes or {},
        )

    _chapter(console, "1  Train: from two tables to a version that can be reviewed")
    trained = pipeline("train", ENGINEER, given)
    version = _registered_version(trained)
    _chapter(console, "2  Approve and release")
    approve(settings=settings, name=spec.name, version=version, by=REVIEWER, note="Read the card; gates passed.")
    console.print(styled(f"   {REVIEWER} approved {spec.name} version {version}"))
    released = pipeline("release", ENGINEER, {"version": version})
    endpoint = open_endpoint(settings)
    try:
        _chapter(console, "3  Match the whole tables")
        tables = {name: given[name] for name in (RECORDS, RECORDS_RIGHT) if given[name]} or example_tables(settings)
        matched = pipeline("match", ENGINEER, {**tables, "version": version})
        console.print(styled(f"   {_matched(matched)}"))
        _chapter(console, "4  Decide, with normal data and after an upstream fault")
        pairs = example_pairs(_artefact(trained, "validated"), _artefact(trained, "evaluation"), spec, PAIRS, SEED)
        examples = _examples(endpoint, spec, pairs)
        fault = fault_of(spec)
        normal_from = _send(endpoint, pairs)
        shifted_from = _send(endpoint, shifted(pairs, fault, SEED))
        console.print(styled(f"   the endpoint decided {2 * len(pairs)} pairs"))
        _chapter(console, "5  Monitor: the decisions before and after the fault")
        normal = _verdict(pipeline, {"since": normal_from, "until": shifted_from}, {})
        alarmed = _verdict(pipeline, {"since": shifted_from}, {"alarm": "alarm raised, as intended"})
    finally:
        endpoint.stop()
    evaluation = _artefact(trained, "evaluation")
    return DemoResult(
        spec=spec,
        version=version,
        digest=str(released.output("release")),
        evaluation=read_json(evaluation / "evaluation.json"),
        gates=read_json(evaluation / "gates.json")["gates"],
        calibration=read_json(_artefact(trained, "calibration") / "calibration.json"),
        explanation=read_json(_artefact(trained, "explanation") / "explanation.json"),
        examples=examples,
        normal=normal,
        fault=fault,
        alarmed=alarmed,
    )


def _chapter(console: Console, title: str) -> None:
    console.print(styled("\n", (title, "bold")))


def _registered_version(run: RunRecord) -> str:
    if run.output("gate") != "pass":
        gates = read_json(_artefact(run, "evaluation") / "gates.json")["gates"]
        raise ReleaseRefused(
            "The version was registered, but did not pass its gates:",
            [f"{gate['name']}: {gate['value']:.4f}" for gate in gates if not gate["passed"]],
            "read its card in MLflow. Then change the spec or its gates, or label more pairs",
        )
    return str(run.output("register")).rpartition("/")[2]


def _artefact(run: RunRecord, name: str) -> Path:
    return next(Path(step.artefacts[name]) for step in reversed(run.steps) if name in step.artefacts)


def _matched(run: RunRecord) -> str:
    summary = read_json(_artefact(run, "matches") / "summary.json")
    records, entities = sum(summary["records"].values()), summary["clusters"]["entities"]
    return f"{records:,} records are {entities:,} entities; {summary['reviews']:,} pairs go to people"


def _examples(endpoint: Endpoint, spec: MatchSpec, pairs: list[dict[str, Any]]) -> list[Example]:
    """Decisions on a match and a non-match of the spec's golden pairs, and on one of ``pairs`` that goes to review.

    Only the decision is kept, and no value of a record.
    """
    golden = [{"left": dict(pair.left), "right": dict(pair.right)} for pair in spec.golden]
    # a spec may have no golden pairs, and the endpoint refuses a request without pairs
    decided = zip(spec.golden, _decide(endpoint, {"pairs": golden}) if golden else [], strict=True)
    by_band = {decision["band"]: Example(f"golden pair: {pair.name}", decision) for pair, decision in decided}
    answer = (decision for payload in requests(pairs, PAIRS_PER_REQUEST) for decision in _decide(endpoint, payload))
    review = next((decision for decision in answer if decision["band"] == "review"), None)
    if review is not None:
        by_band["review"] = Example("a test pair for review", review)
    return [by_band[band] for band in ("match", "review", "no_match") if band in by_band]


def _decide(endpoint: Endpoint, payload: dict[str, Any]) -> list[dict[str, Any]]:
    decisions: list[dict[str, Any]] = endpoint.invoke(payload)["decisions"]
    return decisions


def _send(endpoint: Endpoint, pairs: list[dict[str, Any]]) -> str:
    """Ask for decisions, and return the time before the first one, as the start of a window."""
    began = datetime.now(UTC).isoformat()
    for payload in requests(pairs, PAIRS_PER_REQUEST):
        _decide(endpoint, payload)
    return began


def _verdict(pipeline: Callable[..., RunRecord], window: dict[str, str], notes: dict[str, str]) -> Verdict:
    """Run the monitoring pipeline and read its verdict, also if an alarm made the run fail."""
    try:
        run = pipeline("monitor", ENGINEER, window, notes)
    except StepFailedError as alarm:
        if alarm.step.name != "alarm":
            raise
        run = alarm.run
    return Verdict.model_validate(json.loads(_artefact(run, "verdict").read_text(encoding="utf-8")))
