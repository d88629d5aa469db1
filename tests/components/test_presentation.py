"""The evaluation as a pipeline's page shows it."""

from components.presentation import evaluation_markdown, figures_of

EVALUATION = {
    "metrics": {
        "f1": {"value": 0.9963, "lower": 0.9936, "upper": 0.9989},
        "npv": {"value": None, "lower": None, "upper": None},
    }
}
GATES = [
    {"name": "F1", "value": 0.9963, "must_be": "at least", "limit": 0.99, "margin": 0.0063, "passed": True},
    {"name": "log loss", "value": 0.5, "must_be": "at most", "limit": 0.02, "margin": -0.48, "passed": False},
]


def test_a_figure_that_the_pairs_cannot_tell_is_left_out() -> None:
    assert figures_of(EVALUATION) == {"f1": 0.9963}


def test_the_table_says_which_gate_failed_and_by_how_much() -> None:
    text = evaluation_markdown("persons", EVALUATION, GATES)

    assert "| F1 | 0.9963 | at least 0.99 | 0.0063 | passed |" in text
    assert "| log loss | 0.5 | at most 0.02 | -0.48 | **failed** |" in text
    assert "| f1 | 0.9963 | 0.9936 to 0.9989 |" in text
    assert "| npv | not known | not known to not known |" in text
