"""Record features in Feast: one feature view and one feature service per feature version."""

from matchwright.adapters.features.definitions import FeatureSet, service_name
from matchwright.adapters.features.offline import RecordFeatureStore
from matchwright.adapters.features.online import OnlineFeatures

__all__ = ["FeatureSet", "OnlineFeatures", "RecordFeatureStore", "service_name"]
