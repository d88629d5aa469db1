"""Drafted rules for names: phonetic where names have a phonetic feature, otherwise the names themselves."""

import pandas as pd
import pytest

from matchwright.core.candidates import propose_candidates
from matchwright.core.records import conform, normal_forms, record_features
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec, parse_spec
from matchwright.drafting import infer_spec

GIVEN = {
    "Devanagari": ["दीपा", "दीप", "मीना", "मोना", "हरि", "हारी", "राम", "रोम", "सीता", "सोता", "लीला", "लाला"],
    "Latin": ["Dipa", "Dorn", "Mina", "Kora", "Hari", "Fulk", "Ramo", "Bent", "Sita", "Gwen", "Lila", "Piet"],
}
FAMILY = {
    "Devanagari": ["वर्मा", "शर्मा", "गुप्ता", "सिंह", "तारवे", "जोशी", "नायर"],
    "Latin": ["Verma", "Kolb", "Gupta", "Singh", "Tarve", "Joshi", "Nayar"],
}


def register(*scripts: str) -> pd.DataFrame:
    """Persons whose names are in the given scripts in turn."""
    rows = []
    for number in range(84):
        script = scripts[number % len(scripts)]
        given, family = GIVEN[script][number % 12], FAMILY[script][number % 7]
        rows.append({"id": str(number), "given_name": given, "surname": family, "birth_year": str(1950 + number % 40)})
    return pd.DataFrame(rows)


def drafted(*scripts: str) -> tuple[MatchSpec, pd.DataFrame]:
    table = register(*scripts)
    spec = parse_spec(infer_spec(table, table.assign(id=[f"r{number}" for number in table["id"]])))
    return spec, table


def features_in_rules(spec: MatchSpec) -> set[str]:
    return {feature for rule in spec.candidates.rules for feature in rule if "name" in feature}


@pytest.mark.parametrize(
    ("scripts", "features"),
    [
        (["Latin"], {"given_name__phonetic", "surname__phonetic"}),
        (["Devanagari"], {"given_name", "surname"}),
        (["Latin", "Devanagari"], {"given_name", "surname"}),
    ],
)
def test_a_rule_is_phonetic_only_where_most_names_have_a_phonetic_feature(scripts, features):
    assert features_in_rules(drafted(*scripts)[0]) == features


@pytest.mark.parametrize(
    ("in_latin_script", "feature"), [(9, "surname__phonetic"), (8, "surname")], ids=["nine of ten", "eight of ten"]
)
def test_nine_of_ten_names_must_have_a_phonetic_feature(in_latin_script, feature):
    scripts = ["Latin"] * in_latin_script + ["Devanagari"] * (10 - in_latin_script)
    table = (
        register("Latin")
        .head(80)
        .assign(
            surname=[FAMILY[scripts[number % 10]][number % 7] for number in range(80)],
        )
    )
    spec = parse_spec(infer_spec(table, table.assign(id=[f"r{number}" for number in table["id"]])))
    assert feature in features_in_rules(spec)


def test_the_rules_of_a_draft_find_pairs_of_names_in_another_script():
    spec, table = drafted("Devanagari")
    records = pd.concat([conform(table, spec, side) for side in ("left", "right")], ignore_index=True)
    features = record_features(records, spec, Corpus.fit(normal_forms(records, spec), spec))
    found = propose_candidates(features, spec)
    by_rule = found[found["proposed_by"].str.contains("rule:")]
    pairs = set(zip(by_rule["left_key"], by_rule["right_key"], strict=True))
    assert {(f"left:{number}", f"right:{number}") for number in table["id"]} <= pairs
