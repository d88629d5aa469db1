"""What a draft says about its rules is true of the matches that it names: measured where there are labels."""

import re

import numpy as np
import pandas as pd
import pytest

from matchwright.drafting import Draft, draft_spec, render
from matchwright.drafting.draft import _features
from matchwright.drafting.rules.matches import FEWEST_MEASURED
from matchwright.drafting.tables import read_tables
from matchwright.synthesis import Options, plan_register, record_values

RECORDS = 10_000
PLACES = ["street_number", "suburb", "postcode", "state"]


@pytest.fixture(scope="module")
def register() -> tuple[pd.DataFrame, pd.DataFrame]:
    """A table of persons, and all of its true pairs by row."""
    options = Options()
    plan = plan_register(options, RECORDS, seed=5)
    table = pd.DataFrame(record_values(plan, options, 5, np.arange(RECORDS)))
    table.insert(0, "rec_id", [f"r{number}" for number in range(RECORDS)])
    return table, pd.DataFrame(np.concatenate([np.column_stack(both) for both in plan.pairs()]), columns=["one", "two"])


def as_pairs(rows: pd.DataFrame) -> pd.DataFrame:
    """Labelled matches by record id."""
    return pd.DataFrame({"left_id": "r" + rows["one"].astype(str), "right_id": "r" + rows["two"].astype(str)})


def found_by(draft: Draft, table: pd.DataFrame, rows: pd.DataFrame) -> list[np.ndarray]:
    """Which of these pairs each rule finds, computed from the features themselves."""
    frame = _features(read_tables(table, None, None), draft.fields)[0]
    found = []
    for rule in draft.rules.chosen:
        one, two = (frame.loc[rows[side], list(rule.features)].to_numpy(dtype=object) for side in ("one", "two"))
        found.append(((one == two) & ~pd.isna(one)).all(axis=1))
    return found


def test_a_match_in_which_the_field_is_missing_counts_as_not_found(register) -> None:
    """The pairs that the estimate looks at all have the code, so they do not say how often it is missing."""
    table, true = register
    code = table["email"].str.replace(r"\W", "", regex=True) + "7"
    persons = table[["rec_id", *PLACES]].assign(code=code)
    assert 0.3 < persons["code"].isna().mean() < 0.5
    draft = draft_spec(persons)
    found = dict(zip([rule.features for rule in draft.rules.chosen], found_by(draft, persons, true), strict=True))
    rule = next(rule for rule in draft.rules.chosen if rule.features == ("code",))
    assert found[rule.features].mean() < 0.45
    assert rule.recall == pytest.approx(found[rule.features].mean(), abs=0.06)
    assert rule.lean == "or less"
    text = render(draft)
    assert f"finds about {rule.recall:.0%} or less of the matches" in text
    assert "# 'or less': those pairs all agree in a field of the rule, and matches may not." in text


def test_a_share_is_at_least_so_much_where_the_pairs_may_be_households(register) -> None:
    """Without names, the pairs that agree in three fields of an address are mostly members of one household."""
    table, true = register
    persons = table[["rec_id", "street_number", "address_1", "postcode", "state", "date_of_birth"]]
    draft = draft_spec(persons)
    for rule, found in zip(draft.rules.chosen, found_by(draft, persons, true), strict=True):
        of_birth = any(name.startswith("date_of_birth") for name in rule.features)
        assert (rule.lean == "or more") == of_birth, rule.features
        assert not of_birth or rule.recall <= found.mean() + 0.02
    text = render(draft)
    assert "or more of the matches" in text
    assert "at least" not in text.partition("candidates:")[2].partition("tfidf")[0]


@pytest.mark.parametrize("count", [FEWEST_MEASURED, 200])
def test_with_few_labels_the_shares_are_measured_on_them(register, count: int) -> None:
    table, true = register
    shown = true.sample(count, random_state=1)
    draft = draft_spec(table, pairs=as_pairs(shown))
    found = found_by(draft, table, shown)
    assert [rule.recall for rule in draft.rules.chosen] == pytest.approx([hits.mean() for hits in found])
    together = int(np.logical_or.reduce(found).sum())
    text = render(draft)
    assert f"# guessed: these shares are measured on {count} labelled matches." in text
    assert re.search(
        rf"# They find {together} of {count} labelled matches: 95% interval [89]\d\.\d% to (100\.0|99\.\d)%\.", text
    )


def test_with_a_handful_of_labels_the_draft_says_that_it_estimates_and_counts_the_labels(register) -> None:
    table, true = register
    shown = true.sample(FEWEST_MEASURED - 30, random_state=1)
    draft = draft_spec(table, pairs=as_pairs(shown))
    together = int(np.logical_or.reduce(found_by(draft, table, shown)).sum())
    text = render(draft)
    assert (
        "these shares are no counts and no bounds. They are estimated from pairs that agree in three other fields."
        in text
    )
    assert f"# They find {together} of 20 labelled matches: 95% interval" in text


def test_a_match_counts_once_and_only_between_two_records_of_the_tables(register) -> None:
    table, true = register
    known = as_pairs(true.sample(100, random_state=2))
    swapped = known.head(30).rename(columns={"left_id": "right_id", "right_id": "left_id"})
    itself = pd.DataFrame({"left_id": table["rec_id"].head(40), "right_id": table["rec_id"].head(40)})
    unknown = pd.DataFrame({"left_id": ["nobody"], "right_id": ["r1"]})
    draft = draft_spec(table, pairs=pd.concat([known, swapped, itself, unknown], ignore_index=True))
    assert draft.rules.measured is not None
    assert draft.rules.measured[1] == 100


def test_rules_that_are_chosen_without_the_labels_are_measured_on_them_all_the_same() -> None:
    """No two records of a match agree in anything, so no rule can be chosen by the matches."""
    words = [f"{one}{two}mock" for one in "abcdefghij" for two in "klmnopqrst"]
    left = pd.DataFrame({"id": [f"l{n}" for n in range(100)], "sort": words, "place": words[::-1]})
    right = pd.DataFrame({"id": [f"r{n}" for n in range(100)], "sort": words, "place": words[::-1]})
    pairs = pd.DataFrame({"left_id": left["id"], "right_id": right["id"].iloc[::-1].to_numpy()})
    draft = draft_spec(left, right, pairs)
    assert draft.rules.measured == (0, 100)
    assert "finds 0% of the matches" in render(draft)


def test_an_estimate_says_how_far_it_is_off_and_is_never_all(register) -> None:
    """Pairs that agree in three fields have fewer errors than other matches."""
    table, true = register
    draft = draft_spec(table)
    text = render(draft)
    assert "so as a rule the shares are 1 to 9 points too high" in text
    assert "find nearly all" in text
    assert "100" not in text.partition("  rules:")[0].partition("candidates:")[2]
    for rule, found in zip(draft.rules.chosen, found_by(draft, table, true), strict=True):
        assert -0.04 < rule.recall - found.mean() < 0.09, rule.features


def test_without_any_knowledge_of_matches_no_share_is_stated(register) -> None:
    text = render(draft_spec(register[0][["rec_id", "suburb", "state"]]))
    assert "of the matches" not in text
    assert "Which matches they find is not known." in text
