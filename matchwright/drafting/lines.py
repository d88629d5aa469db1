"""Where rows stand in the file of a table, for messages that quote no value."""

from collections.abc import Iterable, Sequence

SHOWN = 5
"""The most lines that a message names."""


def places(rows: Iterable[int], lines: Sequence[int], total: int) -> str:
    """The lines of some rows, such as ``(lines 2, 7)``; rows from 1 on where the lines do not fit.

    Args:
        rows: the rows, from 0 on.
        lines: the line of each row of the table.
        total: the number of its rows.
    """
    where, word = named_lines(lines, total)
    found = [str(where[row]) for row in rows]
    shown = ", ".join(found[:SHOWN]) + (" ..." if len(found) > SHOWN else "")
    return f"({word}{'s' if len(found) > 1 else ''} {shown})"


def named_lines(lines: Sequence[int], total: int) -> tuple[Sequence[int], str]:
    """The number of each row and what to call it: its line in the file, or else its row from 1 on."""
    return (lines, "line") if len(lines) == total else (range(1, total + 1), "row")
