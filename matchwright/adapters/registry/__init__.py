"""The model registry: MLflow runs, bundles as MLflow models, versions with tags and aliases.

The store is SQLite on a laptop, and PostgreSQL or a tracking server in production. Every function gets the settings
first and uses its own client, so MLflow's global state does not change. All raise RegistryError if MLflow refuses or
does not answer.
"""

from matchwright.adapters.registry.location import follow_home
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
    "follow_home",
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
