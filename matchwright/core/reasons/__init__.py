"""Reasons: why a pair has its score, and what would settle a review."""

from matchwright.core.reasons.catalogue import Catalogue
from matchwright.core.reasons.contributions import mean_contributions
from matchwright.core.reasons.counterfactual import settling_hints
from matchwright.core.reasons.evidence import contradicts, evidence
from matchwright.core.reasons.figures import EvidenceFigures
from matchwright.core.reasons.giving import Contradictions, contradictions, give_reasons
from matchwright.core.reasons.groups import group_contributions, group_values, groups_of
from matchwright.core.reasons.reason import Hint, Reason

__all__ = [
    "Catalogue",
    "Contradictions",
    "EvidenceFigures",
    "Hint",
    "Reason",
    "contradictions",
    "contradicts",
    "evidence",
    "give_reasons",
    "group_contributions",
    "group_values",
    "groups_of",
    "mean_contributions",
    "settling_hints",
]
