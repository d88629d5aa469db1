"""The example request of a registered model, from the spec's golden pairs."""

import pandas as pd
from pandas.api.types import is_float_dtype

from matchwright.adapters.registry.packaging import input_example_of
from matchwright.core.spec.deciding import GoldenPair


def golden(**prices: object) -> tuple[GoldenPair, ...]:
    sides = {side: {"title": "kettle", "brand": 7, "price": price} for side, price in prices.items()}
    return (GoldenPair(name="one", expect="match", **sides),)


def test_numbers_that_are_written_as_text_are_numbers_in_the_example(products_spec):
    field = products_spec.fields["price"].model_copy(update={"decimal_right": "comma"})
    spec = products_spec.model_copy(
        update={
            "fields": {**products_spec.fields, "price": field},
            "missing": ("n/a",),
            "golden": golden(left="1,299.00", right="1.299,00") + golden(left="n/a", right=None),
        }
    )
    example = input_example_of(spec)
    assert list(example.columns) == [f"{side}_{name}" for side in ("left", "right") for name in spec.compared]
    assert example.loc[0, ["left_price", "right_price"]].tolist() == [1299, 1299]
    assert example.loc[1, ["left_price", "right_price"]].isna().all()
    assert is_float_dtype(example["left_price"])
    assert example.loc[0, "left_brand"] == "7"
    assert isinstance(example, pd.DataFrame)


def test_a_spec_without_golden_pairs_has_no_example(products_spec):
    assert input_example_of(products_spec.model_copy(update={"golden": ()})) is None
