"""The columns of a table of labelled pairs, and the words that may be in its column of labels."""

from typing import Any

from matchwright.core.records.conform import clean_text

ID_COLUMNS = (("left_id", "right_id"), ("ltable_id", "rtable_id"), ("lid", "rid"), ("id_left", "id_right"))
"""The accepted names of the two columns of record ids, the preferred ones first."""

LABEL_COLUMNS = ("label", "is_match", "match")
"""The accepted names of the column of labels, the preferred one first."""

_MEANING = {"1": 1, "true": 1, "yes": 1, "y": 1, "match": 1, "0": 0, "false": 0, "no": 0, "n": 0, "no_match": 0}
_MEANING |= {"1.0": 1, "0.0": 0}  # some tools write 1 and 0 so if a cell of the column is empty
_UNSURE = frozenset({"unsure", "u", "?"})
"""The answers of a labeller who cannot tell: the pair stays unknown."""


def label_of(value: Any) -> int | None:
    """The label that a word means: 1, 0, or None where it is neither yes nor no."""
    return _MEANING.get((clean_text(value) or "").lower())


def is_unsure(value: Any) -> bool:
    """Whether a word means that a person looked at the pair and could not tell."""
    return (clean_text(value) or "").lower() in _UNSURE
