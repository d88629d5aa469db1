"""Codes such as model numbers in pairs of texts: whether the other text has them, whole or in part."""

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from operator import contains

import numpy as np
from rapidfuzz.distance import Prefix
from rapidfuzz.process import cpdist

from matchwright.core.compare.pairing import Strings
from matchwright.core.compare.sets import Numbers, Positions, WeightedSets, Words, greatest
from matchwright.core.records.columns import as_objects

_DIVIDERS = str.maketrans("", "", " .-")


@dataclass(frozen=True)
class SharedCodes:
    """The codes of row-aligned pairs of texts. A code is found however the other text divides it.

    ``codes`` are those of each distinct text. ``one`` and ``other`` are the left and the right text of each pair.
    """

    codes: Words
    texts: list[str]
    one: Positions
    other: Positions

    @property
    def counts(self) -> tuple[Numbers, Numbers]:
        """How many codes the left and the right text of each pair have."""
        return self._sets.mass[self.one], self._sets.mass[self.other]

    @cached_property
    def found(self) -> tuple[Numbers, Numbers]:
        """How many of them are found in the other text."""
        return self._found_in(self.one, self.other), self._found_in(self.other, self.one)

    @property
    def common_prefix(self) -> Numbers:
        """The longest beginning that a code of either text shares, over the length of the shorter code.

        It is in [0, 1], and NaN where a text has no codes.
        """
        sets, pairs = self._sets, len(self.one)
        pair, member = sets.each(self.one)
        row, partner = sets.each(self.other[pair])
        result = np.full(pairs, np.nan)
        if len(row):
            # many pairs have the same two codes
            keys, index = np.unique(member[row] * sets.size + partner, return_inverse=True)
            written = as_objects(self._written)
            first, second = written[keys // sets.size].tolist(), written[keys % sets.size].tolist()
            shared = np.asarray(cpdist(first, second, scorer=Prefix.similarity), dtype=np.float64)
            shorter = np.minimum(list(map(len, first)), list(map(len, second)))
            best = greatest(pair[row], (shared / shorter)[index], pairs)
            result[pair[row]] = best[pair[row]]
        return result

    @cached_property
    def _sets(self) -> WeightedSets:
        return WeightedSets.of(self.codes, np.ones(len(self.codes.vocabulary)))

    @cached_property
    def _written(self) -> list[str]:
        return [squeezed(code) for code in self.codes.vocabulary]

    @cached_property
    def _squeezed(self) -> Strings:
        return as_objects([squeezed(text) for text in self.texts])

    def _found_in(self, one: Positions, other: Positions) -> Numbers:
        """For each pair, how many codes of ``one`` are found in ``other``."""
        texts, written = self.texts, self._written
        pair, member = self._sets.each(one)
        reads = other[pair]
        looked = map(contains, self._squeezed[reads].tolist(), as_objects(written)[member].tolist())
        hits = np.fromiter(looked, dtype=np.float64, count=len(pair))
        # each code is looked at once per text: many pairs have the same two
        rows = np.flatnonzero(hits)
        first, index = np.unique(member[rows] * len(texts) + reads[rows], return_inverse=True)
        alone = [_stands_alone(written[key // len(texts)], texts[key % len(texts)]) for key in first.tolist()]
        hits[rows] = np.array(alone, dtype=np.float64)[index]
        return np.bincount(pair, hits, minlength=len(one)).astype(np.float64)


def _stands_alone(code: str, text: str) -> bool:
    """Whether a text has a code that is not cut out of a longer number: ``64gb7`` is not in ``164gb7``."""
    if f" {code} " in f" {text} ":
        return True
    words = [squeezed(word) for word in text.replace(".", " ").replace("-", " ").split()]
    whole = "".join(words)
    edges = {0, *accumulate(map(len, words))}
    start = whole.find(code)
    while start >= 0:
        end = start + len(code)
        begins = start in edges or not (code[0].isdigit() and whole[start - 1].isdigit())
        ends = end in edges or not (code[-1].isdigit() and whole[end].isdigit())
        if begins and ends:
            return True
        start = whole.find(code, start + 1)
    return False


def squeezed(text: str) -> str:
    """A text without blanks, points and hyphens."""
    return text.translate(_DIVIDERS)
