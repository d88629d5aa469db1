"""Drafted rules find most matches within one budget of pairs, whatever is known about matches."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from matchwright.drafting import Draft, draft_spec, render
from matchwright.drafting.rules import PAIRS_PER_RECORD, Rule, features
from matchwright.drafting.rules.features import PairCounter, features_of, joint_codes
from matchwright.drafting.rules.matches import estimated_matches
from matchwright.synthesis import Options, plan_register, record_values

RECORDS = 12_000


@pytest.fixture(scope="module")
def register() -> tuple[pd.DataFrame, pd.DataFrame]:
    """A table of persons, and all of its true pairs."""
    options = Options()
    plan = plan_register(options, RECORDS, seed=3)
    table = pd.DataFrame(record_values(plan, options, 3, np.arange(RECORDS)))
    table.insert(0, "rec_id", [f"r{number}" for number in range(RECORDS)])
    pairs = np.concatenate([np.column_stack(both) for both in plan.pairs()])
    return table, pd.DataFrame(pairs, columns=["left", "right"])


@pytest.fixture(scope="module")
def labelled(register: tuple[pd.DataFrame, pd.DataFrame]) -> pd.DataFrame:
    sample = register[1].sample(1_000, random_state=1)
    return pd.DataFrame({"left_id": "r" + sample["left"].astype(str), "right_id": "r" + sample["right"].astype(str)})


@pytest.fixture(scope="module")
def drafts(register: tuple[pd.DataFrame, pd.DataFrame], labelled: pd.DataFrame) -> dict[str, Draft]:
    return {"no labels": draft_spec(register[0]), "labels": draft_spec(register[0], pairs=labelled)}


def found_by(draft: Draft, register: tuple[pd.DataFrame, pd.DataFrame]) -> dict[tuple[str, ...], np.ndarray]:
    """Which true pairs each rule finds, computed from the features themselves."""
    from matchwright.drafting.draft import _features
    from matchwright.drafting.tables import read_tables

    table, pairs = register
    frame = _features(read_tables(table, None, None), draft.fields)[0]
    found = {}
    for rule in draft.rules.chosen:
        one, other = (frame.loc[pairs[side], list(rule.features)].to_numpy(dtype=object) for side in ("left", "right"))
        found[rule.features] = ((one == other) & ~pd.isna(one)).all(axis=1)
    return found


@pytest.mark.parametrize("known", ["no labels", "labels"])
def test_the_rules_find_nearly_all_matches_within_the_budget(drafts, register, known) -> None:
    draft = drafts[known]
    found = found_by(draft, register)
    together = np.logical_or.reduce(list(found.values())).mean()
    assert together > 0.985
    assert sum(rule.pairs for rule in draft.rules.chosen) <= PAIRS_PER_RECORD * RECORDS
    assert draft.rules.recall == pytest.approx(together, abs=0.012)
    for rule in draft.rules.chosen:
        assert rule.recall == pytest.approx(found[rule.features].mean(), abs=0.09), rule.features


@pytest.mark.parametrize("known", ["no labels", "labels"])
def test_no_field_is_in_every_rule_so_an_error_in_one_field_loses_few_matches(drafts, register, known) -> None:
    draft = drafts[known]
    found = found_by(draft, register)
    for field in draft.compared:
        others = [hits for names, hits in found.items() if all(name.partition("__")[0] != field.name for name in names)]
        assert np.logical_or.reduce(others).mean() > 0.8, field.name


def test_the_same_tables_give_the_same_rules(drafts, register) -> None:
    assert draft_spec(register[0]).rules == drafts["no labels"].rules


def test_the_draft_says_what_each_rule_makes_and_finds(drafts) -> None:
    text = render(drafts["labels"])
    rule = drafts["labels"].rules.chosen[0]
    assert f"# {rule.pairs:,} pairs, finds {rule.recall:.0%} of the matches" in text
    assert "# guessed: these shares are measured on 1,000 labelled matches." in text
    assert "pairs that agree in three other fields" in render(drafts["no labels"])
    assert "max_pairs_per_rule" not in text


def test_a_rule_of_a_large_table_may_make_more_pairs_than_the_default_allows(drafts) -> None:
    draft = drafts["labels"]
    large = replace(draft, rules=replace(draft.rules, chosen=(Rule(("surname",), 4_000_000, 0.5),)))
    assert "max_pairs_per_rule: 8000000" in render(large)


def test_members_of_a_household_are_not_taken_for_matches(drafts, register) -> None:
    """They agree in surname and address, and would say that given names hardly ever agree."""
    from matchwright.drafting.draft import _features
    from matchwright.drafting.tables import read_tables

    table, pairs = register
    frame = _features(read_tables(table, None, None), drafts["no labels"].fields)[0]
    usable = features_of(frame, drafts["no labels"].fields)
    matches = estimated_matches(usable, PairCounter([RECORDS]))
    for feature, agreement in zip(usable, matches.agreement, strict=True):
        one, other = feature.codes[pairs["left"]], feature.codes[pairs["right"]]
        true = ((one == other) & (one >= 0)).mean()
        assert agreement.mean() == pytest.approx(true, abs=0.09), feature.name


def test_pairs_of_a_large_table_are_estimated_from_a_sample_and_counted_for_chosen_rules(
    drafts, register, monkeypatch
) -> None:
    from matchwright.drafting.draft import _features
    from matchwright.drafting.tables import read_tables

    frame = _features(read_tables(register[0], None, None), drafts["no labels"].fields)[0]
    usable = {feature.name: feature for feature in features_of(frame, drafts["no labels"].fields)}
    rule = (usable["surname__phonetic"], usable["state"])
    sizes = pd.Series(joint_codes([feature.codes for feature in rule]))
    counts = sizes[sizes >= 0].value_counts()
    exact = int((counts * (counts - 1) // 2).sum())
    assert PairCounter([RECORDS]).estimated(rule).pairs == exact
    monkeypatch.setattr(features, "_MOST_COUNTED", RECORDS // 2)
    counter = PairCounter([RECORDS])
    estimated = counter.estimated(rule)
    assert estimated.pairs == pytest.approx(exact, rel=0.1)
    assert counter.exact(estimated).pairs == exact
    monkeypatch.setattr(features, "_MOST_COUNTED", 1_000)
    halves = PairCounter([RECORDS // 2, RECORDS // 2])
    across = sum(
        count * (sizes[RECORDS // 2 :] == code).sum()
        for code, count in sizes[: RECORDS // 2][lambda codes: codes >= 0].value_counts().items()
    )
    assert halves.exact(halves.estimated(rule)).pairs == across


def test_with_a_handful_of_labels_the_estimate_is_used(register, labelled) -> None:
    few = draft_spec(register[0], pairs=labelled.head(20))
    assert few.rules.source == "pairs that agree in three other fields"
