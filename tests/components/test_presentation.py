"""The summaries on the page of a pipeline."""

from components.presentation import candidates_markdown, evaluation_markdown, figures_of

EVALUATION = {
    "metrics": {
        "f1": {"value": 0.9963, "lower": 0.9936, "upper": 0.9989},
        "npv": {"value": None, "lower": None, "upper": None},
    }
}
GATES = [
    {
        "name": "F1",
        "value": 0.9963,
        "must_be": "at least",
        "limit": 0.99,
        "margin": 0.0063,
        "passed": True,
        "result": "passed",
    },
    {
        "name": "log loss",
        "value": 0.5,
        "must_be": "at most",
        "limit": 0.02,
        "margin": -0.48,
        "passed": False,
        "result": "failed",
    },
]


def test_an_unknown_figure_is_not_shown() -> None:
    assert figures_of(EVALUATION) == {"f1": 0.9963}


def test_the_table_says_which_gate_failed_and_by_how_much() -> None:
    text = evaluation_markdown("persons", EVALUATION, GATES)

    assert "| F1 | 0.9963 | at least 0.99 | 0.0063 | passed |" in text
    assert "| log loss | 0.5 | at most 0.02 | -0.48 | **failed** |" in text
    assert "| f1 | 0.9963 | 0.9936 to 0.9989 |" in text
    assert "| npv | not known | not known to not known |" in text


def test_candidates_are_shown_by_method_and_by_budget() -> None:
    report = {
        "candidates": 1200,
        "possible_pairs": 10_000,
        "true_pairs": 50,
        "missed_true_pairs": 1,
        "budget": {"max_candidates_per_record": 20, "most_used": 20, "candidates_cut": 7, "true_pairs_cut": 0},
        "methods": [
            {"method": "tfidf", "candidates": 1200, "candidates_alone": 9, "true_pairs": 49, "true_pairs_alone": 2}
        ],
        "completeness_by_budget": [
            {"budget": 1, "candidates": 100, "pairs_completeness": 0.9, "lower": 0.8, "upper": 0.95},
        ],
    }

    text = candidates_markdown("persons", report)

    assert "1 of 50 true pairs are missed" in text
    assert "The budget removes 7 pairs, 0 of them true" in text
    assert "| tfidf | 1,200 | 9 | 49 | 2 |" in text
    assert "| 1 | 100 | 0.9 | 0.8 to 0.95 |" in text
