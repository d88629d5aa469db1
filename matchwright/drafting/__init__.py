"""Drafting a match spec from data, for a person to edit.

The draft follows from measurements of the tables: the form of values, their number, and how often they occur. It has no
value of the tables.
"""

import pandas as pd

from matchwright.core.spec import parse_spec
from matchwright.drafting.draft import Draft, draft_spec
from matchwright.drafting.render import how_values_are_read, render
from matchwright.drafting.tables import Lines

__all__ = ["Draft", "draft_spec", "draft_text", "how_values_are_read", "infer_spec", "render"]


def infer_spec(
    left: pd.DataFrame,
    right: pd.DataFrame | None = None,
    pairs: pd.DataFrame | None = None,
    name: str = "matching",
    lines: Lines | None = None,
) -> str:
    """The text of a drafted spec file that loads without faults. See :func:`draft_spec` for the arguments.

    Raises:
        DataError: no spec can be drafted from these tables.
    """
    return draft_text(draft_spec(left, right, pairs, name, lines))


def draft_text(draft: Draft) -> str:
    """The text of a draft, which loads without faults."""
    text = render(draft)
    parse_spec(text, origin="the draft")
    return text
