"""Comparisons and evidence of numbered columns are those of plain ones, to the last bit, in every shipped spec."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fixtures.made_records import Maker

from matchwright.core.compare import compare
from matchwright.core.compare.information import agreeing_values, both_have_texts, not_identical
from matchwright.core.models.neighbours import pair_evidence
from matchwright.core.records import conform_values, normal_forms, record_features
from matchwright.core.records.columns import columns_of, take
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.numbered import NumberedColumns
from matchwright.core.spec import load_spec

SPECS = sorted((Path(__file__).parents[3] / "specs").glob("*.yaml"))


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
@pytest.mark.parametrize("pairs", [400, 12], ids=["many pairs", "few pairs"])
def test_numbers_change_nothing(path, pairs):
    spec, maker = load_spec(path), Maker(seed=1)
    values = [maker.record(spec) for _ in range(60)]
    values += [maker.copy(record, spec) for record in values]
    conformed = conform_values(values, spec, "left").assign(record_key=[f"left:{row}" for row in range(len(values))])
    corpus = Corpus.fit(normal_forms(conformed, spec), spec)
    plain = columns_of(record_features(conformed, spec, corpus))
    numbered = NumberedColumns.of(plain, plain=("record_key",))
    draws = np.random.default_rng(2)
    rows = draws.integers(0, 60, pairs), draws.integers(0, 120, pairs)
    sides = [[take(columns, side) for side in rows] for columns in (plain, numbered)]
    expected, found = (compare(*each, spec, corpus) for each in sides)
    pd.testing.assert_frame_equal(found, expected)
    for of in (pair_evidence, agreeing_values):
        for one, other in zip(*(np.atleast_3d(of(*each, expected, spec, corpus)) for each in sides), strict=True):
            np.testing.assert_array_equal(one, other)
    for of in (not_identical, lambda *given: both_have_texts(given[0], given[1], spec)):
        np.testing.assert_array_equal(*(of(*each, expected, spec) for each in sides))
