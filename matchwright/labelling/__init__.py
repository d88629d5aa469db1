"""Labelling: choosing the pairs to ask a person about, and checking that the answers agree."""

from matchwright.labelling.check import LabelFault, check_labels
from matchwright.labelling.select import select_pairs
from matchwright.labelling.session import Session
from matchwright.labelling.worth import worth_of

__all__ = ["LabelFault", "Session", "check_labels", "select_pairs", "worth_of"]
