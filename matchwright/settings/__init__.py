"""Settings: one YAML file per environment. Environment variables override single keys.

``MATCHWRIGHT_ENDPOINT__TARGET=sagemaker`` overrides ``endpoint.target``. Secrets are never in the file: they are read
from environment variables (see :mod:`matchwright.secrets`).
"""

from matchwright.settings.environment import PREFIX, Settings, sqlite_url, with_driver
from matchwright.settings.load import CONFIGS, load_settings, overrides_of
from matchwright.settings.sections import Cluster

__all__ = ["CONFIGS", "PREFIX", "Cluster", "Settings", "load_settings", "overrides_of", "sqlite_url", "with_driver"]
