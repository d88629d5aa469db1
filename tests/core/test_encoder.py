"""The similarity encoder: learns, is deterministic, serves without PyTorch."""

import subprocess
import sys

import numpy as np
import pytest

from matchwright.core.encoder import Encoder
from matchwright.core.encoder.train import train_encoder
from matchwright.errors import BundleError, TrainingError


def test_training_brings_true_pairs_closer_than_others(decision_model, small_world):
    cosine = decision_model.encoder.cosine(small_world.left, small_world.right)
    assert cosine[small_world.labels == 1].mean() > cosine[small_world.labels == 0].mean() + 0.4


def test_the_same_seed_gives_the_same_weights(small_world):
    left, right = small_world.left.head(100), small_world.right.head(100)
    seen = []
    spec = small_world.spec.encoder
    one = train_encoder(left, right, spec, seed=3, progress=lambda epoch, loss: seen.append((epoch, loss)))
    two = train_encoder(left, right, spec, seed=3)
    np.testing.assert_array_equal(one.encoder.weights, two.encoder.weights)
    assert [epoch for epoch, _ in seen] == list(range(1, spec.epochs + 1))
    assert one.losses[-1] < one.losses[0]


def test_too_few_pairs_say_what_to_do(small_world):
    with pytest.raises(TrainingError, match="leave out the spec's encoder section"):
        train_encoder(small_world.left.head(5), small_world.right.head(5), small_world.spec.encoder, seed=1)


def test_an_empty_record_has_no_cosine(decision_model, small_world):
    blank = small_world.left.head(1).copy()
    blank[list(small_world.spec.encoder.fields)] = None
    assert np.isnan(decision_model.encoder.cosine(blank, small_world.right.head(1)))[0]


def test_weights_of_another_shape_are_refused(decision_model, tmp_path):
    decision_model.encoder.save(tmp_path / "encoder.safetensors")
    other = decision_model.spec.encoder.model_copy(update={"dimension": 8})
    with pytest.raises(BundleError, match="shape"):
        Encoder.load(tmp_path / "encoder.safetensors", other)


def test_deciding_needs_no_training_library(trained_bundle, verify_key):
    """A serving container has neither PyTorch nor the pipeline's libraries."""
    code = (
        "import sys; from pathlib import Path; from matchwright.core.bundle import load_bundle;"
        f"load_bundle(Path({str(trained_bundle)!r}), {verify_key!r});"
        "heavy = {'torch', 'mlflow', 'kfp', 'shap', 'feast', 'evidently', 'great_expectations'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
