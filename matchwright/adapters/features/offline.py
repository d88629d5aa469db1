"""Write record features to the source file, the registry and the online store, and read them for training."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from matchwright.adapters.features.connect import open_store, store_errors
from matchwright.adapters.features.definitions import ENTITY_KEY, TIMESTAMP, FeatureSet, definitions, source_path
from matchwright.errors import FeatureStoreError
from matchwright.files import replacing, write_whole
from matchwright.settings import Settings

_log = logging.getLogger(__name__)


class RecordFeatureStore:
    """The feature store as the training pipeline uses it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store = open_store(settings)

    def write(self, feature_set: FeatureSet, frame: pd.DataFrame) -> Path:
        """Write record features to the source file that the feature view reads.

        Args:
            feature_set: the feature set that the rows belong to.
            frame: record_key and the columns of the feature set, one row per record.

        Raises:
            FeatureStoreError: the rows or columns are not those of the feature set.
        """
        if list(frame.columns) != [ENTITY_KEY, *feature_set.columns]:
            raise FeatureStoreError(
                f"The columns are not those of feature set {feature_set.name}.",
                "compute the rows with core.records.record_features and the spec of this feature set",
            )
        _assert_rows(feature_set.rows, frame, "to write")
        path = source_path(self._settings, feature_set.name)
        table = pa.Table.from_pandas(
            frame.assign(**{TIMESTAMP: feature_set.moment}), schema=_schema(feature_set), preserve_index=False
        )
        with replacing(path) as file:
            pq.write_table(table, file)
        return path

    def apply(self, feature_set: FeatureSet) -> list[str]:
        """Register a feature set, and write a file that says so. Objects of other versions stay.

        Returns:
            The changes: one line per object. They are also logged.
        """
        path = source_path(self._settings, feature_set.name)
        objects = definitions(feature_set, path)
        with store_errors(f"applying {feature_set.name}"):
            plan = self._plan(list(objects.values()))
            for line in plan or ["nothing changes"]:
                _log.info("feature store plan: %s", line)
            with _quiet():
                self._store.apply(list(objects.values()), partial=True)
        write_whole(path.with_suffix(".json"), feature_set.model_dump_json(indent=1))
        return plan

    def materialise(self, feature_set: FeatureSet) -> None:
        """Write all rows of a feature set to the online store. This can be repeated."""
        with store_errors(f"materialising {feature_set.name}"), _quiet():
            self._store.materialize(
                start_date=feature_set.moment - timedelta(days=1),
                end_date=feature_set.moment,
                feature_views=[feature_set.name],
            )

    def historical(self, feature_set: FeatureSet, record_keys: Sequence[str]) -> pd.DataFrame:
        """Read the record features of the feature set's snapshot, point-in-time correct.

        Returns:
            record_key and the feature set's columns, one row per key in the order given.

        Raises:
            FeatureStoreError: the store returned rows of other records.
        """
        keys = pd.Series(list(record_keys), dtype=object, name=ENTITY_KEY)
        asked = pd.DataFrame({ENTITY_KEY: keys, TIMESTAMP: pd.Timestamp(feature_set.moment)})
        with store_errors(f"reading {feature_set.name} for training"):
            service = self._store.get_feature_service(feature_set.name)
            frame = self._store.get_historical_features(asked, service).to_df()
        _assert_rows(len(keys), frame, "read for training")
        if set(frame[ENTITY_KEY]) != set(keys):
            raise FeatureStoreError(
                f"Feature set {feature_set.name} returned rows of other records.",
                "run the features step again",
            )
        # select by name: Feast does not guarantee the order of columns
        chosen = frame.set_index(ENTITY_KEY).loc[keys, list(feature_set.columns)].reset_index()
        return as_record_features(chosen, feature_set.columns)

    def _plan(self, objects: list[Any]) -> list[str]:
        from feast import Entity, FeatureService, FeatureView
        from feast.diff.registry_diff import diff_registry_objects
        from feast.errors import FeastObjectNotFoundException
        from feast.infra.registry.registry import FeastObjectType

        known = {
            Entity: (self._store.get_entity, FeastObjectType.ENTITY),
            FeatureView: (self._store.get_feature_view, FeastObjectType.FEATURE_VIEW),
            FeatureService: (self._store.get_feature_service, FeastObjectType.FEATURE_SERVICE),
        }
        plan = []
        for new in objects:
            if type(new) not in known:
                continue  # a source belongs to its view
            read, kind = known[type(new)]
            try:
                current = read(new.name)
            except FeastObjectNotFoundException:
                plan.append(f"create {kind.value} {new.name}")
                continue
            changed = {p.property_name for p in diff_registry_objects(current, new, kind).feast_object_property_diffs}
            if isinstance(new, FeatureView) and current.batch_source == new.batch_source:
                changed.discard("batch_source")  # Feast counts its creation time as a change
            if changed:
                plan.append(f"update {kind.value} {new.name} ({', '.join(sorted(changed))})")
        return plan


def as_record_features(frame: pd.DataFrame, columns: dict[str, Any]) -> pd.DataFrame:
    """A frame from Feast with the types of ``record_features``: None for a missing string, NaN for a number."""
    data: dict[str, Any] = {ENTITY_KEY: frame[ENTITY_KEY].to_numpy(dtype=object)}
    for name, kind in columns.items():
        if kind == "number":
            data[name] = frame[name].to_numpy(dtype=float, na_value=float("nan"))
        else:
            values = frame[name].astype(object)
            data[name] = values.where(values.notna(), None).to_numpy(dtype=object)
    return pd.DataFrame(data)


def _assert_rows(expected: int, frame: pd.DataFrame, doing: str) -> None:
    distinct = frame[ENTITY_KEY].nunique()
    if len(frame) != expected or distinct != expected:
        raise FeatureStoreError(
            f"Expected {expected} record(s) {doing}, but there are {len(frame)} row(s) of {distinct} record(s).",
            "record keys must be unique. Run ingest and validate again",
        )


def _schema(feature_set: FeatureSet) -> pa.Schema:
    # a column that is missing in every row has no type of its own
    types = {"string": pa.string(), "number": pa.float64()}
    return pa.schema(
        [
            (ENTITY_KEY, pa.string()),
            *((name, types[kind]) for name, kind in feature_set.columns.items()),
            (TIMESTAMP, pa.timestamp("us", tz="UTC")),
        ]
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Log what Feast prints, instead of printing it."""
    said = StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        yield
    _log.debug("feast: %s", said.getvalue())
