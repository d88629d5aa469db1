"""Golden codes: model numbers in running text stay whole, however they are written. Other words with signs do not."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from matchwright.core.compare import compare
from matchwright.core.compare.texts import codes_in, numbers_in
from matchwright.core.records import conform_values, record_features
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.normal import LONGEST, NORMAL_FORM, running_text, squeezed

CODES = [
    # a code, and how the text's normal form holds it
    ("QX-40T-E", "qx-40t-e"),
    ("ZX111.417.37.04", "zx111.417.37.04"),
    ("ZX111.417.37.04-B", "zx111.417.37.04-b"),
    ("WD10/EZEX-00", "wd10-ezex-00"),
    ("WD10EZEX-00", "wd10ezex-00"),
    ("MA265ZM/A", "ma265zm-a"),
    ("TT-4411", "tt-4411"),
    ("RS-232", "rs-232"),
    ("CM1-42T-BLK", "cm1-42t-blk"),
    ("PC2-5300", "pc2-5300"),
    ("01-SSC-6046", "01-ssc-6046"),
    ("432797-B21", "432797-b21"),
    ("АК-4711", "ак-4711"),
]
LONG = "a well-known kettle, {} with a t-shirt and 10-12 cups"
WRITTEN = ["{}", "({})", "[{}].", "'{}',", "-{}-", "{}!", "东京{}"]

WORDS = [
    # words and numbers that are divided at their signs, and their normal form
    ("well-known t-shirt", "well known t shirt"),
    ("10-12", "10 12"),
    ("2007-2008", "2007 2008"),
    ("155-250u", "155 250u"),
    ("1st-3rd", "1st 3rd"),
    ("3-in-1", "3 in 1"),
    ("24-in-1", "24 in 1"),
    ("240-pin 4-port", "240 pin 4 port"),
    ("18-55mm", "18 55mm"),
    ("usb-8gb", "usb 8gb"),
    ("2.4-ghz usb-2.0", "2.4 ghz usb 2.0"),
    ("802.11b/g/n", "802.11b g n"),
    ("98/me nt/2000/xp", "98 me nt 2000 xp"),
    ("mp3/wma", "mp3 wma"),
    ("sd900/sd950", "sd900 sd950"),
    ("mid-2010", "mid 2010"),
    ("14-nov-10", "14 nov 10"),
    ("usb-2 mpeg-4", "usb 2 mpeg 4"),
    ("qx - 40t", "qx 40t"),
    ("qx--40t", "qx 40t"),
]
HYPHENS = "-\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d"


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize(("code", "whole"), CODES)
def test_a_code_in_a_long_text_stays_whole_at_its_ends_and_within_brackets(code, whole, written):
    text = running_text(LONG.format(written.format(code)))
    assert codes_in(text.replace("东京", " ")) == [whole]
    assert text.startswith("a well known kettle ")
    assert text.endswith(" with a t shirt and 10 12 cups")


@pytest.mark.parametrize("hyphen", HYPHENS)
def test_a_code_may_have_any_hyphen_of_unicode(hyphen):
    code = f"QX{hyphen}40T{hyphen}E"
    assert running_text(f"kettle {code}.") == "kettle qx-40t-e"
    assert squeezed(code) == "qx40te"


@pytest.mark.parametrize(("code", "whole"), CODES)
def test_a_code_is_the_same_in_a_text_and_in_a_field_of_codes(code, whole):
    assert squeezed(code) == whole.replace(".", "").replace("-", "")


@pytest.mark.parametrize(("text", "divided"), WORDS)
def test_words_ranges_amounts_and_alternatives_are_divided(text, divided):
    assert running_text(text) == divided


def test_a_long_word_next_to_a_code_is_no_part_of_it():
    assert running_text("PowerShot-SD900-BLK silver") == "powershot sd900-blk silver"


def test_an_amount_keeps_its_unit_beside_a_code():
    assert numbers_in(running_text("QX-40T-E, 5 lb")) == ["40", "5", "5lb"]


def compared(spec, left: dict, right: dict) -> dict[str, float]:
    sides = (record_features(conform_values([v], spec, "left"), spec, Corpus({})) for v in (left, right))
    return compare(*sides, spec, Corpus({})).iloc[0].to_dict()


@pytest.mark.parametrize("other", ["QX-40T-E", "QX40TE", "QX 40T E", "qx\u201140t\u2011e", "QX-40TE"])
def test_a_code_is_found_however_the_other_text_divides_it(products_spec, other):
    found = compared(products_spec, {"title": "kettle QX-40T-E steel"}, {"title": f"steel kettle {other}"})
    assert found["title__codes"] == 1
    assert found["title__unmatched_codes_left"] == found["title__unmatched_codes_right"] == 0


def test_two_codes_that_differ_in_one_part_disagree_as_wholes(products_spec):
    found = compared(products_spec, {"title": "kettle QX-40T-E"}, {"title": "kettle QX-40T-F"})
    assert found["title__codes"] == 0
    assert found["title__unmatched_codes_left"] == found["title__unmatched_codes_right"] == 1


def test_a_code_of_a_field_is_found_in_the_title_of_the_other_record(products_spec):
    found = compared(products_spec, {"title": "kettle", "model": "QX40T-E"}, {"title": "kettle (QX-40T-E)"})
    assert found["model__cross_field"] == 1


# pieces that codes and versions are made of, as single characters seldom make one by chance
PIECES = st.sampled_from(["v1.1", "v0.9x", "v", "ss", "qx", "40t", "1.5", "0", "b21", "2010", *"/-. (", *HYPHENS[1:]])


@given(st.text("abz019-/. (" + HYPHENS, max_size=30) | st.lists(PIECES, max_size=8).map("".join))
@example("0.a\u20100")
@example("v1.1/v(/0")
@settings(deadline=None)
def test_a_normal_form_is_its_own_normal_form_and_keeps_all_letters_and_digits(text):
    normal = running_text(text) or ""
    assert (running_text(normal) or "") == normal
    assert [sign for sign in normal if sign.isalnum()] == [sign for sign in text if sign.isalnum()]


@pytest.mark.parametrize("kind", LONGEST)
@given(st.lists(PIECES, min_size=1, max_size=8).map("".join), st.integers(0, 9))
@example("qx-40t-e 1.55 ", 3)
@settings(deadline=None, max_examples=30)
def test_a_normal_form_that_is_cut_is_its_own_normal_form_too(kind, text, more):
    """The cut may fall within a code or a number, the rest of which is read otherwise."""
    normal = NORMAL_FORM[kind]("x" * more + f" {text}" * LONGEST[kind]) or ""
    assert len(normal) <= LONGEST[kind]
    assert (NORMAL_FORM[kind](normal) or "") == normal
