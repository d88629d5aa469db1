"""A draft proposes to take words for 'empty' as missing where they are more frequent than a real value would be."""

from io import StringIO

import pandas as pd
import pytest

from matchwright.core.records import conform
from matchwright.core.spec import MatchSpec, parse_spec
from matchwright.drafting import infer_spec

PERSONS = """\
record_id,given_name,surname,date_of_birth,street,city,postcode
L00,karl,neuhauss,1976-08-27,NULL,unknown,09275
L01,-,tressels,1944-06-18,Feldweg 89,Neudorf,unknown
L02,lena,vossen,2000-04-03,NULL,-,03006
L03,stefan,lindners,unknown,Feldweg 50,Waldau,01439
L04,NULL,wielands,1940-08-03,Ringstrasse 77,n/a,06220
L05,tilda,hollmann,NULL,NULL,Talbach,unknown
L06,anna,erhartmann,NULL,Marktplatz 32,Altheim,-
L07,n/a,maurer,1990-01-01,Kirchgasse 38,Steinau,03166
L08,gustav,kessler,n/a,Birkenweg 21,Musterstadt,-
L09,NULL,Null,1985-07-19,n/a,NULL,NULL
"""


def table(rows: int = 1_000, **columns: dict[str, int]) -> pd.DataFrame:
    """A table with given words so often in its columns, and different values elsewhere."""
    made = {"id": [str(n) for n in range(rows)], "title": [f"thing {n} of many" for n in range(rows)]}
    for number, (name, words) in enumerate(columns.items()):
        listed = [word for word, count in words.items() for _ in range(count)]
        if "birth" in name:
            others = [f"{1930 + n % 70}-{1 + n % 12:02}-{1 + n % 28:02}" for n in range(rows)]
        elif "code" in name:
            others = [f"{10_000 + 7 * n}" for n in range(rows)]
        else:
            others = [f"value{chr(97 + number)}{n}" for n in range(rows)]
        made[name] = [*listed, *others[len(listed) :]]
    return pd.DataFrame(made)


def drafted(frame: pd.DataFrame) -> tuple[str, MatchSpec]:
    text = infer_spec(frame)
    return text, parse_spec(text)


def test_words_of_several_columns_are_drafted_for_the_whole_spec_with_their_counts():
    frame = pd.read_csv(StringIO(PERSONS), dtype=str, keep_default_na=False)
    text, spec = drafted(frame)
    assert {word.casefold() for word in spec.missing} == {"null", "-", "unknown", "n/a"}
    assert '# "NULL": 9 values in 5 columns' in text
    read = conform(frame, spec, "left")
    assert read.loc[9, ["given_name", "date_of_birth", "street", "city", "postcode"]].isna().sum() == 4


def test_a_surname_null_stays_possible():
    _, spec = drafted(table(surname={"Null": 2}))
    assert spec.missing_in("surname") == ()
    text, spec = drafted(table(surname={"Null": 2}, street={"NULL": 50}, suburb={"NULL": 50}))
    assert spec.missing == ("NULL",)
    assert spec.missing_in("surname") == ()
    assert spec.missing_in("street") == ("NULL",)
    assert '# Not missing in surname, because a few may be real values: "NULL" is 2.' in text


@pytest.mark.parametrize(("count", "drafts"), [(49, False), (50, True)])
def test_a_word_in_5_percent_of_a_column_is_missing_if_other_values_are_frequent_too(count, drafts):
    frame = table(maker={"NULL": count, "acme": 400})
    assert drafted(frame)[1].missing_in("maker") == (("NULL",) if drafts else ())


@pytest.mark.parametrize(("count", "drafts"), [(9, False), (10, True)])
def test_a_word_in_1_percent_of_a_column_is_missing_if_no_other_value_is_so_frequent(count, drafts):
    assert drafted(table(street={"n/a": count}))[1].missing_in("street") == (("n/a",) if drafts else ())


@pytest.mark.parametrize("word", ["unbekannt", "inconnu", "desconocido", "нет данных", "不明", "k.A.", "#N/A", "--"])
def test_words_of_several_languages_are_known(word):
    assert drafted(table(street={word: 80}))[1].missing_in("street") == (word,)


def test_other_words_are_never_drafted_however_frequent():
    assert drafted(table(street={"main street": 300}))[1].missing_in("street") == ()


def test_codes_of_states_are_no_words_for_an_empty_cell():
    assert drafted(table(state={"ND": 300, "NA": 300, "TX": 300}))[1].missing_in("state") == ()


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("birth", "1900-01-01", "1900-01-01"),
        ("birth", "9999-12-31", "9999-12-31"),
        ("birth", "01.01.1970", "1970-01-01"),
        ("code", "00000", "00000"),
        ("code", "99999", "99999"),
        ("code", "000-000-0000", "000-000-0000"),
    ],
)
def test_placeholder_dates_and_codes_are_missing_where_they_are_over_represented(name, value, word):
    text, spec = drafted(table(**{name: {value: 120}}))
    assert spec.missing_in(name) == (word,)
    assert f'of 1,000 values "{word}" is 120' in text or f"of 1,000 values {word} is 120" in text
    read = conform(table(**{name: {value: 120}}), spec, "left")[name]
    assert read.isna().sum() == 120


@pytest.mark.parametrize("name", ["given_name", "surname"])
def test_a_word_that_is_no_name_is_missing_among_names_of_persons_however_rare_it_is(name):
    spec = drafted(table(**{name: {"Unknown": 3, "None": 3, "x": 3}}))[1]
    assert spec.missing_in(name) == ("Unknown",)
    # a film may be called so
    assert drafted(table(title={"Unknown": 3}))[1].missing_in("title") == ()


def test_a_placeholder_date_of_a_small_share_is_missing_too_and_a_code_is_not():
    spec = drafted(table(2_000, birth={"1900-01-01": 18}, code={"99999": 18}))[1]
    assert spec.missing_in("birth") == ("1900-01-01",)
    assert spec.missing_in("code") == ()


@pytest.mark.parametrize(("name", "value"), [("birth", "1970-01-01"), ("code", "99999")])
def test_a_placeholder_that_is_no_more_frequent_than_a_real_value_is_kept(name, value):
    assert drafted(table(**{name: {value: 2}}))[1].missing_in(name) == ()


def test_the_kind_and_the_rules_of_a_column_follow_from_its_real_values():
    _, spec = drafted(table(birth={"n/a": 600}, price={"unknown": 600}))
    assert spec.fields["birth"].kind == "date"
    assert spec.quality.fields["birth"].present_share == 0.35
