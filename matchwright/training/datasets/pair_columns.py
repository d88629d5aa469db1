"""The columns of a table of labelled pairs, and the words that may be in its column of labels."""

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from matchwright.core.records.conform import clean_text
from matchwright.errors import Fault

ID_COLUMNS = (("left_id", "right_id"), ("ltable_id", "rtable_id"), ("lid", "rid"), ("id_left", "id_right"))
"""The accepted names of the two columns of record ids, the preferred ones first."""

LABEL_COLUMNS = ("label", "is_match", "match")
"""The accepted names of the column of labels, the preferred one first."""

_MEANING = {"1": 1, "true": 1, "yes": 1, "y": 1, "match": 1, "0": 0, "false": 0, "no": 0, "n": 0, "no_match": 0}
_MEANING |= {"no match": 0, "no-match": 0}
_MEANING |= {"1.0": 1, "0.0": 0}  # some tools write 1 and 0 so if a cell of the column is empty
_UNSURE = frozenset({"unsure", "u", "?"})
"""The answers of a labeller who cannot tell: the pair stays unknown."""


_LABEL_HINT = "write 1 or 0, true or false, yes or no, match or no_match, unsure, or nothing where nobody has looked"
_SCORE_HINT = "a score is no label: decide from which score on a pair is a match, and write 1 or 0"
_SHOWN = 5


def label_column(columns: Iterable[Any]) -> str | None:
    """The column of labels, in small or capital letters; None if there is none."""
    names = [str(column) for column in columns]
    by_plain = {name.strip().lower(): name for name in reversed(names)}
    return next((by_plain[accepted] for accepted in LABEL_COLUMNS if accepted in by_plain), None)


def unnamed_labels(table: pd.DataFrame) -> Fault | None:
    """What to say about a column that holds yes and no but is not named as a column of labels; None if there is none.

    Without its labels every pair would count as a match.
    """
    ids = {name for names in ID_COLUMNS for name in names}
    for column in table.columns:
        if str(column) in ids:
            continue
        answers = {label_of(value) for value in pd.unique(table[column].dropna())}
        if answers == {0, 1}:
            hint = f"name it {LABEL_COLUMNS[0]} if it says which pairs match; else leave it out"
            return Fault(str(column), "holds yes and no, but is not named as a column of labels", hint)
    return None


def is_answered(value: Any) -> bool:
    """Whether a label is there, understood or not."""
    return not pd.isna(value) and clean_text(value) is not None


def unread_labels(values: Iterable[Any]) -> list[int]:
    """The positions of labels that are neither yes nor no nor unsure. An empty cell is none: nobody has answered it."""
    return [
        position
        for position, value in enumerate(values)
        if is_answered(value) and label_of(value) is None and not is_unsure(value)
    ]


def unread_fault(column: str, values: Sequence[Any], unread: Sequence[int], lines: Sequence[int] = ()) -> Fault:
    """What to say about labels that were not understood: how many there are, and where the first ones stand.

    Args:
        column: the name of the column of labels.
        values: all labels. None of them is quoted, because the column may be another one than meant.
        unread: the positions of those that were not understood.
        lines: the line of each label in its file. If they do not fit, rows are numbered from 1.
    """
    where, word = (lines, "line") if len(lines) == len(values) else (range(1, len(values) + 1), "row")
    shown = ", ".join(str(where[position]) for position in unread[:_SHOWN]) + (" ..." if len(unread) > _SHOWN else "")
    places = f"({word}{'s' if len(unread) > 1 else ''} {shown})"
    were = "was" if len(unread) == 1 else "were"
    scores = all(_is_share(values[position]) for position in unread)
    answered = sum(map(is_answered, values))
    problem = f"{len(unread):,} of {answered:,} values {were} not understood as a label {places}"
    return Fault(column, problem, _SCORE_HINT if scores else _LABEL_HINT)


def label_of(value: Any) -> int | None:
    """The label that a word means: 1, 0, or None where it is neither yes nor no."""
    return _MEANING.get((clean_text(value) or "").lower())


def is_unsure(value: Any) -> bool:
    """Whether a word means that a person looked at the pair and could not tell."""
    return (clean_text(value) or "").lower() in _UNSURE


def _is_share(value: Any) -> bool:
    try:
        return 0 < float(clean_text(value) or "nan") < 1
    except ValueError:
        return False
