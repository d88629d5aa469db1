"""The online store behind ranking: opened when it is first needed, or ahead of that where there is one."""

import logging
from collections.abc import Callable, Sequence
from threading import Lock

import pandas as pd

from matchwright.core.bundle import Bundle

ReadFeatures = Callable[[Sequence[str]], pd.DataFrame]
"""Record features and a column ``found`` for record keys, row-aligned."""

OpenFeatures = Callable[[Bundle], ReadFeatures]

_log = logging.getLogger(__name__)


class CandidateFeatures:
    """Reads candidates' features through a store that is opened once, from whichever thread comes first."""

    def __init__(self, bundle: Bundle, open_features: OpenFeatures) -> None:
        self._bundle = bundle
        self._open_features = open_features
        self._read: ReadFeatures | None = None
        self._opening = Lock()

    def read(self, keys: Sequence[str]) -> pd.DataFrame:
        """The features of these records.

        Raises:
            FeatureStoreError: the store cannot be opened or read.
            SettingsError: it is not configured.
        """
        return self._opened()(keys)

    def warm_up(self) -> None:
        """Open the store now; where that fails the next :meth:`read` tries again."""
        try:
            self._opened()
        except Exception as error:  # noqa: BLE001 - whatever ails the store, pairs are scored without it
            _log.warning("the online store could not be opened ahead of time (%s)", type(error).__name__)

    def _opened(self) -> ReadFeatures:
        with self._opening:
            if self._read is None:
                self._read = self._open_features(self._bundle)
            return self._read


def open_online_features(bundle: Bundle) -> ReadFeatures:
    """Open the store that the settings name, for the features the bundle was trained on."""
    # here, not above: Feast takes seconds and memory that scoring pairs does not need
    from matchwright.adapters.features import OnlineFeatures
    from matchwright.settings import load_settings

    return OnlineFeatures(load_settings(), bundle.model.spec, bundle.manifest.feature_version).read


def online_store_configured() -> bool:
    """Whether the settings name an online store, or a pipeline has left one under their home.

    Raises:
        SettingsError: there are no settings, or they have faults.
    """
    from matchwright.settings import load_settings

    settings = load_settings()
    features = settings.features
    named = features.online != "sqlite" or features.connection or features.registry_uri
    return bool(named) or (settings.home / "features" / "registry.db").is_file()
