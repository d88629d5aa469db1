"""Plots are small files. The same numbers give the same file."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from matchwright.adapters import plots

GENERATOR = np.random.default_rng(3)
SCORES = GENERATOR.random(3000)
LABELS = (GENERATOR.random(3000) < SCORES).astype(int)
NAMES = [f"field_{n}__jaro_winkler" for n in range(20)]
VALUES = np.where(GENERATOR.random((3000, 20)) < 0.1, np.nan, GENERATOR.random((3000, 20)))
CONTRIBUTIONS = np.nan_to_num(VALUES - 0.5) * GENERATOR.exponential(1, 20)
RELIABILITY = pd.DataFrame(
    {"mean_score": [0.1, 0.9], "true_share": [0.1, 1.0], "lower": [0.05, 0.9], "upper": [0.2, 1.0], "pairs": [9, 9]}
)
CURVE = pd.DataFrame({"score": [0.9, 0.5, 0.1], "precision": [1.0, 0.9, 0.4], "recall": [0.5, 0.9, 1.0]})
LOAD = pd.DataFrame({"review_share": [0, 0.1, 1], "error_cost": [90.0, 5, 0], "review_cost": [0.0, 100, 1000]})
POINTS = pd.DataFrame(
    {
        "review_worth": [2.0, np.nan, 0.5],
        "review_share": [0.0, 0.05, 0.1],
        "cost": [90.0, 60, 105],
        "chosen": [False, True, False],
    }
)

PLOTS: dict[str, Callable[[Path], Path]] = {
    "reliability": lambda path: plots.plot_reliability(RELIABILITY, path, RELIABILITY),
    "scores": lambda path: plots.plot_scores(SCORES, LABELS, 0.3, 0.9, path),
    "precision_recall": lambda path: plots.plot_precision_recall(CURVE, 0.1, 0.9, path),
    "review_load": lambda path: plots.plot_review_load(
        LOAD.assign(cost=LOAD["error_cost"] + LOAD["review_cost"], expected_cost=100.0), POINTS, path
    ),
    "training": lambda path: plots.plot_training(
        {"train": [0.5, 0.2], "validation": [0.6, 0.3]}, "tree", "log loss", path, 2
    ),
    "slices": lambda path: plots.plot_slices(["a", "b"], [(0.9, 0.8, 0.95), None], 0.92, path, minimum=0.85),
    "candidate_recall": lambda path: plots.plot_candidate_recall(
        {1: 0.9, 5: 0.99}, {1: (0.95, 0.9, 0.97), 8: (1.0, 0.98, 1.0)}, path
    ),
    "importance": lambda path: plots.plot_importance(CONTRIBUTIONS, VALUES, NAMES, path),
    "waterfall": lambda path: plots.plot_waterfall(CONTRIBUTIONS[0], -2.0, VALUES[0], NAMES, "band review", path),
}


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_is_a_small_png_with_the_same_bytes_each_time(name, tmp_path):
    path = PLOTS[name](tmp_path / "plots" / f"{name}.png")
    assert path == tmp_path / "plots" / f"{name}.png"
    assert path.stat().st_size < 60_000
    with Image.open(path) as image:
        assert image.format == "PNG"
        assert min(image.size) >= 200
    again = PLOTS[name](tmp_path / f"{name}.png")
    assert again.read_bytes() == path.read_bytes()
    assert [file.name for file in path.parent.iterdir()] == [f"{name}.png"]


def test_plots_can_be_drawn_from_very_little_data(tmp_path):
    plots.plot_reliability(RELIABILITY.head(0), tmp_path / "reliability.png")
    plots.plot_candidate_recall({}, {}, tmp_path / "candidates.png")
    plots.plot_precision_recall(CURVE.head(0), 0.1, 0.9, tmp_path / "precision_recall.png")
    plots.plot_scores(np.array([0.5]), np.array([1]), 0.3, 0.9, tmp_path / "scores.png")
    plots.plot_slices([], [], 0.9, tmp_path / "slices.png")
    plots.plot_importance(CONTRIBUTIONS[:2, :2], VALUES[:2, :2], NAMES[:2], tmp_path / "importance.png")
    assert len(list(tmp_path.iterdir())) == 6


def test_importing_the_plots_imports_neither_matplotlib_nor_shap():
    code = "import sys, matchwright.adapters.plots; print('matplotlib' in sys.modules or 'shap' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
