"""What the names of columns hint at, in many languages."""

from pathlib import Path

import pytest
import yaml

from matchwright.drafting import hints
from matchwright.drafting.hints import HINTS, hint_of, hints_of, names_a_record, names_a_row, plain_name, words_of

NAMES = {
    "given_name": "given_name firstName FIRST_NAME1 Vorname prénom имя imię 下の名前 forename voornaam etunimi",
    "surname": "surname LastName Nachname apellidos cognome sobrenome achternaam nazwisko фамилия soyadı 姓 성 اللقب "
    "उपनाम 苗字 επώνυμο příjmení sukunimi",
    "name": "name nom nombre nome naam ad 名 名前 이름 الاسم नाम όνομα namn",
    "full_name": "full_name customerName 姓名 客户姓名 氏名 성명 фио الاسم_الكامل पूरा_नाम ad_soyad",
    "birth": "date_of_birth DOB birthDate dateofbirth Geburtsdatum date_de_naissance fecha_nacimiento data_di_nascita "
    "data_nascimento geboortedatum data_urodzenia doğum_tarihi дата_рождения تاريخ_الميلاد जन्म_तिथि 出生日期 生年月日 "
    "생년월일 syntymäaika ημερομηνία_γέννησης",
    "address": "address addr1 Straße rue calle indirizzo endereço adres ulica улица sokak العنوان पता 地址 住所 "
    "주소 οδός",
    "city": "city Stadt ville ciudad città cidade woonplaats miasto город şehir المدينة शहर 城市 市区町村 도시 "
    "birth_place placeOfBirth Geburtsort",
    "postcode": "postcode ZIP PLZ code_postal codigo_postal CAP CEP kod_pocztowy индекс posta_kodu الرمز_البريدي "
    "पिन_कोड 邮编 郵便番号 우편번호",
    "phone": "phone mobile2 Telefon téléphone teléfono cellulare telefone telefoon телефон الهاتف मोबाइल 电话 联系电话 "
    "電話番号 전화번호",
    "email": "email e-mail E_Mail emailAddress courriel correo почта البريد_الإلكتروني ईमेल 邮箱 メールアドレス 이메일",
    "category": "Factory brand manufacturer",
    "company": "company_name Firma 会社名 companyName société empresa",
    "further_name": "middle_name nickname отчество drugie_imię mellemnavn",
    "death": "date_of_death Sterbedatum",
    "authors": "actor Actors author",
    "": "satisfactory mediator broadcast benefactor lastly Unnamed zyx",
}


@pytest.mark.parametrize(("name", "hint"), [(name, hint) for hint, names in NAMES.items() for name in names.split()])
def test_whole_words_of_a_name_hint_at_its_content(name: str, hint: str) -> None:
    assert hint_of(name) == hint


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (["Vorname", "Name"], ["given_name", "surname"]),
        (["nom", "prénom"], ["surname", "given_name"]),
        (["nombre", "apellidos"], ["given_name", "surname"]),
        (["姓", "名"], ["surname", "given_name"]),
        (["name", "price"], ["name", "price"]),
        (["name", "dob"], ["full_name", "birth"]),
        (["name", "dob", "company"], ["name", "birth", "company"]),
        (["name", "middle_name", "surname"], ["given_name", "further_name", "surname"]),
        (["name", "given_name", "surname"], ["name", "given_name", "surname"]),
        (["name", "nom", "surname"], ["name", "name", "surname"]),
        (["titel", "marke", "preis"], ["title", "category", "price"]),
        (["titel", "vorname", "nachname"], ["further_name", "given_name", "surname"]),
    ],
)
def test_the_word_for_a_name_is_understood_beside_its_neighbours(columns: list[str], expected: list[str]) -> None:
    assert list(hints_of(columns).values()) == expected


def test_every_hint_of_the_list_of_words_is_known_and_every_phrase_has_letters() -> None:
    languages = yaml.safe_load(Path(hints.__file__).with_name("words.yaml").read_text(encoding="utf-8"))
    assert {hint for words in languages.values() for hint in words} <= set(HINTS)
    for words in languages.values():
        assert all(words_of(phrase) for text in words.values() for phrase in text.split(","))


@pytest.mark.parametrize(
    ("column", "plain"),
    [
        ("дата_рождения", "data_rozhdeniya"),
        ("Ёлка №5", "elka_no5"),
        ("Ημερομηνία", "imerominia"),
        ("Straße & Nr.", "strasse_nr"),
        ("dateOfBirth", "date_of_birth"),
        ("名前", ""),
    ],
)
def test_a_plain_name_keeps_cyrillic_and_greek_in_latin_letters(column: str, plain: str) -> None:
    assert plain_name(column) == plain


def test_names_of_row_numbers_and_of_record_ids() -> None:
    assert all(
        map(names_a_row, ["", " ", "Unnamed: 0", "Unnamed: 0.1", "index", "level_0", "__index_level_0__", "row_number"])
    )
    assert not any(map(names_a_row, ["id", "名", "indexing", "unnamed item", "индекс"]))
    assert all(map(names_a_record, ["id", "record_id", "RecID", "uuid", "ид"]))
    assert not any(map(names_a_record, ["idea", "customer_id"]))
