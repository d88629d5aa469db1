"""Nothing is about persons: the same pipeline on products, with their own spec and data."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from fixtures.models import REPOSITORY
from fixtures.products import write_products

from matchwright.core.spec import load_spec

SPEC = REPOSITORY / "specs" / "products.yaml"

pytestmark = [pytest.mark.end_to_end, pytest.mark.slow]


@pytest.fixture(params=["synthetic", "walmart_amazon"])
def products(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    if request.param == "synthetic":
        return write_products(tmp_path)
    folder = Path(os.environ.get("MATCHWRIGHT_DATA", "")) / request.param
    if not os.environ.get("MATCHWRIGHT_DATA") or not folder.is_dir():
        pytest.skip("the benchmark sets carry no licence to ship: set MATCHWRIGHT_DATA to a folder that holds them")
    names = {"records": "tableA", "records_right": "tableB", "pairs": "train"}
    return {key: str(folder / f"{name}.parquet") for key, name in names.items()}


def test_the_training_pipeline_runs_unchanged_on_products(products, tmp_path):
    arguments = [item for key, path in products.items() for item in (f"--{key.replace('_', '-')}", path)]
    command = [str(REPOSITORY / ".venv/bin/matchwright"), "pipeline", "run", "train", "--spec", "specs/products.yaml"]
    clean = {key: value for key, value in os.environ.items() if not key.startswith("MATCHWRIGHT_")}
    done = subprocess.run(
        [*command, *arguments],
        cwd=REPOSITORY,
        env={**clean, "MATCHWRIGHT_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every gate passed" in done.stdout
    (evaluation,) = (tmp_path / "home").glob("runs/*/artefacts/**/evaluation.json")
    metrics = json.loads(evaluation.read_text())["metrics"]
    assert metrics["f1_at_half"]["value"] > 0.6
    (bundle,) = (tmp_path / "home").glob("runs/*/artefacts/**/bundle.json")
    assert json.loads(bundle.read_text())["name"] == "products"
    (calibration,) = (tmp_path / "home").glob("runs/*/artefacts/**/calibration.json")
    floors, demanded = json.loads(calibration.read_text())["floors"], load_spec(SPEC).floors
    assert floors["floors_met"]
    assert floors["match_precision_bound"] >= demanded.match_precision > 0
