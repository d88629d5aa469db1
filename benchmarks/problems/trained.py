"""A scorer and a decision model of a register, trained as the pipeline does."""

import numpy as np
import pandas as pd

from benchmarks.problems.labelled import Problem
from benchmarks.problems.registers import fewer_for_training
from matchwright.core.decide.bands import bands_from_costs
from matchwright.core.decide.calibrator import Calibrator
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.models.register_evidence import RegisterEvidence
from matchwright.core.models.scorer import Scorer
from matchwright.core.reasons import Catalogue
from matchwright.core.records import PAIR_KEYS
from matchwright.core.spec import MatchSpec
from matchwright.training.calibration.choose import choose_calibrator
from matchwright.training.datasets.parts import CALIBRATION_PART, VALIDATION_PART
from matchwright.training.datasets.prepare import prepare
from matchwright.training.datasets.split import assign_candidates
from matchwright.training.learning import learn_stages
from matchwright.training.neighbours.scores import RegisterScorer
from matchwright.training.register_evidence.learn import learn_register_evidence


def trained_scorer(
    problem: Problem, spec: MatchSpec, proposed: pd.DataFrame, true: pd.DataFrame, parts: "pd.Series[str]"
) -> tuple[RegisterScorer, Calibrator]:
    """Both stages with register evidence, and their calibration.

    Args:
        problem: the register.
        spec: its spec with the seed of the training, and complete labels.
        proposed: left_key and right_key of all candidates.
        true: left_key, right_key and label of all matches.
        parts: the part of every record.
    """
    frame, corpus, seed = problem.features, problem.corpus, spec.model.seed
    prepared = prepare(frame, _labelled(proposed, true, parts, seed), true, parts, spec, corpus)

    def fit_register(scorer: Scorer) -> RegisterEvidence | None:
        return learn_register_evidence(frame, true, parts, prepared, scorer, spec, corpus)

    learned = learn_stages(prepared, proposed, frame, spec, corpus, fit_register)
    scorer, pairs = learned.scorer.scorer, prepared.labelled_candidates
    part = (pairs["part"] == CALIBRATION_PART).to_numpy()
    # pairs of which little is known calibrate too, as in the pipeline
    known = pd.concat([pairs[part], prepared.missing_field_pairs], ignore_index=True)
    compared = pd.concat([learned.comparisons[part], prepared.missing_field_pairs], ignore_index=True)
    calibrator = choose_calibrator(
        scorer.log_odds(compared),
        known["label"].to_numpy(dtype=np.float64),
        known["left_key"].to_numpy(),
        seed,
        spec.calibration.methods,
    ).calibrator
    return RegisterScorer(frame, scorer, prepared, learned.register, spec, corpus), calibrator


def trained_model(problem: Problem, true: pd.DataFrame, parts: "pd.Series[str]", seed: int) -> DecisionModel:
    """A decision model of a register, with the bands of its costs. See :func:`trained_scorer`."""
    model = problem.spec.model.model_copy(update={"seed": seed})
    spec = problem.spec.model_copy(update={"model": model, "labels": "complete"})
    register, calibrator = trained_scorer(problem, spec, problem.candidates[PAIR_KEYS], true, parts)
    return DecisionModel(
        spec=spec,
        corpus=problem.corpus,
        scorer=register.scorer,
        calibrator=calibrator,
        bands=bands_from_costs(spec.costs),
        catalogue=Catalogue.of(spec),
        words=register.prepared.words,
        embeddings=register.prepared.embeddings,
        register=register.register,
    )


def _labelled(proposed: pd.DataFrame, true: pd.DataFrame, parts: "pd.Series[str]", seed: int) -> pd.DataFrame:
    """All candidates, with labels (else -1) for those that fit the model. The test part does not."""
    assigned = fewer_for_training(assign_candidates(proposed, parts)[0], seed)
    fitting = assigned.index[assigned["part"].isin(("train", VALIDATION_PART, CALIBRATION_PART))]
    labels = proposed.merge(true, how="left", on=PAIR_KEYS)["label"].fillna(0)
    return proposed.assign(label=labels.where(labels.index.isin(fitting), -1).to_numpy(np.int8))
