"""Features as numbers make the blocks and the frequencies that their values make."""

import numpy as np
import pandas as pd
import pytest

from matchwright.core.candidates import RecordTable
from matchwright.core.candidates.rules import propose_by_rules
from matchwright.core.compare.information import counted_fields
from matchwright.core.records.columns import columns_of
from matchwright.errors import CandidateError
from matchwright.matching.coded import coded_table, codes_of, hashes_of, held_by_corpus, known_by_codes
from matchwright.matching.frequencies import known_frequencies

KEY = b"k" * 32


@pytest.fixture(scope="module")
def world(small_world):
    table = RecordTable.of(small_world.features)
    columns = table.features.columns.drop("record_key")
    codes = {name: codes_of(hashes_of(table.features[name], KEY)) for name in columns}
    return small_world, table, codes


@pytest.mark.parametrize("most", [5_000_000, 400])
def test_rules_propose_and_narrow_alike(world, most):
    small, table, codes = world
    coded = coded_table(table.keys, codes, table.one_table, small.spec)
    spec = small.spec.candidates.model_copy(update={"max_pairs_per_rule": most})
    expected, found = (propose_by_rules(each, spec, narrow=True) for each in (table, coded))
    assert found.narrowed == expected.narrowed
    assert bool(found.narrowed) == (most == 400)
    for one, other in zip(found.proposals, expected.proposals, strict=True):
        assert one.name == other.name
        assert sorted(zip(one.left, one.right, strict=True)) == sorted(zip(other.left, other.right, strict=True))


def test_a_refused_rule_is_told_alike(world):
    small, table, codes = world
    spec = small.spec.candidates.model_copy(update={"rules": (("state",),), "max_pairs_per_rule": 1_000})
    told = []
    for each in (table, coded_table(table.keys, codes, table.one_table, small.spec)):
        with pytest.raises(CandidateError) as error:
            propose_by_rules(each, spec)
        told.append(str(error.value))
    assert told[0] == told[1]


def test_frequencies_are_known_alike(world):
    small, table, codes = world
    fields = counted_fields(small.spec)
    held = held_by_corpus(table.features, fields, small.corpus)
    found = known_by_codes(codes, held, fields, small.corpus)
    np.testing.assert_array_equal(found, known_frequencies(columns_of(table.features), small.spec, small.corpus))
    assert found.any()
    assert not found.all()


def test_equal_values_have_equal_hashes_with_one_key_alone():
    values = pd.Series(["a", "b", None, "a"], dtype=object)
    hashes = hashes_of(values, KEY)
    assert (hashes[0] == hashes[3]).all()
    assert (hashes[0] != hashes[1]).any()
    assert not hashes[2].any()
    assert (hashes_of(values, b"x" * 32)[0] != hashes[0]).all()
    assert codes_of(hashes).tolist() == [0, 1, -1, 0]


def test_equal_numbers_have_equal_hashes():
    hashes = hashes_of(pd.Series([1.0, np.nan, 0.0, -0.0, 1.0]), KEY)
    assert codes_of(hashes).tolist() == [0, -1, 1, 1, 0]
