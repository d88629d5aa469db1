"""``python -m feature_repo COMMAND``: Feast's own command line on this environment's feature store.

For example ``python -m feature_repo plan``, ``... apply``, ``... feature-views list``, ``... ui``.
``MATCHWRIGHT_ENVIRONMENT`` names the environment. The home is found from the current folder.

In this folder the plain ``feast`` command and ``FeatureStore(".")`` also work. They use the stores of the project's own
home, which ``feature_store.yaml`` names.
"""

import sys
from pathlib import Path

from matchwright.adapters.features import run_feast
from pipelines.environments import open_environment

if __name__ == "__main__":
    run_feast(open_environment(), Path(__file__).parent, sys.argv[1:])
