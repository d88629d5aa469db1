"""Numbers of data frames are written in the notation in which they are read later."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchwright.api.tables import as_text, decimals_of
from matchwright.core.records.readers import made_reader

FLOATS = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12)


@pytest.mark.parametrize("decimal", ["point", "comma"])
@given(values=st.lists(FLOATS, min_size=1, max_size=5))
def test_a_column_of_floats_is_read_with_the_values_that_it_has(decimal, values):
    text = as_text(pd.DataFrame({"price": values}), "left", ["price"], decimals={"price": decimal})["price"]
    read = made_reader("number", decimal, "day_first", ())
    assert [read(value) for value in text] == values


def test_text_and_missing_values_stay_as_they_are():
    table = pd.DataFrame({"price": ["1.5", None], "weight": [1.125, np.nan], "code": [7.0, np.nan]})
    text = as_text(table, "left", table.columns, decimals={"price": "comma", "weight": "comma"})
    assert text.to_dict("list") == {"price": ["1.5", None], "weight": ["1,125", None], "code": ["7", None]}


def test_the_notation_of_a_column_is_that_of_its_source(products_spec):
    field = products_spec.fields["price"].model_copy(update={"decimal": "comma", "decimal_right": "point"})
    spec = products_spec.model_copy(update={"fields": {**products_spec.fields, "price": field}})
    columns = {name: spec.column_of(name) for name in spec.fields}
    assert decimals_of(spec, "left", columns) == {"price": "comma"}
    assert decimals_of(spec, "right", columns) == {"price": "point"}


def test_numbers_among_values_of_other_types_are_written_in_the_notation_of_their_column():
    table = pd.DataFrame({"price": pd.Series([1.234, 1234.5, 7, "12,50", None, True], dtype=object)})
    text = as_text(table, "left", ["price"], decimals={"price": "comma"})["price"]
    assert text.tolist() == ["1,234", "1234,5", "7", "12,50", None, "True"]
