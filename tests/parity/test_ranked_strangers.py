"""Strangers are ranked by what little is known of a query. One of them is the best, and still a stranger."""

import numpy as np
import pandas as pd
import pytest
from rapidfuzz.distance import JaroWinkler

from matchwright.core.bundle import load_bundle
from matchwright.core.records import record_features
from matchwright.core.records.rows import rows_of
from matchwright.operations.snapshot import Snapshot
from matchwright.secrets import VERIFY_KEY, secret
from matchwright.training.datasets.augmentation import with_values_of

QUERIES, STRANGERS = 150, 5


@pytest.fixture(scope="module")
def world(run):
    made = run[0]
    model = load_bundle(made.bundle, secret(VERIFY_KEY)).model
    records = Snapshot.read(made.work / "validated.json").frame("records")
    return model, records, record_features(records, model.spec, model.corpus)


def ranked(world, fields):
    """Queries that know some fields of a left record, each with a stranger whose surname is similar, and others."""
    model, records, features = world
    generator = np.random.default_rng(1)
    left = records[records["record_key"].str.startswith("left:") & records[list(fields)].notna().all(axis=1)]
    right = records[records["record_key"].str.startswith("right:") & records["surname"].notna()]
    found = []
    for _, query in left.sample(QUERIES, random_state=1).iterrows():
        drawn = right.iloc[generator.permutation(len(right))[:200]]
        own = query["record_key"].replace("left:", "right:").replace("-org", "-dup-0")
        drawn = drawn[(drawn["record_key"] != own) & (drawn["surname"].str.lower() != query["surname"].lower())]
        alike = [JaroWinkler.similarity(query["surname"].lower(), name.lower()) for name in drawn["surname"]]
        best = int(np.argmax(alike))
        strangers = drawn.iloc[[best, *(row for row in range(STRANGERS) if row != best)]]["record_key"]
        known = query.to_frame().T.assign(record_key=f"left:query {query['record_key']}")
        known[[name for name in model.spec.fields if name not in fields]] = None
        asked = record_features(known, model.spec, model.corpus)
        sides = rows_of(asked, [asked["record_key"][0]] * len(strangers)), rows_of(features, strangers)
        compared = model.compare(*sides, known=("left",), of_register=True)
        scores = model.score(compared)
        found.append((scores.max(), model.band(scores, compared)))
    return np.array([score for score, _ in found]), np.concatenate([band for _, band in found])


@pytest.mark.parametrize("fields", [("surname",), ("surname", "state"), ("surname", "suburb")])
def test_the_best_of_some_strangers_is_no_match(world, fields):
    scores, bands = ranked(world, fields)
    assert not (bands == "match").any()
    assert (scores >= 0.5).mean() < 0.03
    assert scores.mean() < 0.1


@pytest.mark.parametrize("fields", [("given_name", "surname", "date_of_birth"), ("given_name", "date_of_birth")])
def test_somebody_else_at_the_address_is_no_match_beside_a_stranger(world, fields):
    """A spouse or a sibling asks, and their own record is not among the candidates. The stranger says nothing."""
    model, _, features = world
    generator = np.random.default_rng(1)
    right = features[features["record_key"].str.startswith("right:") & features[list(fields)].notna().all(axis=1)]
    theirs, others, strangers = (
        right.iloc[generator.permutation(len(right))[:QUERIES]].reset_index(drop=True) for _ in range(3)
    )
    replaced = pd.DataFrame(dict.fromkeys(fields, True), index=theirs.index)
    asked = with_values_of(theirs, others, replaced).assign(record_key=[f"left:query {n}" for n in theirs.index])
    sides = pd.concat([asked, asked]), pd.concat([theirs, strangers])
    compared = model.compare(*sides, known=("left",), of_register=True)
    bands = model.band(model.score(compared), compared)[: len(theirs)]
    assert (bands == "match").mean() < 0.2
