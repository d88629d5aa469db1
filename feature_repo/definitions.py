"""Every feature set of this environment, as Feast's command line reads them.

The definitions themselves are in ``matchwright.adapters.features``, which the pipelines use; here
they are only made visible, all versions of them, so that ``feast apply`` finds nothing to delete.
"""

from matchwright.adapters.features import all_definitions
from matchwright.settings import load_settings

globals().update(all_definitions(load_settings()))
