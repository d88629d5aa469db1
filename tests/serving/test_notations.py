"""The endpoint reads the values of a request in the notation of their side, as training read the tables."""

import json
from dataclasses import replace
from typing import Any

import pytest
from fixtures.stores import Stores

from matchwright.core.bundle import Bundle
from matchwright.core.spec import MatchSpec
from matchwright.errors import RequestError
from serving.request_schema import PairsRequest, RequestParser
from serving.runtime import Runtime

PERSON = {"given_name": "marianne", "surname": "testwell", "suburb": "mockville", "postcode": "2999"}


def with_keys(spec: MatchSpec, field: str, **keys: Any) -> MatchSpec:
    return spec.model_copy(update={"fields": {**spec.fields, field: spec.fields[field].model_copy(update=keys)}})


def score(bundle: Bundle, stores: Stores, left: str, right: str) -> float | None:
    pair = {**PERSON, "date_of_birth": left}, {**PERSON, "date_of_birth": right}
    return Runtime(bundle, stores.open).answer(PairsRequest((pair,)))[0].score


def test_each_side_of_a_pair_is_read_in_its_own_order(bundle, stores, module_secrets):
    spec = with_keys(bundle.model.spec, "date_of_birth", order="month_first", order_right="day_first")
    own = replace(bundle, model=replace(bundle.model, spec=spec))
    same = score(own, stores, "1980-02-03", "1980-02-03")
    assert score(own, stores, "02/03/1980", "03/02/1980") == same
    assert score(own, stores, "02/03/1980", "02/03/1980") < same


def test_words_for_an_empty_cell_are_missing_in_a_request(bundle, stores, module_secrets):
    spec = bundle.model.spec.model_copy(update={"missing": ("NULL",)})
    own, without = (
        replace(bundle, model=replace(bundle.model, spec=one))
        for one in (spec, spec.model_copy(update={"missing": ()}))
    )
    empty = {**dict.fromkeys(spec.compared, "NULL"), "surname": "testwell"}
    answer = Runtime(own, stores.open).answer(PairsRequest(((empty, empty),)))[0]
    alone = Runtime(own, stores.open).answer(PairsRequest((({"surname": "testwell"},) * 2,)))[0]
    assert (answer.score, answer.decision.band) == (alone.score, "review")
    assert Runtime(without, stores.open).answer(PairsRequest(((empty, empty),)))[0].score > answer.score


@pytest.mark.parametrize(
    ("left", "right", "refused"),
    [
        ("1.299,00", "1,299.00", []),
        ("1,299.00", "1,299.00", ["pairs.0.left.price"]),
        ("1.299,00", "1.299,00", ["pairs.0.right.price"]),
        ("n/a", " N/A ", []),
        ("none", 12.5, ["pairs.0.left.price"]),
    ],
)
def test_a_number_must_be_readable_in_the_notation_of_its_side_or_missing(products_spec, left, right, refused):
    spec = with_keys(products_spec, "price", decimal="comma", decimal_right="point")
    parser = RequestParser(spec.model_copy(update={"missing": ("n/a",)}))
    pair = {"left": {"title": "kettle", "price": left}, "right": {"title": "kettle", "price": right}}
    body = json.dumps({"pairs": [pair]}).encode()
    if not refused:
        assert isinstance(parser.parse(body), PairsRequest)
        return
    with pytest.raises(RequestError) as caught:
        parser.parse(body)
    assert [fault.path for fault in caught.value.faults] == refused
    assert "a decimal point or comma" in caught.value.faults[0].hint


@pytest.mark.parametrize(("candidate", "refused"), [("right:1", False), ("left:1", True)])
def test_a_query_is_read_in_the_notation_of_the_side_that_its_candidates_are_not_on(products_spec, candidate, refused):
    spec = with_keys(products_spec, "price", decimal="comma", decimal_right="point")
    body = f'{{"query": {{"title": "kettle", "price": "1.299,00"}}, "candidates": ["{candidate}"]}}'.encode()
    if refused:
        with pytest.raises(RequestError, match=r"query\.price"):
            RequestParser(spec).parse(body)
    else:
        RequestParser(spec).parse(body)
