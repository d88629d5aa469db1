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
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from benchmarks.benchmark_data import FOLDER_VARIABLE
from benchmarks.registers import TRAINING, register_of, spec_name
from matchwright.core.candidates import propose_candidates
from matchwright.core.decide.bands import SCORE_DECIMALS
from matchwright.core.decide.neighbours import with_neighbours
from matchwright.core.models.register_evidence import RegisterEvidence
from matchwright.core.models.register_limits import limited
from matchwright.core.models.scorer import Scorer
from matchwright.core.records import PAIR_KEYS
from matchwright.evaluation.bootstrap import Estimate, bootstrap
from matchwright.evaluation.reliability import MIDDLE
from matchwright.synthesis import load_options, plan_register, record_values
from matchwright.training.calibration.choose import choose_calibrator
from matchwright.training.datasets.parts import CALIBRATION_PART, parts_of
from matchwright.training.datasets.split import assign_candidates
from matchwright.training.learning import learn_stages, prepare_parts
from matchwright.training.neighbours.fit import fit_neighbours
from matchwright.training.neighbours.scores import BY_NEIGHBOURS, RegisterScorer, score_register
from matchwright.training.register_evidence.learn import learn_register_evidence

SEED = 2
HALF = 0.5


@dataclass(frozen=True)
class Scored:
    """All candidates of a register with their numbers of records and scores, and the entity and part of each record."""

    left: np.ndarray
    right: np.ndarray
    further: np.ndarray
    scores: np.ndarray
    with_neighbours: np.ndarray
    entity: np.ndarray
    tested: np.ndarray


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
        for method, found in measured(score(records, name)).items():
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


def score(records: pd.DataFrame, name: str) -> Scored:
    """Train on a register as the pipeline does, and score all its candidates."""
    problem, true = register_of(records, spec_name(name))
    spec, frame, corpus = problem.spec, problem.features, problem.corpus
    true = true[[*PAIR_KEYS, "label"]]
    proposed = propose_candidates(frame, spec)[PAIR_KEYS]
    labelled = proposed.merge(true, how="left", on=PAIR_KEYS).fillna({"label": 0}).astype({"label": int})
    parts = parts_of(frame, true, spec)
    split = prepare_parts(frame, _fewer_labels(labelled, parts), true, spec, corpus)
    prepared = split.prepared

    def fit_register(first: Scorer) -> RegisterEvidence | None:
        return learn_register_evidence(frame, true, split.parts, prepared, first, spec, corpus)

    learned = learn_stages(prepared, split.proposed, frame, spec, corpus, fit_register)
    scorer, register, compared = learned.scorer.scorer, learned.register, learned.comparisons
    scored = score_register(
        RegisterScorer(frame, scorer, prepared, register, spec, corpus), proposed, true, split.parts
    )
    pairs = split.prepared.labelled_candidates
    part = (pairs["part"] == CALIBRATION_PART).to_numpy()
    calibrator = choose_calibrator(
        scorer.log_odds(compared[part]),
        pairs.loc[part, "label"].to_numpy(dtype=np.float64),
        pairs.loc[part, "left_key"].to_numpy(),
        spec.model.seed,
        spec.calibration.methods,
    ).calibrator
    own = calibrator.apply(scored["log_odds"].to_numpy())
    scores, unlimited = (np.round(each, SCORE_DECIMALS) for each in (limited(own, scored), own))
    inside = ((scored["part"] == CALIBRATION_PART) & (scored["label"] >= 0)).to_numpy()
    fitted = fit_neighbours(scored, scores, unlimited, inside, spec.model.seed)
    left, right = (scored[key].to_numpy(object) for key in PAIR_KEYS)
    added = fitted.neighbours.contributions(left, right, scores, unlimited) if fitted else np.zeros(len(scores))
    keys = pd.Index(frame["record_key"])
    one_entity = coo_array(
        (np.ones(len(true)), (keys.get_indexer(true["left_key"]), keys.get_indexer(true["right_key"]))),
        shape=(len(keys), len(keys)),
    )
    return Scored(
        keys.get_indexer(left),
        keys.get_indexer(right),
        (scored["proposed_by"] == BY_NEIGHBOURS).to_numpy(),
        scores,
        with_neighbours(scores, added),
        connected_components(one_entity, directed=False)[1],
        (split.parts.reindex(keys) == "test").to_numpy(),
    )


def measured(scored: Scored) -> dict[str, dict[str, Estimate]]:
    """Precision, recall, F1 and calibration gap of each method. Closure gives no scores, so it has no gap."""
    candidates, certain = ~scored.further, scored.with_neighbours >= HALF
    by_scorer = candidates & (scored.scores >= HALF)
    counts = {
        "scorer": _of_pairs(scored, by_scorer),
        "with neighbours": _of_pairs(scored, candidates & certain),
        "and further candidates": _of_pairs(scored, certain),
        "transitive closure": _of_closure(scored, by_scorer),
    }
    true = np.bincount(scored.entity)[scored.entity] - 1
    found = {}
    for method, (predicted, hits) in counts.items():
        values = np.column_stack([predicted, hits, true])[scored.tested] / 2
        found[method] = bootstrap(values, scored.entity[scored.tested], _figures)
    found["scorer"]["gap"] = _gap(scored, scored.scores, candidates)
    found["with neighbours"]["gap"] = _gap(scored, scored.with_neighbours, candidates)
    found["and further candidates"]["gap"] = _gap(scored, scored.with_neighbours, candidates | scored.further)
    return found


def _gap(scored: Scored, scores: np.ndarray, judged: np.ndarray) -> Estimate:
    uncertain = (scores >= MIDDLE[0]) & (scores <= MIDDLE[1])
    left, right = scored.left[judged & uncertain], scored.right[judged & uncertain]
    errors = scores[judged & uncertain] - (scored.entity[left] == scored.entity[right])
    record, errors = np.append(left, right), np.append(errors, errors)
    tested = scored.tested[record]
    values, of = np.column_stack([errors, np.ones(len(errors))])[tested], scored.entity[record[tested]]
    return bootstrap(values, of, lambda sums: {"gap": sums[..., 0] / np.maximum(sums[..., 1], 1)})["gap"]


def _of_pairs(scored: Scored, predicted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The predicted pairs of each record, and the true ones among them."""
    left, right, size = scored.left[predicted], scored.right[predicted], len(scored.entity)
    true = (scored.entity[left] == scored.entity[right]).astype(float)
    pairs = np.bincount(left, minlength=size) + np.bincount(right, minlength=size)
    return pairs, np.bincount(left, true, size) + np.bincount(right, true, size)


def _of_closure(scored: Scored, predicted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    left, right, size = scored.left[predicted], scored.right[predicted], len(scored.entity)
    links = coo_array((np.ones(len(left)), (left, right)), shape=(size, size))
    component = connected_components(links, directed=False)[1].astype(np.int64)
    both = np.unique(component * size + scored.entity, return_inverse=True)[1]
    return np.bincount(component)[component] - 1, np.bincount(both)[both] - 1


def _figures(sums: np.ndarray) -> dict[str, np.ndarray]:
    predicted, hits, true = np.moveaxis(sums, -1, 0)
    return {
        "precision": hits / np.maximum(predicted, 1),
        "recall": hits / np.maximum(true, 1),
        "f1": 2 * hits / np.maximum(predicted + true, 1),
    }


def _fewer_labels(labelled: pd.DataFrame, parts: "pd.Series[str]") -> pd.DataFrame:
    """The candidates with labels for at most :data:`TRAINING` of the train part. More of them take time."""
    assigned = assign_candidates(labelled[PAIR_KEYS], parts)[0]
    training = assigned.index[assigned["part"] == "train"]
    unlabelled = np.random.default_rng(SEED).permutation(training)[TRAINING:]
    return labelled.assign(label=labelled["label"].where(~labelled.index.isin(unlabelled), -1))


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
