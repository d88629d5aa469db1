"""A home may have an unusual path: every library reads and writes there, and nowhere else."""

import shutil
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from matchwright.adapters import registry
from matchwright.adapters.drift import RunIdentity, measure, save_run
from matchwright.adapters.features import FeatureSet, OnlineFeatures, RecordFeatureStore
from matchwright.adapters.lake.delta import frame_digest, read_table, write_table
from matchwright.adapters.ledger import Entry, Ledger
from matchwright.core.records import conform_values, feature_schema, normal_forms, record_features
from matchwright.core.records.corpus import Corpus, feature_version
from matchwright.core.spec import MatchSpec
from matchwright.errors import LakeError
from matchwright.settings import Settings, load_settings

NAMES = ["a b größe 日本", "100% (a) 'q' \"r\"", "{x}<y>$~!`;&=d+e,f@g:h"]
REFUSED = ["C#", "what?", "[x]", "a]", "a*", "a|b", "a^b", "a\\b", "a%20b", "a%2Fb", "a\nb", "a\x7f"]


@pytest.fixture(params=NAMES)
def odd(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with a home in a folder of an unusual name, and the current folder beside it."""
    monkeypatch.delenv("MATCHWRIGHT_HOME", raising=False)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return load_settings("local", home=tmp_path / request.param / "home")


def beside(settings: Settings) -> list[str]:
    """What lies beside the folder of an unusual name: nothing but the current folder, which is empty."""
    folder = settings.home.parents[1]
    found = [path for path in folder.rglob("*") if not path.is_relative_to(settings.home.parent)]
    return [str(path.relative_to(folder)) for path in found if path.name != "here"]


def test_the_lake(odd: Settings) -> None:
    uri = f"{odd.lake_uri}/persons/records"
    for frame in (pd.DataFrame({"a": ["x", "y"]}), pd.DataFrame({"a": ["z"]})):
        version = write_table(uri, frame, frame_digest(frame))
        assert read_table(uri, version.version)["a"].tolist() == frame["a"].tolist()
    assert (odd.home / "lake" / "persons" / "records" / "_delta_log").is_dir()
    assert beside(odd) == []


@pytest.mark.parametrize("name", REFUSED)
def test_the_lake_names_a_character_that_it_cannot_take(tmp_path: Path, name: str) -> None:
    frame = pd.DataFrame({"a": ["x"]})
    with pytest.raises(LakeError, match="the path holds '"):
        write_table(str(tmp_path / name / "records"), frame, frame_digest(frame))
    assert list(tmp_path.iterdir()) == []


def test_the_registry(odd: Settings, migrated_sqlite: Path, tmp_path: Path) -> None:
    shutil.copy(migrated_sqlite, odd.folder("mlflow") / "mlflow.db")
    run = registry.open_run(odd, "persons", "inputs", {})
    (tmp_path / "here" / "plots").mkdir()
    (tmp_path / "here" / "plots" / "a.txt").write_text("plot")
    registry.log_folder(odd, run, tmp_path / "here" / "plots", "plots")
    shutil.rmtree(tmp_path / "here" / "plots")
    (written,) = (odd.home / "mlflow" / "artifacts").rglob("a.txt")
    assert written.read_text() == "plot"
    assert beside(odd) == []


def test_the_ledger(odd: Settings) -> None:
    ledger = Ledger(odd.ledger_url)
    ledger.append(Entry(action="approved", model="persons", version="1", digest="ab" * 32, actor="ada"))
    assert ledger.verify_chain() == 1
    assert (odd.home / "ledger" / "ledger.db").is_file()
    assert beside(odd) == []


def test_the_feature_store(odd: Settings, products_spec: MatchSpec) -> None:
    conformed = conform_values([{"record_id": "1", "title": "acme turbo toaster"}], products_spec, "left")
    corpus = Corpus.fit(normal_forms(conformed, products_spec), products_spec)
    frame = record_features(conformed, products_spec, corpus)
    version = feature_version(products_spec, corpus)
    columns = feature_schema(products_spec)
    feature_set = FeatureSet(
        spec_name="products", feature_version=version, columns=columns, snapshot_version=1, rows=len(frame)
    )
    store = RecordFeatureStore(odd)
    store.write(feature_set, frame)
    store.apply(feature_set)
    store.materialise(feature_set)
    pd.testing.assert_frame_equal(store.historical(feature_set, ["left:1"]), frame)
    assert OnlineFeatures(odd, products_spec, version).read(["left:1"])["found"].tolist() == [True]
    assert (odd.home / "features" / "registry.db").is_file()
    assert beside(odd) == []


def test_the_drift_workspace(odd: Settings, persons_spec: MatchSpec) -> None:
    values = np.linspace(0, 1, 200)
    frame = pd.DataFrame({"surname__exact": values, "score": values, "band": "match", "label": 1.0})
    identity = RunIdentity("persons", "a1" * 32, "2026-03-01", "2026-03-02")
    found = measure(frame, frame, persons_spec, timestamp=datetime(2026, 3, 1, 12), metadata=identity.metadata)
    address = save_run(odd.drift_workspace, found, persons_spec, identity, "OK")
    assert "drift" in address.runs
    assert list((odd.home / "evidently").rglob(f"*{address.runs['drift']}*"))
    assert beside(odd) == []
