"""Values that the register has never held: nothing is known of how frequent they are among queries."""

import numpy as np
import pytest

from matchwright.core.bundle import load_bundle
from matchwright.core.bundle.golden import decide_values
from matchwright.core.records import record_features
from matchwright.core.spec.vocabulary import LEAST, LIMIT
from matchwright.operations.snapshot import Snapshot
from matchwright.secrets import VERIFY_KEY, secret

UNSEEN = {"given_name": "zorbulon", "surname": "quibblewitz", "suburb": "nowhereville", "state": "xyz"}


@pytest.fixture(scope="module")
def model(run):
    return load_bundle(run[0].bundle, secret(VERIFY_KEY)).model


def decided(model, **values):
    """The decision about two records that have these values, and no others."""
    return decide_values(model, [values], [values])[0]


@pytest.mark.parametrize(
    "values",
    [
        {"surname": "smith", "state": "nsw"},
        {"surname": UNSEEN["surname"], "state": "nsw"},
        {"surname": UNSEEN["surname"], "state": UNSEEN["state"]},
        {"surname": "white", "state": UNSEEN["state"]},
        {"surname": "white", "state": "nsw"},
        {"given_name": UNSEEN["given_name"], "surname": UNSEEN["surname"]},
        {"given_name": UNSEEN["given_name"], "state": UNSEEN["state"]},
    ],
)
def test_two_values_that_agree_are_no_match_where_their_frequency_is_not_known(model, values):
    assert decided(model, **values).band != "match"


@pytest.mark.parametrize(("field", "most_common"), [("given_name", "emiily"), ("surname", "white")])
def test_a_name_that_nobody_has_says_more_than_the_most_common_one(model, field, most_common):
    common, unseen = (decided(model, **{field: value}).comparisons[LEAST] for value in (most_common, UNSEEN[field]))
    assert common < unseen


@pytest.mark.parametrize("field", ["given_name", "surname", "suburb", "postcode"])
def test_a_value_that_nobody_has_says_less_than_the_rarest_ones(model, field):
    curve = model.register.curves[model.register.fields.index(field)]
    assert curve.whatever < curve.evidence[-1]


@pytest.fixture(scope="module")
def features(run, model):
    records = Snapshot.read(run[0].work / "validated.json").frame("records")
    return record_features(records, model.spec, model.corpus)


def test_the_same_two_values_are_scored_as_training_counted_where_a_record_of_the_register_has_them(model, features):
    """The corpus does not hold the surname, and a record of the register has it: so one or two records have it."""
    counted = features["surname"].value_counts()
    chosen = features["surname"].isin(counted.index[counted == 2]) & (features["state"] == "nsw")
    record = features[chosen].iloc[:1].reset_index(drop=True)
    surname = model.corpus.value_information("surname", record["surname"].to_numpy())
    assert not model.corpus.holds("surname", surname)[0]
    others = set(model.spec.compared) - {"surname", "state"}
    record = record.assign(**dict.fromkeys(name for name in record if name.partition("__")[0] in others))
    (nobody,), (of_register,) = (model.decide(record, record, of_register=given) for given in (False, True))
    assert nobody.band != "match"
    assert nobody.score < of_register.score
    state = model.corpus.value_information("state", record["state"].to_numpy())
    information = np.array([[{"surname": surname, "state": state}.get(name, [0])[0] for name in model.register.fields]])
    expected = model.register.log_odds(information, np.zeros(information.shape, dtype=bool))
    assert of_register.comparisons[LIMIT] == of_register.comparisons[LEAST] == pytest.approx(expected[0], abs=0.005)


def test_many_unseen_values_together_are_a_match(model):
    person = {**UNSEEN, "street_number": "12", "postcode": "2999", "date_of_birth": "19790203"}
    assert decided(model, **person).band == "match"
