"""What a hint says comes true: where the values that it names agree, the pair is a match."""

import numpy as np
import pandas as pd
import pytest

from matchwright.core.bundle import load_bundle
from matchwright.core.records.frames import read_frame
from matchwright.secrets import VERIFY_KEY, secret
from matchwright.training.datasets.augmentation import with_values_of

MISSING_SHARE = 0.25
FEWEST = 40


@pytest.fixture(scope="module")
def model(run):
    return load_bundle(run[0].bundle, secret(VERIFY_KEY)).model


@pytest.fixture(scope="module")
def features(run):
    return read_frame(run[0].features / "records.parquet").set_index("record_key", drop=False)


@pytest.fixture(scope="module")
def reviewed(model, features):
    """Left and right records of true pairs that lack a part of their fields and go to review, and the hints."""
    generator = np.random.default_rng(0)
    keys = [key for key in features.index if key.startswith("left:")]
    left, right = (
        features.loc[chosen].reset_index(drop=True)
        for chosen in (keys, [key.replace("left:", "right:").replace("-org", "-dup-0") for key in keys])
    )
    for side in (left, right):
        for field in model.spec.compared:
            gone = generator.random(len(side)) < MISSING_SHARE
            for name in [name for name in side if name.partition("__")[0] == field]:
                side[name] = side[name].mask(gone, np.nan if side[name].dtype.kind == "f" else None)
    hints = [decision.hint for decision in model.decide(left, right, of_register=True)]
    rows = [row for row, hint in enumerate(hints) if hint is not None and hint.settles_as == "match"]
    return (side.iloc[rows].reset_index(drop=True) for side in (left, right)), [hints[row] for row in rows]


def test_a_pair_is_a_match_where_the_fields_of_its_hint_agree(model, features, reviewed):
    (left, right), hints = reviewed
    assert len(hints) >= FEWEST
    named = pd.DataFrame(
        {
            field: [any(group == field or group.startswith(f"{field}_") for group in hint.groups) for hint in hints]
            for field in model.spec.compared
        }
    )
    # a value that neither record has is that of somebody, of the most common ones too
    generator = np.random.default_rng(1)
    for field in named:
        known = features[features[field].notna()]
        drawn = known.iloc[generator.integers(len(known), size=len(left))].reset_index(drop=True)
        nobody = pd.DataFrame({field: named[field] & left[field].isna() & right[field].isna()})
        left = with_values_of(left, drawn, nobody)
        left = with_values_of(left, right, pd.DataFrame({field: named[field] & left[field].isna()}))
    decisions = model.decide(left, with_values_of(right, left, named), of_register=True)
    untrue = [hint.groups for hint, decision in zip(hints, decisions, strict=True) if decision.band != "match"]
    assert untrue == []
