"""What the last training was fitted on, for whoever trains a scorer elsewhere."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from matchwright.core.spec import MatchSpec, load_spec, spec_digest
from matchwright.errors import PipelineError
from matchwright.operations.training_artifacts import EXPORTED, SUMMARY, read_json
from matchwright.settings import Settings
from matchwright.training.exported_pairs import BESIDE_COMPARISONS
from pipelines.local.record import RunRecord, below, run_folders


@dataclass(frozen=True)
class Exported:
    """How much was exported, and the text file with the comparisons' names."""

    pairs: int
    comparisons: int
    names: Path


def export_training_pairs(settings: Settings, spec_file: Path, out: Path) -> Exported:
    """Copy the training and validation pairs of the last training of this spec on this machine to ``out``.

    The Parquet file has the comparisons (float32, NaN: missing), ``label`` (1: match), ``part`` (train or validate)
    and ``made`` (true: made by augmentation). The names of the comparisons go to a text file beside it, one a line.

    Raises:
        SpecError: the spec has faults.
        PipelineError: nothing was trained with this spec here, or too few pairs were labelled.
    """
    import pyarrow.parquet as pq

    spec = load_spec(spec_file)
    source = _last_training(settings, spec) / EXPORTED
    if not source.is_file():
        raise PipelineError(
            "The last training had too few labelled pairs for parts to train and validate.", "label more pairs"
        )
    file = pq.ParquetFile(source)
    names = [name for name in file.schema_arrow.names if name not in BESIDE_COMPARISONS]
    beside = out.with_suffix(".names.txt")
    out.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, out)
    beside.write_text("\n".join(names) + "\n", encoding="utf-8")
    return Exported(file.metadata.num_rows, len(names), beside)


def _last_training(settings: Settings, spec: MatchSpec) -> Path:
    runs = settings.path("runs")
    for folder in reversed(run_folders(runs)):
        record = RunRecord.read(folder)
        recorded = next((step.artefacts["model"] for step in record.steps if "model" in step.artefacts), None)
        model = below(runs, recorded) if recorded else None
        if record.spec_name != spec.name or model is None or not (model / SUMMARY).is_file():
            continue
        if read_json(model / SUMMARY).get("spec_digest") == spec_digest(spec):
            return model
    raise PipelineError(
        f"Nothing was trained with this spec of {spec.name} on this machine.", "run matchwright pipeline run train"
    )
