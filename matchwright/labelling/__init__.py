"""Labelling: which pairs are most worth a person's answer, and whether the answers agree with each other."""

from matchwright.labelling.check import LabelFault, check_labels
from matchwright.labelling.select import select_pairs
from matchwright.labelling.session import Session
from matchwright.labelling.worth import worth_of

__all__ = ["LabelFault", "Session", "check_labels", "select_pairs", "worth_of"]
