"""A draft names the fields that tell the members of one household apart, for tables of persons only."""

import pandas as pd
import pytest

from matchwright.core.spec import MatchSpec, parse_spec
from matchwright.drafting import infer_spec

LETTERS = "abcdefgh"
ROWS = 64


def words(stem: str) -> list[str]:
    """Distinct single words."""
    return [f"{stem}{LETTERS[n % 8]}{LETTERS[n // 8]}" for n in range(ROWS)]


VALUES: dict[str, list[str]] = {
    "given": words("mar"),
    "surname": words("testwell"),
    "full": [f"{given} {surname}" for given, surname in zip(words("mar"), words("testwell"), strict=True)],
    "born": [f"19{n + 20:02}-{n % 12 + 1:02}-{n % 28 + 1:02}" for n in range(ROWS)],
    "year": [str(1920 + n) for n in range(ROWS)],
    "age": [str(20 + n) for n in range(ROWS)],
    "address": [f"{n + 1} example street" for n in range(ROWS)],
    "postcode": [str(2000 + n * 7) for n in range(ROWS)],
    "title": [f"sample lantern of size {n} with handle" for n in range(ROWS)],
    "price": [f"{n}.95" for n in range(ROWS)],
    "company": [f"{word} mock" for word in words("stub")],
}


def drafted(columns: dict[str, str]) -> MatchSpec:
    """The draft for a table with these columns, each with values of a kind."""
    rows = {"id": [f"r{n}" for n in range(ROWS)]} | {name: VALUES[kind] for name, kind in columns.items()}
    return parse_spec(infer_spec(pd.DataFrame(rows)))


@pytest.mark.parametrize(
    ("given", "surname", "born", "address"),
    [
        ("given_name", "surname", "date_of_birth", "address_1"),
        ("FirstName", "LastName", "DOB", "street"),
        ("Vorname", "Name", "Geburtsdatum", "Straße"),
        ("prénom", "nom", "date de naissance", "adresse"),
        ("nombre", "apellidos", "fecha_nacimiento", "dirección"),
        ("nome", "cognome", "data di nascita", "indirizzo"),
        ("voornaam", "achternaam", "geboortedatum", "adres"),
        ("imię", "nazwisko", "data urodzenia", "ulica"),
        ("имя", "фамилия", "дата рождения", "адрес"),
        ("名", "姓", "出生日期", "地址"),
        ("이름", "성", "생년월일", "주소"),
        ("الاسم الأول", "اسم العائلة", "تاريخ الميلاد", "العنوان"),
    ],
)
def test_given_name_and_date_of_birth_are_individual_in_many_languages(given, surname, born, address) -> None:
    spec = drafted({given: "given", surname: "surname", born: "born", address: "address"})
    assert [spec.column_of(name) for name in spec.individual] == [given, born]
    assert {spec.column_of(name) for name in spec.identity} == {given, surname, born}


@pytest.mark.parametrize(
    ("columns", "individual"),
    [
        ({"full_name": "full", "birth_date": "born", "address": "address"}, ["full_name", "birth_date"]),
        ({"氏名": "full", "生年月日": "born", "住所": "address"}, ["氏名", "生年月日"]),
        ({"name": "full", "dob": "born", "address": "address"}, ["name", "dob"]),
        ({"surname": "surname", "dob": "born", "address": "address"}, ["dob"]),
        ({"first_name": "given", "last_name": "surname", "zip": "postcode"}, ["first_name"]),
        ({"first_name": "given", "last_name": "surname", "birth_year": "year"}, ["first_name", "birth_year"]),
        (
            {"first_name": "given", "yob": "year", "dob": "born", "address": "address"},
            ["first_name", "dob"],
        ),
    ],
    ids=["full name", "full name in Japanese", "name", "no given name", "no date", "year", "year and date"],
)
def test_what_is_individual_depends_on_the_columns_that_there_are(columns, individual) -> None:
    spec = drafted(columns)
    assert [spec.column_of(name) for name in spec.individual] == individual
    assert set(spec.individual) <= set(spec.identity)


@pytest.mark.parametrize("column", ["middle_name", "nickname", "отчество", "drugie imię", "age", "date_of_death"])
def test_what_does_not_tell_persons_apart_alone_is_not_individual(column: str) -> None:
    """A person is recorded with and without a middle name, and brothers share their father's name."""
    kind = {"age": "age", "date_of_death": "born"}.get(column, "given")
    spec = drafted({column: kind, "first_name": "given", "surname": "surname", "dob": "born", "street": "address"})
    assert spec.individual == ("first_name", "dob")


@pytest.mark.parametrize(
    "columns",
    [
        {"title": "title", "brand": "surname", "price": "price"},
        {"name": "title", "price": "price", "age": "age"},
        {"title": "title", "authors": "full", "venue": "surname", "year": "year"},
        {"title": "title", "author_first_name": "given", "author_last_name": "surname", "year": "year"},
        {"company": "company", "address": "address", "city": "surname", "founded": "year"},
        {"company": "company", "contact_first_name": "given", "contact_last_name": "surname", "street": "address"},
        {"Firma": "company", "Vorname": "given", "Nachname": "surname", "PLZ": "postcode"},
        {"owner_name": "full", "address": "address", "phone": "postcode"},
        {"name": "company", "address": "address", "postcode": "postcode"},
    ],
    ids=["offers", "toys", "papers", "papers by author", "companies", "contacts", "firms", "owners", "shops"],
)
def test_tables_of_things_have_no_individual_fields(columns: dict[str, str]) -> None:
    assert drafted(columns).individual == ()


def test_columns_that_were_not_understood_are_left_to_the_reader_of_the_draft() -> None:
    table = pd.DataFrame({"id": [f"r{n}" for n in range(ROWS)]} | {"q1": VALUES["given"], "q2": VALUES["born"]})
    text = infer_spec(table)
    assert parse_spec(text).individual == ()
    assert "# individual: []   # of persons, name the given name and the date of birth" in text


def test_the_draft_says_why_there_are_individual_fields() -> None:
    table = pd.DataFrame({"id": range(ROWS), "given_name": VALUES["given"], "dob": VALUES["born"]})
    text = infer_spec(table)
    assert "individual: [given_name, dob]   # guessed: members of one household do not share these" in text
    assert "# Twins, or a father and a son of one name, differ in nothing but these." in text


@pytest.mark.parametrize(
    "relative", ["father_given_name", "mothers_maiden_name", "partner_first_name", "FatherGivenName"]
)
def test_a_name_of_a_relative_is_neither_individual_nor_identity(relative) -> None:
    spec = drafted({"surname": "surname", relative: "given", "date_of_birth": "born", "address_1": "address"})
    assert list(spec.individual) == ["date_of_birth"]
    assert {spec.column_of(name) for name in spec.identity} == {"surname", "date_of_birth"}
