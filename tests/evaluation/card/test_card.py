"""The model card. A reviewer reads it before the approval."""

import math

import pytest

from matchwright.core.decide.bands import Bands
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.deciding import Gates, PrecisionConstraints
from matchwright.evaluation.card import Card, render_card

BANDS = Bands(review_from=0.1, match_from=0.91)


def estimate(value, lower=None, upper=None):
    return {"value": value, "lower": lower, "upper": upper}


def gate(name="F1", value=0.9951, must_be="at least", limit=0.99):
    margin = value - limit if must_be == "at least" else limit - value
    passed = margin >= 0
    row = {"name": name, "value": value, "must_be": must_be, "limit": limit, "margin": margin, "passed": passed}
    return row | {"result": "passed" if passed else "failed", "lower": None}


KNOWN = estimate(0.99, 0.98, 1.0)
EVALUATION = {
    "test_pairs": 1_234,
    "true_pairs": 11,
    "metrics": {"f1": estimate(0.9951, 0.992, 0.998), "precision": KNOWN, "recall": KNOWN, "log_loss": estimate(None)},
    "pairs_alone": {"f1": estimate(0.97, 0.96, 0.98)},
    "ranking": {"mrr": estimate(1.0, 0.99, 1.0), "queries": estimate(20.0)},
    "bands": [{"band": "match", "pairs": 500, "true_share": 0.999, "lower": 0.99, "upper": 1.0}],
    "calibration": {
        when: {"log_loss": loss, "brier": KNOWN, "mid_range_gap": estimate(None), "mid_range_pairs": 0}
        for when, loss in {"before": estimate(0.2), "after": estimate(0.1, 0.08, 0.12)}.items()
    },
    "slices": [
        {"name": "state nsw", "pairs": 310, "metrics": {"f1": estimate(0.993)}},
        {"name": "state act", "pairs": 4, "metrics": {}},
    ],
    "behaviours": [
        {"name": "symmetry", "passed": 199, "total": 200},
        {"name": "golden pairs", "passed": 3, "total": 3},
    ],
    "against_champion": {},
}
CALIBRATION = {
    "method": "platt",
    "pairs": 70,
    "true_pairs": 25,
    "precision_constraints": {"match_precision_bound": 0.86, "no_match_npv_bound": 1.0, "constraints_met": False},
}
SUMMARIES = {
    "evaluation": EVALUATION,
    "gates": [gate()],
    "calibration": CALIBRATION,
    "explanation": {
        "importance": {"title": 2.314, "price": 0.5},
        "reasons": {"match": {"TITLE_AGREES": 0.98}, "review": {}, "no_match": {"TITLE_DISAGREES": 0.7}},
    },
    "training": {},
    "candidates": {
        "candidates": 12_345,
        "possible_pairs": 1_000_000,
        "candidates_per_record": {"mean": 3.21},
        "completeness_by_budget": [{"pairs_completeness": 0.97, "lower": 0.96, "upper": 0.98}],
    },
    "origin": "lake",
    "rows": {"records": 1600, "pairs": 800},
}


def card_text(spec: MatchSpec, **changes) -> str:
    return render_card(Card(spec, BANDS, **{**SUMMARIES, **changes}))


def sections(text: str) -> list[str]:
    return [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]


def test_a_gate_without_a_figure_is_in_the_card(products_spec):
    """Where no pair is decided as a match, its precision is no number."""
    undecided = gate("precision of match", math.nan)
    assert "| precision of match | **FAILED** | none | at least 0.99 | none |" in card_text(
        products_spec, gates=[undecided]
    )


def test_the_card_says_which_gate_failed_and_by_how_much(products_spec):
    text = card_text(products_spec, gates=[gate(), gate("log loss", 0.0312, "at most", 0.02)])
    assert "**1 of 2 gates failed.**" in text
    assert "| F1 | passed | 0.9951 | at least 0.99 | +0.0051 |" in text
    assert "| log loss | **FAILED** | 0.0312 | at most 0.02 | -0.0112 |" in text
    assert "**All 1 gates passed.**" in card_text(products_spec)


def test_figures_are_shown_with_intervals_for_both_paths_and_with_the_figures_of_the_champion(products_spec):
    change = estimate(0.0011, -0.001, 0.003) | {"p_value": 0.31}
    text = card_text(products_spec, evaluation={**EVALUATION, "against_champion": {"f1": change}})
    assert "| figure | with competing candidates | pairs alone | champion |" in text
    assert "| f1 | 0.9951 (0.9920 to 0.9980) | 0.9700 (0.9600 to 0.9800) | 0.9940 |" in text
    assert "| mrr | 1.0000 (0.9900 to 1.0000) |  |  |" in text
    assert "| log_loss |" not in text, "the figure is not known"
    assert "+0.0011 (-0.0010 to +0.0030). Chance may explain it (paired randomisation test, p 0.310)." in text
    beyond = card_text(products_spec, evaluation={**EVALUATION, "against_champion": {"f1": change | {"p_value": 0.01}}})
    assert "This is beyond chance (paired randomisation test, p 0.010)." in beyond


def test_figures_with_neighbours_have_a_column_and_are_for_batch_alone(products_spec):
    batch = {"metrics": {"f1": estimate(0.9981, 0.997, 0.999)}, "further_candidates": 1_200, "further_true_pairs": 900}
    text = card_text(products_spec, evaluation={**EVALUATION, "with_neighbours": batch})
    assert "| figure | with competing candidates | with neighbours (batch alone) | pairs alone |" in text
    assert "| f1 | 0.9951 (0.9920 to 0.9980) | 0.9981 (0.9970 to 0.9990) | 0.9700 (0.9600 to 0.9800) |" in text
    assert "1,200 further candidates of the test part, of which 900 match. The endpoint never uses neighbours" in text
    for none in ({}, {"with_neighbours": {}}):
        assert "neighbours" not in card_text(products_spec, evaluation={**EVALUATION, **none})


@pytest.mark.parametrize(
    ("changes", "training", "reason"),
    [
        ({"multiplicity": "one_to_one"}, {}, "an entity has at most two records (multiplicity: one_to_one)"),
        ({"neighbours": False}, {}, "the spec leaves them out (model.neighbours: false)"),
        ({"alike": False}, {}, "the sources are not alike (sources.alike: false)"),
        ({}, {"neighbours": None}, "too few pairs of the calibration part are labelled"),
        (
            {},
            {"neighbours": {"candidates": 9}},
            "too few labelled pairs have other records near them, or these did not",
        ),
    ],
)
def test_the_card_of_one_table_says_why_neighbours_are_not_learned_from(products_spec, changes, training, reason):
    model = products_spec.model.model_copy(update={"neighbours": changes.get("neighbours", True)})
    sources = products_spec.sources.model_copy(update={"alike": changes.get("alike", True)})
    multiplicity = changes.get("multiplicity", "many_to_many")
    spec = products_spec.model_copy(update={"model": model, "sources": sources, "multiplicity": multiplicity})
    text = card_text(spec, training={"one_table": True, **training})
    assert "in batch, this version does not use neighbours: " in text
    assert reason in text
    assert "neighbours" not in card_text(spec, training={"one_table": False, **training})


def test_without_a_champion_there_is_no_column_for_it(products_spec):
    text = card_text(products_spec)
    assert "| figure | with competing candidates | pairs alone |\n| --- | --- | --- |\n| f1 | 0.9951" in text
    assert "against the champion" not in text


def test_the_card_says_where_its_figures_were_measured(products_spec):
    whole = "1,234 pairs: the test part's records, each with its candidates from the whole register. Training and"
    assert whole in card_text(products_spec.model_copy(update={"labels": "complete"}))
    partial = card_text(products_spec.model_copy(update={"labels": "partial"}))
    assert "1,234 labelled candidates of the test part. Training and calibration used none of its entities." in partial
    assert "*Pairs alone* are judged as in a request for one pair; so are the behaviours. Bands," in partial


def test_a_spec_that_does_not_compare_with_competing_candidates_has_one_column(products_spec):
    text = card_text(products_spec.model_copy(update={"multiplicity": "many_to_many"}))
    assert "| figure | this version |\n| --- | --- |\n| f1 | 0.9951 (0.9920 to 0.9980) |\n" in text
    assert "pairs alone" not in text


def test_the_most_important_sections_come_first(products_spec):
    assert sections(card_text(products_spec)) == [
        "Gates",
        "Figures on the test split",
        "Bands and costs",
        "How to approve",
        "Limits",
        "Calibration",
        "Slices",
        "Behaviours",
        "Data",
        "Reasons",
    ]


def test_bands_slices_and_behaviours_have_a_row_each(products_spec):
    text = card_text(products_spec)
    assert "| match | 0.9100 to 1.0000 | 500 | 0.9990 (0.9900 to 1.0000) |" in text
    assert "| state nsw | 310 | 0.9930 |  |" in text
    assert "| state act | 4 |  |  |" in text
    assert "202 of 203 cases hold, in 2 behavioural tests.\n\n- symmetry: **199 of 200** hold\n" in text
    assert "golden pairs" not in text, "all behaviours are as expected"


def test_calibration_has_its_figures_before_and_after(products_spec):
    text = card_text(products_spec)
    assert "Method: platt, chosen on 70 pairs." in text
    assert "| log loss | 0.2000 | 0.1000 (0.0800 to 0.1200) |" in text
    assert "scores 0.2 to 0.8 |  |  |" in text


def test_the_most_frequent_reasons_have_their_texts(products_spec):
    text = card_text(products_spec)
    assert "| `TITLE_AGREES` | " in text
    assert " | 0.98 | 0.00 | 0.00 |" in text
    assert "in log-odds: title 2.31, price 0.50." in text


def test_challengers_are_compared_with_the_scorer(products_spec):
    row = {"finding": "no better", "figures": {"log_loss": estimate(0.2)}, "scorer": {"log_loss": estimate(0.1)}}
    text = card_text(products_spec, training={"challengers": {"torch": row}})
    assert "- torch: no better. It has log loss 0.2000 (scorer 0.1000)." in text


def test_the_card_describes_the_data_and_its_personal_fields(persons_spec, products_spec):
    text = card_text(persons_spec, explanation={"importance": {}, "reasons": {}})
    assert "- records: 1,600 rows" in text
    assert "- candidates: 12,345 of 1,000,000 possible pairs, 3.2 per record" in text
    assert "- pairs completeness of the candidates: 0.9700 (0.9600 to 0.9800)" in text
    direct = next(line for line in text.splitlines() if line.startswith("- personal data, direct: "))
    assert all(name in direct for name, field in persons_spec.fields.items() if field.pii == "direct")
    assert "national_id (never compared)" in direct
    assert "personal data" not in card_text(products_spec)


def test_without_labels_the_card_has_no_figures_and_the_limits_say_so(products_spec):
    nothing = {"metrics": {}, "pairs_alone": {}, "ranking": {}, "calibration": None}
    unlabelled = {**EVALUATION, **nothing, "slices": []}
    text = card_text(products_spec.model_copy(update={"labels": "none"}), evaluation=unlabelled)
    assert "No pair is labelled." in text
    assert {"Figures on the test split", "Calibration", "Slices"}.isdisjoint(sections(text))


@pytest.mark.parametrize("hostile", ["a | b", "a\n## Gates passed", "<script>alert(1)</script>"])
def test_texts_of_the_spec_cannot_break_a_table_or_start_a_section_or_an_html_element(products_spec, hostile):
    spec = products_spec.model_copy(update={"description": hostile})
    piece = {"name": hostile, "pairs": 310, "metrics": {}}
    text = card_text(spec, evaluation={**EVALUATION, "slices": [piece]}, gates=[gate(hostile)], origin=hostile)
    assert sections(text) == sections(card_text(products_spec))
    assert "<script" not in text
    row = next(line for line in text.splitlines() if line.endswith("| 310 |  |  |"))
    assert row.replace("\\|", "").count("|") == 5


def test_the_same_figures_give_the_same_bytes(products_spec):
    assert card_text(products_spec) == card_text(products_spec.model_copy(deep=True))


def card_with_constraints(
    spec: MatchSpec, precision_constraints: PrecisionConstraints, pairs=70, true_pairs=25, shown=False, training=None
) -> str:
    bounds = {**CALIBRATION["precision_constraints"], "constraints_met": shown}
    found = {**CALIBRATION, "pairs": pairs, "true_pairs": true_pairs, "precision_constraints": bounds}
    return card_text(
        spec.model_copy(update={"precision_constraints": precision_constraints}),
        calibration=found,
        training=training or {},
    )


def test_the_card_states_a_precision_constraint_that_is_shown(products_spec):
    text = card_with_constraints(products_spec, PrecisionConstraints(match=0.8), shown=True)
    assert "Precision constraints: at least 0.8 of `match` are right. This is shown with confidence 0.95." in text
    assert "Precision constraints" not in card_with_constraints(products_spec, PrecisionConstraints())


def test_for_a_precision_constraint_that_is_not_shown_the_card_gives_the_number_of_pairs_that_it_needs(products_spec):
    constraints = PrecisionConstraints(match=0.99)
    text = card_with_constraints(products_spec, constraints)
    assert "**not shown**" in text
    assert "0.99 of `match`: the bound is 0.86. This takes 368 such pairs without an error; 25 are labelled." in text
    assert "too many errors" in card_with_constraints(products_spec, constraints, pairs=2_000, true_pairs=500)
    assert "No number of pairs can show a share of 1." in card_with_constraints(
        products_spec, PrecisionConstraints(match=1.0)
    )


def test_two_constraints_share_the_confidence(products_spec):
    text = card_with_constraints(products_spec, PrecisionConstraints(match=0.99, no_match=0.98))
    assert "at least 0.99 of `match` are right and at least 0.98 of `no_match` are right. This is" in text
    assert "This takes 437 such pairs" in text
    assert "of `no_match`: the bound" not in text, "the constraint of no_match is shown"


FEW_LABELS = {"few_labels": True, "pairs_per_part": {"train": 70, "test": 30}}


def test_with_few_labels_the_card_says_how_the_labels_were_used(products_spec):
    text = card_text(products_spec, training=FEW_LABELS)
    assert "100 labelled candidates are used: 70 for training and 30 for testing. Of the test pairs 11 match." in text
    assert "## Few labels" not in card_text(products_spec)


def test_with_few_labels_the_card_says_how_many_labels_would_be_enough(products_spec):
    spec = products_spec.model_copy(update={"gates": Gates(f1_min=0.85)})

    def card_with_f1(value: float, lower: float) -> str:
        metrics = {**EVALUATION["metrics"], "f1": estimate(value, lower, 1.0)}
        return card_text(spec, training=FEW_LABELS, evaluation={**EVALUATION, "metrics": metrics})

    assert "- F1 0.90 is only shown to be above 0.80. About 320 labels would show 0.85." in card_with_f1(0.9, 0.8)
    assert "- F1 0.84 is not above 0.85. More labels must first make the model better." in card_with_f1(0.84, 0.7)
    assert "labels would show" not in card_with_f1(0.9, 0.86)
    text = card_with_constraints(products_spec, PrecisionConstraints(match=0.99), training=FEW_LABELS)
    assert "25 are labelled. About 1,500 labels, chosen as before, would be enough." in text


def test_an_imported_scorer_is_identified_by_the_digest_of_its_file(products_spec):
    found = {"sha256": "ab" * 32, "comparisons": 5, "returns": "log_odds", "takes_missing": False}
    text = card_text(products_spec, training={"imported": found})
    assert f"- The scorer was imported as an ONNX file with SHA-256 `{'ab' * 32}`. It was not fitted here." in text
    assert "It reads 5 comparisons and gives log-odds. A missing comparison gets the median" in text
    assert "imported" not in card_text(products_spec, training={"imported": None})


def test_the_card_has_a_line_about_candidates_of_the_record_embedding(products_spec):
    report = {
        "candidates": 1200,
        "true_pairs": 40,
        "pairs_completeness": 0.95,
        "methods": [{"method": "embedding", "true_pairs_alone": 3}],
        "budget": {"max_candidates_per_record": 50, "candidates_cut": 7, "true_pairs_cut": 1},
        "embedding_recall_at_k": {"1": 0.5, "3": 0.9},
    }
    text = card_text(products_spec, training={"candidates_with_embedding": report})
    line = next(line for line in text.splitlines() if "the network's record embedding: " in line)
    assert line.partition(": ")[2].split("; ") == [
        "1,200 pairs in training, 3 true ones proposed by the embedding alone",
        "0.9000 of 40 true pairs are among its nearest 3",
        "pairs completeness 0.9500",
        "the budget of 50 per record cuts 7 pairs, 1 of them true",
    ]
    assert "record embedding" not in card_text(products_spec)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("[town](https://example.org)", "\\[town\\](https://example.org)"),
        ("*all* __of__ `it` & a_b", "\\*all\\* \\_\\_of\\_\\_ \\`it\\` &amp; a_b"),
        ("# one", "\\# one"),
        ("- one", "\\- one"),
    ],
)
def test_texts_of_the_spec_are_no_markdown(products_spec, text, written):
    described = products_spec.model_copy(update={"description": text})
    assert f"\n\n{written}\n\n" in card_text(described)


@pytest.mark.parametrize("value", [0.97, math.nan])
def test_a_gate_that_too_few_pairs_show_is_named_so(products_spec, value):
    unshown = {**gate("F1 where state nsw", value, limit=0.95), "passed": True, "result": "not shown", "lower": 0.91}
    text = card_text(products_spec, gates=[gate(), unshown])
    assert "No gate failed. 1 of 2 gates passed, and 1 is not shown." in text
    assert "| F1 where state nsw | not shown |" in text
    assert ("(from 0.9100)" in text) is not math.isnan(value)
    assert "All 1 gates passed." in card_text(products_spec, gates=[gate()])
