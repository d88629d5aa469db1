"""Labels that repeat or contradict each other. Faults name record keys and line numbers only."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from matchwright.core.candidates.pairs import canonical_pairs
from matchwright.core.records import PAIR_KEYS

Kind = Literal["duplicate", "contradiction", "multiplicity", "transitive"]
Multiplicity = Literal["one_to_one", "one_to_many", "many_to_many"]


@dataclass(frozen=True)
class LabelFault:
    """One fault. ``lines`` are the lines of its labels, in their order.

    A ``duplicate`` is harmless. With the other kinds, at least one label is wrong.
    """

    kind: Kind
    lines: tuple[str, ...]
    text: str

    @property
    def harmless(self) -> bool:
        """Whether the labels may still be used, each once."""
        return self.kind == "duplicate"


def check_labels(labels: pd.DataFrame, *, one_table: bool, multiplicity: Multiplicity) -> list[LabelFault]:
    """Every fault of a set of labels.

    Args:
        labels: left_key, right_key, label (1 or 0) and ``line``: the file and line, such as ``labels.csv:7``.
        one_table: both records come from one table. Then pairs have no order, and matches must be transitive for any
            multiplicity.
        multiplicity: the spec's. With ``one_to_one`` and ``one_to_many`` a right record matches at most one left one.
    """
    rows = labels.reset_index(drop=True)
    if one_table:
        rows = canonical_pairs(rows)
    faults = list(_repeats(rows))
    settled = rows[~rows.duplicated([*PAIR_KEYS, "label"])]
    contradicting = settled.duplicated(PAIR_KEYS, keep=False)
    settled = settled[~contradicting]
    if not one_table:
        faults += _multiple(settled, multiplicity)
    if one_table or multiplicity != "many_to_many":
        faults += _intransitive(settled)
    return faults


def _repeats(rows: pd.DataFrame) -> Iterator[LabelFault]:
    again = rows[rows.duplicated(PAIR_KEYS, keep=False)]
    for (left, right), group in again.groupby(PAIR_KEYS, sort=False):
        lines = tuple(group["line"])
        pair = f"{left} and {right}"
        if group["label"].nunique() > 1:
            said = ", ".join(f"{label} in {line}" for label, line in zip(group["label"], lines, strict=True))
            yield LabelFault("contradiction", lines, f"{pair} are labelled both ways: {said}")
        else:
            yield LabelFault("duplicate", lines, f"{pair} are labelled {len(lines)} times, in {', '.join(lines)}")


def _multiple(rows: pd.DataFrame, multiplicity: Multiplicity) -> Iterator[LabelFault]:
    alone = {"one_to_one": PAIR_KEYS, "one_to_many": PAIR_KEYS[1:], "many_to_many": []}[multiplicity]
    true = rows[rows["label"] == 1]
    for side in alone:
        other = "right_key" if side == "left_key" else "left_key"
        for key, group in true[true.duplicated(side, keep=False)].groupby(side, sort=False):
            partners, lines = ", ".join(group[other]), tuple(group["line"])
            text = (
                f"{key} matches {len(group)} records ({partners}), in {', '.join(lines)}; the spec says {multiplicity}"
            )
            yield LabelFault("multiplicity", lines, text)


def _intransitive(rows: pd.DataFrame) -> Iterator[LabelFault]:
    """Pairs labelled as different although a chain of matches makes them the same."""
    neighbours: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for pair in rows[rows["label"] == 1].itertuples():
        neighbours[str(pair.left_key)].append((str(pair.right_key), str(pair.line)))
        neighbours[str(pair.right_key)].append((str(pair.left_key), str(pair.line)))
    for pair in rows[rows["label"] == 0].itertuples():
        chain = _chain(neighbours, str(pair.left_key), str(pair.right_key))
        if chain:
            lines = (str(pair.line), *(line for _, line in chain))
            through = " = ".join([str(pair.left_key), *(key for key, _ in chain)])
            text = f"{pair.left_key} and {pair.right_key} are labelled different in {pair.line}, but {through} in "
            yield LabelFault("transitive", lines, text + ", ".join(lines[1:]))


def _chain(neighbours: dict[str, list[tuple[str, str]]], start: str, end: str) -> list[tuple[str, str]]:
    """The shortest chain of matches from ``start`` to ``end``: each next record with the line of its match."""
    if start not in neighbours or end not in neighbours:
        return []
    came_from: dict[str, tuple[str, str]] = {start: ("", "")}
    frontier = [start]
    while frontier and end not in came_from:
        reached = []
        for key in frontier:
            for other, line in neighbours[key]:
                if other not in came_from:
                    came_from[other] = (key, line)
                    reached.append(other)
        frontier = reached
    chain: list[tuple[str, str]] = []
    key = end if end in came_from else ""
    while key and key != start:
        before, line = came_from[key]
        chain.append((key, line))
        key = before
    return chain[::-1]
