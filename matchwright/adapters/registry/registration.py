"""Register a decision bundle as a version, once per bundle digest."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matchwright.adapters.registry.client import connected, experiment_id
from matchwright.adapters.registry.description import describe
from matchwright.adapters.registry.packaging import write_model
from matchwright.adapters.registry.runs import forget_failure
from matchwright.adapters.registry.versions import BUNDLE_DIGEST, find_by_digest, info_of
from matchwright.core.spec import load_spec
from matchwright.errors import RegistryError
from matchwright.governance.version import VersionInfo
from matchwright.settings import Settings

_APPROVAL_TAGS = ("approval", "approval_by", "approval_note")
_CARD_FOLDER = "card"


def register_bundle(
    settings: Settings,
    run_id: str,
    bundle: Path,
    digest: str,
    description_markdown: str,
    tags: Mapping[str, str],
    challenger: bool,
) -> VersionInfo:
    """Log ``bundle`` as an MLflow model and register it under the name of its spec.

    If the bundle is registered already, it keeps its version and its approval, and the tags and the description are
    updated. The description shows the images among the run's artefacts. The run is ended.

    Args:
        settings: the environment.
        run_id: the run that trained the bundle.
        bundle: the bundle's folder.
        digest: the bundle's digest.
        description_markdown: the model card.
        tags: must hold ``gates`` (``passed`` or ``failed``) and ``trained_by``.
        challenger: whether the version gets the alias ``challenger``. Ignored if gates failed.

    Raises:
        RegistryError: a tag that a release needs is missing.
    """
    if missing := [key for key in ("gates", "trained_by") if not tags.get(key, "").strip()]:
        raise RegistryError(f"A version cannot be registered without the tag(s) {', '.join(missing)}.", "set them")
    name = load_spec(bundle / "spec.yaml").name
    with connected(settings, make=True) as client:
        client.log_text(run_id, description_markdown, f"{_CARD_FOLDER}/card.md")
        description = describe(description_markdown, run_id, _files(client, run_id), f"{_CARD_FOLDER}/card.md")
        found = find_by_digest(client, name, digest)
        given = {**tags, BUNDLE_DIGEST: digest}
        if found is None:
            logged = _log_model(client, settings, run_id, name, bundle, digest)
            _ensure_model(client, name)
            # One transaction writes the version and its tags: there is no version without its digest.
            found = client.create_model_version(
                name,
                # Not models:/<id>: the SQL store would search it in MLflow's global tracking store.
                source=str(logged.artifact_location),
                run_id=run_id,
                model_id=str(logged.model_id),
                description=description,
                tags={"approval": "pending", **given},
            )
        for key, value in given.items():
            if key not in _APPROVAL_TAGS and found.tags.get(key) != value:
                client.set_model_version_tag(name, found.version, key, value)
        if found.description != description:
            client.update_model_version(name, found.version, description)
        if challenger and tags["gates"] == "passed":
            client.set_registered_model_alias(name, "challenger", found.version)
        forget_failure(client, run_id)
        client.set_terminated(run_id, "FINISHED")
        return info_of(client.get_model_version(name, found.version))


def _log_model(client: Any, settings: Settings, run_id: str, name: str, bundle: Path, digest: str) -> Any:
    """The logged model with this bundle. An incomplete one, left by a killed run, is replaced."""
    from mlflow.entities import LoggedModelOutput, LoggedModelStatus

    experiment = experiment_id(client, settings)
    for earlier in client.search_logged_models([experiment], f"tags.{BUNDLE_DIGEST} = '{digest}'"):
        if earlier.status == LoggedModelStatus.READY:
            return earlier
        client.delete_logged_model(earlier.model_id)
    logged = client.create_logged_model(
        experiment, name=name, source_run_id=run_id, tags={BUNDLE_DIGEST: digest}, model_type="decision bundle"
    )
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "model")
        write_model(bundle, folder, logged.model_id, run_id)
        client.log_model_artifacts(logged.model_id, str(folder))
    client.log_outputs(run_id, models=[LoggedModelOutput(logged.model_id, step=0)])
    return client.finalize_logged_model(logged.model_id, LoggedModelStatus.READY)


def _ensure_model(client: Any, name: str) -> None:
    from mlflow.exceptions import MlflowException

    try:
        client.create_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise


def _files(client: Any, run_id: str, under: str | None = None) -> list[str]:
    """Paths of the run's artefacts, in order."""
    files: list[str] = []
    for item in sorted(client.list_artifacts(run_id, under), key=lambda item: str(item.path)):
        files += _files(client, run_id, item.path) if item.is_dir else [str(item.path)]
    return files
