"""Models to explain, trained as the pipeline does, each with its own comparisons of the same pairs."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from benchmarks.problems.labelled import Problem
from matchwright.core.compare.competing import without_context
from matchwright.core.decide.bands import bands_from_costs
from matchwright.core.decide.calibrator import Calibrator
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.reasons import Catalogue, EvidenceFigures, mean_contributions
from matchwright.training.datasets.parts import VALIDATION_PART
from matchwright.training.datasets.prepare import prepare_assigned
from matchwright.training.learning import learn_stages

SAMPLE = 0.632
"""A training sample has this share of the left records: as many as a bootstrap sample has that differ."""


@dataclass(frozen=True)
class Explained:
    """A model, and its comparisons of the pairs that are explained: with all their candidates known, and alone."""

    model: DecisionModel
    with_candidates: pd.DataFrame
    alone: pd.DataFrame

    def inheriting(self, champion: "Explained") -> "Explained":
        """The same with the champion's mean contributions, as a released challenger has them."""
        figures = self.model.figures.inherit(champion.model.figures)
        return replace(self, model=replace(self.model, figures=figures))

    def without_figures(self) -> "Explained":
        """The same with reasons that follow from the contributions alone."""
        return replace(self, model=replace(self.model, figures=EvidenceFigures()))


def explained(
    problem: Problem, candidates: pd.DataFrame, parts: tuple[str, ...], most: int, seed: int, sample: bool = False
) -> Explained:
    """Train a model on the problem's train part, and compare up to ``most`` pairs of ``parts``, in that order.

    The model has no calibration and no register evidence, because reasons of fields and context do not depend on them.

    Args:
        problem: with pairs in the parts train, valid and test.
        candidates: left_key and right_key of every candidate.
        parts: the parts whose pairs are explained.
        most: the most pairs that are explained.
        seed: of augmentation, folds and trees.
        sample: train on a random sample of the left records, drawn with the seed.
    """
    spec = problem.spec.model_copy(update={"model": problem.spec.model.model_copy(update={"seed": seed})})
    assigned = problem.pairs.replace({"part": {"valid": VALIDATION_PART}})
    if sample:
        keys = np.unique(assigned.loc[assigned["part"] == "train", "left_key"].to_numpy(dtype=str))
        kept = keys[np.random.default_rng(seed).random(len(keys)) < SAMPLE]
        left_out = (assigned["part"] == "train") & ~assigned["left_key"].isin(kept)
        assigned = assigned.assign(part=assigned["part"].mask(left_out, "left out"))
    prepared = prepare_assigned(problem.features, candidates, assigned, spec, problem.corpus)
    learned = learn_stages(prepared, candidates, problem.features, spec, problem.corpus)
    part, labels = (prepared.labelled_candidates[name].to_numpy() for name in ("part", "label"))
    trained = learned.comparisons[part == "train"].reset_index(drop=True)
    means = mean_contributions(learned.scorer.scorer, trained, spec)
    model = DecisionModel(
        spec=spec,
        corpus=problem.corpus,
        scorer=learned.scorer.scorer,
        calibrator=Calibrator(method="none"),
        bands=bands_from_costs(spec.costs),
        catalogue=Catalogue.of(spec),
        figures=EvidenceFigures.fit(trained, labels[part == "train"], spec, means),
    )
    # a pair that was left out of the sample is in the train part of the other models
    own = np.where(part == "left out", "train", np.where(part == VALIDATION_PART, "valid", part))
    rows = np.concatenate([np.flatnonzero(own == wanted) for wanted in parts])[:most]
    return Explained(
        model,
        learned.comparisons.iloc[rows].reset_index(drop=True),
        without_context(learned.comparisons, rows),
    )
