"""A scorer is read from the one file of its kind. A folder with another content is refused."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xgboost

from matchwright.core.compare.pairing import Pairing
from matchwright.core.models.boosted_trees import XGBoostScorer
from matchwright.core.models.files import SCORER_FILES, read_scorer, write_scorer
from matchwright.core.models.learned_words import LearnedWords
from matchwright.core.models.unsupervised import Curve, FellegiSunterScorer
from matchwright.errors import BundleError

NAMES = ("surname__exact", "postcode__exact")
PAIRS = pd.DataFrame([[1, 1], [1, 0], [0, 1], [0, 0], [np.nan, 1], [1, np.nan]], columns=NAMES, dtype=np.float32)

SUMS = FellegiSunterScorer(names=NAMES, base=-2.0, curves={"surname__exact": Curve(at=(0.0, 1.0), adds=(-3.0, 4.0))})


def trees() -> XGBoostScorer:
    data = xgboost.DMatrix(PAIRS.to_numpy(), [1, 1, 0, 0, 0, 1])
    booster = xgboost.train({"objective": "binary:logistic", "max_depth": 2, "min_child_weight": 0}, data, 5)
    booster.set_attr(comparisons=",".join(NAMES))
    return XGBoostScorer(booster, NAMES)


@pytest.mark.parametrize("make", [trees, lambda: SUMS], ids=["trees", "unsupervised"])
def test_a_written_scorer_is_read_back_with_the_same_scores(make, tmp_path: Path):
    scorer = make()
    write_scorer(scorer, tmp_path)
    again = read_scorer(tmp_path)
    assert again.names == NAMES
    np.testing.assert_array_equal(again.log_odds(PAIRS), scorer.log_odds(PAIRS))
    contributions, base = again.contributions(PAIRS)
    np.testing.assert_allclose(contributions.sum(axis=1) + base, again.log_odds(PAIRS), atol=1e-5)


def test_a_scorer_of_another_kind_replaces_the_file(tmp_path: Path):
    write_scorer(trees(), tmp_path)
    written = write_scorer(SUMS, tmp_path)
    assert list(tmp_path.iterdir()) == [written]
    assert read_scorer(tmp_path) == SUMS


def test_a_folder_with_no_scorer_or_with_two_is_refused(tmp_path: Path):
    with pytest.raises(BundleError, match="no scorer in"):
        read_scorer(tmp_path)
    write_scorer(SUMS, tmp_path)
    (tmp_path / "scorer.ubj").write_bytes(b"")
    with pytest.raises(BundleError, match=r"more than one scorer: scorer\.ubj, scorer\.json"):
        read_scorer(tmp_path)


@pytest.mark.parametrize("name", SCORER_FILES)
def test_a_damaged_file_is_refused(name: str, tmp_path: Path):
    (tmp_path / name).write_bytes(b"\xff\x00 no scorer")
    with pytest.raises(BundleError, match=r"scorer cannot be read|ONNX file cannot be read") as refused:
        read_scorer(tmp_path)
    assert refused.value.hint


def test_trees_without_the_names_of_their_comparisons_are_refused(tmp_path: Path):
    scorer = trees()
    scorer.booster.set_attr(comparisons=None)
    write_scorer(scorer, tmp_path)
    with pytest.raises(BundleError, match="does not name its comparisons"):
        read_scorer(tmp_path)


def test_missing_evidence_adds_nothing_to_an_unsupervised_score():
    contributions, base = SUMS.contributions(PAIRS)
    assert contributions[:, 0].tolist() == [4, 4, -3, -3, 0, 4]
    assert contributions[:, 1].tolist() == [0] * len(PAIRS)  # it has no curve
    assert base == -2.0


def test_without_learned_words_every_pair_of_texts_has_the_intercept():
    nothing = LearnedWords(np.zeros(0, np.int64), np.zeros(0), np.zeros(0), intercept=-1.5)
    left, right = (np.array(texts, dtype=object) for texts in (["steel pan", None, "pan"], ["pan", "pan", "pan"]))
    pairing = Pairing.of({"text": left}, {"text": right}, "text", alike=True)
    np.testing.assert_array_equal(nothing.compare(pairing), np.array([-1.5, np.nan, -1.5], np.float32))


def test_an_unsupervised_score_is_not_raised_by_a_second_comparison_of_a_field_that_disagrees():
    names = ("year__exact", "year__levenshtein", "year__cross_field")
    flat = Curve(at=(0.0, 1.0), adds=(2.0, 2.0))
    first = Curve(at=(0.0, 1.0), adds=(-3.0, 4.0))
    scorer = FellegiSunterScorer(names=names, base=0.0, curves=dict(zip(names, (first, flat, flat), strict=True)))
    pairs = pd.DataFrame([[0, 0.75, 1], [1, 0.75, 1], [np.nan, np.nan, np.nan]], columns=names, dtype=np.float32)
    assert scorer.contributions(pairs)[0].tolist() == [[-3, 0, 2], [4, 2, 2], [0, 0, 0]]
    without_first = scorer.model_copy(update={"curves": {names[1]: flat}})
    assert without_first.contributions(pairs)[0][:, 1].tolist() == [2, 2, 0]
