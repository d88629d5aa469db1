"""Open Feast's store from settings."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from matchwright.adapters.features.definitions import PROJECT, is_registry_file, registry_uri
from matchwright.errors import FeatureStoreError
from matchwright.settings import Settings

WRITE_BATCH = 10_000
"""Rows per write while materialising: few round trips to Redis, and little memory."""

_REDIS_LIMITS = {"socket_connect_timeout": "2", "socket_timeout": "5", "retry": "null"}
"""Timeouts in seconds, and no retries of ten seconds: the endpoint must not wait long for a store that is down."""

_MULTI_PROCESS = ("PROMETHEUS_MULTIPROCESS_DIR", "PROMETHEUS_MULTIPROC_DIR")


def store_config(settings: Settings) -> dict[str, Any]:
    """The content of a ``feature_store.yaml`` for this environment."""
    return {
        "project": PROJECT,
        "provider": "local",
        "registry": _registry(registry_uri(settings)),
        "offline_store": {"type": "duckdb"},
        "online_store": _online_store(settings),
        "entity_key_serialization_version": 3,
        "materialization": {"online_write_batch_size": WRITE_BATCH},
    }


def open_store(settings: Settings, *, online_only: bool = False) -> Any:
    """Feast's ``FeatureStore`` for this environment.

    ``online_only`` leaves out the offline store. Feast would load it at once, and the serving image does not have its
    libraries.

    Raises:
        FeatureStoreError: Feast does not accept the configuration.
    """
    with _feast_apart():
        import feast.metrics  # noqa: F401 - else Feast imports it later, at the first read
        from feast import FeatureStore, RepoConfig
    config = store_config(settings)
    if online_only:
        del config["offline_store"]
    with store_errors("opening"):
        return FeatureStore(config=RepoConfig(**config, repo_path=settings.folder("features")))


@contextmanager
def store_errors(doing: str) -> Iterator[None]:
    """Turn the errors of Feast and of its stores into one error that quotes no values.

    Raises:
        FeatureStoreError: the store is down, or does not know the feature set.
    """
    import sqlite3

    from feast.errors import FeastError
    from redis.exceptions import RedisError
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (FeastError, RedisError, SQLAlchemyError, sqlite3.Error, OSError, ValueError) as error:
        raise FeatureStoreError(
            f"The feature store failed while {doing} ({type(error).__name__}).",
            "check that features.connection and features.registry_uri point to running stores, "
            "and that the training pipeline's features step ran in this environment",
        ) from error


def _registry(uri: str) -> dict[str, Any]:
    if is_registry_file(uri):
        return {"registry_type": "file", "path": uri}
    return {
        "registry_type": "sql",
        "path": uri,
        # else every read of the endpoint is refused while a pipeline materialises
        "serve_features_while_materializing": True,
    }


def _online_store(settings: Settings) -> dict[str, Any]:
    connection = settings.features.connection
    if settings.features.online == "sqlite":
        return {"type": "sqlite", "path": connection or str(settings.path("features", "online.db"))}
    given = {part.partition("=")[0] for part in connection.split(",")}
    limits = [f"{key}={value}" for key, value in _REDIS_LIMITS.items() if key not in given]
    return {
        "type": "redis",
        "connection_string": ",".join([connection or "127.0.0.1:6379", *limits]),
        # a corrected row has the same timestamp, and must replace the old one
        "skip_dedup": True,
    }


@contextmanager
def _feast_apart() -> Iterator[None]:
    """Import Feast without two side effects.

    Its metrics switch Prometheus's client to multi-process mode, here and in every child process. It also imports
    torch if that is installed, which takes two seconds and 200 MB and is not used.
    """
    if "feast" in sys.modules:
        yield
        return
    import prometheus_client.values  # noqa: F401 - it chooses its mode when it is imported

    before = {name: os.environ.get(name) for name in _MULTI_PROCESS}
    torch_loaded = "torch" in sys.modules
    if not torch_loaded:
        sys.modules["torch"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if not torch_loaded:
            del sys.modules["torch"]
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
