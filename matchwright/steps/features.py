"""Record features: compute them once, write them to the feature store, and read them back point-in-time correct."""

import json
import logging
import os
from pathlib import Path
from typing import Any

import pandas as pd

from matchwright.adapters.features import FeatureSet, OnlineFeatures, RecordFeatureStore
from matchwright.core.records import feature_schema, normal_forms, record_features
from matchwright.core.records.corpus import Corpus, feature_version
from matchwright.core.spec import MatchSpec
from matchwright.errors import FeatureStoreError
from matchwright.files import write_whole
from matchwright.operations.snapshot import Snapshot
from matchwright.settings import Settings

ONLINE_SAMPLE = 200
"""How many records have their online row compared with the computed one."""

_log = logging.getLogger(__name__)


def features(*, settings: Settings, spec: MatchSpec, snapshot: Path, features: Path) -> dict[str, Any]:
    """Compute the record features of a validated snapshot and write them to the feature store.

    Args:
        settings: the environment, which says where the feature store is.
        spec: the match spec.
        snapshot: the snapshot file that validation wrote.
        features: folder to write: ``records.parquet`` (record_key and features, as the feature
            store returned them), ``corpus.safetensors`` and ``features.json``.

    Returns:
        The content of ``features.json``: feature_service, feature_version, rows, snapshot_version.

    Raises:
        FeatureStoreError: the store returned other rows than were computed.
    """
    taken = Snapshot.read(snapshot)
    records = taken.frame("records")
    corpus = Corpus.fit(normal_forms(records, spec), spec)
    computed = record_features(records, spec, corpus)
    feature_set = FeatureSet(
        spec_name=spec.name,
        feature_version=feature_version(spec, corpus),
        columns=feature_schema(spec),
        snapshot_version=taken.tables["records"].version,
        rows=len(computed),
        owner=settings.actor,
    )
    offline = _published(settings, feature_set, computed)
    _assert_same(computed, offline, "offline")
    sample = computed.iloc[:: max(1, len(computed) // ONLINE_SAMPLE)].reset_index(drop=True)
    online = OnlineFeatures(settings, spec, feature_set.feature_version).read(list(sample["record_key"]))
    _assert_same(sample, online[list(sample.columns)], "online")
    _log.info("%d records in feature service %s", len(offline), feature_set.name)
    summary = {
        "feature_service": feature_set.name,
        "feature_version": feature_set.feature_version,
        "rows": len(offline),
        "snapshot_version": feature_set.snapshot_version,
    }
    _write(features, offline, corpus, summary)
    return summary


def _published(settings: Settings, feature_set: FeatureSet, computed: pd.DataFrame) -> pd.DataFrame:
    store = RecordFeatureStore(settings)
    store.write(feature_set, computed)
    store.apply(feature_set)
    store.materialise(feature_set)
    return store.historical(feature_set, list(computed["record_key"]))


def _assert_same(computed: pd.DataFrame, stored: pd.DataFrame, store: str) -> None:
    if len(stored) != len(computed):
        raise FeatureStoreError(
            f"The {store} store returned {len(stored)} rows for {len(computed)} records.", "run the features step again"
        )
    differing = [name for name in computed.columns if not computed[name].equals(stored[name])]
    if differing:
        raise FeatureStoreError(
            f"Rows of the {store} store differ from the computed ones in: {', '.join(differing)}.",
            "another run may be writing the same feature version. Run the features step again when it has ended",
        )


def _write(folder: Path, frame: pd.DataFrame, corpus: Corpus, summary: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".draft.{os.getpid()}"
    frame.to_parquet(draft, index=False)
    draft.replace(folder / "records.parquet")
    corpus.save(draft)
    draft.replace(folder / "corpus.safetensors")
    write_whole(folder / "features.json", json.dumps(summary, indent=1) + "\n")  # last: its presence says done
