"""Values that the register has never held: nothing is known of how frequent they are among queries."""

import pytest

from matchwright.core.bundle import load_bundle
from matchwright.core.bundle.golden import decide_values
from matchwright.core.spec.vocabulary import LEAST
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


def test_many_unseen_values_together_are_a_match(model):
    person = {**UNSEEN, "street_number": "12", "postcode": "2999", "date_of_birth": "19790203"}
    assert decided(model, **person).band == "match"
