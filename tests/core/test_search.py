"""The search for hyperparameters: seeded, within its budget, and modest about what it found."""

import time

import pytest
from fixtures.lessons import lesson

from matchwright.core.search import search_hyperparameters
from matchwright.core.spec.model import ModelSpec, SearchSpec

SPEC = ModelSpec(trees=30, early_stopping=5)


@pytest.fixture(scope="module")
def found():
    return search_hyperparameters(lesson(300), lesson(120, seed=1), SPEC, SearchSpec(trials=5))


def test_the_same_seed_finds_the_same_values(found):
    again = search_hyperparameters(lesson(300), lesson(120, seed=1), SPEC, SearchSpec(trials=5))
    assert again == found


def test_the_first_trial_is_the_spec_s_own_values_and_the_best_is_no_worse(found):
    report = found.report
    assert report["trials"] == len(report["history"]) == 5
    assert report["ended_by"] == "trials"
    assert report["history"][0] == report["default"]
    assert report["default"]["values"]["depth"] == SPEC.depth
    assert report["best"]["log_loss"] == min(step["log_loss"] for step in report["history"])
    assert found.best_so_far == sorted(found.best_so_far, reverse=True)
    assert report["cross_validated_change"]["value"] == pytest.approx(
        report["best"]["log_loss"] - report["default"]["log_loss"], abs=1e-9
    )


def test_values_that_are_not_better_beyond_noise_are_not_taken(found):
    if found.report["used"] == "default":
        assert found.spec == SPEC
        assert found.report["validation_change"]["upper"] >= 0
    else:
        assert found.report["validation_change"]["upper"] < 0


def test_values_that_are_far_better_are_taken():
    poor = ModelSpec(trees=1, depth=1, learning_rate=0.01, early_stopping=5)
    better = search_hyperparameters(lesson(300), lesson(300, seed=1), poor, SearchSpec(trials=3))
    assert better.report["used"] == "best"
    assert better.report["validation_change"]["upper"] < 0
    assert better.spec.learning_rate != poor.learning_rate
    assert better.spec.seed == poor.seed


def test_seconds_end_the_search_before_its_trials_do():
    begun = time.monotonic()
    progress = []
    ended = search_hyperparameters(
        lesson(100),
        lesson(60, seed=1),
        SPEC,
        SearchSpec(trials=10_000, seconds=1),
        lambda trial, loss: progress.append((trial, loss)),
    )
    assert time.monotonic() - begun < 15
    assert ended.report["ended_by"] == "seconds"
    assert [trial for trial, _ in progress] == list(range(1, ended.report["trials"] + 1))
