"""What neighbours read of each pair."""

import numpy as np
import pandas as pd
import pytest

from matchwright.core.compare import compare
from matchwright.core.models.neighbours import household_fields, pair_evidence, pair_evidence_names
from matchwright.core.records import conform_values, record_features
from matchwright.core.records.columns import columns_of
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.rows import rows_of


def read(spec, corpus, left, right) -> dict[str, float]:
    one, other = (columns_of(side) for side in (left, right))
    found = pair_evidence(one, other, compare(one, other, spec, corpus), spec, corpus)
    return dict(zip(pair_evidence_names(spec), found[0].tolist(), strict=True))


def of_values(spec, one: dict, other: dict) -> dict[str, float]:
    corpus = Corpus({})
    sides = [record_features(conform_values([values], spec, "left"), spec, corpus) for values in (one, other)]
    return read(spec, corpus, *sides)


def test_each_compared_field_says_how_alike_it_is(persons_spec):
    found = of_values(persons_spec, {"surname": "Testwell"}, {"surname": "Testwell", "postcode": "2999"})
    assert found["alike__surname"] == 1
    assert np.isnan(found["alike__postcode"])


def test_a_short_form_of_a_name_is_as_alike_as_a_name_that_agrees(persons_spec):
    found = of_values(persons_spec, {"given_name": "Bill"}, {"given_name": "William"})
    assert found["alike__given_name"] == pytest.approx(persons_spec.fields["given_name"].agrees_at)


def test_identity_fields_say_how_rare_the_commoner_and_the_rarer_value_are(small_world, persons_spec):
    names = small_world.features["surname"].value_counts()
    keys = [
        small_world.features.loc[small_world.features["surname"] == name, "record_key"].iloc[:1]
        for name in (names.index[0], names.index[-1])
    ]
    sides = [rows_of(small_world.features, pd.Series(key.to_list())) for key in keys]
    for one, other in (sides, sides[::-1]):
        found = read(persons_spec, small_world.corpus, one, other)
        assert 0 < found["commoner__surname"] < found["rarer__surname"]
    assert "commoner__postcode" not in found


def test_members_of_a_household_share_all_but_the_individual_fields(persons_spec):
    spec = persons_spec.model_copy(update={"individual": ("given_name", "date_of_birth")})
    shared = household_fields(spec)
    assert "surname" in shared
    assert not {"given_name", "date_of_birth"} & set(shared)
    assert household_fields(persons_spec.model_copy(update={"individual": ()})) == ()
