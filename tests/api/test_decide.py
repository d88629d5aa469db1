"""Decisions about pairs of DataFrames."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

import matchwright
from matchwright.core.bundle import Bundle
from matchwright.core.bundle.golden import decide_values
from matchwright.errors import DataError

PERSON = {
    "given_name": "marianne",
    "surname": "testwell",
    "street_number": "12",
    "street": "example street",
    "locality": None,
    "suburb": "mockville",
    "postcode": "2999",
    "state": "nsw",
    "date_of_birth": "19800214",
}
OTHER = {
    "given_name": "bertrand",
    "surname": "quibble",
    "street_number": "340",
    "street": "nowhere avenue",
    "locality": None,
    "suburb": "fakebury",
    "postcode": "6001",
    "state": "wa",
    "date_of_birth": "19330708",
}


def frame(*records: dict[str, Any], **columns: Any) -> pd.DataFrame:
    return pd.DataFrame(list(records)).assign(**columns)


def test_row_aligned_tables_get_the_same_decisions_as_at_the_endpoint(bundle: Bundle) -> None:
    lefts, rights = [PERSON, PERSON], [{**PERSON, "surname": "testwel"}, OTHER]
    expected = decide_values(bundle.model, lefts, rights)

    decided = matchwright.decide(bundle, frame(*lefts).set_axis([7, 9]), frame(*rights))

    assert decided.columns.tolist() == ["score", "band", "codes", "reasons", "hint"]
    assert decided.index.tolist() == [7, 9]
    assert decided["score"].tolist() == [decision.score for decision in expected]
    assert decided["band"].tolist() == ["match", "no_match"]
    assert decided["codes"].tolist() == [[reason.code for reason in d.reasons] for d in expected]
    assert decided["reasons"].tolist() == [[reason.text for reason in d.reasons] for d in expected]
    assert "Given name differs." in decided["reasons"][9]


def test_only_a_pair_in_review_has_a_hint(bundle: Bundle) -> None:
    unknown_birth = {**PERSON, "date_of_birth": None}
    names = [unknown_birth, {**unknown_birth, "given_name": None}, PERSON]
    decided = matchwright.decide(
        bundle, frame(PERSON, PERSON, PERSON), frame(*[{**n, "surname": "quibble"} for n in names])
    )
    expected = decide_values(bundle.model, [PERSON] * 3, [{**n, "surname": "quibble"} for n in names])
    assert decided["hint"].tolist() == [d.hint.text if d.hint else None for d in expected]
    assert "review" in decided["band"].tolist()


def test_tables_may_have_the_column_names_or_the_field_names_of_the_spec(
    bundle: Bundle, febrl: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    left, right = (table.head(20) for table in febrl)
    assert "address_1" in left.columns
    renamed = {"address_1": "street", "address_2": "locality"}
    by_column = matchwright.decide(bundle, left, right)
    by_field = matchwright.decide(bundle, left.rename(columns=renamed), right.rename(columns=renamed))
    pd.testing.assert_frame_equal(by_column, by_field)


def test_pairs_refer_to_records_of_two_tables_by_id(bundle: Bundle, febrl: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    left, right = febrl
    pairs = pd.DataFrame(
        {"left_id": ["rec-1-org", "rec-2-org", "rec-1-org"], "right_id": ["rec-1-dup-0", "rec-2-dup-0", "rec-2-dup-0"]},
        index=["a", "b", "c"],
    )
    decided = matchwright.decide(bundle, left, right, pairs)
    assert decided.index.tolist() == ["a", "b", "c"]
    assert decided["score"]["c"] < 0.1 < 0.9 < min(decided["score"]["a"], decided["score"]["b"])


def test_tables_much_larger_than_the_register_of_the_bundle_are_warned_of(
    limited_bundle: Bundle, febrl: tuple[pd.DataFrame, pd.DataFrame], caplog: pytest.LogCaptureFixture
) -> None:
    left, right = febrl
    pairs = pd.DataFrame({"left_id": ["rec-1-org"], "right_id": ["rec-1-dup-0"]})
    extra = pd.concat([right, *(right.assign(rec_id=right["rec_id"] + suffix) for suffix in "ab")])

    matchwright.decide(limited_bundle, left, right, pairs)
    matchwright.decide(limited_bundle, left.head(3), right.head(3))
    assert "register_larger" not in caplog.text
    matchwright.decide(limited_bundle, left, extra, pairs)
    assert f"The register of these tables has 800 left and {len(extra):,} right records" in caplog.text


def test_two_ids_that_look_alike_are_two_records(bundle: Bundle) -> None:
    ids = ["①", "1", "a\tb", "a b"]
    left, right = frame(*[PERSON] * 4, rec_id=ids), frame(PERSON, OTHER, PERSON, OTHER, rec_id=ids)
    decided = matchwright.decide(bundle, left, right, pd.DataFrame({"left_id": ids, "right_id": ids}))
    assert decided["band"].tolist() == ["match", "no_match", "match", "no_match"]


def test_pairs_refer_to_records_of_one_table_by_its_index(
    bundle: Bundle, febrl: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    both = pd.concat(febrl).set_index("rec_id")
    pairs = pd.DataFrame({"left_id": ["rec-1-org"], "right_id": ["rec-1-dup-0"]})
    assert matchwright.decide(bundle, both, pairs=pairs)["band"].tolist() == ["match"]


def test_a_caller_can_request_fewer_reasons(bundle: Bundle) -> None:
    decided = matchwright.decide(bundle, frame(PERSON), frame(OTHER), top=1)
    assert [len(codes) for codes in decided["codes"]] == [1]


@pytest.mark.parametrize("birth", [pd.Timestamp("1980-02-14"), date(1980, 2, 14), 19800214, 19800214.0])
def test_typed_values_are_read_like_the_text_of_a_file(bundle: Bundle, birth: object) -> None:
    text = matchwright.decide(bundle, frame(PERSON), frame(PERSON))
    typed = frame(PERSON, date_of_birth=[birth], postcode=[2999], street_number=[12.0], locality=[np.nan])
    pd.testing.assert_frame_equal(matchwright.decide(bundle, typed, typed), text)


def test_no_pairs_give_no_decisions(bundle: Bundle) -> None:
    decided = matchwright.decide(bundle, frame(PERSON).head(0), frame(PERSON).head(0))
    assert decided.shape == (0, 5)
    assert decided["score"].dtype == np.float64


def refusal(*arguments: object, **options: object) -> str:
    with pytest.raises(DataError) as refused:
        matchwright.decide(*arguments, **options)  # type: ignore[arg-type]
    assert "Hint:" in str(refused.value)
    return str(refused.value)


def test_all_absent_columns_are_reported_with_a_hint(bundle: Bundle) -> None:
    left = frame(PERSON).rename(columns={"surname": "surnam"})
    right = frame(PERSON).drop(columns="state")
    message = refusal(bundle, left, right)
    assert "left.surname: no such column\n      Hint: did you mean 'surnam'?" in message
    assert "right.state: no such column\n      Hint: add it, and leave it empty" in message
    assert "testwell" not in message


def test_tables_of_different_lengths_are_refused(bundle: Bundle) -> None:
    assert "right: has 1 row(s), and left has 2" in refusal(bundle, frame(PERSON, OTHER), frame(PERSON))


def test_one_table_without_pairs_is_refused(bundle: Bundle) -> None:
    assert "right: is not given" in refusal(bundle, frame(PERSON))


def test_an_argument_that_is_not_a_table_is_refused(bundle: Bundle) -> None:
    assert "left: is of type dict" in refusal(bundle, PERSON, frame(PERSON))


def test_two_columns_with_the_same_name_are_refused(bundle: Bundle) -> None:
    repeated = pd.concat([frame(PERSON), frame(PERSON)], axis=1)
    assert "two of its columns have the same name" in refusal(bundle, repeated, frame(PERSON))


def test_a_list_as_a_value_is_refused_and_not_quoted(bundle: Bundle) -> None:
    message = refusal(bundle, frame(PERSON, surname=[["testwell"]]), frame(PERSON))
    assert "left.surname: holds values that are not single" in message
    assert "testwell" not in message


def test_pairs_with_an_unknown_record_id_are_counted_and_the_id_is_not_quoted(
    bundle: Bundle, febrl: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    left, right = febrl
    pairs = pd.DataFrame({"left_id": ["rec-1-org", "rec-secret"], "right_id": ["rec-1-dup-0", "rec-2-dup-0"]})
    message = refusal(bundle, left, right, pairs)
    assert "pairs.left_id: 1 record id(s) are not in the left table\n      Hint: the first is in row 2" in message
    assert "secret" not in message
    assert "no columns left_id and right_id" in refusal(bundle, left, right, pairs[["left_id"]])
    assert "a record id is repeated" in refusal(bundle, pd.concat([left, left]), right, pairs)
    assert "left.rec_id: no such column" in refusal(bundle, frame(PERSON), right, pairs)


def test_a_pair_without_an_id_is_refused_also_if_one_record_has_no_id(bundle: Bundle) -> None:
    records = frame(PERSON, OTHER, rec_id=["1", None])
    pairs = pd.DataFrame({"left_id": ["1", None], "right_id": ["1", "1"]})
    message = refusal(bundle, records, pairs=pairs)
    assert "pairs.left_id: 1 record id(s) are not in the left table\n      Hint: the first is in row 2" in message
