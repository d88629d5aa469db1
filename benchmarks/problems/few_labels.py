"""Data sets for the benchmark of few labels: all candidates, pairs to draw labels from, and pairs for testing."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.benchmark_data import BenchmarkSet, find_sets, read_set
from benchmarks.problems.labelled import SPECS, features_of, problem_of
from benchmarks.problems.labelled import Problem as LabelledSet
from matchwright.adapters.example_data.febrl import FEBRL4, febrl4
from matchwright.core.candidates import propose_candidates
from matchwright.core.compare import compare
from matchwright.core.records import PAIR_KEYS, record_key
from matchwright.core.records.rows import rows_of
from matchwright.core.spec import MatchSpec, load_spec
from matchwright.operations.train_unsupervised import most_matches
from matchwright.training.datasets.candidate_sets import with_context
from matchwright.training.few_labels.scorer import PRIOR_SAMPLE

PERSONS = SPECS / "persons.yaml"


@dataclass(frozen=True)
class Pairs:
    """Pairs with their labels (1 or 0) if any, comparisons with context, and record features of both sides."""

    pairs: pd.DataFrame
    comparisons: pd.DataFrame
    left: pd.DataFrame
    right: pd.DataFrame

    @property
    def labels(self) -> Any:
        """Labels, shape (pairs,)."""
        return self.pairs["label"].to_numpy()


@dataclass(frozen=True)
class Problem:
    """All candidates with their comparisons, a sample of them, and labelled pairs to learn from and to test on."""

    labelled: LabelledSet
    expected: int
    proposed: pd.DataFrame
    candidates: pd.DataFrame
    sample: Pairs
    learn: Pairs
    tested: Pairs

    @property
    def name(self) -> str:
        """The name of the data set."""
        return self.labelled.name

    @property
    def spec(self) -> MatchSpec:
        """The match spec."""
        return self.labelled.spec


def problems(data: Path | None, specs: list[Path], part: str) -> Iterator[Problem]:
    """The sets in ``data``, tested on their part ``valid`` or ``test``; FEBRL 4 if ``data`` is None."""
    if data is None:
        yield _problem(*_febrl(load_spec(specs[0] if specs else PERSONS), part), part)
        return
    chosen = [load_spec(path) for path in specs or sorted(SPECS.glob("*.yaml"))]
    for folder in find_sets(data):
        found = read_set(folder)
        labelled = problem_of(found, chosen) or problem_of(found, [_plain_spec(found)])
        if labelled is None:
            raise ValueError(f"{found.name}: its two tables share no column")
        proposed = propose_candidates(labelled.features, labelled.spec)[PAIR_KEYS]
        # a labelled pair counts as a candidate, even if no rule proposes it
        yield _problem(
            labelled, pd.concat([proposed, labelled.pairs[PAIR_KEYS]]).drop_duplicates(ignore_index=True), part
        )


def _plain_spec(found: BenchmarkSet) -> MatchSpec:
    """A spec that takes every column as text."""
    fields = [name for name in map(str, found.left.columns) if name != "id" and name.isidentifier()]
    described = {field: {"kind": "text", "pii": "none", "label": field} for field in fields}
    nearest = {"fields": fields, "ngram": 3, "top_k": 20, "min_similarity": 0.05}
    document = {
        "format": 2,
        "name": found.name,
        "version": 1,
        "description": found.name,
        "record_id": "id",
        "labels": "partial",
    }
    document |= {"multiplicity": "one_to_one", "costs": {"false_match": 1, "missed_match": 1, "review": 1}}
    document |= {"fields": described, "candidates": {"rules": [[fields[0]]], "tfidf": nearest}}
    return MatchSpec.model_validate(document)


def _febrl(spec: MatchSpec, part: str) -> tuple[LabelledSet, pd.DataFrame]:
    """All candidates are labelled: those of half of the left records to learn from, the others to test on."""
    left, right, links = febrl4()
    features, corpus = features_of({"left": left, "right": right}, spec)
    proposed = propose_candidates(features, spec)[PAIR_KEYS]
    keys = {"left_key": [record_key("left", key) for key in links["left_id"]]}
    keys["right_key"] = [record_key("right", key) for key in links["right_id"]]
    pairs = proposed.merge(pd.DataFrame(keys, dtype=object).assign(label=1), how="left", on=PAIR_KEYS)
    first = pd.util.hash_array(pairs["left_key"].to_numpy(dtype=object)) % 2 == 0
    label = pairs["label"].fillna(0).astype(int)
    return LabelledSet(
        FEBRL4, spec, features, corpus, pairs.assign(label=label, part=np.where(first, "train", part))
    ), proposed


def _problem(labelled: LabelledSet, proposed: pd.DataFrame, part: str) -> Problem:
    def sides(pairs: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        left, right = (rows_of(labelled.features, pairs[key]) for key in PAIR_KEYS)
        return left, right

    compared = compare(*sides(proposed), labelled.spec, labelled.corpus)
    compared = with_context(compared, proposed, proposed, labelled.features, labelled.spec, labelled.corpus)
    position = pd.Series(range(len(proposed)), index=pd.MultiIndex.from_frame(proposed))

    def taken(pairs: pd.DataFrame) -> Pairs:
        pairs = pairs.drop_duplicates(PAIR_KEYS).reset_index(drop=True)
        rows = position.loc[pd.MultiIndex.from_frame(pairs[PAIR_KEYS])].to_numpy()
        return Pairs(pairs, compared.iloc[rows].reset_index(drop=True), *sides(pairs))

    expected = most_matches(labelled.features, labelled.spec)
    learn, tested = (taken(labelled.pairs[labelled.pairs["part"] == of]) for of in ("train", part))
    sample = taken(proposed.sample(min(PRIOR_SAMPLE, len(proposed)), random_state=labelled.spec.model.seed))
    return Problem(labelled, expected, proposed, compared, sample, learn, tested)
