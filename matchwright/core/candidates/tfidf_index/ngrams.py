"""Character n-grams of texts as numbers. No n-gram ever exists as a text, so that millions of records are quick."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from matchwright.core.records.word_split import for_ngrams

Codes = np.ndarray[Any, np.dtype[np.uint64]]
Integers = np.ndarray[Any, np.dtype[np.int64]]

CODE_BITS = 44
"""The bits of the number of an n-gram. Of a million n-grams, two share a number in one register of thirty."""
MOST_TEXTS = 50_000
"""Texts in a block. A row and a number of an n-gram fit into 64 bits together, which sorts them fast."""
MOST_CHARACTERS = 4_000_000
"""Characters in a block, unless a single text has more. This bounds the memory."""

_MASK = np.uint64((1 << CODE_BITS) - 1)
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_MIXER = np.uint64(0xBF58476D1CE4E5B9)


@dataclass(frozen=True)
class Ngrams:
    """The distinct n-grams of some texts: the row of the text, the n-gram's number, and how often the text has it.

    They rise by row and then by number. All arrays have the shape (n-grams,); ``texts`` is the number of texts.
    """

    row: Integers
    code: Codes
    count: Integers
    texts: int


def ngrams_of(texts: Sequence[str], length: int) -> Ngrams:
    """The n-grams of ``length`` characters of at most :data:`MOST_TEXTS` texts.

    Two n-grams with the same number count as one. Their numbers are the same on every machine.
    """
    padded = [for_ngrams(text, length) for text in texts]
    points = np.frombuffer("".join(padded).encode("utf-32-le"), dtype=np.uint32)
    lengths = np.fromiter(map(len, padded), dtype=np.int64, count=len(padded))
    row = np.repeat(np.arange(len(padded), dtype=np.uint64), lengths)
    starts = max(len(points) - length + 1, 0)
    code = np.zeros(starts, dtype=np.uint64)
    for position in range(length):
        code *= _FACTOR
        code += points[position : position + starts]
    code ^= code >> np.uint64(29)
    code *= _MIXER
    code >>= np.uint64(64 - CODE_BITS)
    within = row[:starts] == row[length - 1 :][:starts]
    key = (row[:starts][within] << np.uint64(CODE_BITS)) | code[within]
    key.sort()
    first, distinct = runs_of(key)
    return Ngrams(
        row=(distinct >> np.uint64(CODE_BITS)).astype(np.int64),
        code=distinct & _MASK,
        count=np.diff(np.r_[first, len(key)]),
        texts=len(padded),
    )


def blocks_of_texts(lengths: Integers) -> Iterator[slice]:
    """Slices of consecutive texts, each within :data:`MOST_TEXTS` and :data:`MOST_CHARACTERS`.

    Args:
        lengths: about how many characters each text has, shape (texts,).
    """
    ends = np.cumsum(lengths)
    start = 0
    while start < len(lengths):
        before = ends[start - 1] if start else 0
        fits = int(np.searchsorted(ends, before + MOST_CHARACTERS, side="right"))
        stop = max(min(fits, start + MOST_TEXTS), start + 1)
        yield slice(start, stop)
        start = stop


def runs_of(rising: Codes) -> tuple[Integers, Codes]:
    """Where each run of equal numbers begins, and the numbers."""
    if not len(rising):
        return np.empty(0, dtype=np.int64), rising
    first = np.flatnonzero(np.r_[True, rising[1:] != rising[:-1]])
    return first, rising[first]


class CodeTable:
    """Finds the positions of n-grams in a rising array of their numbers.

    A slot is chosen by the number's first bits, so nearly every n-gram is found by one look. The others are searched.
    """

    def __init__(self, codes: Codes) -> None:
        self.codes = codes
        bits = min(max(int(len(codes) * 8).bit_length(), 4), CODE_BITS)
        self._shift = np.uint64(CODE_BITS - bits)
        self._slots = np.zeros(1 << bits, dtype=np.int32)
        self._slots[codes >> self._shift] = np.arange(len(codes), dtype=np.int32)

    def find(self, wanted: Codes) -> Integers:
        """The position of each number in ``codes``, -1 where it is absent; shape (wanted,)."""
        if not len(self.codes):
            return np.full(len(wanted), -1, dtype=np.int64)
        found = self._slots[wanted >> self._shift].astype(np.int64)
        wrong = np.flatnonzero(self.codes[found] != wanted)
        position = np.minimum(np.searchsorted(self.codes, wanted[wrong]), len(self.codes) - 1)
        found[wrong] = np.where(self.codes[position] == wanted[wrong], position, -1)
        return np.asarray(found)
