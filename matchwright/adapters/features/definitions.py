"""What Feast is told: entity, source, view and service of one feature version.

Every version has a view and a service of its own, so that a bundle that is rolled back to
finds the features it was trained on still in place.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from matchwright.frozen import Frozen
from matchwright.settings import Settings

PROJECT = "matchwright"
ENTITY_KEY = "record_key"
TIMESTAMP = "event_timestamp"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class FeatureSet(Frozen):
    """The record features of one feature version over one snapshot of the records.

    ``columns`` maps each feature to its type, in the order of ``core.records.feature_schema``;
    ``snapshot_version`` is the version of the lake table that the rows were computed from, ``owner`` who ran
    the pipeline that wrote them.
    """

    spec_name: str
    feature_version: str
    columns: dict[str, Literal["string", "number"]]
    snapshot_version: int
    rows: int
    owner: str = ""

    @property
    def title(self) -> str:
        """What the service holds, in words for a reader of Feast's lists."""
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
        """The rows' event timestamp: the same for the same snapshot, later for a later one."""
        return _EPOCH + timedelta(seconds=self.snapshot_version)


def service_name(spec_name: str, feature_version: str) -> str:
    """The feature service that a feature version is read through."""
    return f"{spec_name}_records_{feature_version}"


def registry_uri(settings: Settings) -> str:
    """Where Feast keeps what it was told; SQLite under ``home`` unless the settings name another place."""
    uri = settings.features.registry_uri or f"sqlite:///{settings.path('features', 'registry.db')}"
    # a bare postgresql:// would be sent to psycopg 3, which is not installed
    return uri.replace("postgresql://", "postgresql+psycopg2://", 1)


def source_path(settings: Settings, name: str) -> Path:
    """The parquet file behind a feature view."""
    return settings.path("features", "sources", f"{name}.parquet")


def feature_sets(settings: Settings) -> list[FeatureSet]:
    """All feature sets of this environment, by name."""
    paths = sorted(settings.path("features", "sources").glob("*.json"))
    return [FeatureSet.model_validate_json(path.read_text(encoding="utf-8")) for path in paths]


def definitions(feature_set: FeatureSet, source: Path) -> dict[str, Any]:
    """Feast's objects for a feature set, by the name of each."""
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
        ttl=timedelta(0),  # record features do not go stale: a changed record is a new snapshot
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
