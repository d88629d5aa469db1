"""Drafting a spec. The tests check the guesses. A draft contains no value of the tables and can always be loaded."""

import pandas as pd
import pytest
from fixtures.products import write_products
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchwright.core.candidates import propose_candidates
from matchwright.core.compare import compare, comparison_names
from matchwright.core.records import conform, normal_forms, record_features
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec, parse_spec
from matchwright.drafting import infer_spec
from matchwright.drafting.tables import ID_COLUMNS, read_pairs, read_tables
from matchwright.errors import DataError
from matchwright.labelling.pair_table import conform_pairs, id_column_names


@pytest.fixture
def products(tmp_path) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    paths = write_products(tmp_path, products=200)
    return tuple(pd.read_csv(paths[name], dtype=str) for name in ("records", "records_right", "pairs"))


def kinds(spec: MatchSpec) -> dict[str, str]:
    return {name: field.kind for name, field in spec.fields.items()}


def features_of(spec: MatchSpec, *tables: pd.DataFrame) -> tuple[pd.DataFrame, Corpus]:
    sides = [conform(table, spec, source) for table, source in zip(tables, ("left", "right"), strict=False)]
    records = pd.concat(sides, ignore_index=True)
    corpus = Corpus.fit(normal_forms(records, spec), spec)
    return record_features(records, spec, corpus), corpus


def test_a_draft_for_two_registers_of_persons(febrl):
    spec = parse_spec(infer_spec(*febrl, name="registers"))
    assert kinds(spec) == {
        "given_name": "name",
        "surname": "name",
        "street_number": "category",
        "address_1": "address",
        "address_2": "address",
        "suburb": "name",
        "postcode": "id_code",
        "state": "category",
        "date_of_birth": "date",
        "soc_sec_id": "id_code",
    }
    assert {name for name, field in spec.fields.items() if field.pii == "direct"} == {"soc_sec_id"}
    assert "soc_sec_id" not in spec.compared
    assert {field.pii for field in spec.compared.values()} == {"quasi"}
    assert (spec.record_id, spec.sources.alike, spec.multiplicity) == ("rec_id", True, "one_to_one")
    assert set(spec.identity) == {"given_name", "surname", "date_of_birth"}


def test_a_draft_for_two_shops_with_labelled_pairs(products):
    spec = parse_spec(infer_spec(*products, name="offers"))
    assert kinds(spec) == {
        "title": "text",
        "brand": "category",
        "modelno": "id_code",
        "price": "number",
        "category": "category",
    }
    assert {field.pii for field in spec.fields.values()} == {"none"}
    assert (spec.labels, spec.multiplicity, spec.sources.alike) == ("partial", "one_to_one", False)
    assert spec.record is not None


def test_the_rules_of_a_draft_find_matches_and_make_few_pairs(products):
    left, right, pairs = products
    spec = parse_spec(infer_spec(left, right, pairs))
    features, corpus = features_of(spec, left, right)
    candidates = propose_candidates(features, spec)
    rows = features.set_index("record_key", drop=False)
    found = set(zip(candidates["left_key"], candidates["right_key"], strict=True))
    true = pairs[pairs["label"] == "1"]
    share = sum((f"left:{a}", f"right:{b}") in found for a, b in zip(true["left_id"], true["right_id"], strict=True))
    assert share / len(true) > 0.95
    assert len(candidates) < 60 * (len(left) + len(right))
    one, other = (rows.loc[candidates[key]].reset_index(drop=True) for key in ("left_key", "right_key"))
    compared = compare(one, other, spec, corpus)
    assert list(compared.columns) == comparison_names(spec)
    own = compared[[name for name in compared.columns if name.partition("__")[0] in spec.compared]]
    assert own.notna().any().all()


def test_a_draft_takes_ids_as_they_are():
    ids = [f"{number}" for number in range(30)] + [f" {number}" for number in range(30)]
    table = pd.DataFrame({"key": ids, "title": [f"acme offer {number}" for number in range(60)]}, dtype=object)
    tables = read_tables(table, None, read_pairs(pd.DataFrame({"left_id": ids[:30], "right_id": ids[30:]})))
    assert tables.record_id == "key"
    assert tables.sides[0]["key"].tolist() == ids


def test_a_draft_for_one_table_is_for_deduplication(febrl):
    spec = parse_spec(infer_spec(pd.concat(febrl, ignore_index=True)))
    assert (spec.multiplicity, spec.sources.alike) == ("many_to_many", True)


def test_the_draft_contains_no_value_of_the_data():
    table = pd.DataFrame(
        {
            "id": [f"key-{n}" for n in range(50)],
            "who": [f"qwortle{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(50)],
            "sort": [f"vlimp{n % 3}" for n in range(50)],
            "amount": [1234.5 + 7 * n for n in range(50)],
        }
    )
    text = infer_spec(table, table)
    for value in (value for column in table for value in table[column].astype(str)):
        assert value not in text


@pytest.mark.parametrize(
    ("column", "value", "pii"),
    [
        ("contact", "ann{}@post.example", "direct"),
        ("reach", "0412 555 {:03}", "direct"),
        ("passport_no", "PX{:06}", "direct"),
        ("birthDate", "19{:02}-03-04", "quasi"),
        ("postcode", "2{:03}", "quasi"),
        ("style", "kind {}", "quasi"),
    ],
)
def test_personal_data_is_recognised_by_form_and_name(column, value, pii):
    values = [value.format(n) for n in range(80)]
    table = pd.DataFrame({"id": range(80), "surname": [f"name{'abcdefgh'[n % 8]}" for n in range(80)], column: values})
    (field,) = [field for name, field in parse_spec(infer_spec(table)).fields.items() if name != "surname"]
    assert field.pii == pii
    assert field.compare is (pii != "direct")


def test_a_number_that_was_assigned_after_matching_is_not_compared():
    titles = [f"thing {n} of many parts" for n in range(40)]
    left = pd.DataFrame({"id": [f"r{n}" for n in range(40)], "title": titles, "serie": range(40)})
    pairs = pd.DataFrame({"left_id": [*left["id"], *left["id"]], "right_id": [*left["id"], *left["id"][::-1]]})
    pairs["label"] = (pairs["left_id"] == pairs["right_id"]).astype(int)
    spec = parse_spec(infer_spec(left, left, pairs))
    assert "serie" not in spec.compared
    assert "title" in spec.compared


def test_unusual_column_names_are_mapped_to_field_names():
    table = pd.DataFrame(
        {"id": [1, 2, 3], "Straße & Nr.": list("abc"), "名前": list("def"), "record": list("ghi"), "no": list("jkl")}
    )
    spec = parse_spec(infer_spec(table))
    assert {name: spec.column_of(name) for name in spec.fields} == {
        "strasse_nr": "Straße & Nr.",
        "field_2": "名前",
        "record_value": "record",
        "no": "no",
    }


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        (pd.DataFrame({"title": ["a", "b", "b"], "price": [1, 1, 2]}), "no column numbers the records"),
        (pd.DataFrame({"id": [1, 2], "title": [None, ""]}), "no column is left"),
        (pd.DataFrame({"id": []}), "has no rows"),
        (pd.DataFrame({"1": [5], "someone@post.example": ["x"]}), "no header"),
        (pd.DataFrame({"L1": ["L2"], "someone@": ["x"], "1980-02-14": ["1979-06-05"]}), "no header"),
        (pd.DataFrame({"L1": ["L2", "L3"], "someone@": ["x", "someone@"], "stub": ["stub", "mock"]}), "no header"),
    ],
)
def test_a_table_that_allows_no_draft_is_refused_with_a_reason(table, problem):
    with pytest.raises(DataError, match=problem) as refusal:
        infer_spec(table)
    assert "Hint: " in str(refusal.value)
    assert "someone@" not in str(refusal.value)


def test_the_pipeline_accepts_the_names_of_id_columns_that_drafting_recognises(persons_spec):
    assert set(ID_COLUMNS) <= set(id_column_names(persons_spec))


def test_labels_are_read_with_the_same_words_as_in_training(persons_spec):
    words = ["y", "n", "1.0", "0.0", "unsure", "Match", "no_match", None]
    pairs = pd.DataFrame({"left_id": list("abcdefgh"), "right_id": list("stuvwxyz"), "label": words})
    drafted = read_pairs(pairs)
    trained = conform_pairs(pairs, persons_spec, one_table=False)
    known = trained[trained["label"].notna()]
    assert drafted.matches.tolist() == [True, False, True, False, True, False]
    assert drafted.labelled
    assert known["label"].astype(bool).tolist() == drafted.matches.tolist()
    assert known["left_key"].tolist() == [f"left:{name}" for name in drafted.left] == [f"left:{n}" for n in "abcdfg"]
    assert drafted.right == list("stuvxy")


VALUES = st.one_of(
    st.none(),
    st.just(""),
    st.just("same"),
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=True, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(["1980-02-14", "ann@post.example", "0412 555 019", "12 high street", "1.5,2.5", "null", "yes"]),
)


@st.composite
def unusual_tables(draw) -> pd.DataFrame:
    rows = draw(st.integers(1, 12))
    names = draw(st.lists(st.text(min_size=1, max_size=12), min_size=0, max_size=5, unique=True))
    columns = {name: draw(st.lists(VALUES, min_size=rows, max_size=rows)) for name in names}
    if draw(st.booleans()):
        columns["id"] = [str(n) for n in range(rows)]
    return pd.DataFrame(columns, index=range(rows), dtype=object)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(left=unusual_tables(), right=st.one_of(st.none(), unusual_tables()))
def test_for_any_tables_a_draft_can_be_used_or_there_is_a_refusal_with_a_hint(left, right):
    try:
        text = infer_spec(left, right)
    except DataError as error:
        refusal = error
    else:
        refusal = None
    if refusal is not None:
        assert refusal.faults[0].hint
        return
    spec = parse_spec(text)
    features, _ = features_of(spec, *(table for table in (left, right) if table is not None))
    propose_candidates(features.drop_duplicates("record_key"), spec)
