"""Reasons: why a pair got its score, and what would settle a review."""

from matchwright.core.reasons.catalogue import Catalogue
from matchwright.core.reasons.evidence import contradicts, evidence
from matchwright.core.reasons.giving import give_reasons
from matchwright.core.reasons.groups import group_contributions, groups_of
from matchwright.core.reasons.reason import Hint, Reason

__all__ = [
    "Catalogue",
    "Hint",
    "Reason",
    "contradicts",
    "evidence",
    "give_reasons",
    "group_contributions",
    "groups_of",
]
