"""Records that are validated in parts have the result of all records together."""

import numpy as np
import pandas as pd
import pytest

from matchwright.adapters.quality import facts_of, validate_parts, validate_records
from matchwright.core.spec.watching import FieldQuality
from matchwright.operations.conforming import conformed_records, together


@pytest.fixture
def spec(persons_spec):
    fields = {
        "surname": FieldQuality(present_share=0.97, max_length=8),
        "postcode": FieldQuality(pattern="^[0-9]{4}$"),
        "date_of_birth": FieldQuality(required=True),
    }
    quality = persons_spec.quality.model_copy(update={"fields": fields, "unreadable_share": 0.001})
    return persons_spec.model_copy(update={"quality": quality})


@pytest.fixture
def tables(febrl):
    left, right = (table.head(300).copy() for table in febrl)
    left.loc[left.index[5], "rec_id"] = None
    left.loc[left.index[250], "rec_id"] = left["rec_id"].iloc[7]
    left.loc[left.index[20:35], "surname"] = None
    left.loc[left.index[40:43], "date_of_birth"] = "yesterday"
    right.loc[right.index[100], "date_of_birth"] = None
    return {"left": left, "right": right}


@pytest.mark.parametrize("size", [70, 1_000])
def test_the_result_is_that_of_all_records(spec, tables, size):
    sides = {side: conformed_records(table, spec, side) for side, table in tables.items()}
    expected = validate_records(together(list(sides.values())), spec, "batch")
    parts = [
        facts_of(conformed_records(table.iloc[start : start + size], spec, side), spec, side)
        for side, table in tables.items()
        for start in range(0, len(table), size)
    ]
    found = validate_parts(parts, spec, "batch")
    assert found.result == expected.result
    assert not found.result.passed
    assert len(expected.quarantine) > 10
    pd.testing.assert_frame_equal(found.quarantine, expected.quarantine)
    keys = np.concatenate([part.keys for part in parts])[found.kept]
    assert sorted(keys) == expected.records["record_key"].tolist()
