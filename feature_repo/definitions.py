"""All feature sets of this environment, for Feast's command line.

The definitions come from ``matchwright.adapters.features``, which the pipelines use. All versions must be here, because
``feast apply`` deletes what is not defined.
"""

import os
from pathlib import Path

from feast.constants import FEAST_FS_YAML_FILE_PATH_ENV_NAME

from matchwright.adapters.features import all_definitions
from pipelines.environments import open_environment

_CONFIG = Path(os.environ.get(FEAST_FS_YAML_FILE_PATH_ENV_NAME) or Path(__file__).parent / "feature_store.yaml")

globals().update(all_definitions(open_environment(), _CONFIG))
