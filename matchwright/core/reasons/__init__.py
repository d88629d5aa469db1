"""Reasons: why a pair got its score, and what would settle a review."""

from matchwright.core.reasons.ablation import Ablation, ablation
from matchwright.core.reasons.catalogue import Catalogue
from matchwright.core.reasons.counterfactual import settling_hints
from matchwright.core.reasons.coverage import named_share
from matchwright.core.reasons.evidence import contradicts, evidence
from matchwright.core.reasons.figures import EvidenceFigures
from matchwright.core.reasons.giving import Contradictions, contradictions, give_reasons
from matchwright.core.reasons.groups import group_contributions, groups_of
from matchwright.core.reasons.reason import Hint, Reason
from matchwright.core.reasons.stability import ReasonChange, changed_reason_share, reason_change
from matchwright.core.reasons.usual import usual_contributions

__all__ = [
    "Ablation",
    "Catalogue",
    "Contradictions",
    "EvidenceFigures",
    "Hint",
    "Reason",
    "ReasonChange",
    "ablation",
    "changed_reason_share",
    "contradictions",
    "contradicts",
    "evidence",
    "give_reasons",
    "group_contributions",
    "groups_of",
    "named_share",
    "reason_change",
    "settling_hints",
    "usual_contributions",
]
