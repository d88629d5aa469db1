"""A query with two candidates: what the other one changes, and whether the reasons say so."""

import numpy as np
import pandas as pd
import pytest

from matchwright.core.bundle import load_bundle
from matchwright.core.records.frames import read_frame
from matchwright.secrets import VERIFY_KEY, secret
from matchwright.training.datasets.augmentation import with_values_of

QUERIES = 150
SEVERAL = 5
MEMBERS = {
    "twin": ["given_name"],
    "spouse": ["given_name", "date_of_birth"],
    "neighbour": ["given_name", "surname", "date_of_birth"],
    "namesake": ["street_number", "street", "suburb", "postcode", "date_of_birth"],
}


@pytest.fixture(scope="module")
def model(run):
    return load_bundle(run[0].bundle, secret(VERIFY_KEY)).model


@pytest.fixture(scope="module")
def features(run):
    return read_frame(run[0].features / "records.parquet").set_index("record_key", drop=False)


@pytest.fixture(scope="module", params=[(kind, known) for kind in MEMBERS for known in (9, 4)], ids=str)
def decided(request, model, features):
    """Each query with its match and somebody like that: both decided alone, and both decided as candidates."""
    kind, known = request.param
    generator = np.random.default_rng(3)
    left = [key for key in features.index if key.startswith("left:")]
    chosen = generator.permutation(left)[:QUERIES]
    queries = features.loc[chosen].reset_index(drop=True)
    matches = features.loc[[key.replace("left:", "right:").replace("-org", "-dup-0") for key in chosen]]
    matches = matches.reset_index(drop=True)
    strangers = features[features["record_key"].str.startswith("right:")].sample(QUERIES, random_state=1)
    replaced = pd.DataFrame(dict.fromkeys(MEMBERS[kind], True), index=matches.index)
    members = with_values_of(matches, strangers.reset_index(drop=True), replaced)
    members["record_key"] = [f"right:member {number}" for number in range(QUERIES)]
    fields = list(model.spec.compared)
    there = queries[fields].notna().to_numpy()
    order = np.where(there, generator.random(there.shape), 9).argsort(axis=1).argsort(axis=1)
    for index, field in enumerate(fields):
        for name in [name for name in queries if name.partition("__")[0] == field]:
            nothing = np.nan if queries[name].dtype.kind == "f" else None
            queries[name] = queries[name].where(order[:, index] < known, nothing)
    pairs = pd.concat([queries] * 2, ignore_index=True), pd.concat([matches, members], ignore_index=True)
    alone, among = (model.decide(*pairs, known=known, of_register=True) for known in ((), ("left",)))
    return list(zip(alone[:QUERIES], alone[QUERIES:], among[:QUERIES], among[QUERIES:], strict=True))


def test_where_the_candidates_change_the_band_a_reason_says_so(decided):
    changed = 0
    for match_alone, other_alone, match, other in decided:
        for before, after in ((match_alone, match), (other_alone, other)):
            if before.band == after.band:
                continue
            changed += 1
            (reason,) = [reason for reason in after.reasons if reason.field == "context"]
            assert (reason.contribution > 0) == (after.score > before.score)
    assert changed >= SEVERAL


def test_a_rejected_candidate_does_not_take_the_match_down(decided):
    rejected = [each for each in decided if each[1].band == "no_match" and each[0].band == "match"]
    lost = [match for _, _, match, _ in rejected if match.band != "match"]
    assert len(lost) <= len(rejected) / 50


def test_two_candidates_that_both_match_alone_are_not_both_matches(decided):
    both = [each for each in decided if each[0].band == each[1].band == "match"]
    assert all(match.band != "match" or other.band != "match" for _, _, match, other in both)
