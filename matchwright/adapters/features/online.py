"""Read record features while serving."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from matchwright.adapters.features.connect import open_store, store_errors
from matchwright.adapters.features.definitions import ENTITY_KEY, service_name
from matchwright.core.records import feature_schema
from matchwright.settings import Settings

if TYPE_CHECKING:
    from matchwright.core.spec import MatchSpec

FOUND = "found"


class OnlineFeatures:
    """The online store's rows of one feature version. The constructor reads the registry.

    Raises:
        FeatureStoreError: the registry is down or does not know this feature version.
    """

    def __init__(self, settings: Settings, spec: "MatchSpec", feature_version: str) -> None:
        self.service = service_name(spec.name, feature_version)
        self._columns = feature_schema(spec)
        self._store = open_store(settings, online_only=True)
        with store_errors(f"looking up {self.service}"):
            self._features = self._store.get_feature_service(self.service)

    def read(self, record_keys: Sequence[str]) -> pd.DataFrame:
        """Record features of the records with these keys.

        Returns:
            The columns of ``record_features`` and a bool column ``found``, one row per key in the order given. If the
            store does not know a record, all its features are missing.

        Raises:
            FeatureStoreError: the store is down.
        """
        keys = list(record_keys)
        data: dict[str, Any] = {ENTITY_KEY: np.array(keys, dtype=object)}
        values: dict[str, Any] = {}
        found = np.zeros(len(keys), dtype=bool)
        if keys:
            with store_errors(f"reading {self.service}"):
                response = self._store.get_online_features(
                    features=self._features, entity_rows={ENTITY_KEY: keys}, full_feature_names=False
                )
            values = response.to_dict()
            found = _found(response.proto)
        for name, kind in self._columns.items():
            column = values.get(name, [])
            data[name] = np.array(column, dtype=np.float64 if kind == "number" else object)
        data[FOUND] = found
        return pd.DataFrame(data)


def _found(response: Any) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which rows the store holds. It may also hold a record with all fields missing."""
    names = list(response.metadata.feature_names.val)
    row = next(result for name, result in zip(names, response.results, strict=True) if name != ENTITY_KEY)
    # not by status: for an unknown record Redis reports its values as missing, and not the record as not found
    return np.array([moment.seconds > 0 for moment in row.event_timestamps], dtype=bool)
