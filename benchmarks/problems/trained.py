"""Decision models of a register, trained as the pipeline does."""

import numpy as np
import pandas as pd

from benchmarks.problems.labelled import Problem
from matchwright.core.decide.bands import bands_from_costs
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.models.register_evidence import RegisterEvidence
from matchwright.core.models.scorer import Scorer
from matchwright.core.reasons import Catalogue
from matchwright.core.records import PAIR_KEYS
from matchwright.training.calibration.choose import choose_calibrator
from matchwright.training.datasets.parts import CALIBRATION_PART, parts_of
from matchwright.training.datasets.split import assign_candidates
from matchwright.training.learning import learn_stages, prepare_parts
from matchwright.training.register_evidence.learn import learn_register_evidence

TRAINING = 150_000
"""The most candidates for training. More of them change little and take time."""


def trained_model(problem: Problem, true: pd.DataFrame, seed: int) -> tuple[DecisionModel, "pd.Series[str]"]:
    """A model with both stages, register evidence and calibration, and the part of every record.

    Args:
        problem: a register, with all its candidates.
        true: left_key, right_key and label of all its matches.
        seed: of the split, the augmentation and the trees.
    """
    frame, corpus = problem.features, problem.corpus
    spec = problem.spec.model_copy(update={"model": problem.spec.model.model_copy(update={"seed": seed})})
    true = true[[*PAIR_KEYS, "label"]]
    labelled = problem.candidates[PAIR_KEYS].merge(true, how="left", on=PAIR_KEYS)
    labelled = labelled.fillna({"label": 0}).astype({"label": int})
    parts = parts_of(frame, true, spec)
    split = prepare_parts(frame, _fewer_labels(labelled, parts, seed), true, spec, corpus)
    prepared = split.prepared

    def fit_register(scorer: Scorer) -> RegisterEvidence | None:
        return learn_register_evidence(frame, true, split.parts, prepared, scorer, spec, corpus)

    learned = learn_stages(prepared, split.proposed, frame, spec, corpus, fit_register)
    inside = (prepared.labelled_candidates["part"] == CALIBRATION_PART).to_numpy()
    held_out = prepared.labelled_candidates[inside]
    # pairs of which little is known are calibrated too, as in the pipeline
    compared = pd.concat([learned.comparisons[inside], prepared.missing_field_pairs], ignore_index=True)
    known = pd.concat([held_out, prepared.missing_field_pairs], ignore_index=True)
    chosen = choose_calibrator(
        learned.scorer.scorer.log_odds(compared),
        known["label"].to_numpy(dtype=np.float64),
        known["left_key"].to_numpy(object),
        seed,
        spec.calibration.methods,
    )
    model = DecisionModel(
        spec=spec,
        corpus=corpus,
        scorer=learned.scorer.scorer,
        calibrator=chosen.calibrator,
        bands=bands_from_costs(spec.costs),
        catalogue=Catalogue.of(spec),
        words=prepared.words,
        embeddings=prepared.embeddings,
        register=learned.register,
    )
    return model, split.parts


def _fewer_labels(labelled: pd.DataFrame, parts: "pd.Series[str]", seed: int) -> pd.DataFrame:
    """The candidates with labels for at most :data:`TRAINING` of the train part."""
    assigned = assign_candidates(labelled[PAIR_KEYS], parts)[0]
    training = assigned.index[assigned["part"] == "train"]
    unlabelled = np.random.default_rng(seed).permutation(training)[TRAINING:]
    return labelled.assign(label=labelled["label"].where(~labelled.index.isin(unlabelled), -1))
