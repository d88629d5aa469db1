"""The explain step: contributions add up, reasons fit their evidence, and their order follows the champion."""

import json

from fixtures.training_run import rerun_with_model

from matchwright.adapters.registry import remove_alias, set_alias
from matchwright.core.reasons import EvidenceFigures
from matchwright.operations.training_artifacts import Trained


def test_contributions_add_up_and_every_band_with_decisions_has_a_plot(run):
    explanation = json.loads((run[0].explanation / "explanation.json").read_text())
    assert explanation["additivity_error"] < 1e-3
    assert explanation["contradictions"]["given"] == 0
    plots = {path.name for path in (run[0].explanation / "plots").iterdir()}
    assert {"importance.png", "waterfall_match.png", "waterfall_no_match.png"} <= plots


def test_the_card_shows_the_most_frequent_reasons_of_each_band(run):
    explanation = json.loads((run[0].explanation / "explanation.json").read_text())
    card = (run[0].bundle / "card.md").read_text()
    reasons = explanation["reasons"]
    assert list(reasons) == ["match", "review", "no_match"]
    for shares in reasons.values():
        assert f"| `{next(iter(shares))}` |" in card
    assert f"in log-odds: {next(iter(explanation['importance']))} " in card


def test_a_challenger_orders_reasons_by_the_mean_contributions_of_the_champion(run, tmp_path):
    made, registered = run
    set_alias(made.settings, "persons", "champion", registered["version"])
    try:
        smaller_model = rerun_with_model(made, tmp_path, subsample=0.6)
    finally:
        remove_alias(made.settings, "persons", "champion")
    champion = EvidenceFigures.load(made.bundle / "evidence.json")
    own = EvidenceFigures(mean_contributions=Trained.read(smaller_model.model, smaller_model.spec).mean_contributions)
    served = EvidenceFigures.load(smaller_model.explanation / "evidence.json")
    assert served.mean_contributions == own.inherit(champion).mean_contributions
    assert served.mean_contributions != own.mean_contributions
