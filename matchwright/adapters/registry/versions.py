"""Registered versions: their tags, aliases, approval and bundle."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from matchwright.adapters.registry.client import connected, has_store
from matchwright.core.bundle.manifest import MANIFEST
from matchwright.errors import RegistryError
from matchwright.governance.version import ApprovalDecision, VersionInfo
from matchwright.settings import Settings

BUNDLE_DIGEST = "bundle_digest"
BUNDLE_FOLDER = "bundle"


def version_info(settings: Settings, model_name: str, version: str) -> VersionInfo:
    """One version with its tags and aliases.

    Raises:
        RegistryError: there is no such version.
    """
    with connected(settings) as client:
        return info_of(_version(client, model_name, version))


def champion(settings: Settings, model_name: str) -> VersionInfo | None:
    """The version that serves. None before the first release."""
    return _aliased(settings, model_name, "champion")


def challenger(settings: Settings, model_name: str) -> VersionInfo | None:
    """The newest version whose gates passed. None if there is none."""
    return _aliased(settings, model_name, "challenger")


def version_by_digest(settings: Settings, model_name: str, digest: str) -> VersionInfo | None:
    """The version that holds the bundle with this digest. None if there is none."""
    with connected(settings) as client:
        found = find_by_digest(client, model_name, digest)
        return info_of(found) if found is not None else None


def set_approval(
    settings: Settings, name: str, version: str, decision: ApprovalDecision, by: str, note: str
) -> VersionInfo:
    """Set a version's approval tags. A reviewer may do the same in MLflow's UI."""
    with connected(settings) as client:
        _version(client, name, version)
        # The decision last: else the new decision could appear with the name of an earlier reviewer.
        for key, value in {"approval_by": by, "approval_note": note, "approval": decision}.items():
            client.set_model_version_tag(name, version, key, value)
        return info_of(_version(client, name, version))


def set_alias(settings: Settings, name: str, alias: str, version: str) -> None:
    """Give an alias to a version. Another version that had it loses it."""
    with connected(settings) as client:
        client.set_registered_model_alias(name, alias, version)


def remove_alias(settings: Settings, name: str, alias: str) -> None:
    """Remove an alias from a model. Nothing happens if it has none."""
    with connected(settings) as client:
        client.delete_registered_model_alias(name, alias)


def download_bundle(settings: Settings, model_name: str, version: str, to: Path) -> Path:
    """Download a version's decision bundle to the folder ``to``, completely or not at all.

    Raises:
        RegistryError: there is no such version, or it holds no bundle.
    """
    with connected(settings) as client:
        from mlflow.artifacts import download_artifacts

        source = str(_version(client, model_name, version).source)
        to.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=to.parent, prefix=f".{to.name}.") as draft:
            fetched = Path(
                download_artifacts(
                    artifact_uri=f"{source}/artifacts/{BUNDLE_FOLDER}",
                    dst_path=draft,
                    tracking_uri=settings.tracking_uri,
                    registry_uri=settings.tracking_uri,
                )
            )
            if not (fetched / MANIFEST).is_file():
                raise RegistryError(f"{model_name} version {version} holds no bundle.", "register it again")
            if to.exists():
                shutil.rmtree(to)
            fetched.rename(to)
    return to


def info_of(version: Any) -> VersionInfo:
    """MLflow's model version as a VersionInfo."""
    tags = {str(key): str(value) for key, value in version.tags.items()}
    return VersionInfo(
        name=version.name,
        version=str(version.version),
        digest=tags.get(BUNDLE_DIGEST, ""),
        run_id=version.run_id or "",
        tags=tags,
        aliases=tuple(version.aliases),
    )


def find_by_digest(client: Any, model_name: str, digest: str) -> Any | None:
    """MLflow's version with this bundle digest. If there are several, the first."""
    query = f"name = '{model_name}' and tags.{BUNDLE_DIGEST} = '{digest}'"
    found = list(client.search_model_versions(query, order_by=["version_number ASC"]))
    return client.get_model_version(model_name, found[0].version) if found else None


def _aliased(settings: Settings, model_name: str, alias: str) -> VersionInfo | None:
    from mlflow.exceptions import MlflowException

    if not has_store(settings):
        return None
    with connected(settings) as client:
        try:
            model = client.get_registered_model(model_name)
        except MlflowException as error:
            if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                raise
            return None
        version = model.aliases.get(alias)
        return info_of(client.get_model_version(model_name, version)) if version else None


def _version(client: Any, model_name: str, version: str) -> Any:
    from mlflow.exceptions import MlflowException

    try:
        return client.get_model_version(model_name, version)
    except MlflowException as error:
        if error.error_code not in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
            raise
        raise RegistryError(
            f"There is no version '{version}' of model '{model_name}'.", "see the versions in the MLflow UI"
        ) from None
