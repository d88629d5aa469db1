"""Neighbours in the steps of training: which pairs they are learned from, and what they change on the test pairs."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.decide.bands import SCORE_DECIMALS
from matchwright.core.decide.calibrator import Calibrator
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.decide.neighbours import with_neighbours
from matchwright.core.models.neighbours import applies_to
from matchwright.core.models.register_limits import limited
from matchwright.core.records import PAIR_KEYS
from matchwright.core.records.frames import read_frame
from matchwright.core.records.rows import rows_of
from matchwright.core.spec import MatchSpec
from matchwright.evaluation.metrics import measure
from matchwright.evaluation.outcomes import pair_outcomes
from matchwright.evaluation.reliability import calibration_figures
from matchwright.operations.training_artifacts import NEIGHBOUR_PAIRS
from matchwright.training.datasets.parts import CALIBRATION_PART, VALIDATION_PART
from matchwright.training.datasets.register_pairs import RegisterPairs
from matchwright.training.neighbours.fit import FEWEST, FittedNeighbours, fit_neighbours
from matchwright.training.neighbours.scores import BY_NEIGHBOURS, RegisterScorer, score_register

Array = np.ndarray[Any, np.dtype[np.float64]]
Rows = np.ndarray[Any, np.dtype[np.bool_]]


def write_neighbour_pairs(
    scorer: RegisterScorer,
    proposed: RegisterPairs,
    labelled: pd.DataFrame,
    parts: "pd.Series[str]",
    model: Path,
    sampled: "pd.Series[bool] | None" = None,
) -> dict[str, int] | None:
    """Score the whole register for neighbours, and write it beside the model. None where neighbours say nothing.

    With a sample, only the candidates that neighbours may look at are written.

    Returns:
        How many candidates there are, and how many further ones neighbours propose.
    """
    pairs = scorer.prepared.labelled_candidates
    of_part = pairs.loc[pairs["part"] == CALIBRATION_PART, "label"]
    if not applies_to(scorer.spec, scorer.one_table) or min((of_part == 1).sum(), (of_part == 0).sum()) < FEWEST:
        return None
    scored = score_register(scorer, proposed, labelled, parts, sampled)
    scored.to_parquet(model / NEIGHBOUR_PAIRS, index=False)
    further = int((scored["proposed_by"] == BY_NEIGHBOURS).sum())
    return {"candidates": len(proposed), "further_candidates": further}


def fit_on_calibration(model: Path, calibrator: Calibrator, spec: MatchSpec) -> FittedNeighbours | None:
    """Fit what neighbours add, judged on the calibration part.

    None where the register was not scored, or labels are few.
    """
    if not (model / NEIGHBOUR_PAIRS).exists():
        return None
    pairs = read_frame(model / NEIGHBOUR_PAIRS)
    return fit_neighbours(pairs, *_scores(calibrator, pairs), *fitted_on(pairs), spec)


def fitted_on(pairs: pd.DataFrame) -> tuple[Rows, Rows]:
    """The labelled pairs of the calibration part, and those of the parts that train the scorer, each shape (pairs,)."""
    labelled = pairs["label"] >= 0
    training = pairs["part"].isin(("train", VALIDATION_PART))
    return ((pairs["part"] == CALIBRATION_PART) & labelled).to_numpy(), (training & labelled).to_numpy()


def measure_with_neighbours(
    decider: DecisionModel,
    model: Path,
    frame: pd.DataFrame,
    pairs: pd.DataFrame,
    comparisons: pd.DataFrame,
    missed: pd.DataFrame,
) -> dict[str, Any]:
    """The figures of the test pairs in batch use, where neighbours are known; empty without them.

    The further candidates that neighbours propose are test pairs too, and true pairs among them are not missed.

    Args:
        decider: the decision model.
        model: folder of the train step.
        frame: record features of all records.
        pairs: the test pairs.
        comparisons: of the test pairs, row by row.
        missed: the true pairs of the test part that are no candidates.
    """
    if decider.neighbours is None:
        return {}
    everything = read_frame(model / NEIGHBOUR_PAIRS)
    scores, unlimited = _scores(decider.calibrator, everything)
    left, right = (everything[key].to_numpy(object) for key in PAIR_KEYS)
    evidence = everything[list(decider.neighbours.evidence)].to_numpy(dtype=np.float32)
    final = with_neighbours(scores, decider.neighbours.contributions(left, right, scores, unlimited, evidence))
    at = pd.MultiIndex.from_frame(everything[PAIR_KEYS]).get_indexer(pd.MultiIndex.from_frame(pairs[PAIR_KEYS]))
    own = pairs.assign(score=final[at], band=decider.band(final[at], comparisons))
    chosen = ((everything["proposed_by"] == BY_NEIGHBOURS) & (everything["part"] == "test")).to_numpy()
    further = everything.loc[chosen, [*PAIR_KEYS, "label"]].reset_index(drop=True)
    sides = rows_of(frame, further["left_key"]), rows_of(frame, further["right_key"])
    compared = decider.compare(*sides, of_register=True)
    further = further.assign(score=final[chosen], band=decider.band(final[chosen], compared))
    found = pd.MultiIndex.from_frame(missed[PAIR_KEYS]).isin(pd.MultiIndex.from_frame(further[PAIR_KEYS]))
    outcomes = pair_outcomes(pd.concat([own, further], ignore_index=True), missed[~found])
    seed = decider.spec.model.seed
    figures = measure(outcomes, decider.spec.costs, seed=seed)
    tested = outcomes[~outcomes["missed"]]
    rows = np.append(at, np.flatnonzero(chosen & (everything["label"] >= 0).to_numpy()))
    calibration = calibration_figures(
        scores[rows], tested["score"].to_numpy(), tested["label"].to_numpy(), tested["left_key"], seed
    )
    return {
        "metrics": {name: estimate.as_dict() for name, estimate in figures.items()},
        "calibration": calibration,
        "further_candidates": len(further),
        "further_true_pairs": int((further["label"] == 1).sum()),
    }


def _scores(calibrator: Calibrator, pairs: pd.DataFrame) -> tuple[Array, Array]:
    """The scores that the bundle gives without neighbours, and those without the limit of register evidence."""
    own = calibrator.apply(pairs["log_odds"].to_numpy())
    return np.round(limited(own, pairs), SCORE_DECIMALS), np.round(own, SCORE_DECIMALS)
