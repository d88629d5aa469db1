"""The feature store on SQLite and on a real Redis. For every version, a read returns the rows that were written."""

import logging
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from fixtures.redis import running_redis

from matchwright.adapters.features import FeatureSet, OnlineFeatures, RecordFeatureStore, lost_feature_sets
from matchwright.core.records import conform_values, feature_schema, normal_forms, record_features
from matchwright.core.records.corpus import Corpus, feature_version
from matchwright.core.spec import MatchSpec
from matchwright.errors import FeatureStoreError
from matchwright.settings import Settings
from pipelines.local.cache import open_cache

OFFERS = [
    {"record_id": "1", "title": "acme turbo toaster", "brand": "acme", "model": "tt-4411", "price": 39.9},
    {"record_id": "2", "title": "zenith garden hose", "price": 12.5, "category": "garden"},
    {"record_id": "3", "title": "Ärmelschürze, größe 42", "brand": "zenith"},
    {"record_id": "4"},
]


@pytest.fixture(params=["sqlite", "redis"])
def store_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of two environments: one has SQLite as online store, the other has a real Redis."""
    if request.param == "sqlite":
        return Settings(environment="test", home=tmp_path)
    server = request.getfixturevalue("redis_server")
    return Settings(environment="test", home=tmp_path, features={"online": "redis", "connection": server.connection(3)})


def computed(spec: MatchSpec, offers: list[dict], snapshot_version: int = 1) -> tuple[FeatureSet, pd.DataFrame]:
    conformed = conform_values(offers, spec, "left")
    corpus = Corpus.fit(normal_forms(conformed, spec), spec)
    frame = record_features(conformed, spec, corpus)
    feature_set = FeatureSet(
        spec_name=spec.name,
        feature_version=feature_version(spec, corpus),
        columns=feature_schema(spec),
        snapshot_version=snapshot_version,
        rows=len(frame),
        owner="Grace",
    )
    return feature_set, frame


def publish(settings: Settings, feature_set: FeatureSet, frame: pd.DataFrame) -> RecordFeatureStore:
    store = RecordFeatureStore(settings)
    store.write(feature_set, frame)
    store.apply(feature_set)
    store.materialise(feature_set)
    return store


def test_both_stores_return_the_written_rows_in_the_requested_order(
    store_settings: Settings, products_spec: MatchSpec
) -> None:
    feature_set, frame = computed(products_spec, OFFERS)
    store = publish(store_settings, feature_set, frame)
    keys = ["left:3", "left:1", "left:4", "left:2"]
    expected = frame.set_index("record_key").loc[keys].reset_index()
    pd.testing.assert_frame_equal(store.historical(feature_set, keys), expected)
    online = OnlineFeatures(store_settings, products_spec, feature_set.feature_version).read(keys)
    pd.testing.assert_frame_equal(online.drop(columns="found"), expected)
    assert online["found"].all()


def test_a_record_without_values_is_found_and_an_unknown_record_is_not_found(
    store_settings: Settings, products_spec: MatchSpec
) -> None:
    feature_set, frame = computed(products_spec, OFFERS)
    publish(store_settings, feature_set, frame)
    online = OnlineFeatures(store_settings, products_spec, feature_set.feature_version)
    rows = online.read(["left:nobody", "left:4", "left:1", "left:4"])
    assert rows["found"].tolist() == [False, True, True, True]
    assert rows.loc[0, list(feature_set.columns)].isna().all()
    assert online.read([]).columns.tolist() == rows.columns.tolist()


ODD_IDS = [
    "A/12:3", "\u00c4\u00d6 7", "A\u0308O\u0308 7", "日本-1", "id,with,comma", "x'y\"z", "a|b", "right:7",
    "NULL", "0", "-1", "1e5",
    "00012", "12", "=1+1", "ß", "x" * 1000, "% 20", "a\tb", "a b", " a b", "مرحبا", "😀1", "①", "1", "a:",
    "\\n", "a\nb",
]  # fmt: skip


def test_ids_of_every_kind_find_their_own_record_in_both_stores(
    store_settings: Settings, products_spec: MatchSpec
) -> None:
    offers = [{"record_id": name, "title": f"offer {number}"} for number, name in enumerate(ODD_IDS)]
    feature_set, frame = computed(products_spec, offers)
    store = publish(store_settings, feature_set, frame)
    keys = [f"left:{name}" for name in ODD_IDS]
    assert frame["record_key"].tolist() == keys
    assert store.historical(feature_set, keys)["title"].tolist() == frame["title"].tolist()
    online = OnlineFeatures(store_settings, products_spec, feature_set.feature_version)
    rows = online.read(keys)
    assert (rows["found"].all(), rows["title"].tolist()) == (True, frame["title"].tolist())
    others = ["left:012", "left:2", "left:a  b", "left:null", "left:SS"]
    assert not online.read(others)["found"].any()


def test_a_repeated_materialisation_changes_nothing_unless_the_rows_have_changed(
    store_settings: Settings, products_spec: MatchSpec
) -> None:
    feature_set, frame = computed(products_spec, OFFERS)
    keys = frame["record_key"].tolist()
    store = publish(store_settings, feature_set, frame)
    online = OnlineFeatures(store_settings, products_spec, feature_set.feature_version)
    first = online.read(keys)
    store.materialise(feature_set)
    pd.testing.assert_frame_equal(online.read(keys), first)
    corrected = frame.assign(brand="corrected")  # the same version and the same time
    store.write(feature_set, corrected)
    store.materialise(feature_set)
    assert set(online.read(keys)["brand"]) == {"corrected"}


def test_a_killed_materialisation_can_be_repeated(store_settings: Settings, products_spec: MatchSpec) -> None:
    from feast.feature_view import FeatureViewState

    feature_set, frame = computed(products_spec, OFFERS)
    store = publish(store_settings, feature_set, frame)
    feast = store._store
    view = feast.get_feature_view(feature_set.name)
    view.state = FeatureViewState.MATERIALIZING  # the state that a killed process leaves in the registry
    feast.registry.apply_feature_view(view, feast.project, commit=True)
    online = OnlineFeatures(store_settings, products_spec, feature_set.feature_version)
    assert online.read(["left:1"])["found"].all(), "the endpoint can still read while a pipeline materialises"
    again = publish(store_settings, feature_set, frame)
    assert len(again.historical(feature_set, frame["record_key"].tolist())) == len(frame)


def test_an_earlier_version_can_still_be_read_after_a_later_version(
    store_settings: Settings, products_spec: MatchSpec, caplog: pytest.LogCaptureFixture
) -> None:
    before, old_frame = computed(products_spec, OFFERS)
    after, new_frame = computed(
        products_spec, OFFERS * 1 + [{"record_id": str(n), "title": "acme"} for n in range(5, 9)], 2
    )
    assert before.name != after.name
    with caplog.at_level(logging.INFO):
        publish(store_settings, before, old_frame)
        store = RecordFeatureStore(store_settings)
        assert store.apply(before) == []
        store.write(after, new_frame)
        assert store.apply(after) == [f"create feature view {after.name}", f"create feature service {after.name}"]
        store.materialise(after)
    assert f"feature store plan: create feature view {after.name}" in caplog.messages
    old = OnlineFeatures(store_settings, products_spec, before.feature_version).read(old_frame["record_key"].tolist())
    pd.testing.assert_frame_equal(old.drop(columns="found"), old_frame)
    pd.testing.assert_frame_equal(store.historical(before, old_frame["record_key"].tolist()), old_frame)
    assert OnlineFeatures(store_settings, products_spec, after.feature_version).read(["left:8"])["found"].all()


def test_missing_or_repeated_rows_are_refused(settings: Settings, products_spec: MatchSpec) -> None:
    feature_set, frame = computed(products_spec, OFFERS)
    store = RecordFeatureStore(settings)
    with pytest.raises(FeatureStoreError, match="Expected 4 record"):
        store.write(feature_set, pd.concat([frame, frame.head(1)], ignore_index=True))
    with pytest.raises(FeatureStoreError, match="columns"):
        store.write(feature_set, frame.drop(columns="brand"))
    publish(settings, feature_set, frame)
    with pytest.raises(FeatureStoreError, match="Expected 2 record"):
        store.historical(feature_set, ["left:1", "left:1"])


def test_an_unknown_version_is_refused_with_a_hint(settings: Settings, products_spec: MatchSpec) -> None:
    with pytest.raises(FeatureStoreError, match="products_records_000000000000") as caught:
        OnlineFeatures(settings, products_spec, "000000000000")
    assert "Hint:" in str(caught.value)


def test_a_broken_configuration_is_refused_with_a_hint(tmp_path: Path, products_spec: MatchSpec) -> None:
    settings = Settings(environment="test", home=tmp_path, features={"registry_uri": "nosuchengine://somewhere"})
    with pytest.raises(FeatureStoreError, match="feature store failed"):
        OnlineFeatures(settings, products_spec, "000000000000")


def test_a_stopped_redis_is_an_error_without_record_keys(tmp_path: Path, products_spec: MatchSpec) -> None:
    feature_set, frame = computed(products_spec, OFFERS)
    with running_redis() as server:
        settings = Settings(
            environment="test", home=tmp_path, features={"online": "redis", "connection": server.connection()}
        )
        publish(settings, feature_set, frame)
        online = OnlineFeatures(settings, products_spec, feature_set.feature_version)
        assert online.read(["left:1"])["found"].all()
    with pytest.raises(FeatureStoreError, match="ConnectionError") as caught:
        online.read(["left:1"])
    assert "left:1" not in str(caught.value)


def test_the_registry_can_be_a_real_postgresql(
    tmp_path: Path, make_postgres_database, products_spec: MatchSpec
) -> None:
    plain = make_postgres_database().replace("postgresql+psycopg2", "postgresql")
    settings = Settings(environment="test", home=tmp_path, features={"registry_uri": plain})
    feature_set, frame = computed(products_spec, OFFERS)
    publish(settings, feature_set, frame)
    assert OnlineFeatures(settings, products_spec, feature_set.feature_version).read(["left:2"])["found"].all()


def test_opening_feast_does_not_import_the_training_stack(tmp_path: Path) -> None:
    code = f"""
import sys
from matchwright.adapters.features.connect import open_store
from matchwright.settings import Settings
assert "feast" not in sys.modules
sys.modules["ibis"] = None  # as in the serving image
open_store(Settings(environment="test", home="{tmp_path}"), online_only=True)
import os
assert not [name for name in os.environ if name.startswith("PROMETHEUS")]
print([name for name in ("mlflow", "kfp", "torch", "shap", "great_expectations", "evidently") if name in sys.modules])
import torch
print(torch.zeros(1).item())
"""
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
    assert printed.split("\n")[:2] == ["[]", "0.0"]


ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with its own home and its own feature repository. It uses the code of this repository."""
    monkeypatch.delenv("MATCHWRIGHT_HOME", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    (tmp_path / "pyproject.toml").touch()
    shutil.copytree(ROOT / "feature_repo", tmp_path / "feature_repo", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def run_in(folder: Path, *command: str | Path) -> str:
    done = subprocess.run([sys.executable, *command], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_command_line_of_feast_lists_every_version_and_changes_nothing(
    project: Path, products_spec: MatchSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(environment="test", home=project / "state" / "home")
    before, old_frame = computed(products_spec, OFFERS)
    after, new_frame = computed(products_spec, [*OFFERS, {"record_id": "9", "title": "acme"}], snapshot_version=2)
    publish(settings, before, old_frame)
    publish(settings, after, new_frame)
    monkeypatch.setenv("MATCHWRIGHT_HOME", "state/home")  # the path is relative to the current folder

    assert "Deleted" not in run_in(project, "-m", "feature_repo", "plan", "--skip-source-validation")
    run_in(project, "-m", "feature_repo", "apply", "--skip-source-validation")

    listed = run_in(project, "-m", "feature_repo", "feature-views", "list")
    assert before.name in listed
    assert after.name in listed
    assert lost_feature_sets(settings) == []
    assert OnlineFeatures(settings, products_spec, before.feature_version).read(["left:1"])["found"].all()


def test_the_feast_command_and_sdk_work_in_the_feature_repository(project: Path, products_spec: MatchSpec) -> None:
    settings = Settings(environment="test", home=project / ".matchwright")
    feature_set, frame = computed(products_spec, OFFERS)
    publish(settings, feature_set, frame)
    feast = Path(sys.executable).with_name("feast")
    repository = project / "feature_repo"

    applied = run_in(repository, feast, "apply", "--skip-source-validation")
    assert "Deleted" not in applied
    described = run_in(repository, feast, "feature-services", "describe", feature_set.name)
    assert "owner: Grace" in described
    assert "Features of the records of products: feature version" in described
    code = f"""
from feast import FeatureStore
store = FeatureStore(".")
rows = store.get_online_features(store.get_feature_service("{feature_set.name}"), [{{"record_key": "left:1"}}])
print(rows.to_dict()["brand"])
"""
    assert "['acme']" in run_in(repository, "-c", code)


def test_the_feast_command_does_not_delete_data_of_another_home(
    project: Path, products_spec: MatchSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(environment="test", home=project / ".matchwright")
    feature_set, frame = computed(products_spec, OFFERS)
    publish(settings, feature_set, frame)
    monkeypatch.setenv("MATCHWRIGHT_HOME", str(project / "another"))

    feast = Path(sys.executable).with_name("feast")
    command = [sys.executable, feast, "apply", "--skip-source-validation"]
    done = subprocess.run(command, cwd=project / "feature_repo", capture_output=True, text=True, check=False)

    assert done.returncode != 0
    assert "does not name the feature registry of the home" in done.stderr
    assert lost_feature_sets(settings) == []


def test_a_deleted_registry_is_detected_and_publishing_again_repairs_it(
    settings: Settings, products_spec: MatchSpec
) -> None:
    feature_set, frame = computed(products_spec, OFFERS)
    store = publish(settings, feature_set, frame)
    cache = open_cache(settings).cache_root
    assert lost_feature_sets(settings) == []
    feast = store._store
    objects = [feast.get_feature_service(feature_set.name), feast.get_feature_view(feature_set.name)]
    feast.apply([], objects_to_delete=objects, partial=False)  # Feast does the same if it finds no definition

    assert lost_feature_sets(settings) == [feature_set.name]
    assert open_cache(settings).cache_root != cache, "cached results of earlier runs depend on the deleted feature sets"

    publish(settings, feature_set, frame)
    assert lost_feature_sets(settings) == []
    assert open_cache(settings).cache_root == cache
