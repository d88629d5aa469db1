"""A register as batch scores it: every candidate by the scorer, and in one table with what its neighbours add."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from benchmarks.problems.labelled import Problem
from benchmarks.problems.registers import fewer_judged
from benchmarks.problems.trained import trained_scorer
from matchwright.core.candidates import propose_candidates
from matchwright.core.decide.bands import SCORE_DECIMALS
from matchwright.core.decide.calibrator import sigmoid
from matchwright.core.decide.neighbours import with_neighbours
from matchwright.core.models.neighbours import applies_to
from matchwright.core.models.register_limits import limited
from matchwright.core.records import PAIR_KEYS
from matchwright.core.spec import MatchSpec
from matchwright.operations.neighbours import fitted_on
from matchwright.training.datasets.parts import CALIBRATION_PART, parts_of
from matchwright.training.neighbours.fit import fit_neighbours
from matchwright.training.neighbours.scores import BY_NEIGHBOURS, score_register


@dataclass(frozen=True)
class Scored:
    """All candidates of a register with their numbers of records and scores, and what is true of each record.

    ``further`` marks the pairs that neighbours propose. ``with_neighbours`` is None where neighbours say nothing.
    In the calibration part it is by trees that saw no pair of the same entity.
    ``true`` is the number of true pairs of each record. ``tested`` and ``calibrated`` mark the records of the parts
    that judge the scores and that calibrate them.
    """

    left: np.ndarray
    right: np.ndarray
    further: np.ndarray
    scores: np.ndarray
    with_neighbours: np.ndarray | None
    entity: np.ndarray
    true: np.ndarray
    tested: np.ndarray
    calibrated: np.ndarray


def scored(problem: Problem, true: pd.DataFrame, seed: int) -> Scored:
    """Train on a register as the pipeline does, and score all its candidates.

    Args:
        problem: the register. The seed of its spec places the records, so every training judges the same ones.
        true: all true pairs.
        seed: of the training.
    """
    frame, true = problem.features, true[[*PAIR_KEYS, "label"]]
    model = problem.spec.model.model_copy(update={"seed": seed})
    spec = problem.spec.model_copy(update={"model": model, "labels": "complete"})
    parts = fewer_judged(parts_of(frame, true, problem.spec), true)
    proposed = propose_candidates(frame, spec) if problem.candidates is None else problem.candidates
    proposed = proposed[PAIR_KEYS]
    scorer, calibrator = trained_scorer(problem, spec, proposed, true, parts)
    known = applies_to(spec, scorer.one_table)
    candidates = score_register(scorer, proposed, true, parts) if known else scorer.score(proposed)
    own = calibrator.apply(candidates["log_odds"].to_numpy())
    scores, unlimited = (np.round(each, SCORE_DECIMALS) for each in (limited(own, candidates), own))
    keys = pd.Index(frame["record_key"])
    one, other = (keys.get_indexer(true[key]) for key in PAIR_KEYS)
    one_entity = coo_array((np.ones(len(true)), (one, other)), shape=(len(keys), len(keys)))
    part = parts.reindex(keys).to_numpy()
    return Scored(
        keys.get_indexer(candidates["left_key"]),
        keys.get_indexer(candidates["right_key"]),
        (candidates["proposed_by"] == BY_NEIGHBOURS).to_numpy() if known else np.zeros(len(candidates), dtype=bool),
        scores,
        _with_neighbours(candidates, scores, unlimited, spec) if known else None,
        connected_components(one_entity, directed=False)[1],
        np.bincount(one, minlength=len(keys)) + np.bincount(other, minlength=len(keys)),
        part == "test",
        part == CALIBRATION_PART,
    )


def _with_neighbours(
    candidates: pd.DataFrame, scores: np.ndarray, unlimited: np.ndarray, spec: MatchSpec
) -> np.ndarray:
    fitted = fit_neighbours(candidates, scores, unlimited, *fitted_on(candidates), spec)
    if fitted is None:
        return scores
    left, right = (candidates[key].to_numpy(object) for key in PAIR_KEYS)
    evidence = candidates[list(fitted.neighbours.evidence)].to_numpy(np.float32)
    final = with_neighbours(scores, fitted.neighbours.contributions(left, right, scores, unlimited, evidence))
    # the pairs that were fitted on choose the threshold
    final[fitted.rows] = sigmoid(fitted.held_out)
    return final
