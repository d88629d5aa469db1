"""The files that training writes, and how later steps read them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from matchwright.core.decide.bands import Bands
from matchwright.core.decide.calibrator import Calibrator
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.models.files import read_scorer
from matchwright.core.models.learned_words import LearnedWords
from matchwright.core.models.neighbours import Neighbours
from matchwright.core.models.network import Embeddings
from matchwright.core.models.register_evidence import RegisterEvidence
from matchwright.core.models.scorer import Scorer
from matchwright.core.reasons import Catalogue, EvidenceFigures
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.frames import read_frame
from matchwright.core.spec import MatchSpec

WORDS, EMBEDDINGS = "words.safetensors", "embeddings.safetensors"
REGISTER_EVIDENCE = "register_evidence.json"
PAIRS, MISSED, COMPARISONS, SUMMARY = "pairs.parquet", "missed.parquet", "comparisons.parquet", "train.json"
NEIGHBOURS, NEIGHBOUR_PAIRS = "neighbours.json", "neighbour_pairs.parquet"
"""What neighbours add; and the log-odds of all candidates of the register, with those that neighbours propose."""
COMPETING = "competing.parquet"
"""The test pairs, the candidates that share a record with one of them, and those that share one with these candidates:
left_key and right_key. So each pair has all its competing candidates, and each of these has its own. In a large
register only those of a share of the test pairs are kept (:data:`COMPETING_SHARE` in ``train.json``)."""
COMPETING_SHARE = "competing_share"
MISSING_FIELDS, HELD_OUT = "calibrate_missing_fields.parquet", "held_out.parquet"
EXPORTED = "training.parquet"
"""The comparisons of the training and validation pairs, for whoever trains a scorer elsewhere."""
MEAN_CONTRIBUTIONS = "mean_contributions"
"""The key of the mean absolute contributions in ``train.json``. An unsupervised start has none."""
CALIBRATOR, BANDS = "calibrator.json", "bands.json"
SCORED = "scored.parquet"
"""The test pairs with their scores and bands, written by evaluation."""


@dataclass(frozen=True)
class Trained:
    """The parts of a trained model, its labelled candidates (left_key, right_key, label, part), their comparisons.

    ``competing`` are left_key and right_key of all candidates of the test pairs' records. If ``competing_share`` is
    below 1, they are those of the pairs whose left record is drawn; see
    :func:`~matchwright.training.datasets.candidate_sets.competing_of_tested`.
    """

    scorer: Scorer
    words: LearnedWords | None
    embeddings: Embeddings | None
    pairs: pd.DataFrame
    missed: pd.DataFrame
    comparisons: pd.DataFrame
    run_id: str
    mean_contributions: dict[str, float]
    competing: pd.DataFrame
    register: RegisterEvidence | None = None
    competing_share: float = 1.0

    @classmethod
    def read(cls, folder: Path, spec: MatchSpec) -> "Trained":
        """Read the folder that the train step wrote."""
        embedded, register = folder / EMBEDDINGS, folder / REGISTER_EVIDENCE
        summary = read_json(folder / SUMMARY)
        return cls(
            scorer=read_scorer(folder),
            words=LearnedWords.load(folder / WORDS) if (folder / WORDS).exists() else None,
            embeddings=Embeddings.load(embedded, spec) if embedded.exists() else None,
            pairs=read_frame(folder / PAIRS),
            missed=read_frame(folder / MISSED),
            comparisons=read_frame(folder / COMPARISONS),
            run_id=str(summary["run_id"]),
            mean_contributions=summary.get(MEAN_CONTRIBUTIONS, {}),
            competing=read_frame(folder / COMPETING),
            register=RegisterEvidence.load(register) if register.exists() else None,
            competing_share=float(summary.get(COMPETING_SHARE, 1.0)),
        )

    def part(self, name: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        """The pairs of one part, their comparisons, and its missed true pairs. Each index starts at 0."""
        inside = (self.pairs["part"] == name).to_numpy()
        missed = self.missed[self.missed["part"] == name]
        return (
            self.pairs[inside].reset_index(drop=True),
            self.comparisons[inside].reset_index(drop=True),
            missed.reset_index(drop=True),
        )

    def decision_model(self, spec: MatchSpec, features: Path, calibration: Path) -> DecisionModel:
        """The whole decision model, from the features' corpus to the calibrated bands."""
        neighbours = calibration / NEIGHBOURS
        return DecisionModel(
            spec=spec,
            corpus=Corpus.load(features / "corpus.safetensors"),
            words=self.words,
            embeddings=self.embeddings,
            register=self.register,
            scorer=self.scorer,
            calibrator=Calibrator.load(calibration / CALIBRATOR),
            bands=Bands.load(calibration / BANDS),
            catalogue=Catalogue.of(spec),
            figures=self._figures(spec),
            neighbours=Neighbours.load(neighbours) if neighbours.exists() else None,
        )

    def _figures(self, spec: MatchSpec) -> EvidenceFigures:
        pairs, comparisons, _ = self.part("train")
        return EvidenceFigures.fit(comparisons[list(self.scorer.names)], pairs["label"], spec, self.mean_contributions)


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object that an earlier step wrote."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
