"""The register of a run: its tables conformed, validated, and turned into record features."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from matchwright.adapters.lake.delta import frame_digest, write_table
from matchwright.adapters.quality import QualityResult, render_report, validate_records
from matchwright.adapters.quality.report import advice, sentence
from matchwright.core.bundle import Bundle, register_use
from matchwright.core.candidates import RecordTable
from matchwright.core.decide.prior import RegisterWarning
from matchwright.core.records import record_features
from matchwright.core.records.columns import with_categories
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.frames import read_frame
from matchwright.core.spec import MatchSpec
from matchwright.errors import DataError, Fault, QualityError
from matchwright.files import PRIVATE, replacing, write_whole
from matchwright.operations.conforming import conformed_records, together
from matchwright.operations.match_tables.inputs import MatchInput
from matchwright.operations.match_tables.outputs import CLUSTER_ID
from matchwright.operations.match_tables.run_folder import WORKING, RunFolder
from matchwright.supervisor.new_interpreter import in_new_interpreter

FEATURES, QUALITY, QUALITY_REPORT, QUARANTINE = "features.parquet", "quality.json", "quality.html", "quarantine"

LARGE = 16_000_000
"""Bytes of tables from which another process reads and validates them. What that takes would not be given back."""


@dataclass(frozen=True)
class Register:
    """The record features of all records that are matched, and the result of validation."""

    table: RecordTable
    quality: QualityResult


def register_of(run: RunFolder, bundle: Bundle, inputs: Sequence[MatchInput], one_table: bool) -> Register:
    """Read, validate and prepare the tables; or read what an earlier try of this run has prepared.

    The quarantine table, the quality report and its figures are written to the run's folder.

    Args:
        run: the folder.
        bundle: whose spec and corpus are used.
        inputs: the tables.
        one_table: whether pairs are looked for within all tables together.

    Raises:
        DataError: tables do not fit the spec (all faults are listed).
        QualityError: the tables do not hold the limits of the spec. The report is written.
    """
    kept = run.folder / WORKING / FEATURES
    if not kept.exists():
        asked = run, bundle.model.spec, bundle.model.corpus, inputs
        if sum(given.size for given in inputs) < LARGE:
            _prepare(*asked)
        else:
            in_new_interpreter(_prepare, *asked)
    table = RecordTable.of(read_frame(kept), one_table=one_table)
    quality = QualityResult.model_validate_json((run.folder / QUALITY).read_text(encoding="utf-8"))
    return Register(table, quality)


def larger_register(bundle: Bundle, table: RecordTable) -> RegisterWarning | None:
    """A warning if these tables are a much larger register than the scores of the bundle are for."""
    warning = register_use(bundle).larger(len(table.left), len(table.right), "the register of these tables")
    return warning and replace(warning, hint="restate the scores for it with --restate-prior, or train on it")


def read_inputs(spec: MatchSpec, inputs: Sequence[MatchInput], added: str = "") -> pd.DataFrame:
    """The conformed records of all tables.

    Args:
        spec: the match spec.
        inputs: the tables.
        added: the column that the run will add to them, which they must not have; empty for none.

    Raises:
        DataError: tables do not fit the spec (all faults are listed).
    """
    sides, faults = [], []
    for given in inputs:
        rows = with_categories(given.read())
        if added in rows.columns:
            hint = "rename it, or leave the tables with clusters out: --tables none"
            faults.append(Fault(f"{given.table.name}: {added}", "is a column that the run would add", hint))
        try:
            sides.append(conformed_records(rows, spec, given.table.source))
        except DataError as error:
            where = given.table.name
            faults += [Fault(": ".join(filter(None, (where, f.path))), f.problem, f.hint) for f in error.faults]
    if faults:
        raise DataError(f"The tables do not fit spec '{spec.name}' of the bundle, {len(faults)} fault(s):", faults)
    return together(sides)


def _prepare(run: RunFolder, spec: MatchSpec, corpus: Corpus, inputs: Sequence[MatchInput]) -> None:
    """Write the record features, and what validation found."""
    added = "" if run.identity.options["tables"] == "none" else CLUSTER_ID
    outcome = validate_records(read_inputs(spec, inputs, added), spec, batch=run.identity.bundle[:12])
    keep_quality(run, spec, outcome.result, outcome.quarantine)
    features = record_features(outcome.records, spec, corpus)
    with replacing(run.folder / WORKING / FEATURES, PRIVATE) as file:
        features.to_parquet(file, index=False)


def keep_quality(run: RunFolder, spec: MatchSpec, result: QualityResult, rows: pd.DataFrame) -> None:
    """Write the quarantine table, the quality report and its figures.

    Raises:
        QualityError: the tables do not hold the limits of the spec. The report is written.
    """
    quarantine = run.folder / QUARANTINE
    write_table(str(quarantine), rows, frame_digest(rows))
    report = run.folder / QUALITY_REPORT
    write_whole(report, render_report(result, spec, f"the Delta table {QUARANTINE}"))
    write_whole(run.folder / QUALITY, result.model_dump_json(indent=1) + "\n")
    if not result.passed:
        failed = [f"  - {sentence(check)}" for check in result.stopped_by]
        fact = f"The tables do not hold {len(failed)} of the quality limits of spec '{spec.name}':"
        raise QualityError("\n".join([fact, *failed]), f"read {report}. {advice(result, str(quarantine))}")
