"""Paths of joined pairs: how records hold together in a cluster, and where they hold least."""

from collections import defaultdict, deque
from collections.abc import Iterable

Link = tuple[str, str, float]
"""Two record keys and the score of their pair."""


def strongest_path(links: Iterable[Link], one: str, other: str) -> list[Link]:
    """The path between two records whose weakest link is the strongest; among such paths one with the fewest links.

    Each link starts with the record that the one before it ends with. Empty where no path joins the records.
    """
    chosen: dict[str, dict[str, float]] = defaultdict(dict)
    limit = None
    groups = _Groups()
    for left, right, score in _strongest_first(links):
        if limit is not None and score < limit:
            break
        chosen[left][right] = chosen[right][left] = score
        groups.join(left, right)
        if limit is None and groups.of(one) == groups.of(other):
            limit = score
    return _shortest(chosen, one, other) if limit is not None else []


def weakest_link(links: Iterable[Link]) -> Link | None:
    """The weakest link that a cluster needs: the last one of its maximum spanning tree. None without links."""
    groups, found = _Groups(), None
    for link in _strongest_first(links):
        if groups.join(link[0], link[1]):
            found = link
    return found


def _strongest_first(links: Iterable[Link]) -> list[Link]:
    return sorted(links, key=lambda link: (-link[2], link[0], link[1]))


def _shortest(links: dict[str, dict[str, float]], one: str, other: str) -> list[Link]:
    before, waiting = {one: one}, deque([one])
    while waiting and other not in before:
        record = waiting.popleft()
        for neighbour in sorted(links[record]):
            if neighbour not in before:
                before[neighbour] = record
                waiting.append(neighbour)
    path, record = [], other
    while record != one:
        path.append((before[record], record, links[before[record]][record]))
        record = before[record]
    return path[::-1]


class _Groups:
    """Records that links connect so far."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def of(self, record: str) -> str:
        parent = self._parent.setdefault(record, record)
        while parent != self._parent[parent]:
            self._parent[record] = parent = self._parent[self._parent[parent]]
        return parent

    def join(self, one: str, other: str) -> bool:
        """Whether the two were apart."""
        first, second = self.of(one), self.of(other)
        self._parent[first] = second
        return first != second
