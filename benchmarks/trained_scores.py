"""The scorer's log-odds for the pairs of a data set, got the way that the training pipeline gets them.

Records are conformed, their features and the corpus made, words learned from the train part, pairs compared,
augmented and scored. Context, what the other pairs of a record say, is left out unless it is asked for.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.benchmark_data import PARTS, BenchmarkSet
from matchwright.adapters.example_data.febrl import FEBRL4, febrl4
from matchwright.core.candidates import propose_candidates
from matchwright.core.compare.competing import in_context
from matchwright.core.models.scorer import Scorer
from matchwright.core.records import PAIR_KEYS, conform, normal_forms, record_features, record_key
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec, load_spec
from matchwright.training.augmentation import counter_examples, missing_field_pairs, pairs_alone
from matchwright.training.comparisons import UNRELATED, PairComparer
from matchwright.training.dataset import LabelledPairs, learn
from matchwright.training.split import split_entities

SPECS = Path(__file__).parents[1] / "specs"
STOPPING_SHARE = 0.2
"""Of the left records of the train part: what early stopping is judged on."""


@dataclass(frozen=True)
class Problem:
    """A named data set with its spec, record features, and pairs: left_key, right_key, label, part."""

    name: str
    spec: MatchSpec
    features: pd.DataFrame
    corpus: Corpus
    pairs: pd.DataFrame


@dataclass(frozen=True)
class Scored:
    """Log-odds, labels (1 or 0) and left keys of a part's pairs; ``missing_fields``: made to lack fields or competing candidates."""

    log_odds: np.ndarray
    labels: np.ndarray
    groups: np.ndarray
    missing_fields: np.ndarray


def problem_of(found: BenchmarkSet, specs: list[MatchSpec]) -> Problem | None:
    """A set with the first spec that all its columns suit; None if there is none."""
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
    """FEBRL 4 with ``specs/persons.yaml``: candidates within each part of the entities, all of them labelled."""
    spec = load_spec(SPECS / "persons.yaml")
    left, right, links = febrl4()
    features, corpus = features_of({"left": left, "right": right}, spec)
    keys = {"left_key": [record_key("left", key) for key in links["left_id"]]}
    keys["right_key"] = [record_key("right", key) for key in links["right_id"]]
    true = pd.DataFrame(keys, dtype=object).assign(label=1)
    placed = split_entities(features["record_key"], true, spec.split, spec.model.seed)
    part_of = features["record_key"].map(placed).replace({"calibrate": "valid"})
    proposed = []
    for part in PARTS:
        records = features[(part_of == part).to_numpy()].reset_index(drop=True)
        found = propose_candidates(records, spec)[PAIR_KEYS]
        proposed.append(found.merge(true, how="left").fillna({"label": 0}).assign(part=part))
    return Problem(FEBRL4, spec, features, corpus, pd.concat(proposed, ignore_index=True))


def scores_of(problem: Problem, seed: int, context: bool = False) -> dict[str, Scored]:
    """Train on the train part, stopped early on a fifth of its left records; score ``valid`` and ``test``.

    With ``context`` the pairs of a part are each other's competing candidates, as if they were all candidates there are.

    ``valid`` has its pairs with missing fields at its end, as the pipeline calibrates on them too.
    """
    spec = _seeded(problem.spec, seed)
    scorer = scorer_of(problem, seed, context)
    comparer = _comparer(problem)
    scored = {}
    for part in ("valid", "test"):
        pairs = _pairs(problem, part)
        comparisons, labels, rows = _compared(
            problem, comparer, pairs, spec, context, with_missing_fields=part == "valid"
        )
        groups = pairs["left_key"].to_numpy()[rows]
        scored[part] = Scored(scorer.log_odds(comparisons), labels, groups, np.arange(len(rows)) >= len(pairs))
    return scored


def scorer_of(problem: Problem, seed: int, context: bool = False) -> Scorer:
    """Train on the train part, stopped early on a fifth of its left records."""
    return learn(*datasets_of(problem, seed, context), _seeded(problem.spec, seed).model).scorer


def datasets_of(
    problem: Problem, seed: int, context: bool = False, sample: int | None = None
) -> tuple[LabelledPairs, LabelledPairs]:
    """What teaches, and what stops it early: a fifth of the train part's left records.

    With ``sample`` the left records that teach are drawn anew, with replacement, from those there are.
    """
    spec = _seeded(problem.spec, seed)
    comparer = _comparer(problem)
    training = _pairs(problem, "train")
    keys = np.unique(training["left_key"].to_numpy(dtype=str))
    stopping = keys[np.random.default_rng(seed).random(len(keys)) < STOPPING_SHARE]
    stops = training["left_key"].isin(stopping).to_numpy()
    training_rows, stopping_pairs = training[~stops], training[stops]
    if sample is not None:
        there = np.unique(training_rows["left_key"].to_numpy(dtype=str))
        drawn = np.random.default_rng([seed, sample]).choice(there, len(there))
        training_rows = pd.DataFrame({"left_key": drawn}).merge(training_rows, on="left_key")[list(training_rows)]
    datasets = []
    for pairs, augmented in ((training_rows, True), (stopping_pairs, False)):
        comparisons, labels, rows = _compared(problem, comparer, pairs, spec, context, augmented)
        keys = pairs["left_key"].to_numpy(dtype=object)[rows]
        datasets.append(LabelledPairs(comparisons, labels, keys, np.arange(len(rows)) >= len(pairs)))
    return datasets[0], datasets[1]


def compared(problem: Problem, part: str) -> tuple[pd.DataFrame, np.ndarray]:
    """The comparisons and labels of one part's pairs as they stand."""
    pairs = _pairs(problem, part)
    return _compared(problem, _comparer(problem), pairs, problem.spec, context=False, with_missing_fields=False)[:2]


def _pairs(problem: Problem, part: str) -> pd.DataFrame:
    """A part's pairs; ``index`` is each one's row among those that taught the words, or that it did not."""
    pairs = problem.pairs[problem.pairs["part"] == part].reset_index(drop=True)
    return pairs.assign(index=np.arange(len(pairs)) if part == "train" else UNRELATED)


def _comparer(problem: Problem) -> PairComparer:
    """Compares with words that the train part taught."""
    pairs = _pairs(problem, "train")
    left, right = _sides(problem, pairs)
    return PairComparer.fitted_on(left, right, pairs["label"].to_numpy(np.int64), problem.spec, problem.corpus)


def _sides(problem: Problem, pairs: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    records = problem.features.set_index("record_key", drop=False)
    left, right = (records.loc[pairs[key]].reset_index(drop=True) for key in PAIR_KEYS)
    return left, right


def _seeded(spec: MatchSpec, seed: int) -> MatchSpec:
    return spec.model_copy(update={"model": spec.model.model_copy(update={"seed": seed})})


def features_of(tables: dict[str, pd.DataFrame], spec: MatchSpec) -> tuple[pd.DataFrame, Corpus]:
    """Record features of all tables, by source, and the corpus counted over them."""
    conformed = pd.concat([conform(table, spec, side) for side, table in tables.items()], ignore_index=True)
    corpus = Corpus.fit(normal_forms(conformed, spec), spec)
    return record_features(conformed, spec, corpus), corpus


def _compared(
    problem: Problem,
    comparer: PairComparer,
    pairs: pd.DataFrame,
    spec: MatchSpec,
    context: bool,
    augmented: bool = False,
    with_missing_fields: bool = True,
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Comparisons and labels of the pairs, then of those made from them; and the row of each that it was made from."""
    left, right = _sides(problem, pairs)
    labels, index = pairs["label"].to_numpy(dtype=np.int64), pairs["index"].to_numpy()
    whole = comparer.compare(left, right, index)
    if context:
        whole = in_context(whole, pairs["left_key"].to_numpy(), pairs["right_key"].to_numpy(), spec)
    blocks, answers, rows = [whole], [labels], [np.arange(len(pairs))]
    if with_missing_fields:
        blank_left, blank_right, missing_fields = missing_field_pairs(left, right, spec, spec.model.seed)
        made_from = np.asarray(missing_fields, dtype=np.int64)
        blocks.append(comparer.compare(blank_left, blank_right, index[made_from]))
        answers.append(labels[made_from])
        rows.append(made_from)
    if with_missing_fields and context:
        alone, alone_rows = pairs_alone(whole, spec)
        made_from = np.asarray(alone_rows, dtype=np.int64)
        blocks.append(alone)
        answers.append(labels[made_from])
        rows.append(made_from)
    true = np.flatnonzero(labels == 1)
    if augmented and spec.identity:
        unlike, examples = counter_examples(right.iloc[true].reset_index(drop=True), spec, spec.model.seed)
        made_from = true[examples]
        blocks.append(comparer.compare(left.iloc[made_from].reset_index(drop=True), unlike, index[made_from]))
        answers.append(np.zeros(len(made_from), dtype=np.int64))
        rows.append(made_from)
    return pd.concat(blocks, ignore_index=True), np.concatenate(answers), np.concatenate(rows)
