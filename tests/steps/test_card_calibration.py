"""What the card says of floors."""

from matchwright.core.spec.model import Floors
from matchwright.steps.card_calibration import guarantees


def said_of(spec, floors, met=False, few_labels=None, pairs=(70, 25)):
    spec = spec.model_copy(update={"floors": floors})
    shown = {"match_precision_bound": 0.86, "no_match_npv_bound": 1.0, "floors_met": met}
    calibration = {"pairs": pairs[0], "true_pairs": pairs[1], "floors": shown}
    return " ".join(guarantees(spec, calibration, few_labels))


def test_a_floor_that_is_shown_is_stated(products_spec):
    said = said_of(products_spec, Floors(match_precision=0.8, confidence=0.95), met=True)
    assert "at least 0.8 of `match` are right, with confidence 0.95" in said
    assert said_of(products_spec, Floors()) == ""


def test_one_that_is_not_says_what_is_lacking(products_spec):
    asked = Floors(match_precision=0.99, confidence=0.95)
    said = said_of(products_spec, asked)
    assert "**not shown**" in said
    assert "The floor 0.99 of `match` is shown to 0.86: it takes 368 such pairs without an error" in said
    assert said.endswith("where 25 are judged.")
    assert "too many errors" in said_of(products_spec, asked, pairs=(2_000, 500))
    assert "no number of pairs shows a share of 1" in said_of(products_spec, Floors(match_precision=1.0))


def test_few_labels_foretell_how_many_it_takes(products_spec):
    asked = Floors(match_precision=0.99, confidence=0.95)
    assert "where 25 are judged, about 1,500 labels as they" in said_of(products_spec, asked, few_labels=100)


def test_both_floors_share_the_confidence(products_spec):
    said = said_of(products_spec, Floors(match_precision=0.99, no_match_npv=0.99, confidence=0.95))
    assert "it takes 437 such pairs" in said
    assert "of `no_match` is shown to" not in said, "its floor is shown"
