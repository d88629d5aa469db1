"""Registers of persons with all their true pairs: FEBRL 4, tables with a column ``entity``, and synthetic registers."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.problems.labelled import Problem, features_of, febrl_problem, register_pairs
from matchwright.adapters.example_data.febrl import febrl4
from matchwright.core.candidates import propose_candidates
from matchwright.core.records import PAIR_KEYS, record_key
from matchwright.core.spec import parse_spec
from matchwright.core.spec.learning import ModelSpec, SplitSpec
from matchwright.drafting import infer_spec
from matchwright.operations.synthetic_register import ID, TRUTH, make_register
from matchwright.synthesis import load_options
from matchwright.training.datasets.parts import CALIBRATION_PART, VALIDATION_PART
from matchwright.training.datasets.split import split_entities, subdivide

JUDGED = 40_000
"""The most records of the valid part and of the test part, about. Of a larger part, a share of the entities is used."""
TRAINING = 150_000
"""The most candidates for training. More of them change little and take time."""
SHOWN = 2_000
"""The true pairs of the train part that the draft sees."""

SPLIT, SEED = SplitSpec(), ModelSpec().seed


def febrl_register() -> tuple[Problem, pd.DataFrame]:
    """FEBRL 4, with all its true pairs and the part of each."""
    problem = febrl_problem()
    links = febrl4()[2]
    keys = {f"{side}_key": [record_key(side, value) for value in links[f"{side}_id"]] for side in ("left", "right")}
    true = pd.DataFrame(keys, dtype=object).assign(label=1)
    spec = problem.spec
    parts = split_entities(problem.features["record_key"], true, spec.split, spec.model.seed)
    return problem, _with_part(true, parts)


def register_of(
    records: pd.DataFrame, name: str, begin: Callable[[str], None] = lambda _: None
) -> tuple[Problem, pd.DataFrame]:
    """One table to deduplicate, with a drafted spec; and all its true pairs with the part of each.

    Args:
        records: the ids in the first column, the entity of each record in the column ``entity``, and the fields.
        name: of the register.
        begin: called with the name of each stage when it begins.
    """
    begin("draft")
    entity, ids = records["entity"], records.columns[0]
    records = records.drop(columns="entity").assign(**{ids: records[ids].astype(str)})
    pairs = _true_pairs(entity, records[ids])
    true = pd.DataFrame({key: "left:" + pairs[key.replace("key", "id")] for key in PAIR_KEYS}, dtype=object)
    swap = (true["left_key"] > true["right_key"]).to_numpy()
    true.loc[swap, PAIR_KEYS] = true.loc[swap, PAIR_KEYS[::-1]].to_numpy()
    true = true.assign(label=1)
    parts = split_entities("left:" + records[ids], true, SPLIT, SEED)
    known = pairs[(true["left_key"].map(parts) == "train").to_numpy()]
    shown = known.sample(min(SHOWN, len(known)), random_state=0).assign(label=1)
    drafted = parse_spec(infer_spec(records, None, shown, name))
    # the pairs of the draft are some matches, and those that train the model are all of them: then one model is enough
    model = drafted.model.model_copy(update={"seed": SEED, "average_of": 1})
    spec = drafted.model_copy(update={"labels": "complete", "split": SPLIT, "model": model})
    begin("record features")
    features, corpus = features_of({"left": records}, spec)
    del records
    begin("candidates")
    parts = fewer_judged(parts, true)
    candidates = propose_candidates(features, spec)[PAIR_KEYS]
    pairs = register_pairs(candidates, true, parts)
    return Problem(name, spec, features, corpus, pairs, candidates), _with_part(true, parts)


def synthetic_register(records: int, begin: Callable[[str], None] = lambda _: None) -> tuple[Problem, pd.DataFrame]:
    """A register of so many records as ``matchwright synth`` makes it, with a drafted spec; see :func:`register_of`."""
    begin("making the register")
    with tempfile.TemporaryDirectory(prefix="matchwright-") as folder:
        made = make_register(Path(folder) / "register", load_options("usual"), records, seed=1).folder
        table, truth = pd.read_parquet(made / "records.parquet"), pd.read_parquet(made / TRUTH)
    return register_of(table.assign(entity=truth.set_index(ID)["entity"].loc[table[ID]].to_numpy()), "synthetic", begin)


def _true_pairs(entity: "pd.Series[int]", ids: "pd.Series[str]") -> pd.DataFrame:
    table = pd.DataFrame({"entity": entity, "id": ids})
    both = table.merge(table, on="entity", suffixes=("_left", "_right"))
    both = both[both["id_left"] < both["id_right"]]
    return both.rename(columns={"id_left": "left_id", "id_right": "right_id"})[["left_id", "right_id"]]


def fewer_for_training(pairs: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The pairs with at most :data:`TRAINING` of the train part, each with its own index."""
    training = pairs.index[pairs["part"] == "train"]
    return pairs.drop(index=np.random.default_rng(seed).permutation(training)[TRAINING:])


def fewer_judged(parts: "pd.Series[str]", true: pd.DataFrame) -> "pd.Series[str]":
    """The parts, with at most about :data:`JUDGED` records in those that judge. The other entities are in no part."""
    for part in (VALIDATION_PART, CALIBRATION_PART, "test"):
        share = JUDGED / max(int((parts == part).sum()), 1)
        if share < 1:
            parts = subdivide(parts, part, 1 - share, SEED, pairs=true, label="unused")
    return parts


def _with_part(true: pd.DataFrame, parts: "pd.Series[str]") -> pd.DataFrame:
    return true.assign(part=true["left_key"].map(parts).replace({CALIBRATION_PART: "valid"}).to_numpy())
