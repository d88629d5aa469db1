"""Every feature set of this environment, as Feast's command line reads them.

The definitions themselves are in ``matchwright.adapters.features``, which the pipelines use; here
they are only made visible, all versions of them, so that ``feast apply`` finds nothing to delete.
"""

import os
from pathlib import Path

from feast.constants import FEAST_FS_YAML_FILE_PATH_ENV_NAME

from matchwright.adapters.features import all_definitions
from pipelines.environments import open_environment

_CONFIG = Path(os.environ.get(FEAST_FS_YAML_FILE_PATH_ENV_NAME) or Path(__file__).parent / "feature_store.yaml")

globals().update(all_definitions(open_environment(), _CONFIG))
