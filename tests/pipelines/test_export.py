"""The export of the training data of the last training, for users who train a scorer with another tool."""

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from matchwright.cli import app
from matchwright.core.spec import load_spec, spec_digest
from matchwright.errors import PipelineError
from matchwright.settings import Settings
from pipelines.export import export_training_pairs
from pipelines.local.record import RunRecord, StepRecord, now

SPEC = Path(__file__).parents[2] / "specs" / "persons.yaml"
TABLE = pd.DataFrame({"surname__exact": [1.0, 0.0], "label": [1, 0], "part": ["train", "validate"], "made": False})


def write_training(settings: Settings, run_id: str, digest: str, table: pd.DataFrame | None = TABLE) -> None:
    """Write the record of a training run and the two files of its model that an export reads."""
    folder = settings.folder("runs", run_id)
    (folder / "model").mkdir()
    (folder / "model" / "train.json").write_text(json.dumps({"spec_digest": digest}))
    if table is not None:
        table.to_parquet(folder / "model" / "training.parquet", index=False)
    step = StepRecord(name="train", started=now(), artefacts={"model": str(folder / "model")})
    about = {"pipeline": "train", "environment": "local", "code_digest": "", "arguments": {}, "spec_name": "persons"}
    RunRecord(run_id=run_id, started=now(), status="succeeded", steps=[step], **about).write(folder)


def test_the_training_data_of_the_last_training_of_the_spec_is_exported_with_the_comparison_names(
    settings: Settings, tmp_path: Path
) -> None:
    digest = spec_digest(load_spec(SPEC))
    write_training(settings, "1", digest, TABLE.head(1))
    write_training(settings, "2", digest)
    write_training(settings, "3", "of another spec", TABLE.head(1))

    done = export_training_pairs(settings, SPEC, tmp_path / "out" / "pairs.parquet")

    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "out" / "pairs.parquet"), TABLE)
    assert (done.pairs, done.comparisons) == (2, 1)
    assert done.names == tmp_path / "out" / "pairs.names.txt"
    assert done.names.read_text() == "surname__exact\n"


def test_the_last_training_is_found_in_a_home_that_was_moved(settings: Settings, tmp_path: Path) -> None:
    write_training(settings, "1", spec_digest(load_spec(SPEC)))
    settings.home.rename(tmp_path / "moved")

    done = export_training_pairs(settings.model_copy(update={"home": tmp_path / "moved"}), SPEC, tmp_path / "a.parquet")

    assert done.pairs == 2


def test_an_export_without_a_training_is_refused(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="Nothing was trained with this spec"):
        export_training_pairs(settings, SPEC, tmp_path / "pairs.parquet")
    write_training(settings, "1", spec_digest(load_spec(SPEC)), table=None)
    with pytest.raises(PipelineError, match="too few labelled pairs"):
        export_training_pairs(settings, SPEC, tmp_path / "pairs.parquet")
    assert not (tmp_path / "pairs.parquet").exists()


def test_the_command_prints_the_paths_of_both_files(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_training(settings, "1", spec_digest(load_spec(SPEC)))
    monkeypatch.setenv("MATCHWRIGHT_HOME", str(settings.home))
    out = tmp_path / "pairs.parquet"

    done = CliRunner().invoke(app, ["pipeline", "export-comparisons", "--spec", str(SPEC), "--out", str(out)])

    assert done.exit_code == 0, done.output
    assert f"Wrote 2 pairs and 1 comparisons to {out}" in done.output
    assert str(tmp_path / "pairs.names.txt") in done.output
