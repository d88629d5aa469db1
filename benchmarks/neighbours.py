"""What neighbours add where one table is deduplicated, on registers with many records per person. For batch alone.

    python -m benchmarks.neighbours [--records 20000] [--means 2 5 10] [--options usual dirty] [--data FOLDER]

The registers are those of ``matchwright synth``. Sets with a records.parquet that has a column ``entity`` are added
from the folder of --data or $MATCHWRIGHT_DATA. The spec is drafted without edits, as in ``benchmarks.registers``.

The scorer is trained on the train part, and calibration and neighbours are fitted on the calibrate part. All candidates
of the register are scored. A pair is predicted from a score of one half on. Each record of the test part is judged with
all its pairs: every pair counts one half for each of its records. So pairs that blocking misses count as missed.

- *scorer*: each candidate with its competing candidates.
- *with neighbours*: the same candidates, with what neighbours add.
- *and further candidates*: also the pairs that neighbours propose.
- *transitive closure*: all pairs within the connected components of the scorer's predicted pairs.

*Gap* is the mean score less the true share, among pairs of the test part with a score of 0.2 to 0.8.

Intervals: 95% bootstrap over the entities of the test part. One entity with many records has many pairs.
"""

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from benchmarks.benchmark_data import FOLDER_VARIABLE
from benchmarks.problems.deduplicated import scored
from benchmarks.problems.judged import at_one_half
from benchmarks.problems.registers import register_of
from benchmarks.registers import spec_name
from matchwright.evaluation.bootstrap import Estimate
from matchwright.synthesis import load_options, plan_register, record_values

SEED = 2


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--means", type=float, nargs="*", default=[2.0, 5.0, 10.0])
    parser.add_argument("--options", nargs="+", default=["usual", "dirty"])
    parser.add_argument("--data", type=Path)
    options = parser.parse_args()
    table = Table(
        "register", "method", "precision", "recall", "F1", "gap", title="Deduplication in batch, test part, in %"
    )
    for name, records in _registers(options):
        for method, found in at_one_half(scored(*register_of(records, spec_name(name)), SEED)).items():
            table.add_row(name, method, *map(_figure, found.values()))
            print(name, method, *(f"{figure} {_figure(each)}" for figure, each in found.items()), flush=True)
        table.add_section()
    Console(width=170).print(table)


def made_register(options: str, mean: float, records: int) -> pd.DataFrame:
    """The records of a synthetic register, with a column ``entity``."""
    rates = load_options(options).model_copy(update={"records_per_entity": mean})
    plan = plan_register(rates, records, SEED)
    ids = [f"r{number:08d}" for number in range(records)]
    entity = plan.entity[plan.order]
    return pd.DataFrame({"rec_id": ids, **record_values(plan, rates, SEED, plan.order), "entity": entity})


def _registers(options: argparse.Namespace) -> Iterator[tuple[str, pd.DataFrame]]:
    for rates in options.options:
        for mean in options.means:
            yield f"{rates}_{mean:g}_records_per_person", made_register(rates, mean, options.records)
    folder = options.data or Path(os.environ.get(FOLDER_VARIABLE, "."))
    for path in sorted(folder.glob("*/records.parquet")):
        yield path.parent.name, pd.read_parquet(path)


def _figure(estimate: Estimate) -> str:
    return f"{estimate.value * 100:.2f} ({estimate.lower * 100:.2f} to {estimate.upper * 100:.2f})"


if __name__ == "__main__":
    main()
