"""The size of a request, counted in its bytes. A request that is too large is refused before objects are made of it."""

from collections.abc import Iterator, Mapping

import numpy as np

from matchwright.errors import Fault

SMALL = 10_000
"""A body with fewer commas and brackets needs no closer look."""

_LONGEST_KEY = 40
_COMMA, _QUOTE = b',"'
_OPENING, _CLOSING = tuple(b"[{"), tuple(b"]}")


def size_faults(body: bytes, longest: Mapping[str, int], most_values: int) -> Iterator[Fault]:
    """The lists of the document that are too long; without one, whether it has too many values.

    Args:
        body: JSON, or anything else: faults of its form are found later.
        longest: the maximum length of each list by its key.
        most_values: how many values the document may have at all levels.
    """
    if sum(map(body.count, (b",", b"[", b"{"))) < SMALL:
        return
    # without escaped quotes every second quote ends a text
    plain = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    characters = np.frombuffer(plain, dtype=np.uint8)
    outside = ~np.logical_xor.accumulate(characters == _QUOTE)
    indices = np.flatnonzero(outside & np.isin(characters, (_COMMA, *_OPENING, *_CLOSING)))
    marks = characters[indices]
    opens, commas = np.isin(marks, _OPENING), marks == _COMMA
    depth = np.cumsum(opens.astype(np.int8) - np.isin(marks, _CLOSING), dtype=np.int32)
    starts = np.flatnonzero(opens & (depth == 2))  # the lists and objects directly in the document
    ends = np.searchsorted(np.flatnonzero(commas & (depth == 2)), [*starts, len(marks)])
    found = False
    for start, count in zip(indices[starts].tolist(), (np.diff(ends) + 1).tolist(), strict=True):
        key = _key_before(plain, start)
        if plain[start : start + 1] == b"[" and count > longest.get(key, count):
            found = True
            yield Fault(key, f"has {count} {key}, more than {longest[key]}", "send several requests")
    if not found and np.count_nonzero(opens | commas) > most_values:
        yield Fault("body", f"has more than {most_values} values", "send several requests, with known keys only")


def _key_before(plain: bytes, start: int) -> str:
    """The key of the value that starts at this index."""
    before = plain[max(start - _LONGEST_KEY, 0) : start].rstrip(b" \t\r\n:")
    return before[:-1].rpartition(b'"')[2].decode("utf-8", "replace")
