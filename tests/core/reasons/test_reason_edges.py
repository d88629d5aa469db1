"""Limits of reasons and hints, tested at their exact values: levels, number of reasons, sets of one to three groups."""

import numpy as np
import pandas as pd
import pytest

from matchwright.core.decide.bands import Bands
from matchwright.core.reasons import (
    Catalogue,
    EvidenceFigures,
    contradictions,
    contradicts,
    give_reasons,
    settling_hints,
)
from matchwright.core.reasons.figures import FEWEST, WITHIN
from matchwright.core.reasons.giving import MATERIAL, SMALLEST_CONTRIBUTION
from matchwright.core.reasons.reason import Hint


def levels_of(*levels: str) -> dict[str, np.ndarray]:
    """Return the levels of the groups a, b, c and so on, for one pair."""
    return {name: np.array([level], dtype=object) for name, level in zip("abcdefgh", levels, strict=False)}


ALL_TEXTS = {
    f"{group}_{level}": f"{group} {level}" for group in "ABCDEFGH" for level in ("AGREES", "DISAGREES", "MISSING")
}


def reason_codes(levels: dict, values: list[float], top: int = 4, mean_contributions: dict | None = None) -> list[str]:
    contributions = pd.DataFrame([values], columns=list(levels))
    (reasons,) = give_reasons(
        levels,
        contributions,
        Catalogue(1, ALL_TEXTS),
        top,
        EvidenceFigures(mean_contributions=mean_contributions or {}),
    )
    return [reason.code for reason in reasons]


@pytest.mark.parametrize(("top", "codes"), [(0, 0), (1, 1), (2, 2), (3, 3), (4, 3), (100, 3)])
def test_the_number_of_reasons_is_limited_by_the_request_and_by_the_groups(top, codes):
    levels = levels_of("AGREES", "DISAGREES", "MISSING")
    assert reason_codes(levels, [3.0, -2.0, 1.0], top) == ["A_AGREES", "B_DISAGREES", "C_MISSING"][:codes]


def test_the_reason_with_the_largest_absolute_contribution_comes_first():
    assert reason_codes(levels_of("AGREES", "DISAGREES"), [1.0, -2.0]) == ["B_DISAGREES", "A_AGREES"]
    assert reason_codes(levels_of("AGREES", "DISAGREES"), [2.0, -1.0]) == ["A_AGREES", "B_DISAGREES"]


@pytest.mark.parametrize(("value", "is_named"), [(SMALLEST_CONTRIBUTION, True), (SMALLEST_CONTRIBUTION - 1e-6, False)])
def test_a_contribution_is_named_from_a_smallest_size_on(value, is_named):
    assert bool(reason_codes(levels_of("AGREES"), [value])) is is_named
    assert bool(reason_codes(levels_of("DISAGREES"), [-value])) is is_named


@pytest.mark.parametrize("more", [1e-6, -1e-6])
def test_a_group_is_named_only_with_a_material_share_of_the_contributions(more):
    """The contributions are 1.0 and x. The share of x is material if x is at least MATERIAL * (1 + x)."""
    edge = MATERIAL / (1 - MATERIAL) + more
    assert reason_codes(levels_of("AGREES", "AGREES"), [1.0, edge]) == ["A_AGREES", "B_AGREES"][: 2 if more > 0 else 1]
    # With top=1 only the largest contribution can be named.
    assert reason_codes(levels_of("AGREES", "AGREES"), [1.0, edge], top=1) == ["A_AGREES"]


@pytest.mark.parametrize(
    ("level", "value", "against"),
    [("AGREES", -0.5, True), ("AGREES", 0.5, False), ("DISAGREES", 0.5, True), ("DISAGREES", -0.5, False),
     ("MISSING", 0.5, False), ("MISSING", -0.5, False), ("AGREES", 0.0, False), ("DISAGREES", 0.0, False)],
)  # fmt: skip
def test_a_contradiction_in_either_direction_is_withheld_and_counted(level, value, against):
    assert contradicts(level, value) is against
    levels = levels_of(level)
    assert bool(reason_codes(levels, [value])) is (bool(value) and not against)
    found = contradictions(levels, pd.DataFrame({"a": [value]}), [()])
    assert (found.given, found.withheld, found.withheld_weight) == (0, float(against), float(against))


def test_a_given_reason_that_contradicts_its_evidence_is_counted():
    levels, contributions = levels_of("AGREES"), pd.DataFrame({"a": [0.5]})
    (reasons,) = give_reasons(levels, contributions, Catalogue(1, ALL_TEXTS), 4)
    assert contradictions(levels, contributions, [reasons]).given == 0
    assert contradictions(levels, -contributions, [reasons]).given == 1
    assert contradictions(levels_of("MISSING"), contributions, [reasons]).given == 1


def test_the_mean_contribution_of_a_code_changes_the_order_only_within_a_factor():
    levels = levels_of("AGREES", "AGREES")
    assert reason_codes(levels, [1.0, 1.1]) == ["B_AGREES", "A_AGREES"]
    assert reason_codes(levels, [1.0, 1.1], mean_contributions={"A_AGREES": 2.0}) == ["A_AGREES", "B_AGREES"]
    # A large mean counts at most as the contribution of the pair times the factor: 4 for group a.
    assert reason_codes(levels, [1.0, WITHIN + 0.1], mean_contributions={"A_AGREES": 100.0}) == ["B_AGREES", "A_AGREES"]
    assert reason_codes(levels, [1.0, WITHIN - 0.1], mean_contributions={"A_AGREES": 100.0}) == ["A_AGREES", "B_AGREES"]
    # A small mean counts at least as the contribution divided by the factor: 0.25 for group a.
    assert reason_codes(levels, [1.0, 0.26], mean_contributions={"A_AGREES": 0.0}) == ["B_AGREES", "A_AGREES"]
    assert reason_codes(levels, [1.0, 0.24], mean_contributions={"A_AGREES": 0.0}) == ["A_AGREES", "B_AGREES"]


class AddingModel:
    """A model that adds 0.1 to the score for each field that agrees. Match: 0.35 or more. No match: below 0.15."""

    bands = Bands(review_from=0.15, match_from=0.35)

    def score(self, comparisons: pd.DataFrame) -> np.ndarray:
        values = comparisons.filter(regex="exact").to_numpy(dtype=float)
        return np.where(np.isnan(values), 0.05, values * 0.1).sum(axis=1).round(6)

    def band(self, scores: np.ndarray, comparisons: pd.DataFrame) -> np.ndarray:
        return self.bands.assign(scores)


LEVEL = {1.0: "AGREES", 0.5: "PARTLY_AGREES", 0.0: "DISAGREES"}


def hints_of(*pairs: tuple[float, ...]) -> list[Hint | None]:
    rows = [
        {f"{name}__{comparator}": number for name, value in zip("abcdefghijkl", pair, strict=False)
         for comparator, number in (("exact", value), ("missing", float(np.isnan(value))))}
        for pair in pairs
    ]  # fmt: skip
    names = "abcdefghijkl"[: len(pairs[0])]
    levels = {
        name: np.array([LEVEL.get(pair[index], "MISSING") for pair in pairs], dtype=object)
        for index, name in enumerate(names)
    }
    return settling_hints(AddingModel(), pd.DataFrame(rows), levels, EvidenceFigures())


@pytest.mark.parametrize(
    ("pair", "groups"),
    [
        ((1, 1, 1, 0), ("d",)),  # the score is 0.3, so one more field is enough
        ((1, 1, 0, 0), ("c", "d")),
        ((1, 0.5, 0, 0), ("c", "d")),  # the score becomes exactly 0.35
        ((1, 0, 0, 0, 0), ("b", "c", "d")),  # a hint has at most three groups
    ],
)
def test_a_hint_names_the_smallest_set_of_groups_and_at_most_three(pair, groups):
    (hint,) = hints_of(pair)
    assert (hint.settles_as, hint.groups) == ("match", groups)


def test_there_is_no_hint_if_only_four_groups_would_settle_the_pair():
    assert hints_of((0, 0, 0, 0, 0)) == [None]


def test_a_pair_gets_the_same_hint_alone_and_among_many_pairs(monkeypatch):
    from matchwright.core.reasons import counterfactual

    pairs = [(1, 1, 1, 0), (1, 1, 0, 0), (1, np.nan, 0.5, 0), (1, 1, 0.5, np.nan), (1, 0.5, 0.5, 0.5)]
    alone = [hints_of(pair)[0] for pair in pairs]
    assert hints_of(*pairs) == alone
    monkeypatch.setattr(counterfactual, "BATCH", 2)
    assert hints_of(*pairs) == alone


def test_a_hint_does_not_name_a_difference_that_exists_already():
    (hint,) = hints_of((1, 0, 0.5))  # a match is impossible; no match needs a difference in c, b differs already
    assert (hint.settles_as, hint.groups) == ("no_match", ("c",))


@pytest.mark.parametrize(("settles_as", "code"), [("match", "AGREES"), ("no_match", "DISAGREES")])
def test_the_codes_of_a_hint(settles_as, code):
    hint = Hint(settles_as, ("surname", "title_codes"), ("MISSING", "DISAGREES"))
    assert hint.code == f"COUNTERFACTUAL_{settles_as.upper()}"
    assert hint.codes == (f"SURNAME_{code}", f"TITLE_CODES_{code}")


@pytest.mark.parametrize(("pairs", "known"), [(FEWEST - 1, False), (FEWEST, True)])
def test_typical_evidence_needs_a_smallest_number_of_pairs(persons_spec, pairs, known):
    frame = pd.DataFrame({"surname__jaro_winkler": [0.95] * pairs, "surname__missing": [0.0] * pairs})
    agreeing = EvidenceFigures.fit(frame, np.ones(pairs), persons_spec)
    disagreeing = EvidenceFigures.fit(frame.assign(surname__jaro_winkler=0.25), np.zeros(pairs), persons_spec)
    assert agreeing.agreeing == ({"surname__jaro_winkler": 0.95, "surname__missing": 0.0} if known else {})
    assert agreeing.disagreeing == disagreeing.agreeing == {}
    assert disagreeing.disagreeing == ({"surname__jaro_winkler": 0.25, "surname__missing": 0.0} if known else {})


def test_typical_evidence_ignores_true_pairs_that_disagree_and_other_pairs_that_agree(persons_spec):
    frame = pd.DataFrame({"surname__jaro_winkler": [0.2] * 5 + [1.0] * 5, "surname__missing": [0.0] * 10})
    crosswise = EvidenceFigures.fit(frame, np.repeat([1, 0], 5), persons_spec)
    assert crosswise.agreeing == crosswise.disagreeing == {}


def test_without_figures_agreement_is_the_best_value_and_disagreement_is_the_worst_value():
    names = ["a__exact", "a__unmatched_left", "a__missing", "b__exact"]
    figures = EvidenceFigures(agreeing={"b__exact": None}, disagreeing={"b__exact": 0.25})
    np.testing.assert_array_equal(figures.filled(names, agreement=True), [1, 0, 0, np.nan])
    np.testing.assert_array_equal(figures.filled(names, agreement=False), [0, 1, 0, 0.25])


@pytest.mark.parametrize(
    ("before", "kept"),
    [(1.0, True), (1 / WITHIN, True), (WITHIN, True), (0.999 / WITHIN, False), (1.001 * WITHIN, False)],
)
def test_a_challenger_inherits_a_mean_contribution_that_changed_only_a_little(before, kept):
    own = EvidenceFigures(mean_contributions={"A_AGREES": 1.0})
    inherited = own.inherit(EvidenceFigures(mean_contributions={"A_AGREES": before, "B_AGREES": 9.0}))
    assert inherited.mean_contributions == {"A_AGREES": before if kept else 1.0, "B_AGREES": 9.0}


def test_the_names_in_a_hint_are_joined_with_commas_and_and(persons_spec):
    catalogue = Catalogue.of(persons_spec)
    one, two, three = (
        catalogue.hint_text(Hint("match", groups, ("MISSING",) * len(groups)))
        for groups in (("surname",), ("surname", "state"), ("surname", "state", "postcode"))
    )
    assert "surname" in one
    assert " and " not in one
    assert two.index("surname") < two.index(" and ") < two.index("state")
    assert (
        three.index("surname")
        < three.index(",")
        < three.index("state")
        < three.index(" and ")
        < three.index("postcode")
    )


@pytest.mark.parametrize(
    ("requested", "language"),
    [
        ((), "en"),
        (("de",), "de"),
        (("de-AT",), "de"),
        (("DE-at", "en"), "de"),
        (("xx", "de"), "de"),
        (("en", "de"), "en"),
        (("xx",), "en"),
    ],
)
def test_the_language_is_the_first_requested_one_that_is_available(persons_spec, requested, language):
    assert Catalogue.of(persons_spec).language_for(requested) == language


def test_the_reason_of_a_rule_contributes_nothing(persons_spec):
    without_labels = persons_spec.model_copy(update={"labels": "none"})
    with_labels, unlabelled = Catalogue.of(persons_spec), Catalogue.of(without_labels)
    for reason in (with_labels.unconfirmed(), with_labels.little_evidence(), unlabelled.unsupervised()):
        assert reason.contribution == 0.0
        assert reason.text
