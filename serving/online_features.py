"""The online store for ranking. It is opened at the first rank request, or before, if the settings name one."""

import logging
from collections.abc import Callable, Sequence
from threading import Lock

import pandas as pd

from matchwright.core.bundle import Bundle

ReadFeatures = Callable[[Sequence[str]], pd.DataFrame]
"""Reads record features and a column ``found``: one row per record key, in the same order."""

OpenFeatures = Callable[[Bundle], ReadFeatures]

_log = logging.getLogger(__name__)


class CandidateFeatures:
    """Reads the features of candidates. The first thread that needs the store opens it, once."""

    def __init__(self, bundle: Bundle, open_features: OpenFeatures) -> None:
        self._bundle = bundle
        self._open_features = open_features
        self._read: ReadFeatures | None = None
        self._opening = Lock()

    def read(self, keys: Sequence[str]) -> pd.DataFrame:
        """The features of these records.

        Raises:
            FeatureStoreError: the store cannot be opened or read.
            SettingsError: the store is not configured.
        """
        return self._opened()(keys)

    def warm_up(self) -> None:
        """Open the store now. If this fails, the next :meth:`read` tries again."""
        try:
            self._opened()
        except Exception as error:  # noqa: BLE001 - scoring pairs does not need the store, whatever its error
            _log.warning("the online store could not be opened ahead of time (%s)", type(error).__name__)

    def _opened(self) -> ReadFeatures:
        with self._opening:
            if self._read is None:
                self._read = self._open_features(self._bundle)
            return self._read


def open_online_features(bundle: Bundle) -> ReadFeatures:
    """Open the store that the settings name, for the features that the bundle was trained on."""
    # imported here, because Feast takes seconds and memory, and scoring pairs does not need it
    from matchwright.adapters.features import OnlineFeatures
    from matchwright.settings import load_settings

    return OnlineFeatures(load_settings(), bundle.model.spec, bundle.manifest.feature_version).read


def online_store_configured() -> bool:
    """Whether the settings name an online store, or a pipeline has created one in the home.

    Raises:
        SettingsError: there are no settings, or they have faults.
    """
    from matchwright.settings import load_settings

    settings = load_settings()
    features = settings.features
    named = features.online != "sqlite" or features.connection or features.registry_uri
    return bool(named) or (settings.home / "features" / "registry.db").is_file()
