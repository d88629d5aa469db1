"""The encoder stays only where the pairs show that it helps."""

from dataclasses import replace

import numpy as np
import pytest
from fixtures.lessons import lesson

from matchwright.core.encoder.worth import encoder_worth
from matchwright.core.spec.model import ModelSpec

SPEC = ModelSpec(trees=60, early_stopping=10)


def test_an_encoder_that_tells_pairs_apart_is_kept():
    worth = encoder_worth(lesson(300, 0, "telling"), lesson(200, 1, "telling"), 0, 500, SPEC)
    assert worth.kept
    assert worth.log_loss_change.upper < 0
    assert worth.reason.startswith("kept: it lowers the loss beyond noise")


def test_an_encoder_that_says_nothing_is_dropped():
    worth = encoder_worth(lesson(300, 0, "noise"), lesson(200, 1, "noise"), 0, 500, SPEC)
    assert not worth.kept
    assert worth.log_loss_change.upper >= 0
    assert worth.true_pairs_alone.lower == 0
    assert worth.reason.startswith("dropped: ")


def test_true_pairs_that_it_alone_proposes_keep_it():
    worth = encoder_worth(lesson(300, 0, "noise"), lesson(200, 1, "noise"), 20, 500, SPEC)
    assert worth.kept
    assert worth.true_pairs_alone.value == pytest.approx(0.04)
    assert 0 < worth.true_pairs_alone.lower < 0.04 < worth.true_pairs_alone.upper
    assert worth.as_dict()["true_pairs_alone"]["pairs"] == 20
    assert "20 of 500 true pairs" in worth.reason


def test_pairs_that_augmentation_made_do_not_judge():
    validation = lesson(200, 1, "telling")
    half = np.arange(len(validation.labels)) % 6 < 3
    worth = encoder_worth(lesson(300, 0, "telling"), replace(validation, made=half), 0, 500, SPEC)
    assert f"on {(~half).sum()} pairs" in worth.reason
