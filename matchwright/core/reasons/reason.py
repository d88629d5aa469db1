"""Explanations of a decision: its reasons, and for a review a hint at what would settle it."""

from dataclasses import dataclass

from matchwright.core.spec.vocabulary import COUNTERFACTUAL


@dataclass(frozen=True)
class Reason:
    """One reason. ``field`` is its group, and ``contribution`` the sum of the group's contributions in log-odds.

    ``nearly`` is true if the values agree but are not the same. The code is the same then, but the text is not.
    """

    code: str
    text: str
    field: str
    evidence: str
    contribution: float
    nearly: bool = False


@dataclass(frozen=True)
class Hint:
    """What would settle a review: that ``groups``, now at ``levels``, agree (match) or differ (no_match)."""

    settles_as: str
    groups: tuple[str, ...]
    levels: tuple[str, ...]
    text: str = ""

    @property
    def code(self) -> str:
        """``COUNTERFACTUAL_MATCH`` or ``COUNTERFACTUAL_NO_MATCH``."""
        return f"{COUNTERFACTUAL}_{self.settles_as.upper()}"

    @property
    def codes(self) -> tuple[str, ...]:
        """The reason codes that would have to hold, such as ``DATE_OF_BIRTH_AGREES``."""
        level = "AGREES" if self.settles_as == "match" else "DISAGREES"
        return tuple(f"{group.upper()}_{level}" for group in self.groups)
