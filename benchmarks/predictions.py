"""Predictions of a version on the test pairs of benchmark sets: kept in a file, and compared between versions."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from matchwright.errors import DataError, Fault

REPLICATES = 1000


@dataclass(frozen=True)
class Predictions:
    """Predictions for the test pairs with one seed, and the best F1 on the valid pairs, which chose the threshold.

    ``predicted`` and ``labels`` are boolean, shape (pairs,), in the order of the pairs' keys.
    """

    predicted: np.ndarray
    labels: np.ndarray
    valid_f1: float


Saved = dict[str, dict[str, list[Predictions]]]
"""The predictions of each seed, by set and by what a pair is compared with."""


def f1(predicted: np.ndarray, labels: np.ndarray) -> float:
    """F1 of predicted matches, both of shape (pairs,) and boolean; 0 if there is no match in either."""
    return float(2 * (predicted & labels).sum() / max(predicted.sum() + labels.sum(), 1))


def mean_f1(predictions: list[Predictions], rows: np.ndarray | slice = slice(None)) -> float:
    """The mean over seeds, of all test pairs or of chosen ones."""
    return float(np.mean([f1(one.predicted[rows], one.labels[rows]) for one in predictions]))


def interval_of_mean(predictions: list[Predictions]) -> tuple[float, float]:
    """The 95% bootstrap interval of the mean F1 over seeds."""
    return _interval(len(predictions[0].labels), lambda rows: mean_f1(predictions, rows))


def changes_since(before: dict[str, list[Predictions]], now: dict[str, list[Predictions]]) -> dict[str, str]:
    """How the mean F1 changed, in points, with the 95% interval of a bootstrap that draws the same pairs for both.

    Raises:
        DataError: the two versions predicted other pairs.
    """
    found = {}
    for path in now.keys() & before.keys():
        old, new = before[path], now[path]
        if not np.array_equal(old[0].labels, new[0].labels):
            raise DataError("The saved predictions are of other test pairs.", [Fault(path, "the labels differ")])
        low, high = _interval(
            len(new[0].labels), lambda rows, old=old, new=new: mean_f1(new, rows) - mean_f1(old, rows)
        )
        found[path] = f"{(mean_f1(new) - mean_f1(old)) * 100:+.1f} ({low * 100:+.1f} to {high * 100:+.1f})"
    return dict(sorted(found.items()))


def write_predictions(path: Path, found: Saved) -> None:
    """Keep predictions in a JSON file: one digit per pair."""
    document = {
        name: {
            of: [
                {"predicted": _digits(one.predicted), "labels": _digits(one.labels), "valid_f1": one.valid_f1}
                for one in seeds
            ]
            for of, seeds in paths.items()
        }
        for name, paths in found.items()
    }
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def read_predictions(path: Path) -> Saved:
    """Read what :func:`write_predictions` wrote.

    Raises:
        DataError: the file cannot be read.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return {
            name: {of: [_read(one) for one in seeds] for of, seeds in paths.items()} for name, paths in document.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        fault = Fault(path.name, str(error), "name a file that --save wrote")
        raise DataError("Saved predictions cannot be read.", [fault]) from error


def _read(document: dict[str, Any]) -> Predictions:
    predicted, labels = _booleans(document["predicted"]), _booleans(document["labels"])
    if len(predicted) != len(labels):
        raise ValueError("predicted and labels have different lengths")
    return Predictions(predicted, labels, float(document["valid_f1"]))


def _interval(pairs: int, figure: Callable[[np.ndarray], float]) -> tuple[float, float]:
    generator = np.random.default_rng(0)
    draws = [figure(generator.integers(pairs, size=pairs)) for _ in range(REPLICATES)]
    low, high = np.quantile(draws, [0.025, 0.975])
    return float(low), float(high)


def _digits(values: np.ndarray) -> str:
    return "".join("1" if value else "0" for value in values)


def _booleans(digits: str) -> np.ndarray:
    return np.array([digit == "1" for digit in digits], dtype=bool)
