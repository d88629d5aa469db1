"""The model registry: MLflow runs, bundles as MLflow models, versions with tags and aliases.

SQLite embedded; PostgreSQL or a tracking server in production. Every function takes the settings
first and talks through its own client, so that no global state of MLflow is touched. All raise
RegistryError where MLflow refuses or does not answer.
"""

from matchwright.adapters.registry.registration import register_bundle
from matchwright.adapters.registry.runs import (
    log_curve,
    log_folder,
    log_metrics,
    log_parameters,
    open_run,
    record_failure,
)
from matchwright.adapters.registry.versions import (
    challenger,
    champion,
    download_bundle,
    remove_alias,
    set_alias,
    set_approval,
    version_by_digest,
    version_info,
)
from matchwright.governance.version import VersionInfo

__all__ = [
    "VersionInfo",
    "challenger",
    "champion",
    "download_bundle",
    "log_curve",
    "log_folder",
    "log_metrics",
    "log_parameters",
    "open_run",
    "record_failure",
    "register_bundle",
    "remove_alias",
    "set_alias",
    "set_approval",
    "version_by_digest",
    "version_info",
]
