"""Reasons: contributions have exact sums. Codes follow from the evidence. No reason contradicts the evidence."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchwright.core.compare import constraints
from matchwright.core.reasons import (
    EvidenceFigures,
    contradictions,
    contradicts,
    evidence,
    give_reasons,
    group_contributions,
    groups_of,
)
from matchwright.core.reasons.catalogue import Catalogue
from matchwright.core.reasons.figures import WITHIN
from matchwright.core.reasons.giving import MATERIAL, SMALLEST_CONTRIBUTION

NAMES = (
    "title__token_overlap",
    "title__unmatched_left",
    "title__numbers",
    "title__codes",
    "title__missing",
    "model__levenshtein",
    "model__cross_field",
    "model__missing",
    "record__token_overlap",
    "record__codes",
    "context__lead_left",
    "context__lead_right",
    "context__rank_left",
)


def one_pair(**values: float) -> pd.DataFrame:
    row = dict.fromkeys(NAMES, np.nan) | {"title__missing": 0, "model__missing": 0}
    return pd.DataFrame([row | values])


def test_comparisons_are_grouped_by_field_and_kind_of_evidence():
    groups = {group.name: [NAMES[index] for index in group.columns] for group in groups_of(NAMES)}
    assert groups == {
        "title": ["title__token_overlap", "title__unmatched_left", "title__missing"],
        "title_numbers": ["title__numbers"],
        "title_codes": ["title__codes"],
        "model": ["model__levenshtein", "model__missing"],
        "model_cross_field": ["model__cross_field"],
        "record": ["record__token_overlap"],
        "record_codes": ["record__codes"],
        "context": ["context__lead_left", "context__lead_right", "context__rank_left"],
    }


@pytest.mark.parametrize(
    ("comparison", "value", "group", "level"),
    [
        ("title__token_overlap", 0.8, "title", "AGREES"),  # agrees_at of the spec
        ("title__token_overlap", 0.79, "title", "PARTLY_AGREES"),
        ("title__token_overlap", 0.39, "title", "DISAGREES"),
        ("title__numbers", 1.0, "title_numbers", "AGREES"),
        ("title__numbers", 0.5, "title_numbers", "PARTLY_AGREES"),
        ("title__numbers", 0.0, "title_numbers", "DISAGREES"),
        ("title__codes", np.nan, "title_codes", "MISSING"),
        ("model__cross_field", 1.0, "model_cross_field", "AGREES"),
        ("record__token_overlap", 0.75, "record", "AGREES"),
        ("record__token_overlap", 0.34, "record", "DISAGREES"),
        ("context__lead_left", 0.3, "context", "AGREES"),
        ("context__lead_right", 0.3, "context", "AGREES"),  # only the candidates of this side are known
        ("context__lead_left", 0.0, "context", "PARTLY_AGREES"),
        ("context__lead_left", -0.3, "context", "DISAGREES"),
        ("context__rank_left", 1.0, "context", "MISSING"),  # only the first comparison gives the level
    ],
)
def test_the_first_comparison_of_a_group_gives_its_level(products_spec, comparison, value, group, level):
    assert evidence(one_pair(**{comparison: value}), products_spec)[group].tolist() == [level]


def test_a_comparison_of_differences_is_converted_to_a_level_of_agreement(products_spec):
    pairs = pd.DataFrame({"title__unmatched_left": [0.0, 9.0], "title__missing": [0, 0]})
    assert evidence(pairs, products_spec)["title"].tolist() == ["AGREES", "DISAGREES"]


def test_the_level_of_the_context_follows_from_the_weaker_side(products_spec):
    levels = evidence(one_pair(context__lead_left=0.4, context__lead_right=-0.4), products_spec)
    assert levels["context"].tolist() == ["DISAGREES"]


def test_a_field_with_a_missing_flag_counts_as_missing_although_it_has_comparisons(products_spec):
    levels = evidence(one_pair(title__token_overlap=1.0, title__missing=1.0), products_spec)
    assert levels["title"].tolist() == ["MISSING"]


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_contributions_of_groups_add_up_and_no_reason_contradicts_its_evidence(decision_model, data):
    names = decision_model.scorer.names
    seed = data.draw(st.integers(0, 10_000))
    generator = np.random.default_rng(seed)
    values = generator.random((50, len(names))) * data.draw(st.sampled_from([0.5, 1.0, 1.5]))
    values[generator.random(values.shape) < data.draw(st.floats(0, 0.5))] = np.nan
    flags = [index for index, direction in enumerate(constraints(list(names))) if direction == 0]
    values[:, flags] = generator.integers(0, 3, (50, len(flags)))
    comparisons = pd.DataFrame(values.astype(np.float32), columns=list(names))
    contributions, base = decision_model.scorer.contributions(comparisons)
    per_group = group_contributions(contributions, names)
    np.testing.assert_allclose(per_group.sum(axis=1) + base, decision_model.scorer.log_odds(comparisons), atol=1e-4)
    levels = evidence(comparisons, decision_model.spec)
    reasons = decision_model.reasons(comparisons)
    assert contradictions(levels, per_group, reasons).given == 0
    for row, row_reasons in enumerate(reasons):
        for reason in row_reasons:
            assert reason.code == f"{reason.field.upper()}_{levels[reason.field][row]}"
            assert reason.contribution == pytest.approx(per_group[reason.field].iat[row], abs=1e-5)
            assert abs(reason.contribution) >= SMALLEST_CONTRIBUTION - 1e-5
            assert not contradicts(reason.evidence, reason.contribution)


def levels_and_texts(groups: list[str], level: str = "PARTLY_AGREES") -> tuple[dict, Catalogue]:
    levels = {group: np.array([level], dtype=object) for group in groups}
    return levels, Catalogue(1, {f"{group.upper()}_{level}": group for group in groups})


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(st.floats(-8, 8), min_size=8, max_size=8), means=st.lists(st.floats(0, 9), min_size=8, max_size=8)
)
def test_the_order_of_reasons_nearly_follows_the_contributions_of_the_pair(values, means):
    groups = [group.name for group in groups_of(NAMES)]
    levels, catalogue = levels_and_texts(groups)
    figures = EvidenceFigures(
        mean_contributions={f"{group.upper()}_PARTLY_AGREES": mean for group, mean in zip(groups, means, strict=True)}
    )
    (reasons,) = give_reasons(levels, pd.DataFrame([values], columns=groups), catalogue, 8, figures)
    # The size of a reason differs from its contribution by at most the factor WITHIN. This limits errors in the order.
    assert all(abs(later.contribution) <= WITHIN**2 * abs(one.contribution) + 1e-3 for one, later in pairwise(reasons))
    largest = max(abs(value) for value in values)
    if largest >= SMALLEST_CONTRIBUTION:
        assert reasons
    assert all(abs(reason.contribution) >= SMALLEST_CONTRIBUTION - 1e-5 for reason in reasons)


def test_two_models_with_different_contributions_of_a_pair_give_the_same_reasons():
    levels, catalogue = levels_and_texts(["one", "two", "three"])
    means = {"ONE_PARTLY_AGREES": 1.0, "TWO_PARTLY_AGREES": 1.3, "THREE_PARTLY_AGREES": 0.8}
    found = [
        give_reasons(levels, pd.DataFrame([values], columns=list(levels)), catalogue, 2, figures)
        for figures in (EvidenceFigures(mean_contributions=means), EvidenceFigures())
        for values in ([1.5, 0.9, 0.9], [0.6, 1.0, 1.9])
    ]
    named = [[reason.field for reason in reasons] for (reasons,) in found]
    assert named[:2] == [["two", "one"], ["two", "one"]]
    assert [reason.contribution for (reasons,) in found[:2] for reason in reasons] == [0.9, 1.5, 1.0, 0.6]


def test_strong_evidence_of_a_pair_comes_first_although_its_mean_is_small():
    levels, catalogue = levels_and_texts(["one", "two"])
    figures = EvidenceFigures(mean_contributions={"ONE_PARTLY_AGREES": 0.1, "TWO_PARTLY_AGREES": 0.5})
    (reasons,) = give_reasons(levels, pd.DataFrame([[4.0, 0.5]], columns=["one", "two"]), catalogue, 2, figures)
    assert [reason.field for reason in reasons] == ["one", "two"]


def test_a_group_with_a_small_share_of_the_contributions_gives_no_reason():
    levels, catalogue = levels_and_texts(["one", "two", "three"])
    figures = EvidenceFigures(
        mean_contributions={"ONE_PARTLY_AGREES": 3.0, "TWO_PARTLY_AGREES": 1.0, "THREE_PARTLY_AGREES": MATERIAL}
    )
    contributions = pd.DataFrame([[3.0, -1.0, MATERIAL]], columns=list(levels))
    (reasons,) = give_reasons(levels, contributions, catalogue, 4, figures)
    assert [reason.field for reason in reasons] == ["one", "two"]


def test_without_mean_contributions_reasons_are_ordered_by_the_contributions_of_the_pair():
    levels, catalogue = levels_and_texts(["one", "two", "three"])
    contributions = pd.DataFrame([[1.0, -1.2, 1.1]], columns=list(levels))
    (reasons,) = give_reasons(levels, contributions, catalogue, 3)
    assert [reason.field for reason in reasons] == ["two", "three", "one"]


def test_a_contradiction_is_withheld_and_counted():
    levels = {"one": np.array(["AGREES"], dtype=object), "two": np.array(["DISAGREES"], dtype=object)}
    catalogue = Catalogue(1, {"ONE_AGREES": "1", "TWO_DISAGREES": "2"})
    contributions = pd.DataFrame({"one": [-1.0], "two": [-3.0]})
    reasons = give_reasons(levels, contributions, catalogue, 4)
    assert [reason.code for reason in reasons[0]] == ["TWO_DISAGREES"]
    found = contradictions(levels, contributions, reasons)
    assert (found.given, found.withheld, found.withheld_weight) == (0, 0.5, 0.25)
