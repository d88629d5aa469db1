"""Hints: the changes that would settle a review. The tests check them with the model itself."""

import numpy as np
import pandas as pd
import pytest

from matchwright.core.bundle.golden import decide_values
from matchwright.core.decide.bands import Bands
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.reasons import EvidenceFigures, evidence, groups_of, settling_hints
from matchwright.core.reasons.counterfactual import MOST_GROUPS


class AddingModel:
    """A model that adds 0.1 to the score for each field that agrees. Match: 0.25 or more. No match: below 0.15."""

    bands = Bands(review_from=0.15, match_from=0.25)

    def score(self, comparisons: pd.DataFrame) -> np.ndarray:
        values = comparisons.filter(regex="exact").to_numpy(dtype=float)
        return np.where(np.isnan(values), 0.05, values * 0.1).sum(axis=1).round(6)

    def band(self, scores: np.ndarray, comparisons: pd.DataFrame) -> np.ndarray:
        return self.bands.assign(scores)


LEVEL = {1.0: "AGREES", 0.5: "PARTLY_AGREES", 0.0: "DISAGREES"}


def hint_of(*values: float):
    row, levels = {}, {}
    for name, value in zip("abcd", values, strict=False):
        row |= {f"{name}__exact": value, f"{name}__missing": float(np.isnan(value))}
        levels[name] = np.array([LEVEL.get(value, "MISSING")], dtype=object)
    (hint,) = settling_hints(AddingModel(), pd.DataFrame([row]), levels, EvidenceFigures())
    return hint


def test_a_hint_names_the_smallest_set_of_fields_and_the_largest_change():
    assert hint_of(1, 1, 0, 0).groups == ("c",)
    assert hint_of(1, 0.5, 0.5, 0).groups == ("d",)
    assert hint_of(1, 0, 0).groups == ("b", "c")


def test_a_hint_prefers_a_missing_field_to_a_field_that_differs():
    hint = hint_of(1, 0.5, 0, np.nan)
    assert (hint.settles_as, hint.groups, hint.levels) == ("match", ("d",), ("MISSING",))


def test_a_hint_names_a_difference_if_no_agreement_settles_the_pair():
    hint = hint_of(1, np.nan)
    assert (hint.settles_as, hint.groups) == ("no_match", ("b",))


def test_a_hint_never_names_a_field_that_agrees():
    assert hint_of(1, 1) is None


@pytest.fixture(scope="module")
def reviewing(decision_model: DecisionModel) -> DecisionModel:
    """The model with wide bands, so that many pairs go to review."""
    from dataclasses import replace

    return replace(decision_model, bands=Bands(review_from=0.001, match_from=0.999))


def test_the_change_in_a_hint_leads_to_the_band_in_the_hint(reviewing, small_world):
    rows = np.arange(0, 1600, 2)
    comparisons = reviewing.compare(small_world.left.iloc[rows], small_world.right.iloc[rows])
    decisions = reviewing.decide_compared(comparisons)
    levels = evidence(comparisons, reviewing.spec)
    names = tuple(comparisons.columns)
    groups = {group.name: group for group in groups_of(names)}
    hinted = [(row, d.hint) for row, d in enumerate(decisions) if d.hint]
    assert len(hinted) > 10
    assert all(decisions[row].band == "review" for row, _ in hinted)
    for row, hint in hinted:
        assert 1 <= len(hint.groups) <= MOST_GROUPS
        assert hint.text == reviewing.catalogue.hint_text(hint)
        altered = comparisons.iloc[[row]].copy()
        typical = reviewing.figures.filled(names, hint.settles_as == "match")
        for name, level in zip(hint.groups, hint.levels, strict=True):
            assert level == levels[name][row] != "AGREES"
            assert groups[name].field not in ("record", "context")
            altered.iloc[0, list(groups[name].columns)] = typical[list(groups[name].columns)]
        assert reviewing.band(reviewing.score(altered), altered).tolist() == [hint.settles_as]


def test_the_hint_for_an_address_alone_names_an_identity_field(decision_model):
    address = {"street_number": "12", "street": "example street", "suburb": "mockville", "postcode": "2999"}
    person = address | {"given_name": "marianne", "surname": "testwell", "date_of_birth": "19800214", "state": "nsw"}
    (decision,) = decide_values(decision_model, [person], [address | {"state": "nsw"}])
    assert decision.band == "review"
    assert set(decision.hint.groups) & set(decision_model.spec.identity)


def test_only_pairs_in_review_get_a_hint(decision_model, small_world):
    for decision in decision_model.decide(small_world.left, small_world.right):
        assert decision.hint is None or decision.band == "review"


def test_no_pairs_give_no_hints(decision_model, small_world):
    none = decision_model.compare(small_world.left, small_world.right).head(0)
    assert settling_hints(decision_model, none, evidence(none, decision_model.spec), decision_model.figures) == []
