"""The unsupervised start: it learns weights of agreement from candidates without labels."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from matchwright.core.compare.competing import in_context, without_context
from matchwright.core.models.files import read_scorer, write_scorer
from matchwright.core.models.unsupervised import Curve, FellegiSunterScorer
from matchwright.errors import BundleError, TrainingError
from matchwright.training.models import unsupervised
from matchwright.training.models.unsupervised import fit_fellegi_sunter


@pytest.fixture(scope="module")
def candidates(small_world, decision_model):
    """Comparisons of pairs, and their labels. The scorer does not get the labels."""
    compared = decision_model.compare(small_world.left, small_world.right)
    return compared, small_world.labels


@pytest.fixture(scope="module")
def scorer(candidates):
    return fit_fellegi_sunter(candidates[0], expected_matches=800)


def test_the_scorer_separates_matches_from_other_pairs_without_labels(scorer, candidates):
    log_odds = scorer.log_odds(candidates[0])
    assert roc_auc_score(candidates[1], log_odds) > 0.995
    assert ((log_odds > 0) == (candidates[1] == 1)).mean() > 0.97


def test_contributions_add_up_and_missing_evidence_adds_nothing(scorer, candidates):
    contributions, base = scorer.contributions(candidates[0])
    assert contributions.shape == candidates[0].shape
    assert np.allclose(contributions.sum(axis=1) + base, scorer.log_odds(candidates[0]), atol=1e-12)
    assert not contributions[candidates[0].isna().to_numpy()].any()


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_more_agreement_never_lowers_a_score(scorer, candidates, data):
    row = candidates[0].iloc[[data.draw(st.integers(0, len(candidates[0]) - 1))]].copy()
    name = data.draw(st.sampled_from(sorted(scorer.curves)))
    low, high = sorted(data.draw(st.tuples(st.floats(0, 1), st.floats(0, 1))))
    lower, higher = (scorer.log_odds(row.assign(**{name: value}))[0] for value in (low, high))
    assert lower <= higher + 1e-12


@pytest.fixture(scope="module")
def competing(small_world, candidates):
    """The candidates with context, and two unsupervised starts: with context and without."""
    keys = [small_world.left["record_key"], small_world.right["record_key"]]
    compared = in_context(candidates[0], *keys, small_world.spec)
    return compared, fit_fellegi_sunter(compared, 800, keys), fit_fellegi_sunter(candidates[0], 800, keys)


def test_a_lead_over_competing_candidates_increases_the_score(competing, candidates):
    compared, with_context, without = competing
    leads = [name for name in with_context.curves if name.startswith("context__")]
    assert leads == ["context__lead_left", "context__lead_right"]
    assert roc_auc_score(candidates[1], with_context.log_odds(compared)) >= roc_auc_score(
        candidates[1], without.log_odds(compared)
    )
    for name in leads:
        adds = with_context.curves[name].adds
        assert list(adds) == sorted(adds)
        assert adds[-1] > adds[0]


def test_a_pair_without_context_gets_the_score_of_a_start_without_context(competing):
    compared, with_context, without = competing
    alone = without_context(compared, np.arange(len(compared)))
    assert np.array_equal(with_context.log_odds(alone), without.log_odds(alone))


def test_the_order_of_pairs_does_not_change_the_scores(scorer, candidates):
    shuffled = candidates[0].sample(frac=1, random_state=3)
    again = fit_fellegi_sunter(shuffled, expected_matches=800)
    assert again.base == pytest.approx(scorer.base, abs=1e-4)
    assert np.allclose(again.log_odds(candidates[0]), scorer.log_odds(candidates[0]), atol=1e-3)


@pytest.mark.parametrize("expected", [1, 2, 3])
def test_fewer_than_four_expected_matches_start_like_four_from_the_most_alike_pair(candidates, monkeypatch, expected):
    """Later rounds can correct a first guess, so there is only one round."""
    monkeypatch.setattr(unsupervised, "ROUNDS", 1)
    compared, labels = candidates
    few = compared.iloc[np.r_[np.flatnonzero(labels == 1)[:3], np.flatnonzero(labels == 0)[:100]]]
    scorer = fit_fellegi_sunter(few, expected)
    assert scorer.curves == fit_fellegi_sunter(few, 4).curves
    assert (scorer.log_odds(few) > 0).tolist() == [True] * 3 + [False] * 100


def test_a_scorer_can_be_written_and_read(scorer, candidates, tmp_path):
    (tmp_path / "scorer.ubj").write_bytes(b"an earlier kind")
    assert write_scorer(scorer, tmp_path).name == "scorer.json"
    again = read_scorer(tmp_path)
    assert again == scorer
    assert np.array_equal(again.log_odds(candidates[0]), scorer.log_odds(candidates[0]))
    assert not (tmp_path / "scorer.ubj").exists()
    (tmp_path / "scorer.json").write_text('{"kind": "other"}')
    with pytest.raises(BundleError, match="cannot be read"):
        FellegiSunterScorer.load(tmp_path / "scorer.json")


def test_too_few_candidates_or_candidates_without_values_are_an_error(candidates):
    with pytest.raises(TrainingError, match="needs 20"):
        fit_fellegi_sunter(candidates[0].head(5), 5)
    with pytest.raises(TrainingError, match="how alike"):
        fit_fellegi_sunter(pd.DataFrame({"title__token_overlap": [np.nan] * 30, "title__missing": [2.0] * 30}), 5)


def test_a_comparison_adds_nothing_above_0_below_its_limit_of_disagreement():
    generator = np.random.default_rng(2)
    share = np.where(generator.random(600) < 0.3, generator.uniform(0.4, 0.6, 600), generator.uniform(0, 0.2, 600))
    table = pd.DataFrame({"state__levenshtein": share, "name__jaro_winkler": share + 0.3}, dtype=np.float32)
    below = pd.DataFrame({"state__levenshtein": [0.5, 0.69, 0.69999], "name__jaro_winkler": np.nan}, dtype=np.float32)
    free, bounded = (
        fit_fellegi_sunter(table, 300, limits=limits).contributions(below)[0][:, 0]
        for limits in (None, {"state__levenshtein": 0.7})
    )
    assert (free > 0).all()
    assert (bounded <= 0).all()


NAMES = ("given_name__jaro_winkler", "given_name__swapped", "town__exact")


def swaps(value: float, straight: float) -> float:
    """What a pair gets of a given name that is so alike as it stands, and so alike among swapped names."""
    curves = {
        "given_name__jaro_winkler": Curve(at=(0.0, 1.0), adds=(-2.0, 3.0)),
        "given_name__swapped": Curve(at=(0.0, 0.2, 1.0), adds=(0.1, 4.0, 4.0)),
    }
    scorer = FellegiSunterScorer(names=NAMES, base=-1.0, curves=curves)
    return float(scorer.log_odds(pd.DataFrame([[straight, value, np.nan]], columns=list(NAMES)))[0])


def test_a_given_name_that_resembles_a_surname_is_not_swapped():
    assert swaps(0.7, 0.0) == swaps(0.0, 0.0) == -3
    assert swaps(1.0, 0.0) == 1


def test_swapped_names_never_add_to_names_that_agree_as_they_stand():
    assert swaps(1.0, 1.0) == pytest.approx(3)
    assert swaps(0.0, 1.0) == pytest.approx(2)
    totals = [swaps(1.0, straight) for straight in np.linspace(0, 1, 21)]
    assert totals == sorted(totals)


def test_a_few_swapped_names_are_not_taken_for_the_matches():
    """Of 1,000 pairs 300 agree in name and town, and in 10 of the others names happen to be swapped."""
    agrees = np.arange(1_000) < 300
    table = pd.DataFrame(
        {
            "given_name__jaro_winkler": np.where(agrees, 1.0, 0.2),
            "given_name__swapped": np.where(np.arange(1_000) >= 990, 1.0, 0.0),
            "town__exact": np.where(agrees, 1.0, np.arange(1_000) % 2),
        },
        dtype=np.float32,
    )
    log_odds = fit_fellegi_sunter(table, 800).log_odds(table)
    assert (log_odds[:300] > 0).all()
    assert (log_odds[300:] < 0).all()
