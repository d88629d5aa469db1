"""``python -m feature_repo COMMAND``: Feast's own command line on this environment's feature store.

For example ``python -m feature_repo plan``, ``... apply``, ``... feature-views list``, ``... ui``.
The environment is the one that ``MATCHWRIGHT_ENVIRONMENT`` names.
"""

import sys
from pathlib import Path

from matchwright.adapters.features import run_feast
from matchwright.settings import load_settings

if __name__ == "__main__":
    sys.exit(run_feast(load_settings(), Path(__file__).parent, sys.argv[1:]))
