"""A reason says that values agree only if they are the same. Otherwise its text says that they nearly are."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import yaml
from fixtures.models import REPOSITORY

from matchwright.core.bundle.golden import decide_values
from matchwright.core.compare.names import comparison_names
from matchwright.core.reasons import Catalogue, Reason, evidence, groups_of
from matchwright.core.reasons.evidence import NEARLY_KINDS, not_identical
from matchwright.core.spec import MatchSpec, load_spec, parse_spec, spec_yaml
from matchwright.errors import SpecError

SPECS = sorted(path.stem for path in (REPOSITORY / "specs").glob("*.yaml"))
PERSON = {
    "given_name": "marianne", "surname": "testwell", "street_number": "12", "street": "example street",
    "suburb": "mockville", "postcode": "2999", "state": "nsw", "date_of_birth": "19800214",
}  # fmt: skip


def with_reasons(spec: MatchSpec, **reasons) -> MatchSpec:
    return parse_spec(yaml.safe_dump({**yaml.safe_load(spec_yaml(spec)), "reasons": reasons}))


def reasons_of(model, left: dict, right: dict) -> dict[str, Reason]:
    """All reasons of a pair, by code."""
    features = decide_values(model, [left], [right])[0].comparisons
    (found,) = model.reasons(pd.DataFrame([features], dtype=float), top=50)
    return {reason.code: reason for reason in found}


def test_testwell_and_testwel_are_nearly_the_same(decision_model):
    same = reasons_of(decision_model, PERSON, PERSON)["SURNAME_AGREES"]
    nearly = reasons_of(decision_model, PERSON, PERSON | {"surname": "testwel"})["SURNAME_AGREES"]
    assert (same.text, same.nearly) == ("The surnames agree.", False)
    assert (nearly.text, nearly.nearly) == ("The surnames are nearly the same.", True)


@pytest.mark.parametrize("other", ["TESTWELL", " Testwell ", "Téstwell", "testwell."])
def test_a_difference_of_writing_alone_is_none(decision_model, other: str):
    assert not reasons_of(decision_model, PERSON, PERSON | {"surname": other})["SURNAME_AGREES"].nearly


def test_a_replayed_decision_has_the_same_texts(decision_model):
    decision = decide_values(decision_model, [PERSON], [PERSON | {"surname": "testwel"}])[0]
    (again,) = decision_model.decide_compared(pd.DataFrame([decision.comparisons], dtype=float))
    assert again.reasons == decision.reasons


def compared(spec: MatchSpec, **values: float) -> dict[str, bool]:
    """For each group whether its values are known to differ, in a pair with these comparisons and no others."""
    row = {name: values.get(name, np.nan) for name in comparison_names(spec)}
    return {group: bool(rows[0]) for group, rows in not_identical(pd.DataFrame([row])).items()}


def test_a_stricter_comparison_of_the_same_values_counts_too(persons_spec):
    assert not compared(persons_spec, street__token_set=1.0, street__levenshtein=1.0)["street"]
    assert compared(persons_spec, street__token_set=1.0, street__levenshtein=0.6)["street"]
    assert compared(persons_spec, street__token_set=0.95)["street"]
    assert not compared(persons_spec)["street"]


def test_a_comparison_that_says_nothing_about_sameness_does_not_count(persons_spec):
    same = {"surname__jaro_winkler": 1.0, "surname__levenshtein": 1.0, "surname__token_sort": 1.0}
    assert not compared(persons_spec, **same, surname__rarity=0.2, surname__missing=0.0, surname__swapped=0.1)[
        "surname"
    ]


@pytest.mark.parametrize("name", SPECS)
def test_every_shipped_spec_has_a_text_for_each_group_that_can_nearly_agree(name: str):
    spec = load_spec(REPOSITORY / "specs" / f"{name}.yaml")
    catalogue = Catalogue.of(spec)
    for group in groups_of(tuple(comparison_names(spec))):
        code = f"{group.name.upper()}_AGREES"
        for language, nearly in (("en", "nearly"), ("de", "fast gleich")):
            text = catalogue.text(code, language, nearly=True)
            assert (nearly in text) is (group.kind in NEARLY_KINDS), (code, text)
            assert nearly not in catalogue.text(code, language)


@pytest.mark.parametrize("name", SPECS)
def test_where_a_shipped_spec_says_that_values_agree_it_also_says_that_they_nearly_do(name: str):
    reasons = load_spec(REPOSITORY / "specs" / f"{name}.yaml").reasons
    for texts in (reasons.texts, *reasons.translations.values()):
        agreeing = {code for code in texts if re.fullmatch(r"(?!.*PARTLY).*_AGREES", code)}
        assert {f"{code}_NEARLY" for code in agreeing} <= texts.keys()


def test_a_spec_gives_its_own_text_under_the_code_with_nearly(persons_spec):
    own = {"SURNAME_AGREES": "Same surname.", "SURNAME_AGREES_NEARLY": "Almost the same surname."}
    catalogue = Catalogue.of(with_reasons(persons_spec, texts=own))
    assert catalogue.text("SURNAME_AGREES", nearly=True) == "Almost the same surname."
    assert catalogue.both("SURNAME_AGREES") == "Same surname. / Almost the same surname."
    assert catalogue.both("SURNAME_DISAGREES") == "Surname differs."


def test_without_an_own_text_the_default_one_is_used(persons_spec):
    catalogue = Catalogue.of(with_reasons(persons_spec, texts={"SURNAME_AGREES": "Same surname."}))
    assert catalogue.text("SURNAME_AGREES", nearly=True) == "Surname is nearly the same."
    assert catalogue.text("SURNAME_AGREES", "de", nearly=True) == "Surname: fast gleich."


def test_a_catalogue_without_the_text_gives_the_usual_one(persons_spec):
    catalogue = Catalogue.of(persons_spec)
    without = {code: text for code, text in catalogue.texts.items() if not code.endswith("_NEARLY")}
    assert replace(catalogue, texts=without).text("SURNAME_AGREES", nearly=True) == "The surnames agree."


@pytest.mark.parametrize("code", ["SURNAME_DISAGREES_NEARLY", "CONTEXT_AGREES_NEARLY", "SURNAME_NEARLY"])
def test_only_a_group_that_can_nearly_agree_has_such_a_text(persons_spec, code: str):
    with pytest.raises(SpecError, match=f"reasons.texts.{code}: is not a reason code"):
        with_reasons(persons_spec, texts={code: "text"})


def test_the_level_does_not_depend_on_it(decision_model, small_world):
    comparisons = decision_model.compare(small_world.left, small_world.right)
    levels = evidence(comparisons, decision_model.spec)
    differing = not_identical(comparisons)
    assert {"AGREES", "PARTLY_AGREES"} <= set(levels["surname"][differing["surname"]])
    assert set(levels["surname"][~differing["surname"]]) <= {"AGREES", "MISSING"}
