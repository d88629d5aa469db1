"""Check whether Feast's registry still has the registered feature sets, without Feast: its import takes seconds."""

from matchwright.adapters.features.definitions import PROJECT, feature_sets, is_registry_file, registry_uri
from matchwright.errors import FeatureStoreError
from matchwright.settings import Settings

_SERVICES = "SELECT feature_service_name FROM feature_services WHERE project_id = :project"


def lost_feature_sets(settings: Settings) -> list[str]:
    """The names of feature sets that were registered, and that the registry has lost.

    A registry in a file is not read here. It counts as complete.

    Raises:
        FeatureStoreError: the registry's database does not answer.
    """
    from sqlalchemy import create_engine, inspect, text
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.pool import NullPool

    written = [feature_set.name for feature_set in feature_sets(settings)]
    uri = registry_uri(settings)
    if not written or is_registry_file(uri):
        return []
    if not settings.features.registry_uri and not settings.path("features", "registry.db").is_file():
        return written
    try:
        with create_engine(uri, poolclass=NullPool).connect() as connection:
            there = inspect(connection).has_table("feature_services")
            known = set(connection.execute(text(_SERVICES), {"project": PROJECT}).scalars()) if there else set()
    except SQLAlchemyError as error:
        raise FeatureStoreError(
            f"The feature registry does not answer ({type(error).__name__}).",
            "check features.registry_uri (MATCHWRIGHT_FEATURES__REGISTRY_URI) and that the database runs",
        ) from error
    return [name for name in written if name not in known]
