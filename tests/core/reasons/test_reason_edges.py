"""Reasons and hints at their limits: levels hit exactly, more reasons than there are, sets of one to three groups."""

import numpy as np
import pandas as pd
import pytest

from matchwright.core.decide.bands import Bands
from matchwright.core.reasons import (
    Catalogue,
    EvidenceFigures,
    contradictions,
    contradicts,
    evidence,
    give_reasons,
    settling_hints,
)
from matchwright.core.reasons.figures import FEWEST, WITHIN
from matchwright.core.reasons.giving import MATERIAL, SMALLEST_CONTRIBUTION
from matchwright.core.reasons.reason import Hint


def levels_of(*levels: str) -> dict[str, np.ndarray]:
    """Groups a, b, c ... of one pair."""
    return {name: np.array([level], dtype=object) for name, level in zip("abcdefgh", levels, strict=False)}


ALL_TEXTS = {
    f"{group}_{level}": f"{group} {level}" for group in "ABCDEFGH" for level in ("AGREES", "DISAGREES", "MISSING")
}


def given(levels: dict, values: list[float], top: int = 4, mean_contributions: dict | None = None) -> list[str]:
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
def test_as_many_reasons_as_are_asked_for_or_as_there_are(top, codes):
    levels = levels_of("AGREES", "DISAGREES", "MISSING")
    assert given(levels, [3.0, -2.0, 1.0], top) == ["A_AGREES", "B_DISAGREES", "C_MISSING"][:codes]


def test_the_weightiest_comes_first_whatever_its_sign():
    assert given(levels_of("AGREES", "DISAGREES"), [1.0, -2.0]) == ["B_DISAGREES", "A_AGREES"]
    assert given(levels_of("AGREES", "DISAGREES"), [2.0, -1.0]) == ["A_AGREES", "B_DISAGREES"]


@pytest.mark.parametrize(("value", "named"), [(SMALLEST_CONTRIBUTION, True), (SMALLEST_CONTRIBUTION - 1e-6, False)])
def test_a_contribution_worth_naming(value, named):
    assert bool(given(levels_of("AGREES"), [value])) is named
    assert bool(given(levels_of("DISAGREES"), [-value])) is named


@pytest.mark.parametrize("more", [1e-6, -1e-6])
def test_a_material_share_is_of_the_groups_that_may_be_named(more):
    """Of 1.0 and x the share of x is material from x = MATERIAL * (1 + x) on."""
    edge = MATERIAL / (1 - MATERIAL) + more
    assert given(levels_of("AGREES", "AGREES"), [1.0, edge]) == ["A_AGREES", "B_AGREES"][: 2 if more > 0 else 1]
    # where one may be named, what it carries is all that counts
    assert given(levels_of("AGREES", "AGREES"), [1.0, edge], top=1) == ["A_AGREES"]


@pytest.mark.parametrize(
    ("level", "value", "against"),
    [("AGREES", -0.5, True), ("AGREES", 0.5, False), ("DISAGREES", 0.5, True), ("DISAGREES", -0.5, False),
     ("MISSING", 0.5, False), ("MISSING", -0.5, False), ("AGREES", 0.0, False), ("DISAGREES", 0.0, False)],
)  # fmt: skip
def test_either_contradiction_is_withheld_and_counted(level, value, against):
    assert contradicts(level, value) is against
    levels = levels_of(level)
    assert bool(given(levels, [value])) is (bool(value) and not against)
    told = contradictions(levels, pd.DataFrame({"a": [value]}), [()])
    assert (told.given, told.withheld, told.withheld_weight) == (0, float(against), float(against))


def test_a_reason_that_contradicts_or_misstates_its_evidence_is_counted_as_given():
    levels, contributions = levels_of("AGREES"), pd.DataFrame({"a": [0.5]})
    (reasons,) = give_reasons(levels, contributions, Catalogue(1, ALL_TEXTS), 4)
    assert contradictions(levels, contributions, [reasons]).given == 0
    assert contradictions(levels, -contributions, [reasons]).given == 1
    assert contradictions(levels_of("MISSING"), contributions, [reasons]).given == 1


def test_the_mean_of_a_code_orders_reasons_within_a_factor_of_the_pair_s_own():
    levels = levels_of("AGREES", "AGREES")
    assert given(levels, [1.0, 1.1]) == ["B_AGREES", "A_AGREES"]
    assert given(levels, [1.0, 1.1], mean_contributions={"A_AGREES": 2.0}) == ["A_AGREES", "B_AGREES"]
    # a mean beyond the factor counts as the factor: 4 for a, however large
    assert given(levels, [1.0, WITHIN + 0.1], mean_contributions={"A_AGREES": 100.0}) == ["B_AGREES", "A_AGREES"]
    assert given(levels, [1.0, WITHIN - 0.1], mean_contributions={"A_AGREES": 100.0}) == ["A_AGREES", "B_AGREES"]
    # and a small one as a fourth
    assert given(levels, [1.0, 0.26], mean_contributions={"A_AGREES": 0.0}) == ["B_AGREES", "A_AGREES"]
    assert given(levels, [1.0, 0.24], mean_contributions={"A_AGREES": 0.0}) == ["A_AGREES", "B_AGREES"]


@pytest.mark.parametrize(
    ("value", "level"),
    [(0.92, "AGREES"), (0.91999, "PARTLY_AGREES"), (0.7, "PARTLY_AGREES"), (0.69999, "DISAGREES"), (np.nan, "MISSING")],
)
def test_a_level_begins_exactly_at_its_limit(persons_spec, value, level):
    spec = persons_spec
    assert (spec.fields["surname"].agrees_at, spec.fields["surname"].disagrees_below) == (0.92, 0.7)
    # comparisons have 32 bits, in which 0.7 is a little less than 0.7
    pair = pd.DataFrame({"surname__jaro_winkler": [value], "surname__missing": [0.0]}, dtype=np.float32)
    assert evidence(pair, spec)["surname"].tolist() == [level]


@pytest.mark.parametrize("sides", [1.0, 2.0])
def test_a_field_that_either_or_both_records_lack_is_missing(persons_spec, sides):
    pair = pd.DataFrame({"surname__jaro_winkler": [1.0], "surname__missing": [sides]})
    assert evidence(pair, persons_spec)["surname"].tolist() == ["MISSING"]


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [(0.4, -0.4, "DISAGREES"), (-0.4, 0.4, "DISAGREES"), (0.1, 0.1, "AGREES"), (0.1, 0.09999, "PARTLY_AGREES"),
     (-0.1, 0.3, "PARTLY_AGREES"), (-0.10001, 0.3, "DISAGREES"), (np.nan, 0.3, "AGREES"), (0.3, np.nan, "AGREES"),
     (np.nan, np.nan, "MISSING")],
)  # fmt: skip
def test_context_is_read_off_the_weaker_of_both_leads(products_spec, left, right, level):
    pair = pd.DataFrame({"context__lead_left": [left], "context__lead_right": [right], "context__rank_left": [1.0]})
    assert evidence(pair, products_spec)["context"].tolist() == [level]


class Adding:
    """A tenth for each field that agrees; a match from 0.35 on, no match below 0.15."""

    bands = Bands(review_from=0.15, match_from=0.35)

    def score(self, comparisons: pd.DataFrame) -> np.ndarray:
        values = comparisons.filter(regex="exact").to_numpy(dtype=float)
        return np.where(np.isnan(values), 0.05, values * 0.1).sum(axis=1).round(6)

    def band(self, scores: np.ndarray, comparisons: pd.DataFrame) -> np.ndarray:
        return self.bands.assign(scores)


LEVEL = {1.0: "AGREES", 0.5: "PARTLY_AGREES", 0.0: "DISAGREES"}


def hints_of(*pairs: tuple[float, ...]) -> list[Hint | None]:
    rows = [
        {f"{name}__{what}": number for name, value in zip("abcdefghijkl", pair, strict=False)
         for what, number in (("exact", value), ("missing", float(np.isnan(value))))}
        for pair in pairs
    ]  # fmt: skip
    names = "abcdefghijkl"[: len(pairs[0])]
    levels = {
        name: np.array([LEVEL.get(pair[index], "MISSING") for pair in pairs], dtype=object)
        for index, name in enumerate(names)
    }
    return settling_hints(Adding(), pd.DataFrame(rows), levels, EvidenceFigures())


@pytest.mark.parametrize(
    ("pair", "groups"),
    [
        ((1, 1, 1, 0), ("d",)),  # 0.3, and 0.1 more is needed
        ((1, 1, 0, 0), ("c", "d")),
        ((1, 0.5, 0, 0), ("c", "d")),  # 0.35 exactly
        ((1, 0, 0, 0, 0), ("b", "c", "d")),  # three are the most
    ],
)
def test_a_hint_names_as_few_groups_as_settle_it_and_at_most_three(pair, groups):
    (hint,) = hints_of(pair)
    assert (hint.settles_as, hint.groups) == ("match", groups)


def test_what_four_groups_would_settle_is_not_asked_for():
    assert hints_of((0, 0, 0, 0, 0)) == [None]


def test_hints_of_many_pairs_are_those_of_each_alone(monkeypatch):
    from matchwright.core.reasons import counterfactual

    pairs = [(1, 1, 1, 0), (1, 1, 0, 0), (1, np.nan, 0.5, 0), (1, 1, 0.5, np.nan), (1, 0.5, 0.5, 0.5)]
    alone = [hints_of(pair)[0] for pair in pairs]
    assert hints_of(*pairs) == alone
    monkeypatch.setattr(counterfactual, "BATCH", 2)
    assert hints_of(*pairs) == alone


def test_what_differs_can_not_turn_out_to_differ_more():
    (hint,) = hints_of((1, 0, 0.5))  # a match is out of reach; for no match c may differ, and b does already
    assert (hint.settles_as, hint.groups) == ("no_match", ("c",))


@pytest.mark.parametrize(("settles_as", "code"), [("match", "AGREES"), ("no_match", "DISAGREES")])
def test_a_hint_has_its_codes(settles_as, code):
    hint = Hint(settles_as, ("surname", "title_codes"), ("MISSING", "DISAGREES"))
    assert hint.code == f"COUNTERFACTUAL_{settles_as.upper()}"
    assert hint.codes == (f"SURNAME_{code}", f"TITLE_CODES_{code}")


@pytest.mark.parametrize(("pairs", "known"), [(FEWEST - 1, False), (FEWEST, True)])
def test_typical_evidence_takes_a_few_pairs(persons_spec, pairs, known):
    frame = pd.DataFrame({"surname__jaro_winkler": [0.95] * pairs, "surname__missing": [0.0] * pairs})
    agreeing = EvidenceFigures.fit(frame, np.ones(pairs), persons_spec)
    disagreeing = EvidenceFigures.fit(frame.assign(surname__jaro_winkler=0.25), np.zeros(pairs), persons_spec)
    assert agreeing.agreeing == ({"surname__jaro_winkler": 0.95, "surname__missing": 0.0} if known else {})
    assert agreeing.disagreeing == disagreeing.agreeing == {}
    assert disagreeing.disagreeing == ({"surname__jaro_winkler": 0.25, "surname__missing": 0.0} if known else {})


def test_typical_evidence_is_of_true_pairs_that_agree_and_of_others_that_do_not(persons_spec):
    frame = pd.DataFrame({"surname__jaro_winkler": [0.2] * 5 + [1.0] * 5, "surname__missing": [0.0] * 10})
    crosswise = EvidenceFigures.fit(frame, np.repeat([1, 0], 5), persons_spec)
    assert crosswise.agreeing == crosswise.disagreeing == {}


def test_where_no_figure_is_known_agreement_is_the_best_value_and_disagreement_the_worst():
    names = ["a__exact", "a__unmatched_left", "a__missing", "b__exact"]
    figures = EvidenceFigures(agreeing={"b__exact": None}, disagreeing={"b__exact": 0.25})
    np.testing.assert_array_equal(figures.filled(names, agreement=True), [1, 0, 0, np.nan])
    np.testing.assert_array_equal(figures.filled(names, agreement=False), [0, 1, 0, 0.25])


@pytest.mark.parametrize(
    ("before", "kept"),
    [(1.0, True), (1 / WITHIN, True), (WITHIN, True), (0.999 / WITHIN, False), (1.001 * WITHIN, False)],
)
def test_a_challenger_takes_over_what_moved_by_no_more_than_trainings_differ(before, kept):
    mine = EvidenceFigures(mean_contributions={"A_AGREES": 1.0})
    inherited = mine.inherit(EvidenceFigures(mean_contributions={"A_AGREES": before, "B_AGREES": 9.0}))
    assert inherited.mean_contributions == {"A_AGREES": before if kept else 1.0, "B_AGREES": 9.0}


def test_names_in_a_hint_are_joined_as_in_a_sentence(persons_spec):
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
    ("wanted", "language"),
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
def test_the_first_language_that_there_is(persons_spec, wanted, language):
    assert Catalogue.of(persons_spec).language_for(wanted) == language
