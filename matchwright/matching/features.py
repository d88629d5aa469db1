"""The record features of a register, as its pairs read them, and whether pairs can be scored one by one."""

from matchwright.core.candidates import RecordTable
from matchwright.core.compare.names import context_names
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.models.two_stages import TwoStageScorer
from matchwright.core.records.columns import categories_or_array
from matchwright.core.records.numbered import OF_ONE_RECORD, NumberedColumns


def numbered_features(table: RecordTable) -> NumberedColumns:
    """The record features with numbered texts: each text is compared and counted once, and not for every pair."""
    features = table.features
    columns = {str(name): categories_or_array(features[name]) for name in features.columns}
    return NumberedColumns.of(columns, plain=OF_ONE_RECORD)


def candidates_compete(model: DecisionModel) -> bool:
    """Whether the score of a pair depends on the other candidates of its records."""
    return bool(context_names(model.spec)) or isinstance(model.scorer, TwoStageScorer)
