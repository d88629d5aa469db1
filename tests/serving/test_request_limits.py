"""Limits of a request, tested at their exact values and one beyond them. The tests need no server."""

import json

import pytest

from matchwright.core.records.scripts import LONGEST_VALUE
from matchwright.core.spec import MatchSpec
from matchwright.errors import RequestError
from serving import request_schema
from serving.request_body import Object, parse_body
from serving.request_schema import (
    DEFAULT_TOP,
    LONGEST_ID,
    MOST_CANDIDATES,
    MOST_FAULTS,
    MOST_PAIRS,
    PairsRequest,
    RankRequest,
    RequestParser,
)
from serving.request_size import SMALL

PERSON = {"surname": "testwell"}
PERSON_FIELDS = ("surname", "given_name", "street", "suburb", "postcode", "state", "record_id")
PAIR = {"left": PERSON, "right": PERSON}


@pytest.fixture
def parser(persons_spec: MatchSpec) -> RequestParser:
    return RequestParser(persons_spec)


def paths(parser: RequestParser, document: object) -> list[str]:
    """Return the paths of all faults. The list is empty if the request is valid."""
    try:
        parser.parse(json.dumps(document).encode())
    except RequestError as refused:
        return [fault.path for fault in refused.faults]
    return []


def ranking(**changes: object) -> dict:
    return {"query": PERSON, "candidates": ["right:1"]} | changes


@pytest.mark.parametrize(("count", "valid"), [(0, False), (1, True), (MOST_PAIRS, True), (MOST_PAIRS + 1, False)])
def test_a_request_has_at_least_one_pair_and_at_most_the_maximum(parser, count, valid):
    assert paths(parser, {"pairs": [PAIR] * count}) == ([] if valid else ["pairs"])


@pytest.mark.parametrize(
    ("count", "valid"), [(0, False), (1, True), (MOST_CANDIDATES, True), (MOST_CANDIDATES + 1, False)]
)
def test_a_ranking_has_at_least_one_candidate_and_at_most_the_maximum(parser, count, valid):
    assert paths(parser, ranking(candidates=["right:1"] * count)) == ([] if valid else ["candidates"])


def as_pairs(count: int) -> bytes:
    return b'{"pairs": [' + b",".join([b"{}"] * count) + b"]}"


@pytest.mark.parametrize(
    ("body", "path", "problem"),
    [
        (as_pairs(1_000_000), "pairs", "has 1000000 pairs, more than 1000"),
        (b'{"pairs": [' + b"0," * 999_999 + b"0]}", "pairs", "has 1000000 pairs, more than 1000"),
        (b'{"pairs" :\n[' + b"[[]]," * 999_999 + b"0]}", "pairs", "has 1000000 pairs, more than 1000"),
        (b'{"query": {"surname": "a,[{"}, "candidates": [' + b'"right:1",' * 99_999 + b'"right:2"]}', "candidates",
         "has 100000 candidates, more than 1000"),
        (b'{"pairs": [{"left": {"surname": [' + b"1," * 999_999 + b"1]}}]}", "body", "has more than 120000 values"),
        (b"[" * 1_000_000, "body", "has more than 120000 values"),
    ],
)  # fmt: skip
def test_a_list_that_is_far_too_long_is_refused_before_objects_are_made_of_its_items(
    parser, monkeypatch, body, path, problem
):
    def made(_: bytes) -> None:
        raise AssertionError("the body was parsed")

    monkeypatch.setattr(request_schema, "parse_body", made)
    with pytest.raises(RequestError) as refused:
        parser.parse(body)
    assert [(fault.path, fault.problem) for fault in refused.value.faults] == [(path, problem)]


def test_commas_and_brackets_inside_texts_are_not_counted(parser):
    text = '[{,]}\\"' * 400 + "\\"
    pairs = [{"left": {"surname": text}, "right": {"surname": text}}] * 100
    assert paths(parser, {"pairs": pairs}) == []


@pytest.mark.parametrize(("count", "valid"), [(MOST_PAIRS, True), (MOST_PAIRS + 1, False)])
def test_the_length_of_a_list_in_a_large_body_is_counted_exactly(parser, count, valid):
    pair = {side: dict.fromkeys(PERSON_FIELDS, "a, b") for side in ("left", "right")}
    assert json.dumps({"pairs": [pair] * count}).count(",") > SMALL
    assert paths(parser, {"pairs": [pair] * count}) == ([] if valid else ["pairs"])


@pytest.mark.parametrize(
    ("top", "valid"),
    [
        (0, False),
        (1, True),
        (MOST_CANDIDATES, True),
        (MOST_CANDIDATES + 1, False),
        (1.0, False),
        ("1", False),
        (None, False),
    ],
)
def test_top_is_at_least_one_and_at_most_the_maximum(parser, top, valid):
    assert paths(parser, ranking(top=top)) == ([] if valid else ["top"])


def test_a_request_without_top_gets_the_default_number_of_answers(parser):
    found = parser.parse(json.dumps(ranking()).encode())
    assert found == RankRequest(PERSON, ("right:1",), DEFAULT_TOP, None)
    assert parser.parse(json.dumps(ranking(top=3, language="de")).encode()) == RankRequest(
        PERSON, ("right:1",), 3, "de"
    )


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_value_has_a_maximum_length_on_both_sides(parser, side):
    for length, valid in ((LONGEST_VALUE, True), (LONGEST_VALUE + 1, False)):
        pair = PAIR | {side: {"surname": "x" * length}}
        assert paths(parser, {"pairs": [pair]}) == ([] if valid else [f"pairs.0.{side}.surname"])


@pytest.mark.parametrize("side", ["left", "right"])
def test_an_id_has_a_maximum_length_on_both_sides(parser, side):
    for length, valid in ((LONGEST_ID, True), (LONGEST_ID + 1, False)):
        pair = PAIR | {side: PERSON | {"record_id": "x" * length}}
        assert paths(parser, {"pairs": [pair]}) == ([] if valid else [f"pairs.0.{side}.record_id"])


@pytest.mark.parametrize(
    ("key", "valid"),
    [
        ("left:1", True), ("right:1", True), ("right:a:b", True), ("right:a\nb", True), ("right:1:", True),
        ("right: ", True), ("right:\ud800", False),
        ("right:", False), (":1", False), ("middle:1", False), ("Right:1", False), (" right:1", False),
        ("right:" + "x" * (LONGEST_ID - 6), True), ("right:" + "x" * (LONGEST_ID - 5), False),
    ],
)  # fmt: skip
def test_a_candidate_must_be_a_valid_record_key(parser, key, valid):
    assert paths(parser, ranking(candidates=[key])) == ([] if valid else ["candidates.0"])


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_side_that_is_absent_or_has_no_field_to_compare_is_a_fault(parser, side):
    other = {"left": "right", "right": "left"}[side]
    assert paths(parser, {"pairs": [{other: PERSON}]}) == [f"pairs.0.{side}"]
    assert paths(parser, {"pairs": [{other: PERSON, side: {"record_id": "1"}}]}) == [f"pairs.0.{side}"]
    assert paths(parser, {"pairs": [{other: PERSON, side: [PERSON]}]}) == [f"pairs.0.{side}"]
    assert paths(parser, {"pairs": [{other: PERSON, side: {"surname": None}}]}) == []


@pytest.mark.parametrize("key", ["query", "candidates", "top"])
def test_a_key_of_a_ranking_is_refused_in_a_request_with_pairs(parser, key):
    assert key in paths(parser, {"pairs": [PAIR], key: ranking(top=1)[key]})


@pytest.mark.parametrize(
    ("faults", "reported", "message"),
    [(1, 1, "has 1 f"), (49, 49, "has 49 f"), (50, 50, "at least 50"), (51, 50, "at least 50")],
)
def test_the_number_of_reported_faults_is_limited(parser, faults, reported, message):
    with pytest.raises(RequestError, match=message) as refused:
        parser.parse(json.dumps({"pairs": [{"left": PERSON}] * faults}).encode())
    assert len(refused.value.faults) == reported <= MOST_FAULTS


@pytest.mark.parametrize(
    ("price", "valid"),
    [
        (1, True),
        (1.5, True),
        ("1.5 EUR", True),
        ("1,5 EUR", False),
        (None, True),
        ("", True),
        (" ", True),
        ("none", False),
        (True, False),
        ([], False),
    ],
)
def test_the_value_of_a_number_field_may_have_a_unit_but_must_contain_a_number(products_spec, price, valid):
    parser = RequestParser(products_spec)
    pair = {"left": {"title": "kettle", "price": price}, "right": {"title": "kettle"}}
    assert paths(parser, {"pairs": [pair]}) == ([] if valid else ["pairs.0.left.price"])


@pytest.mark.parametrize(
    ("language", "valid"),
    [
        ("de", True),
        ("de-AT", True),
        ("gsw", True),
        (None, True),
        ("d", False),
        ("deut", False),
        ("de_AT", False),
        ("de-", False),
        ("de" + "-abcdefgh" * 4, False),
    ],
)
def test_the_language_must_be_a_valid_language_tag(parser, language, valid):
    for document in ({"pairs": [PAIR], "language": language}, ranking(language=language)):
        assert paths(parser, document) == ([] if valid else ["language"])


def test_a_request_of_pairs_keeps_their_sides_and_order(parser):
    one, other = {"surname": "one"}, {"surname": "other"}
    body = {"pairs": [{"left": one, "right": other}, {"right": one, "left": other}], "language": "de"}
    assert parser.parse(json.dumps(body).encode()) == PairsRequest(((one, other), (other, one)), "de")


@pytest.mark.parametrize(
    ("text", "value"), [("1" * 18, int("1" * 18)), ("1" * 19, float("1" * 19)), ("-" + "1" * 17, -int("1" * 17))]
)
def test_a_long_whole_number_is_read_as_a_float(text, value):
    found = parse_body(text.encode())
    assert found == value
    assert type(found) is type(value)


def test_an_integer_with_a_million_digits_is_a_fault(parser):
    body = b'{"pairs": [{"left": {"surname": ' + b"9" * 1_000_000 + b'}, "right": {"surname": "a"}}]}'
    with pytest.raises(RequestError) as refused:
        parser.parse(body)
    assert [fault.path for fault in refused.value.faults] == ["pairs.0.left.surname"]


def test_repeated_keys_are_stored_in_the_object_that_contains_them():
    found = parse_body(b'{"a": {"b": 1, "b": 2, "c": 3}, "d": 1}')
    assert isinstance(found, Object)
    assert (found.repeated, found["a"].repeated) == ((), ("b",))


@pytest.mark.parametrize("key", ["pairs", "left"])
def test_a_repeated_key_is_a_fault_in_any_object(parser, key):
    text = json.dumps({"pairs": [PAIR]})
    value = json.dumps([PAIR]) if key == "pairs" else json.dumps(PERSON)
    doubled = text.replace(f'"{key}": ', f'"{key}": {value}, "{key}": ', 1)
    with pytest.raises(RequestError) as refused:
        parser.parse(doubled.encode())
    assert [fault.path for fault in refused.value.faults] == ["pairs" if key == "pairs" else "pairs.0.left"]
