"""What is a part of a word in each script, and the bounds on the work of normalisation."""

import unicodedata

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from matchwright.core.notation.dates import LONGEST_DATE
from matchwright.core.records import conform_values, normal_forms, record_features
from matchwright.core.records.conform import clean_text
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.normal import NORMAL_FORM, first_number, running_text, squeezed, words
from matchwright.core.records.scripts import (
    LONGEST_VALUE,
    MOST_MARKS,
    PART,
    ascii_digits,
    compatible,
    first_letter,
    folded,
)
from matchwright.core.spec.vocabulary import RECORD_FEATURES

INVISIBLE_OR_MARKS = "\u0301\u0316\u0345\u3099\u309b\u094d\u093f\u200d\u200c\u200b\u00ad\ufdfa\uff9e"
LETTERS = "İıßſᾼÅ가각ㄱ\ufe0f\u034f\u0640\u1160\u3164١カー々葛្កအ.1, -'"
"""Letters with rules of their own, such as parts of syllables and letters that become several."""


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("José", "jose"),
        ("Ὀδυσσεύς", "οδυσσευσ"),
        ("Йорданка Семёнова", "иорданка семенова"),
        ("שָׁלוֹם", "שלום"),
        ("مُحَمَّد", "محمد"),
        ("أحمد", "احمد"),
        ("\u0301a\u0301 \u0301 1\u20e3", "a 1"),
        ("\u0301", None),
    ],
)
def test_marks_are_left_out_where_readers_treat_them_as_optional(value, form):
    assert words(value) == form


@pytest.mark.parametrize(
    "value",
    ["मीना", "कुमार", "क्षमा", "হাসান", "கமலி", "రాజీవ్", "วิชัย", "ບຸນມີ", "ကျော်", "ខ្មែរ", "བཀྲ",
     "ガンダ", "がく", "パー", "々木", "ދިވެހި"],
)  # fmt: skip
def test_vowel_signs_viramas_and_voicing_marks_are_parts_of_their_word(value):
    assert words(value) == value
    assert squeezed(value) == value


@pytest.mark.parametrize(
    ("one", "other"),
    [("मीना", "मोना"), ("दीपा", "दीप"), ("राम", "रोम"), ("क्त", "कत"), ("கமலா", "கமல்"), ("ကျော်", "ကြော်"),
     ("バス", "パス"), ("パス", "ハス"), ("ガ", "カ")],
)  # fmt: skip
def test_words_that_differ_in_a_mark_are_different(one, other):
    assert words(one) != words(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("क्‍ष", "क्ष"),
        ("می\u200cخواهم", "میخواهم"),
        ("Mül\u00adler", "muller"),
        ("محمــد", "محمد"),
        ("葛\U000e0100", "葛"),
        ("\u202bAbel\u202c", "abel"),
        ("ส\u200dุข", "สุข"),
        ("សុខ\u200bវណ្ណា", "សុខវណ្ណា"),
    ],
)
def test_joiners_and_other_invisible_characters_are_ignored(one, other):
    assert words(one) == words(other)


def test_a_zero_width_space_ends_a_word_where_words_have_blanks():
    assert words("Ada\u200bLovelace") == "ada lovelace"


@pytest.mark.parametrize("value", ["ｶﾞﾝﾀﾞ", "ガンダ", "カ\u3099ンタ\u3099", "カ゛ンタ゛"])
def test_all_ways_to_write_a_voiced_kana_are_one(value):
    assert words(value) == words(clean_text(value)) == "ガンダ"


@pytest.mark.parametrize(
    ("value", "form"),
    [("ＦＵＬＬ", "full"), ("ﬁn", "fin"), ("Straße", "strasse"), ("İzmir", "izmir"), ("Kelvin K", "kelvin k"),
     ("Ⅷ", "viii"), ("𝐁old", "bold")],
)  # fmt: skip
def test_letters_have_one_form(value, form):
    assert words(value) == words(clean_text(value)) == form


@given(st.text(st.characters(max_codepoint=0x24F, exclude_categories=["Cc"]), max_size=30))
def test_latin_words_do_not_depend_on_case_or_composition(value):
    assert words(value) == words(value.upper()) == words(unicodedata.normalize("NFD", value))


@given(value=st.text(st.one_of(st.characters(), st.sampled_from(INVISIBLE_OR_MARKS + LETTERS)), max_size=100))
def test_the_normal_form_of_a_normal_form_is_the_same(value):
    for convert in NORMAL_FORM.values():
        form = convert(clean_text(value) or "-")
        assert form is None or convert(form) == convert(clean_text(form)) == form


@pytest.mark.parametrize(
    "digits", ["١٩٨٠٠٢١٤", "۱۹۸۰۰۲۱۴", "१९८००२१४", "১৯৮০০২১৪", "๑๙๘๐๐๒๑๔", "１９８００２１４", "19800214"]
)
def test_digits_of_all_scripts_are_the_same_numbers(digits):
    assert ascii_digits(clean_text(digits)) == "19800214"
    assert {NORMAL_FORM[kind](clean_text(digits)) for kind in ("name", "text", "id_code", "date", "address")} == {
        "19800214"
    }
    assert first_number(f"घर {digits} ब") == "19800214"


def test_a_number_in_running_text_may_have_digits_of_another_script():
    assert running_text("मूल्य १,२९९ और १५.४०") == "मूल्य 1299 और 15.40"
    assert running_text("١٬٢٩٩ و ١٥٫٤") == "1299 و 15.4"


@pytest.mark.parametrize(
    ("value", "initial"),
    [
        ("", ""),
        ("smith", "s"),
        ("किरण", "कि"),
        ("김민수", "김"),
        ("ガ", "ガ"),
        ("か\u3099く", "か\u3099"),
        ("ကျ", "ကျ"),
    ],
)
def test_an_initial_is_a_letter_with_its_marks(value, initial):
    assert first_letter(value) == initial


@pytest.mark.parametrize(
    ("name", "phonetic"),
    [("Smith", "SM0"), ("Søren", "SRN"), ("Łukasz", "KSS"), ("Иван", None), ("मीना", None), ("李明", None),
     ("نوفا", None), ("김민수", None), ("李 Smith", None), ("123", None)],
)  # fmt: skip
def test_only_names_in_latin_script_have_a_phonetic_feature(persons_spec, name, phonetic):
    features = record_features(conform_values([{"surname": name}], persons_spec, "left"), persons_spec, Corpus({}))
    assert features["surname__phonetic"].item() == phonetic


LONG = {
    "one letter with marks of many classes": "a" + "\u0301\u0316\u0327" * 5_000,
    "marks alone": "\u0316\u0301" * 5_000,
    "half-width voicing marks": "ｶ" + "ﾞ\u0301" * 5_000,
    "a character that becomes eighteen": "\ufdfa" * 5_000,
    "signs of vowels": "क" + "\u093f\u094d\u093c" * 5_000,
    "parts of syllables": "\u1100\u1161\u11a8" * 5_000,
}


@pytest.mark.parametrize("value", LONG.values(), ids=LONG)
def test_what_is_normalised_is_short_and_has_no_long_run_of_marks(monkeypatch, persons_spec, products_spec, value):
    """Normalisation is quadratic in a run of marks, and its result may be 18 times as long as the text."""
    normalise, given_texts = unicodedata.normalize, []

    def spy(form: str, text: str) -> str:
        given_texts.append(text)
        return normalise(form, text)

    monkeypatch.setattr(unicodedata, "normalize", spy)
    for spec in (persons_spec, products_spec):
        conformed = conform_values([dict.fromkeys(spec.compared, value)], spec, "left")
        record_features(conformed, spec, Corpus({}))
        normal_forms(conformed, spec)
    for kind in RECORD_FEATURES:
        if kind in NORMAL_FORM:
            NORMAL_FORM[kind](value)
    assert len(given_texts) > 10
    # casefolding may lengthen a text after its first normalisation
    assert max(map(len, given_texts)) <= 3 * LONGEST_VALUE
    assert max(len(normalise("NFKD", text)) for text in given_texts) <= 3 * LONGEST_VALUE
    runs = [run for text in given_texts for run in regex.findall(r"[\p{M}ﾞﾟ]+", text)]
    # a date is read from a short text, which may be marks alone
    assert max(map(len, runs), default=0) <= max(2 * MOST_MARKS, LONGEST_DATE + 1)


@given(
    value=st.text(st.sampled_from("क\u093f\u093cｶﾞ\u0301\u0316a각\u1100\u1161\u11a8한ﬁ\u0958"), max_size=40),
    shift=st.integers(0, 40),
)
def test_a_text_that_is_normalised_in_parts_has_the_normal_form_of_the_whole(value, shift):
    text = "x" * (PART - shift) + value + "y" * PART + value
    assert compatible(text) == unicodedata.normalize("NFKC", text)


@pytest.mark.parametrize("value", LONG.values(), ids=LONG)
def test_a_long_value_stays_short(value):
    assert len(compatible(value)) <= LONGEST_VALUE
    assert len(clean_text(value)) <= LONGEST_VALUE
    assert len(folded(value)) <= 3 * LONGEST_VALUE


@pytest.mark.parametrize(("marks", "kept"), [(29, 29), (30, 30), (31, 30), (5_000, 30)])
def test_at_most_thirty_marks_after_a_letter_are_kept(marks, kept):
    value = "x" + "\u0337" * marks + "y"
    assert compatible(value).count("\u0337") == kept
