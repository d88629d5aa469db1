"""Ranked requests of which little is known: do scores mean the same as for pairs alone, and are strangers no match?

    python -m benchmarks.ranked_requests [--data FOLDER] [--requests 500]

The registers are FEBRL 4, and every register in the folder of --data. The model is trained as the pipeline does. Each
request is a record of the test entities with one to five of its fields. There are two kinds. In the first, the
candidates are those records of the whole register that agree in most of the known fields, 20 of them. So they may hold
the matches or not, as the register has it. In the second, they are strangers: the one whose names are most alike, and
four others.

The first table compares the scores of ranked candidates with those of the same pairs alone: the mean score of the best
candidate beside the share of requests in which it is a match, and the log loss of a request, summed over its
candidates. The second one shows what the best stranger is.
"""

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from benchmarks.benchmark_data import FOLDER_VARIABLE
from benchmarks.problems.labelled import Problem
from benchmarks.problems.registers import febrl_register, fewer_judged, register_of
from benchmarks.problems.trained import trained_model
from benchmarks.sparse.ranked import CANDIDATES, Register, Requests
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.records import PAIR_KEYS
from matchwright.training.datasets.parts import parts_of

CERTAIN = 1e-6


def main() -> None:
    """Print the tables of each register."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--requests", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    console = Console(width=140)
    for name, problem, true in _registers(options.data):
        true = true[[*PAIR_KEYS, "label"]]
        parts = fewer_judged(parts_of(problem.features, true, problem.spec), true)
        model = trained_model(problem, true, parts, options.seed)
        world = Register.of(problem, true, parts)
        generator = np.random.default_rng(options.seed)
        console.print(_ranked(name, model, world, world.searched(options.requests, generator)))
        console.print(_strangers(name, model, world, world.strangers(options.requests, generator)))


def _registers(data: Path | None) -> Iterator[tuple[str, Problem, pd.DataFrame]]:
    yield "FEBRL 4", *febrl_register()
    folder = data or Path(os.environ.get(FOLDER_VARIABLE, "."))
    for path in sorted(folder.glob("*/records.parquet")):
        yield path.parent.name, *register_of(pd.read_parquet(path), path.parent.name)


def _scores(
    model: DecisionModel, world: Register, made: Requests, known: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray]:
    compared = model.compare(*world.sides(made), known, of_register=True)
    scores = model.score(compared)
    return scores, model.band(scores, compared)


def _ranked(name: str, model: DecisionModel, world: Register, made: Requests) -> Table:
    table = Table(
        "known fields", "requests", "with a match", "best, ranked", "is a match", "best, alone", "is a match",
        "log loss, ranked", "log loss, alone", title=f"{name}: {CANDIDATES} candidates that agree most",
    )  # fmt: skip
    true = world.matches(made)
    pairs = pd.DataFrame({"number": made.number, "known": made.known.sum(axis=1), "true": true})
    for path, sides in (("ranked", ("left",)), ("alone", ())):
        scores, _ = _scores(model, world, made, sides)
        limited = np.clip(scores, CERTAIN, 1 - CERTAIN)
        pairs[path], pairs[f"loss {path}"] = scores, -np.log(np.where(true, limited, 1 - limited))
    pairs = pairs.sample(frac=1, random_state=0)  # ties are broken at random
    for known, group in pairs.groupby("known"):
        of = group.groupby("number")
        best = [group.loc[of[path].idxmax()] for path in ("ranked", "alone")]
        figures = [f"{each[path].mean():.3f}" for path, each in zip(("ranked", "alone"), best, strict=True)]
        right = [f"{each['true'].mean():.3f}" for each in best]
        losses = [f"{of[f'loss {path}'].sum().mean():.3f}" for path in ("ranked", "alone")]
        with_match = f"{of['true'].any().mean():.3f}"
        table.add_row(f"{known}", f"{of.ngroups}", with_match, figures[0], right[0], figures[1], right[1], *losses)
    return table


def _strangers(name: str, model: DecisionModel, world: Register, made: Requests) -> Table:
    table = Table(
        "", "requests", "mean score", "0.2 or more", "review", "match", title=f"{name}: the best of strangers"
    )
    for path, sides in (("ranked", ("left",)), ("alone", ())):
        scores, bands = _scores(model, world, made, sides)
        best = pd.DataFrame({"number": made.number, "score": scores, "band": bands})
        best = best.loc[best.groupby("number")["score"].idxmax()]
        shares = [(best["score"] >= 0.2).mean(), *((best["band"] == band).mean() for band in ("review", "match"))]
        table.add_row(path, f"{len(best)}", f"{best['score'].mean():.4f}", *(f"{share:.1%}" for share in shares))
    return table


if __name__ == "__main__":
    main()
