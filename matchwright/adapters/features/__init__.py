"""Record features in Feast: one feature view and one feature service per feature version."""

from matchwright.adapters.features.command_line import all_definitions, run_feast
from matchwright.adapters.features.definitions import FeatureSet
from matchwright.adapters.features.offline import RecordFeatureStore
from matchwright.adapters.features.online import OnlineFeatures
from matchwright.adapters.features.registered import lost_feature_sets

__all__ = [
    "FeatureSet",
    "OnlineFeatures",
    "RecordFeatureStore",
    "all_definitions",
    "lost_feature_sets",
    "run_feast",
]
