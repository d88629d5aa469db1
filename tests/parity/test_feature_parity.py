"""A record has the same features when computed, in the offline store, in the online store, and in a request."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fixtures.models import SmallWorld

from matchwright.adapters.features import OnlineFeatures
from matchwright.adapters.lake.delta import frame_digest, write_table
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.records import conform_values, record_features
from matchwright.core.records.corpus import Corpus, feature_version
from matchwright.core.spec import spec_digest
from matchwright.operations.snapshot import Snapshot
from matchwright.settings import Settings
from matchwright.steps.features import features


@pytest.fixture(params=["sqlite", "redis"])
def store_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "sqlite":
        return Settings(environment="test", home=tmp_path)
    server = request.getfixturevalue("redis_server")
    return Settings(environment="test", home=tmp_path, features={"online": "redis", "connection": server.connection(4)})


def snapshot_of(world: SmallWorld, settings: Settings, path: Path) -> Path:
    version = write_table(f"{settings.lake_uri}/persons/records", world.records, frame_digest(world.records))
    snapshot = Snapshot(
        spec_name="persons", spec_digest=spec_digest(world.spec), tables={"records": version}, origin="test"
    )
    snapshot.write(path)
    return path


def test_computed_offline_online_and_served_rows_are_equal(
    store_settings: Settings, small_world: SmallWorld, decision_model: DecisionModel, tmp_path: Path
) -> None:
    world, folder = small_world, tmp_path / "features"
    snapshot = snapshot_of(world, store_settings, tmp_path / "snapshot.json")
    summary = features(settings=store_settings, spec=world.spec, snapshot=snapshot, features=folder)

    corpus = Corpus.load(folder / "corpus.safetensors")
    computed = record_features(world.records, world.spec, corpus)
    offline = pd.read_parquet(folder / "records.parquet")
    online = OnlineFeatures(store_settings, world.spec, summary["feature_version"]).read(computed["record_key"])
    pd.testing.assert_frame_equal(offline, computed)
    assert online.pop("found").all()
    pd.testing.assert_frame_equal(online, computed)

    sent = [
        {name: None if pd.isna(value) else value for name, value in row.items() if name in world.spec.compared}
        for row in world.records.head(50).to_dict("records")
    ]
    served = record_features(conform_values(sent, world.spec, "left"), world.spec, corpus)
    pd.testing.assert_frame_equal(served.drop(columns="record_key"), computed.head(50).drop(columns="record_key"))

    keys = world.right["record_key"].head(50).tolist()
    stored = online.set_index("record_key", drop=False).loc[keys].reset_index(drop=True)
    np.testing.assert_array_equal(
        decision_model.compare(served, stored).to_numpy(),
        decision_model.compare(computed.head(50), world.right.head(50).reset_index(drop=True)).to_numpy(),
    )
    assert summary["rows"] == len(world.records)
    assert json.loads((folder / "features.json").read_text()) == summary
    assert summary["feature_version"] == feature_version(world.spec, corpus)


def test_a_repeated_step_gives_the_same_bytes(
    store_settings: Settings, small_world: SmallWorld, tmp_path: Path
) -> None:
    snapshot = snapshot_of(small_world, store_settings, tmp_path / "snapshot.json")
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        features(settings=store_settings, spec=small_world.spec, snapshot=snapshot, features=folder)
    for name in ("records.parquet", "corpus.safetensors", "features.json"):
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes()
