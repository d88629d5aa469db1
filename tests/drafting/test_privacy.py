"""In doubt the stricter class: tables whose column names are not understood."""

import pandas as pd
import pytest

from matchwright.core.spec import MatchSpec, parse_spec
from matchwright.drafting import infer_spec

FIRST = ["karl", "adele", "lena", "gustav", "quirin", "hanna", "osric", "wilfrida"]
LAST = ["neuhauss", "tressels", "vossen", "maurerer", "erharts", "jankow", "testwell", "mockworth"]
ROWS = 40


def persons(*names: str) -> pd.DataFrame:
    """A table of persons, whose columns after the id have these names."""
    columns = [
        [f"L{n:05}" for n in range(ROWS)],
        [f"{FIRST[n % 8]}{chr(97 + n // 8)}" for n in range(ROWS)],
        [f"{LAST[n % 8]}{chr(97 + n % 5)}" for n in range(ROWS)],
        [f"{1940 + n}-0{n % 9 + 1}-1{n % 9}" for n in range(ROWS)],
        [f"Feldweg {n + 3}" for n in range(ROWS)],
        [["Altheim", "Neudorf", "Steinau"][n % 3] for n in range(ROWS)],
        [f"0{n % 7}{n % 10}35" for n in range(ROWS)],
    ]
    return pd.DataFrame(dict(zip(("id", *names), columns, strict=True)))


def draft(table: pd.DataFrame) -> tuple[str, MatchSpec]:
    text = infer_spec(table)
    return text, parse_spec(text)


@pytest.mark.parametrize(
    "names",
    [
        "имя фамилия дата_рождения улица город индекс",
        "imie nazwisko data_urodzenia ulica miasto kod",
        "名 姓 出生日期 地址 城市 邮编",
        "Vorname Name Geburtsdatum Straße Ort PLZ",
        "prénom nom date_de_naissance rue ville code_postal",
        "nombre apellidos fecha_nacimiento calle ciudad cp",
        "nome cognome data_nascita indirizzo citta cap",
        "nome sobrenome data_nascimento rua cidade cep",
        "voornaam achternaam geboortedatum straat woonplaats postcode",
        "ad soyad dogum_tarihi adres sehir posta_kodu",
        "الاسم اللقب تاريخ_الميلاد العنوان المدينة الرمز_البريدي",
        "नाम उपनाम जन्म_तिथि पता शहर पिन_कोड",
        "名前 苗字 生年月日 住所 市区町村 郵便番号",
        "이름 성 생년월일 주소 도시 우편번호",
        "tên họ ngày_sinh địa_chỉ thành_phố postcode",
        "nama_depan nama_belakang tanggal_lahir alamat kota kode_pos",
        "ชื่อ นามสกุล วันเกิด ที่อยู่ เมือง รหัสไปรษณีย์",
    ],
)
def test_persons_are_recognised_in_many_languages(names: str) -> None:
    text, spec = draft(persons(*names.split()))
    assert {field.pii for field in spec.fields.values()} == {"quasi"}
    assert spec.costs.false_match == 50
    identity = {spec.column_of(name) for name in spec.identity}
    assert set(names.split()[:3]) <= identity
    assert "NOTE" not in text


def test_where_no_column_name_is_understood_everything_is_quasi_and_the_draft_says_so_at_its_top() -> None:
    text, spec = draft(persons("zyx", "qwr", "vbn", "plk", "mnh", "trw"))
    assert {field.pii for field in spec.fields.values()} == {"quasi"}
    assert spec.costs.false_match == 50
    assert {"zyx", "qwr", "vbn"} <= set(spec.identity)
    top = text.partition("\nname: ")[0]
    assert "No column name was understood" in top
    assert "Not understood by name, so look at their kind and class (pii): zyx, qwr, vbn, plk, mnh, trw" in top


@pytest.mark.parametrize("names", ["name qwr vbn", "name title date", "qwr vbn Datum"])
def test_dates_beside_what_may_be_names_make_a_table_one_about_persons(names: str) -> None:
    text, spec = draft(persons(*names.split(), "address", "city", "code"))
    assert {field.pii for field in spec.fields.values()} == {"quasi"}
    assert "dates stand beside what may be names" in text.partition("\nname: ")[0]


def test_products_with_one_unknown_column_are_not_about_persons() -> None:
    table = pd.DataFrame(
        {
            "id": range(ROWS),
            "title": [f"thing {n} of many parts in steel" for n in range(ROWS)],
            "price": [n + 0.5 for n in range(ROWS)],
            "released": [f"19{50 + n}-03-04" for n in range(ROWS)],
            "zyx": [f"kind {n % 4}" for n in range(ROWS)],
        }
    )
    text, spec = draft(table)
    assert {field.pii for field in spec.fields.values()} == {"none"}
    assert spec.costs.false_match == 5
    assert text.partition("\nname: ")[0].endswith("(pii): zyx")


def test_a_hint_inside_a_word_counts_for_nothing() -> None:
    table = persons("title", "Factory", "released", "birth_place", "brand", "code")
    _, spec = draft(table)
    assert not spec.identity
    assert spec.fields["birth_place"].pii == "quasi"
    assert spec.fields["factory"].pii == "none"
