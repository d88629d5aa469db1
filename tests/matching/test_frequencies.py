"""Which values of matched tables are as frequent as the corpus of the bundle has it."""

import numpy as np
import pytest

from matchwright.core.compare.information import counted_fields
from matchwright.core.records import normal_forms, record_features
from matchwright.core.records.columns import columns_of
from matchwright.core.records.conform import conform_values
from matchwright.core.records.corpus import Corpus
from matchwright.matching.frequencies import known_frequencies, of_pairs

HELD, NEW = "smith", "quibblewitz"


@pytest.fixture(scope="module")
def corpus(persons_spec):
    """Of a register of 20 records, ten of them with one surname."""
    people = [{"surname": HELD}] * 10 + [{"surname": f"name{number}"} for number in range(10)]
    return Corpus.fit(normal_forms(conform_values(people, persons_spec, "left"), persons_spec), persons_spec)


def known(surnames, spec, corpus):
    """Whether the corpus knows how frequent each surname of a table is."""
    records = conform_values([{"surname": name, "state": "nsw"} for name in surnames], spec, "left")
    found = known_frequencies(columns_of(record_features(records, spec, corpus)), spec, corpus)
    assert found.shape == (len(surnames), len(counted_fields(spec)))
    return found[:, counted_fields(spec).index("surname")].tolist()


def others(count):
    return [f"other{number}" for number in range(count)]


@pytest.mark.parametrize(("records", "expected"), [(1, True), (2, True), (3, False), (5, False)])
def test_a_value_that_the_corpus_lacks_is_rare_where_at_most_two_records_have_it(
    persons_spec, corpus, records, expected
):
    found = known([*[NEW] * records, *others(20)], persons_spec, corpus)
    assert found[:records] == [expected] * records
    assert all(found[records:])


def test_a_value_that_the_corpus_holds_is_known_however_many_records_have_it(persons_spec, corpus):
    assert all(known([*[HELD] * 7, *others(20)], persons_spec, corpus))


def test_a_missing_value_is_not_known(persons_spec, corpus):
    assert known([None, *others(20)], persons_spec, corpus)[0] is False


def test_a_small_table_cannot_tell_that_a_value_is_rare(persons_spec, corpus):
    assert known([NEW, NEW, HELD], persons_spec, corpus) == [False, False, True]


def test_a_pair_is_known_where_both_of_its_values_are():
    frequencies = np.array([[True, True], [True, False], [False, False]])
    assert of_pairs(frequencies, np.array([0, 0, 1]), np.array([0, 1, 2])).tolist() == [
        [True, True],
        [True, False],
        [False, False],
    ]
