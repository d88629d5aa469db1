"""A client for the environment's MLflow that logs little."""

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from matchwright.adapters.registry.location import follow_home
from matchwright.errors import RegistryError
from matchwright.settings import Settings

_CHATTY = (
    "alembic",
    "mlflow.store.db.utils",
    "mlflow.store.model_registry.abstract_store",
    "mlflow.tracking.request_header.registry",  # sagemaker-mlflow warns on every call
    "mlflow.pyfunc",
    "mlflow.models.model",
    "mlflow.types.type_hints",
)


@contextmanager
def connected(settings: Settings, *, make: bool = False) -> Iterator[Any]:
    """An ``MlflowClient`` for the environment's tracking and registry store.

    ``make`` creates an embedded store if there is none. A caller that only reads leaves it false.

    Raises:
        RegistryError: there is no embedded store yet. Or MLflow or its database raised an error, also inside the
            ``with`` block.
    """
    if make and not settings.registry.tracking_uri:
        settings.folder("mlflow")
    elif not has_store(settings):
        raise RegistryError("Nothing was registered in this home yet.", "train a model: matchwright pipeline run train")
    follow_home(settings)
    quieten()
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    hint = "check registry.tracking_uri (MATCHWRIGHT_REGISTRY__TRACKING_URI) and that the store answers"
    try:
        yield MlflowClient(tracking_uri=settings.tracking_uri, registry_uri=settings.tracking_uri)
    except MlflowException as error:
        raise RegistryError(f"MLflow refused ({error.error_code}): {error.message}", hint) from error
    except SQLAlchemyError as error:
        raise RegistryError(f"MLflow's database failed: {type(error).__name__}.", hint) from error


def has_store(settings: Settings) -> bool:
    """Whether there is a store to read. A store with an address counts as existing."""
    return bool(settings.registry.tracking_uri) or settings.path("mlflow", "mlflow.db").is_file()


def experiment_id(client: Any, settings: Settings) -> str:
    """The experiment's id. It is created on first use, with its artefacts under ``settings.artifact_uri``."""
    from mlflow.exceptions import MlflowException

    name = settings.registry.experiment
    found = client.get_experiment_by_name(name)
    if found is None:
        try:
            return str(client.create_experiment(name, artifact_location=_artifact_location(settings)))
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
            found = client.get_experiment_by_name(name)  # another process was first
    return str(found.experiment_id)


def quieten() -> None:
    """Turn off MLflow's progress bars and most of its messages. Environment variables that are set are kept."""
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    warnings.filterwarnings("ignore", message="IProgress not found")  # a notebook without widgets for those bars
    os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
    os.environ.setdefault("MLFLOW_RECORD_ENV_VARS_IN_MODEL_LOGGING", "false")
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.ERROR)


def _artifact_location(settings: Settings) -> str | None:
    # A tracking server chooses the location itself, unless the settings name one.
    if settings.tracking_uri.startswith("http") and not settings.registry.artifact_uri:
        return None
    return f"{settings.artifact_uri.rstrip('/')}/{settings.registry.experiment}"
