"""Limits of a request hit exactly and passed by one, read without a server."""

import json

import pytest

from matchwright.core.records.conform import LONGEST_VALUE
from matchwright.core.spec import MatchSpec
from matchwright.errors import RequestError
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

PERSON = {"surname": "testwell"}
PAIR = {"left": PERSON, "right": PERSON}


@pytest.fixture
def parser(persons_spec: MatchSpec) -> RequestParser:
    return RequestParser(persons_spec)


def paths(parser: RequestParser, document: object) -> list[str]:
    """The places at fault; none where the request is right."""
    try:
        parser.parse(json.dumps(document).encode())
    except RequestError as refused:
        return [fault.path for fault in refused.faults]
    return []


def ranking(**changes: object) -> dict:
    return {"query": PERSON, "candidates": ["right:1"]} | changes


@pytest.mark.parametrize(("count", "right"), [(0, False), (1, True), (MOST_PAIRS, True), (MOST_PAIRS + 1, False)])
def test_from_one_pair_to_the_most(parser, count, right):
    assert paths(parser, {"pairs": [PAIR] * count}) == ([] if right else ["pairs"])


@pytest.mark.parametrize(
    ("count", "right"), [(0, False), (1, True), (MOST_CANDIDATES, True), (MOST_CANDIDATES + 1, False)]
)
def test_from_one_candidate_to_the_most(parser, count, right):
    assert paths(parser, ranking(candidates=["right:1"] * count)) == ([] if right else ["candidates"])


@pytest.mark.parametrize(
    ("top", "right"),
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
def test_from_one_answer_to_the_most(parser, top, right):
    assert paths(parser, ranking(top=top)) == ([] if right else ["top"])


def test_as_many_answers_as_usual_where_none_are_asked_for(parser):
    found = parser.parse(json.dumps(ranking()).encode())
    assert found == RankRequest(PERSON, ("right:1",), DEFAULT_TOP, None)
    assert parser.parse(json.dumps(ranking(top=3, language="de")).encode()) == RankRequest(
        PERSON, ("right:1",), 3, "de"
    )


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_value_up_to_the_longest_on_either_side(parser, side):
    for length, right in ((LONGEST_VALUE, True), (LONGEST_VALUE + 1, False)):
        pair = PAIR | {side: {"surname": "x" * length}}
        assert paths(parser, {"pairs": [pair]}) == ([] if right else [f"pairs.0.{side}.surname"])


@pytest.mark.parametrize("side", ["left", "right"])
def test_an_id_up_to_the_longest_on_either_side(parser, side):
    for length, right in ((LONGEST_ID, True), (LONGEST_ID + 1, False)):
        pair = PAIR | {side: PERSON | {"record_id": "x" * length}}
        assert paths(parser, {"pairs": [pair]}) == ([] if right else [f"pairs.0.{side}.record_id"])


@pytest.mark.parametrize(
    ("key", "right"),
    [
        ("left:1", True), ("right:1", True), ("right:a:b", True), ("right:a\nb", True), ("right:1:", False),
        ("right:", False), (":1", False), ("middle:1", False), ("Right:1", False), (" right:1", False),
        ("right:" + "x" * (LONGEST_ID - 6), True), ("right:" + "x" * (LONGEST_ID - 5), False),
    ],
)  # fmt: skip
def test_which_keys_are_record_keys(parser, key, right):
    assert paths(parser, ranking(candidates=[key])) == ([] if right else ["candidates.0"])


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_side_that_is_absent_or_has_nothing_to_compare_is_named(parser, side):
    other = {"left": "right", "right": "left"}[side]
    assert paths(parser, {"pairs": [{other: PERSON}]}) == [f"pairs.0.{side}"]
    assert paths(parser, {"pairs": [{other: PERSON, side: {"record_id": "1"}}]}) == [f"pairs.0.{side}"]
    assert paths(parser, {"pairs": [{other: PERSON, side: [PERSON]}]}) == [f"pairs.0.{side}"]
    assert paths(parser, {"pairs": [{other: PERSON, side: {"surname": None}}]}) == []


@pytest.mark.parametrize("key", ["query", "candidates", "top"])
def test_each_key_of_a_ranking_is_refused_beside_pairs(parser, key):
    assert key in paths(parser, {"pairs": [PAIR], key: ranking(top=1)[key]})


@pytest.mark.parametrize(
    ("faults", "told", "said"),
    [(1, 1, "has 1 f"), (49, 49, "has 49 f"), (50, 50, "at least 50"), (51, 50, "at least 50")],
)
def test_so_many_faults_are_told_and_no_more(parser, faults, told, said):
    with pytest.raises(RequestError, match=said) as refused:
        parser.parse(json.dumps({"pairs": [{"left": PERSON}] * faults}).encode())
    assert len(refused.value.faults) == told <= MOST_FAULTS


@pytest.mark.parametrize(
    ("price", "right"),
    [
        (1, True),
        (1.5, True),
        ("1,5 EUR", True),
        (None, True),
        ("", True),
        (" ", True),
        ("none", False),
        (True, False),
        ([], False),
    ],
)
def test_a_number_may_be_in_its_dress_but_must_be_there(products_spec, price, right):
    parser = RequestParser(products_spec)
    pair = {"left": {"title": "kettle", "price": price}, "right": {"title": "kettle"}}
    assert paths(parser, {"pairs": [pair]}) == ([] if right else ["pairs.0.left.price"])


@pytest.mark.parametrize(
    ("language", "right"),
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
def test_which_languages_can_be_asked_for(parser, language, right):
    for document in ({"pairs": [PAIR], "language": language}, ranking(language=language)):
        assert paths(parser, document) == ([] if right else ["language"])


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


def test_an_integer_of_a_million_digits_hurts_nobody(parser):
    body = b'{"pairs": [{"left": {"surname": ' + b"9" * 1_000_000 + b'}, "right": {"surname": "a"}}]}'
    with pytest.raises(RequestError) as refused:
        parser.parse(body)
    assert [fault.path for fault in refused.value.faults] == ["pairs.0.left.surname"]


def test_keys_that_stand_twice_are_remembered_in_the_object_they_stand_in():
    found = parse_body(b'{"a": {"b": 1, "b": 2, "c": 3}, "d": 1}')
    assert isinstance(found, Object)
    assert (found.repeated, found["a"].repeated) == ((), ("b",))


@pytest.mark.parametrize("twice", ["pairs", "left"])
def test_a_key_that_stands_twice_is_a_fault_wherever_it_stands(parser, twice):
    text = json.dumps({"pairs": [PAIR]})
    value = json.dumps([PAIR]) if twice == "pairs" else json.dumps(PERSON)
    doubled = text.replace(f'"{twice}": ', f'"{twice}": {value}, "{twice}": ', 1)
    with pytest.raises(RequestError) as refused:
        parser.parse(doubled.encode())
    assert [fault.path for fault in refused.value.faults] == ["pairs" if twice == "pairs" else "pairs.0.left"]
