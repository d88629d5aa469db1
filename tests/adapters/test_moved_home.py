"""A home that was moved works at its new place, and nothing is written to the old one."""

import logging
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
from test_features import OFFERS, computed, publish
from test_registry import digest_of, open_run, register

from matchwright.adapters import registry
from matchwright.adapters.features import OnlineFeatures, RecordFeatureStore
from matchwright.core.bundle import load_bundle
from matchwright.core.spec import MatchSpec
from matchwright.errors import RegistryError
from matchwright.settings import Settings


def locations(settings: Settings) -> set[str]:
    """The start of every location in the registry, up to the folder of artefacts."""
    queries = (
        "SELECT artifact_location FROM experiments WHERE name != 'Default'",
        "SELECT artifact_uri FROM runs",
        "SELECT artifact_location FROM logged_models",
        "SELECT source FROM model_versions",
    )
    with closing(sqlite3.connect(settings.path("mlflow", "mlflow.db"))) as database:
        found = [row[0] for query in queries for row in database.execute(query)]
    assert len(found) >= len(queries)
    return {location.partition("/artifacts")[0] for location in found}


def moved(settings: Settings, to: Path) -> Settings:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(settings.home, to)
    return settings.model_copy(update={"home": to})


@pytest.fixture
def registered(registry_settings: Settings, trained_bundle: Path) -> Settings:
    register(registry_settings, trained_bundle)
    return registry_settings


@pytest.mark.parametrize("place", ["renamed", "other place/größe/home"])
def test_a_bundle_of_a_moved_home_is_found_and_the_next_run_is_written_there(
    registered: Settings, trained_bundle: Path, verify_key: bytes, tmp_path: Path, place: str, caplog
) -> None:
    old = registered.home
    here = moved(registered, tmp_path / place)
    with caplog.at_level(logging.WARNING):
        fetched = registry.download_bundle(here, "persons", "1", tmp_path / "fetched")
    assert load_bundle(fetched, verify_key).digest == digest_of(trained_bundle)
    assert [text for text in caplog.messages if "moved here" in text] == [
        "The home was moved here from another place: 5 locations in its registry were updated."
    ]
    assert locations(here) == {(here.home / "mlflow").as_uri()}

    run = open_run(here, "inputs-2")
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots" / "a.txt").write_text("plot")
    registry.log_folder(here, run, tmp_path / "plots", "plots")

    assert list((here.home / "mlflow" / "artifacts").rglob("a.txt"))
    assert not old.exists()


def test_a_home_can_move_back_and_a_second_look_changes_nothing(registered: Settings, tmp_path: Path) -> None:
    assert registry.follow_home(registered) == 0
    old = registered.home
    away = moved(registered, tmp_path / "away")
    assert [registry.follow_home(away), registry.follow_home(away)] == [5, 0]
    back = moved(away, old)
    assert [registry.follow_home(back), registry.follow_home(back)] == [5, 0]
    assert locations(back) == {(old / "mlflow").as_uri()}


def test_an_update_that_is_interrupted_changes_nothing_and_can_be_repeated(
    registered: Settings, tmp_path: Path
) -> None:
    before = locations(registered)
    here = moved(registered, tmp_path / "away")
    stop = "CREATE TRIGGER stop BEFORE UPDATE ON model_versions BEGIN SELECT RAISE(ABORT, 'stopped'); END"
    with closing(sqlite3.connect(here.path("mlflow", "mlflow.db"))) as database:
        database.execute(stop)
    with pytest.raises(RegistryError, match="home was moved"):
        registry.follow_home(here)
    assert locations(here) == before
    with closing(sqlite3.connect(here.path("mlflow", "mlflow.db"))) as database:
        database.execute("DROP TRIGGER stop")
    assert registry.follow_home(here) == 5


def test_locations_outside_the_home_are_left_alone(registered: Settings, tmp_path: Path) -> None:
    elsewhere = (tmp_path / "elsewhere").as_uri()
    with closing(sqlite3.connect(registered.path("mlflow", "mlflow.db"))) as database:
        database.execute("UPDATE experiments SET artifact_location = ? WHERE name != 'Default'", [f"{elsewhere}/x"])
        database.commit()
    assert registry.follow_home(registered) == 0
    named = registered.registry.model_copy(update={"artifact_uri": elsewhere})
    assert registry.follow_home(moved(registered, tmp_path / "away").model_copy(update={"registry": named})) == 0


def test_the_feature_store_of_a_moved_home_works(settings: Settings, products_spec: MatchSpec, tmp_path: Path) -> None:
    feature_set, frame = computed(products_spec, OFFERS)
    publish(settings, feature_set, frame)
    keys = frame["record_key"].tolist()
    old = settings.home
    here = moved(settings, tmp_path / "away")
    assert OnlineFeatures(here, products_spec, feature_set.feature_version).read(keys)["found"].all()
    assert publish(here, feature_set, frame).historical(feature_set, keys)["record_key"].tolist() == keys
    pd.testing.assert_frame_equal(RecordFeatureStore(here).historical(feature_set, keys), frame)
    assert not old.exists()
