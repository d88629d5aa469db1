"""Columns of one table only, which of them are the same by their names, and what to say of them."""

from collections.abc import Iterable, Sequence

from matchwright.drafting.hints import hint_of
from matchwright.drafting.yaml_text import scalar

_MOST = 5


def same_by_name(left: Iterable[str], right: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of columns, each of one table only, whose names hint at the same content and at no other column's."""
    hints = [_only_one(side) for side in (left, right)]
    return [(column, hints[1][hint]) for hint, column in hints[0].items() if hint in hints[1]]


def one_side_notice(left: Sequence[str], right: Sequence[str]) -> str:
    """What the top of a draft says of columns that are in one table only; empty if there is none to mention."""
    pairs = same_by_name(left, right)
    if not pairs:
        return ""
    return f"Left out, because they are in one table only: {renamed(pairs)}."


def renamed(pairs: Sequence[tuple[str, str]]) -> str:
    """The pairs of columns that should have one name."""
    shown = "; ".join(f"{scalar(one)} and {scalar(other)}" for one, other in pairs[:_MOST])
    more = f"; and {len(pairs) - _MOST} more" if len(pairs) > _MOST else ""
    return f"{shown}{more}. By their names these hold the same, so give both of them one name in the two tables"


def _only_one(columns: Iterable[str]) -> dict[str, str]:
    """The column of each hint that only one of them has."""
    found: dict[str, list[str]] = {}
    for column in columns:
        found.setdefault(hint_of(column), []).append(column)
    return {hint: some[0] for hint, some in found.items() if hint and len(some) == 1}
