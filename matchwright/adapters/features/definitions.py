"""Feast's definitions of one feature version: entity, source, view and service.

Every version has its own view and service. So after a rollback the features of the older bundle are still there.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from matchwright.frozen import Frozen
from matchwright.settings import Settings, sqlite_url, with_driver

PROJECT = "matchwright"
ENTITY_KEY = "record_key"
TIMESTAMP = "event_timestamp"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class FeatureSet(Frozen):
    """The record features of one feature version over one snapshot of the records.

    ``columns`` maps each feature to its type, in the order of ``core.records.feature_schema``. ``snapshot_version`` is
    the version of the lake table that the rows were computed from. ``owner`` is the person who ran the pipeline.
    """

    spec_name: str
    feature_version: str
    columns: dict[str, Literal["string", "number"]]
    snapshot_version: int
    rows: int
    owner: str = ""

    @property
    def title(self) -> str:
        """The description that Feast's lists show."""
        return (
            f"Features of the records of {self.spec_name}: feature version {self.feature_version[:8]}, "
            f"{self.rows:,} records of lake version {self.snapshot_version}"
        )

    @property
    def name(self) -> str:
        """The name of the feature view and of the feature service."""
        return service_name(self.spec_name, self.feature_version)

    @property
    def moment(self) -> datetime:
        """The event timestamp of the rows: the same for the same snapshot, and later for a later one."""
        return _EPOCH + timedelta(seconds=self.snapshot_version)


def service_name(spec_name: str, feature_version: str) -> str:
    """The name of the feature service of a feature version."""
    return f"{spec_name}_records_{feature_version}"


def registry_uri(settings: Settings) -> str:
    """The address of Feast's registry: SQLite under ``home``, unless the settings name another one."""
    return with_driver(settings.features.registry_uri) or sqlite_url(settings.path("features", "registry.db"))


def is_registry_file(uri: str) -> bool:
    """Whether Feast's registry is a file, here or in an object store, and not a database."""
    return "://" not in uri or uri.startswith(("s3://", "gs://"))


def source_path(settings: Settings, name: str) -> Path:
    """The Parquet file that a feature view reads."""
    return settings.path("features", "sources", f"{name}.parquet")


def feature_sets(settings: Settings) -> list[FeatureSet]:
    """All feature sets of this environment, sorted by name."""
    paths = sorted(settings.path("features", "sources").glob("*.json"))
    return [FeatureSet.model_validate_json(path.read_text(encoding="utf-8")) for path in paths]


def definitions(feature_set: FeatureSet, source: Path) -> dict[str, Any]:
    """Feast's objects for a feature set, by name."""
    from feast import Entity, FeatureService, FeatureView, Field, FileSource, ValueType
    from feast.types import Float64, String

    types = {"string": String, "number": Float64}
    entity = Entity(
        name=f"{feature_set.spec_name}_record",
        join_keys=[ENTITY_KEY],
        value_type=ValueType.STRING,
        description=f"A record of the match spec {feature_set.spec_name}",
        owner=feature_set.owner,
    )
    file = FileSource(name=f"{feature_set.name}_source", path=str(source), timestamp_field=TIMESTAMP)
    view = FeatureView(
        name=feature_set.name,
        entities=[entity],
        ttl=timedelta(0),  # record features do not expire: a changed record comes with a new snapshot
        schema=[
            Field(name=ENTITY_KEY, dtype=String),
            *(Field(name=name, dtype=types[kind]) for name, kind in feature_set.columns.items()),
        ],
        source=file,
        online=True,
        description=feature_set.title,
        owner=feature_set.owner,
        tags={"spec": feature_set.spec_name, "feature_version": feature_set.feature_version},
    )
    service = FeatureService(
        name=feature_set.name,
        features=[view],
        tags=view.tags,
        description=feature_set.title,
        owner=feature_set.owner,
    )
    return {entity.name: entity, file.name: file, view.name: view, f"{service.name}_service": service}
