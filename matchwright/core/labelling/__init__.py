"""Labelling: which pairs are most worth a person's answer, and whether the answers agree with each other."""

from matchwright.core.labelling.check import LabelFault, check_labels
from matchwright.core.labelling.select import select_pairs
from matchwright.core.labelling.session import Session
from matchwright.core.labelling.worth import worth_of

__all__ = ["LabelFault", "Session", "check_labels", "select_pairs", "worth_of"]
