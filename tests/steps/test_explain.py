"""Reasons add up, are held against their evidence and against the champion's."""

import json

from fixtures.training_run import taught_by

from matchwright.adapters.registry import remove_alias, set_alias
from matchwright.steps.explain import explain


def test_the_explanation_adds_up_and_has_a_plot_for_every_band_seen(run):
    explanation = json.loads((run[0].explanation / "explanation.json").read_text())
    assert explanation["additivity_error"] < 1e-3
    assert explanation["contradictions"]["given"] == 0
    assert explanation["changed_against_champion"] is None
    assert explanation["ablation"]["first"]["lower"] > 0
    plots = {path.name for path in (run[0].explanation / "plots").iterdir()}
    assert {"importance.png", "waterfall_match.png", "waterfall_no_match.png"} <= plots


def test_the_card_shows_the_reasons_that_each_band_is_given_most(run):
    explanation = json.loads((run[0].explanation / "explanation.json").read_text())
    card = (run[0].bundle / "card.md").read_text()
    for shares in explanation["reasons"].values():
        first = next(iter(shares), None)
        assert first is None or f"| `{first}` |" in card
    assert f"in log-odds: {next(iter(explanation['importance']))} " in card


def test_reasons_are_set_against_the_champion_s(run, tmp_path):
    made, registered = run
    set_alias(made.settings, "persons", "champion", registered["version"])
    try:
        shared = {"settings": made.settings, "model": made.model, "calibration": made.calibration}
        judged = {"features": made.features, "evaluation": made.evaluation}
        same = explain(spec=made.spec, **shared, **judged, explanation=tmp_path / "same")
        stumps = taught_by(made, tmp_path, depth=1, trees=10)
    finally:
        remove_alias(made.settings, "persons", "champion")
    alike = same["changed_against_champion"]
    assert (alike["pairs"], alike["codes"], alike["first"]) == (same["pairs"], 0, 0)
    other = json.loads((stumps.explanation / "explanation.json").read_text())["changed_against_champion"]
    assert other["pairs"] > 0
    assert 0 < other["first"] <= 1
    assert 0 < other["codes"] <= 1
