"""Tables whose texts are held once each: conformed and turned into features as tables of plain texts are."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchwright.core.records import conform, normal_forms, record_features, unreadable
from matchwright.core.records.columns import columns_of, of_categories, with_categories
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.numbered import NumberedColumns
from matchwright.core.spec import load_spec
from matchwright.operations.conforming import conformed_records, together

SPECS = {path.stem: load_spec(path) for path in sorted(Path("specs").glob("*.yaml"))}
TEXTS = st.sampled_from(
    [
        None,
        "",
        " ",
        "Ann",
        "ann ",
        "NULL",
        "n/a",
        "José",
        "12,50",
        "1.299,00",
        "1992-02-29",
        "19920229",
        "31 Feb 1990",
        "7",
    ]
)


def tables(spec):
    columns = [spec.record_id, *(spec.column_of(field) for field in spec.fields)]
    rows = st.lists(st.tuples(*[TEXTS] * len(columns)), min_size=1, max_size=8)
    return rows.map(lambda found: pd.DataFrame(found, columns=columns, dtype=object))


def as_plain(frame):
    return pd.DataFrame(columns_of(frame))


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_they_give_the_same_records_and_features(spec, data):
    table = data.draw(tables(spec))
    plain, held_once = conform(table, spec, "left"), conform(with_categories(table), spec, "left")
    pd.testing.assert_frame_equal(as_plain(held_once), plain)
    flags, again = unreadable(table, spec, "left"), unreadable(with_categories(table), spec, "left")
    assert {name: found.tolist() for name, found in again.items()} == {n: found.tolist() for n, found in flags.items()}
    corpus = Corpus.fit(normal_forms(plain, spec), spec)
    features = record_features(plain, spec, corpus)
    pd.testing.assert_frame_equal(as_plain(record_features(held_once, spec, corpus)), features)


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_two_tables_come_together(data):
    spec = SPECS["persons"]
    one, other = data.draw(tables(spec)), data.draw(tables(spec))
    plain = together([conformed_records(one, spec, "left"), conformed_records(other, spec, "right")])
    sides = [conformed_records(with_categories(t), spec, s) for t, s in ((one, "left"), (other, "right"))]
    pd.testing.assert_frame_equal(as_plain(together(sides)), as_plain(plain))
    if all(isinstance(side["surname"].dtype, pd.CategoricalDtype) for side in sides):
        assert isinstance(together(sides)["surname"].dtype, pd.CategoricalDtype)


def test_their_numbers_are_those_of_the_categories():
    values = pd.Categorical(["b", None, "a", "b"])
    columns = NumberedColumns.of({"name": values, "key": np.array(["k"] * 4, dtype=object)}, plain=("key",))
    assert columns["name"].tolist() == ["b", None, "a", "b"]
    assert columns.take(np.array([2, 1]))["name"].tolist() == ["a", None]
    assert of_categories(values, np.array([1.0, 2.0]), 0.0).tolist() == [2.0, 0.0, 1.0, 2.0]
