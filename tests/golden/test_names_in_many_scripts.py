"""Golden pairs in many scripts, with made-up names.

In each script two ways to write one name agree, and a name that differs by one vowel sign is another name. Where the
script has no vowel signs, it differs by one letter or one syllable.
"""

import pandas as pd
import pytest

from matchwright.core.compare import compare
from matchwright.core.reasons import evidence
from matchwright.core.records import conform_values, normal_forms, record_features
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec

GOLDEN = [
    # script, a name, the same name, another name
    ("Latin", "Zoë Müller-Quist", "ＺＯＥ  mullER quist", "Zoe Möllar Quist"),
    ("Latin, Turkish", "Işık Dilmaç", "IŞIK DILMAÇ", "Aşık Dilmaç"),
    ("Greek", "Νεφέλη Ταρσινούς", "ΝΕΦΕΛΗ ΤΑΡΣΙΝΟΥΣ", "Νεφάλη Ταρσινούς"),
    ("Cyrillic", "Семён Зверёв", "СЕМЕН ЗВЕРЕВ", "Самён Зверёв"),
    ("Hebrew", "נוֹעָה בֶּרְקַאי", "נועה ברקאי", "נועה ברקו"),
    ("Arabic", "نُوفَة الدَّرَّاع", "نوفــة الدراع", "نوفا الدراع"),
    ("Devanagari", "मीना \u095bारवे", "मी\u200dना ज\u093cारवे", "मोना \u095bारवे"),
    ("Bengali", "সোমা ত\u09dcিত", "স\u09c7\u09beমা তড\u09bcিত", "সীমা ত\u09dcিত"),
    ("Tamil", "கோமலா", "க\u0bc7\u0bbeமலா", "கோமலி"),
    ("Telugu", "రాజీవ్", "రాజీవ్\u200c", "రోజీవ్"),
    ("Thai", "วิชัย ทองล้ำ", "วิชัย ทองล้\u0e4d\u0e32", "วีชัย ทองล้ำ"),
    ("Lao", "ບຸນ ຄຳ", "ບຸນ ຄ\u0ecdາ", "ບູນ ຄຳ"),
    ("Burmese", "ဦးကျော်", "\u1025\u102eး\u200bကျော်", "ဦးကြော်"),
    ("Khmer", "សុខ វណ្ណា", "សុខ វ\u200bណ្\u200dណា", "សូខ វណ្ណា"),
    ("kana, voicing", "ガンダ バス", "ｶﾞﾝﾀﾞ ﾊﾞｽ", "カンタ バス"),
    ("kana, half voicing", "パス", "ﾊﾟｽ", "ハス"),
    ("Hangul", "김민수", "\u1100\u1175\u11b7\u1106\u1175\u11ab\u1109\u116e", "김민서"),
    ("Han", "李明葛", "\uf9e1明葛\U000e0100", "李朋葛"),
]

SPEC = MatchSpec.model_validate(
    {
        "format": 2,
        "name": "names",
        "version": 1,
        "description": "",
        "record_id": "id",
        "fields": {"name": {"kind": "name", "pii": "none", "label": "name", "comparators": ["exact"]}},
        "candidates": {"rules": [["name"]]},
        "costs": {"false_match": 10, "missed_match": 5, "review": 1},
    }
)


def normal(name: str) -> str:
    return normal_forms(conform_values([{"name": name}], SPEC, "left"), SPEC)["name"].item()


def level(one: str, other: str) -> str:
    corpus = Corpus({})
    sides = (record_features(conform_values([{"name": name}], SPEC, "left"), SPEC, corpus) for name in (one, other))
    return evidence(compare(*sides, SPEC, corpus), SPEC)["name"].item()


@pytest.mark.parametrize(("name", "same"), [(name, same) for _, name, same, _ in GOLDEN], ids=[g[0] for g in GOLDEN])
def test_two_ways_to_write_one_name_agree(name, same):
    assert name != same
    assert normal(name) == normal(same)
    assert level(name, same) == level(same, name) == "AGREES"


@pytest.mark.parametrize(("name", "other"), [(name, other) for _, name, _, other in GOLDEN], ids=[g[0] for g in GOLDEN])
def test_a_name_with_another_vowel_is_another_name(name, other):
    assert normal(name) != normal(other)
    assert level(name, other) == level(other, name) == "DISAGREES"


@pytest.mark.parametrize("name", [name for _, *names in GOLDEN for name in names])
def test_a_name_keeps_its_number_of_words(name):
    assert len(normal(name).split()) == len(name.replace("-", " ").split())


def test_names_that_differ_by_vowel_signs_stay_apart_in_a_whole_table():
    names = ["दीपा", "दीप", "मीना", "मोना", "हरि", "हारी", "राम", "रोम", "सीता", "सोता", "लीला", "लाला"]
    table = conform_values([{"name": name} for name in names], SPEC, "left")
    assert pd.Series(normal_forms(table, SPEC)["name"]).tolist() == names
