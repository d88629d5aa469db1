"""Two processes fit the same network as one process."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fixtures.datasets import offers

from matchwright.core.models.network import Embeddings
from matchwright.core.models.onnx_graph import OnnxScorer
from matchwright.core.spec import MatchSpec, spec_yaml

ODDS_TOLERANCE = 0.001
"""The tolerance for log-odds. A sum in another order differs in its last bits. Such differences add up in a fit."""

FACTOR_TOLERANCE = 0.001
"""The tolerance for the fitted factors of the embeddings. Their values are around 1."""

PAIRS = 301
"""With this number, the last batch of an epoch has one pair. So one of the two processes gets no pair."""


@pytest.fixture(scope="module")
def finished(products_spec: MatchSpec, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The files of a finished training. The titles of the offers show if they match."""
    folder = tmp_path_factory.mktemp("finished")
    left, right, labels = offers(PAIRS + 100)
    keys = {
        "left_key": [f"left:{row}" for row in range(len(left))],
        "right_key": [f"right:{row}" for row in range(len(left))],
    }
    records = pd.DataFrame({"record_key": [*keys["left_key"], *keys["right_key"]], "title": [*left, *right]})
    for name, field in products_spec.compared.items():
        if name != "title":
            records[name] = np.nan if field.kind == "number" else None
    part = np.where(np.arange(len(left)) < PAIRS, "train", "validate")
    noise = np.random.default_rng(3).normal(0, 0.3, len(left))
    compared = {
        "title__token_overlap": np.clip(labels * 0.3 + 0.4 + noise, 0, 1),
        "title__missing": np.zeros(len(left)),
    }
    records.to_parquet(folder / "records.parquet")
    pd.DataFrame({**keys, "label": labels, "part": part}).to_parquet(folder / "pairs.parquet")
    pd.DataFrame(compared, dtype="float32").to_parquet(folder / "comparisons.parquet")
    (folder / "spec.yaml").write_text(spec_yaml(products_spec), encoding="utf-8")
    return {"spec": folder / "spec.yaml", "records": folder / "records.parquet", "model": folder}


def fitted(launcher: list[str], finished: dict[str, Path], out: Path) -> dict:
    options = [text for name, path in {**finished, "out": out}.items() for text in (f"--{name}", str(path))]
    done = subprocess.run(
        [*launcher, "-m", "matchwright.training.models.network", *options], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads((out / "fit.json").read_text())


@pytest.mark.slow
def test_two_processes_fit_the_same_network_as_one_process(finished, products_spec, tmp_path):
    one = fitted([sys.executable], finished, tmp_path / "one")
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    two = fitted(launcher, finished, tmp_path / "two")
    assert (one["processes"], two["processes"]) == (1, 2)
    assert len(one["validation_losses"]) == len(two["validation_losses"])
    np.testing.assert_allclose(one["train_losses"], two["train_losses"], atol=1e-3)

    embeddings = [Embeddings.load(tmp_path / name / "embeddings.safetensors", products_spec) for name in ("one", "two")]
    factors = [each.fields["title"].importance for each in embeddings]
    np.testing.assert_allclose(*factors, atol=FACTOR_TOLERANCE)
    assert np.ptp(factors[0]) > 100 * FACTOR_TOLERANCE

    scorers = [OnnxScorer.load(tmp_path / name / "scorer.onnx") for name in ("one", "two")]
    names = scorers[0].names
    assert "title__learned_cosine" in names
    grid = pd.DataFrame(np.random.default_rng(5).random((200, len(names))), columns=list(names), dtype="float32")
    odds = [scorer.log_odds(grid) for scorer in scorers]
    np.testing.assert_allclose(*odds, atol=ODDS_TOLERANCE)
    assert np.ptp(odds[0]) > 100 * ODDS_TOLERANCE
