"""Validate: put bad rows into quarantine, and stop a batch that does not hold the spec's limits."""

import logging
from pathlib import Path
from typing import Any

from matchwright.adapters.lake.delta import frame_digest, write_table
from matchwright.adapters.quality import render_report, validate_batch
from matchwright.adapters.quality.report import advice, sentence
from matchwright.adapters.quality.result import QualityResult
from matchwright.core.spec import MatchSpec, spec_digest
from matchwright.errors import QualityError
from matchwright.files import write_whole
from matchwright.operations.snapshot import Snapshot
from matchwright.settings import Settings

_log = logging.getLogger(__name__)


def validate(*, settings: Settings, spec: MatchSpec, snapshot: Path, validated: Path, report: Path) -> dict[str, Any]:
    """Check a snapshot against the spec's quality expectations.

    Writes the quarantine table, the report (HTML), and the result as JSON in the same folder. If the batch holds
    its limits, it also writes the clean tables and ``validated``: a snapshot that names them ``records``,
    ``pairs`` and ``quarantine``. The same snapshot again writes nothing new to the lake.

    Returns:
        passed, rows and quarantined rows per table, labels.

    Raises:
        QualityError: the batch does not hold some limits of the spec. The error names them all. The report is written.
        LakeError: the snapshot or its tables cannot be read.
        SpecError: a quality expectation does not suit its field.
    """
    incoming = Snapshot.read(snapshot)
    validated.unlink(missing_ok=True)  # a stopped batch must not leave the snapshot of an earlier batch
    outcome = validate_batch(incoming.frame("records"), incoming.frame("pairs"), spec, batch=incoming.digest)
    lake = f"{settings.lake_uri.rstrip('/')}/{spec.name}"
    quarantine = write_table(f"{lake}/quarantine", outcome.quarantine, frame_digest(outcome.quarantine))

    result = outcome.result
    where = f"version {quarantine.version} of lake table {quarantine.uri}"
    write_whole(report, render_report(result, spec, where))
    write_whole(report.with_suffix(".json"), result.model_dump_json(indent=2) + "\n")
    for name, count in result.tables.items():
        _log.info("%s: %d rows, %d quarantined", name, count.rows, count.quarantined)
    if not result.passed:
        raise _beyond_limits(result, report, where)

    tables = {
        name: write_table(f"{lake}/{name}_clean", frame, frame_digest(frame))
        for name, frame in (("records", outcome.records), ("pairs", outcome.pairs))
    }
    Snapshot(
        spec_name=spec.name,
        spec_digest=spec_digest(spec),
        tables={**tables, "quarantine": quarantine},
        origin=incoming.origin,
    ).write(validated)
    return {
        "passed": True,
        "rows": {name: count.rows for name, count in result.tables.items()},
        "quarantined": {name: count.quarantined for name, count in result.tables.items()},
        "labels": result.labels.model_dump(),
    }


def _beyond_limits(result: QualityResult, report: Path, quarantine: str) -> QualityError:
    failed = [f"  - {sentence(check)}" for check in result.stopped_by]
    fact = f"The batch of spec '{result.spec_name}' does not hold {len(failed)} of its quality limits:"
    return QualityError("\n".join([fact, *failed]), f"read {report}. {advice(result, quarantine)}")
