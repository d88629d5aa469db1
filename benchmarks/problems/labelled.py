"""A data set with its match spec, the features of its records, and labelled pairs in three parts."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from benchmarks.benchmark_data import PARTS, BenchmarkSet
from matchwright.adapters.example_data.febrl import FEBRL4, febrl4
from matchwright.core.candidates import propose_candidates
from matchwright.core.records import PAIR_KEYS, conform, normal_forms, record_features, record_key
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec, load_spec
from matchwright.training.datasets.parts import CALIBRATION_PART
from matchwright.training.datasets.split import assign_candidates, split_entities

SPECS = Path(__file__).parents[2] / "specs"


@dataclass(frozen=True)
class Problem:
    """A named data set with its spec, record features, and pairs: left_key, right_key, label, part.

    ``candidates`` are the keys of all candidates, if they have been proposed already.
    """

    name: str
    spec: MatchSpec
    features: pd.DataFrame
    corpus: Corpus
    pairs: pd.DataFrame
    candidates: pd.DataFrame | None = None


def problem_of(found: BenchmarkSet, specs: list[MatchSpec]) -> Problem | None:
    """A set with the first spec whose columns it has; None if there is none."""
    for spec in specs:
        wanted = {spec.record_id, *(spec.column_of(field) for field in spec.fields)}
        if wanted <= set(found.left) & set(found.right):
            features, corpus = features_of({"left": found.left, "right": found.right}, spec)
            pairs = pd.DataFrame(
                {
                    "left_key": [record_key("left", value) for value in found.pairs["left_id"]],
                    "right_key": [record_key("right", value) for value in found.pairs["right_id"]],
                    "label": found.pairs["label"],
                    "part": found.pairs["part"],
                }
            )
            return Problem(found.name, spec, features, corpus, pairs)
    return None


def febrl_problem() -> Problem:
    """FEBRL 4 with ``specs/persons.yaml``: all its candidates, each with a label."""
    spec = load_spec(SPECS / "persons.yaml")
    left, right, links = febrl4()
    features, corpus = features_of({"left": left, "right": right}, spec)
    keys = {"left_key": [record_key("left", key) for key in links["left_id"]]}
    keys["right_key"] = [record_key("right", key) for key in links["right_id"]]
    true = pd.DataFrame(keys, dtype=object).assign(label=1)
    candidates = propose_candidates(features, spec)[PAIR_KEYS]
    parts = split_entities(features["record_key"], true, spec.split, spec.model.seed)
    return Problem(FEBRL4, spec, features, corpus, register_pairs(candidates, true, parts), candidates)


def register_pairs(candidates: pd.DataFrame, true: pd.DataFrame, parts: "pd.Series[str]") -> pd.DataFrame:
    """The candidates of a register whose true pairs are all known: left_key, right_key, label and part.

    As in the pipeline, the part of a candidate is that of its query record, and the other record may be in any part
    (see :func:`~matchwright.training.datasets.split.assign_candidates`).

    Args:
        candidates: left_key and right_key of all candidates.
        true: left_key, right_key and label (1) of all true pairs.
        parts: the part of each record, by record key. Candidates of another part than those of :data:`PARTS` are left
            out.
    """
    pairs, _ = assign_candidates(candidates, parts)
    pairs = pairs.assign(part=pairs["part"].replace({CALIBRATION_PART: "valid"}))
    pairs = pairs[pairs["part"].isin(PARTS)]
    labelled = pairs.merge(true[[*PAIR_KEYS, "label"]], how="left", on=PAIR_KEYS).fillna({"label": 0})
    return labelled.sort_values(PAIR_KEYS, ignore_index=True)


def features_of(tables: dict[str, pd.DataFrame], spec: MatchSpec) -> tuple[pd.DataFrame, Corpus]:
    """Record features of all tables, by source, and the corpus counted over them."""
    conformed = pd.concat([conform(table, spec, side) for side, table in tables.items()], ignore_index=True)
    corpus = Corpus.fit(normal_forms(conformed, spec), spec)
    return record_features(conformed, spec, corpus), corpus
