"""The model card: what a reviewer reads before approving."""

from matchwright.core.card import (
    BandRow,
    BehaviourRow,
    CalibrationRow,
    CardFigures,
    Figure,
    GateRow,
    OperatingPoint,
    SliceRow,
    render_card,
)

POINT = {
    "review_from": 0.1,
    "match_from": 0.98,
    "review_share": 0.0123,
    "false_matches": 0.5,
    "missed_matches": 1.0,
    "cost": 47.3,
    "expected_cost": 45.0,
}

FIGURES = CardFigures(
    name="persons",
    description="The same natural person in two registers",
    spec_version=1,
    gates=(
        GateRow(name="f1_min", value=0.9951, must_be="at least", limit=0.99, passed=True),
        GateRow(name="log_loss_max", value=0.0312, must_be="at most", limit=0.02, passed=False),
    ),
    figures={"f1": Figure(value=0.9951, lower=0.992, upper=0.998), "pairs": Figure(value=1043)},
    champion={"f1": Figure(value=0.994)},
    bands=(BandRow(band="match", from_score=0.91, to_score=1.0, figures={"precision": Figure(value=0.999)}),),
    costs={"false_match": 50, "missed_match": 10, "review": 1},
    operating_points=(
        OperatingPoint(review_worth=2.0, chosen=False, **POINT),
        OperatingPoint(review_worth=None, chosen=True, **POINT),
    ),
    calibration=(
        CalibrationRow(name="log loss", before=Figure(value=0.2), after=Figure(value=0.1, lower=0.08, upper=0.12)),
        CalibrationRow(name="gap", after=1),
    ),
    guarantees=("Floors: at least 0.95 of `match` are right, with confidence 0.95.",),
    slices=(SliceRow(name="state nsw | vic", pairs=310, figures={"f1": Figure(value=0.993)}),),
    behaviours=(BehaviourRow(name="symmetry", passed=200, total=200),),
    data={"records": "Delta version 3"},
    personal_data={"direct": ("national_id",), "none": ()},
    limits=("Trained on synthetic records.",),
    lineage={"spec_digest": "abc123"},
    explaining={"reasons that contradict their evidence": "0 given"},
    reasons={"SURNAME_AGREES": "The surnames agree."},
)


def test_the_card_says_which_gate_failed_and_by_how_much():
    card = render_card(FIGURES)
    assert "**1 of 2 gates failed.**" in card
    assert "| f1_min | passed | 0.9951 | at least 0.99 | +0.0051 |" in card
    assert "| log_loss_max | **FAILED** | 0.0312 | at most 0.02 | -0.0112 |" in card


def test_figures_carry_their_intervals_and_the_champions():
    card = render_card(FIGURES)
    assert "| f1 | 0.9951 (0.9920 to 0.9980) | 0.9940 |" in card
    assert "| pairs | 1043 |  |" in card


def test_every_subject_has_its_section():
    card = render_card(FIGURES)
    sections = [line.removeprefix("## ") for line in card.splitlines() if line.startswith("## ")]
    assert sections == [
        "Gates",
        "Figures on the test split",
        "Bands and costs",
        "Cost by review load",
        "Calibration",
        "Guarantees",
        "Slices",
        "Behaviours",
        "Explaining",
        "How to approve",
        "Limits",
        "Data",
        "Personal data",
        "Lineage",
        "Reasons",
    ]
    assert "Costs: false_match 50, missed_match 10, review 1." in card
    assert "matchwright approve persons" in card


def test_the_bands_in_use_stand_out_among_those_that_another_cost_of_review_would_give():
    card = render_card(FIGURES)
    assert "| 2 | 0.1000 | 0.9800 | 1.23 % | 0.50 | 1.00 | 47.30 | 45.00 |" in card
    assert "| **the bands** | 0.1000 |" in card


def test_calibration_stands_before_and_after_and_what_is_unknown_is_left_empty():
    card = render_card(FIGURES)
    assert "| log loss | 0.2000 | 0.1000 (0.0800 to 0.1200) |" in card
    assert "| gap |  | 1 |" in card


def test_a_text_with_a_bar_does_not_break_its_table():
    assert "| state nsw \\| vic | 310 | 0.9930 |" in render_card(FIGURES)


def test_empty_subjects_are_left_out():
    card = render_card(CardFigures(name="persons", description="d", spec_version=1))
    assert [line for line in card.splitlines() if line.startswith("## ")] == ["## How to approve"]


def test_the_same_figures_give_the_same_bytes():
    assert render_card(FIGURES) == render_card(FIGURES.model_copy(deep=True))
