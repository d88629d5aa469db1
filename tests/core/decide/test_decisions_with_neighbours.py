"""Decisions in batch use, where the neighbours of a pair are known."""

from dataclasses import replace

import numpy as np
import pytest
from fixtures.neighbours import neighbours_with

from matchwright.core.bundle import golden_decisions
from matchwright.core.decide.calibrator import log_odds
from matchwright.core.decide.neighbours import with_neighbours
from matchwright.core.reasons import Catalogue
from matchwright.core.spec.vocabulary import NEIGHBOURS_AGREE, NEIGHBOURS_DISAGREE


@pytest.fixture(scope="module")
def model(decision_model):
    """The model, as if one table were deduplicated in which an entity may have many records."""
    spec = decision_model.spec.model_copy(update={"multiplicity": "many_to_many"})
    return replace(decision_model, catalogue=Catalogue.of(spec), neighbours=neighbours_with())


@pytest.fixture(scope="module")
def compared(model, small_world):
    rows = np.r_[0:40, 800:840]
    return model.compare(*(side.iloc[rows].reset_index(drop=True) for side in (small_world.left, small_world.right)))


ADDED = np.tile([0.0, 1.5, -2.5, 8.0], 20)


def test_the_reason_of_neighbours_is_exactly_what_they_change(model, compared):
    before, after = model.decide_compared(compared, top=20), model.decide_compared(compared, 20, ADDED)
    for own, final, added in zip(before, after, ADDED, strict=True):
        given = [reason for reason in final.reasons if reason.code in (NEIGHBOURS_AGREE, NEIGHBOURS_DISAGREE)]
        change = float(log_odds(np.array([final.score]))[0] - log_odds(np.array([own.score]))[0])
        if abs(change) < 0.02:
            assert not given
            continue
        (reason,) = given
        assert reason.contribution == pytest.approx(change, abs=1e-5)
        assert reason.code == (NEIGHBOURS_AGREE if added > 0 else NEIGHBOURS_DISAGREE)
        assert reason.text == model.catalogue.text(reason.code)
        assert [r for r in final.reasons if r not in given] == [
            r for r in own.reasons if r.code in {x.code for x in final.reasons}
        ]


def test_scores_are_those_of_the_batch_function_and_bands_follow_from_them(model, compared):
    decided = model.decide_compared(compared, neighbours=ADDED)
    scores = with_neighbours(model.score(compared), ADDED)
    assert [decision.score for decision in decided] == scores.tolist()
    assert [decision.band for decision in decided] == model.band(scores, compared).tolist()


def test_pairs_to_which_neighbours_add_nothing_are_decided_as_without(model, compared):
    assert model.decide_compared(compared, neighbours=np.zeros(len(compared))) == model.decide_compared(compared)


def test_a_hint_is_only_given_where_the_evidence_of_the_pair_alone_decides(model, compared):
    shift = -log_odds(model.score(compared)) + 1.0  # all of them are uncertain now
    decided = model.decide_compared(compared, neighbours=shift)
    assert {decision.band for decision in decided} == {"review"}
    assert not any(decision.hint for decision in decided)


def test_single_requests_and_golden_pairs_are_decided_as_without_neighbours(model, small_world):
    without = replace(model, neighbours=None)
    sides = [side.head(20).reset_index(drop=True) for side in (small_world.left, small_world.right)]
    assert model.decide(*sides) == without.decide(*sides)
    assert model.decide(*sides, known=("left", "right")) == without.decide(*sides, known=("left", "right"))
    assert golden_decisions(model) == golden_decisions(without)


def test_texts_of_neighbours_are_only_in_catalogues_of_deduplication(model, decision_model):
    spec = decision_model.spec
    assert NEIGHBOURS_AGREE not in Catalogue.of(spec).texts  # at most one match per record
    many = spec.model_copy(update={"multiplicity": "many_to_many"})
    assert Catalogue.of(many).text(NEIGHBOURS_AGREE, "de").startswith("Andere Datensätze")
    off = many.model_copy(update={"model": spec.model.model_copy(update={"neighbours": False})})
    assert NEIGHBOURS_AGREE not in Catalogue.of(off).texts
