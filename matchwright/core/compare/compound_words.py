"""Compound splitting: words that one text writes as two and the other as one, ``photo shop`` and ``photoshop``.

Both then count as found in the other text, although no word is equal. Only two neighbouring words are joined, and only
if the other text has exactly the joined word.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np

from matchwright.core.compare.sets import Numbers, Positions, WeightedSets, Words

SHORTEST = 4
"""Least length of a joined word. Shorter ones are found by chance."""


@dataclass(frozen=True)
class CompoundWords:
    """Neighbouring words ``first`` and ``second`` of each text that together are a word of some text, ``whole``."""

    first: Positions
    second: Positions
    whole: Positions
    starts: Positions

    @classmethod
    def of(cls, words: Words) -> "CompoundWords":
        """The compound words among the words of all texts."""
        size = max(len(words.vocabulary), 1)
        inside = np.ones(max(len(words.members) - 1, 0), dtype=bool)
        ends = words.starts[1:-1]  # the last word of a text has no neighbour
        inside[ends[(ends > 0) & (ends < len(words.members))] - 1] = False
        index = np.flatnonzero(inside)
        neighbours, at = np.unique(words.members[index] * size + words.members[index + 1], return_inverse=True)
        numbers = {word: number for number, word in enumerate(words.vocabulary)}
        written = (words.vocabulary[key // size] + words.vocabulary[key % size] for key in neighbours.tolist())
        known = (numbers.get(word, -1) if len(word) >= SHORTEST and not word.isdigit() else -1 for word in written)
        whole = np.fromiter(known, dtype=np.intp, count=len(neighbours))[at]
        index, whole = index[whole >= 0], whole[whole >= 0]
        return cls(words.members[index], words.members[index + 1], whole, np.searchsorted(index, words.starts))

    def found(self, sets: WeightedSets, one: Positions, other: Positions) -> tuple[Numbers, Numbers]:
        """For each pair of texts, the weight of the left and of the right words that the other text writes differently.

        Args:
            sets: the sets of the texts' words.
            one: the left text of each pair.
            other: the right text of each pair.
        """
        mine, theirs = self.members(sets, one, other)
        return sets.total(mine, len(one)), sets.total(theirs, len(one))

    def members(self, sets: WeightedSets, one: Positions, other: Positions) -> tuple[Positions, Positions]:
        """These words of the left and of the right texts, as ``pair * sets.size + member``, rising."""
        if not len(self.whole):
            return self.whole, self.whole
        forth, back = self._hits(sets, one, other), self._hits(sets, other, one)
        mine, theirs = np.unique(np.r_[forth[0], back[1]]), np.unique(np.r_[back[0], forth[1]])
        return _lacking(mine, sets, other), _lacking(theirs, sets, one)

    def _hits(self, sets: WeightedSets, one: Positions, other: Positions) -> tuple[Positions, Positions]:
        """``pair * size + member`` of the neighbours in ``one``, and of the joined words in ``other``."""
        lengths = self.starts[one + 1] - self.starts[one]
        pairs = np.repeat(np.arange(len(one)), lengths)
        joins = np.arange(len(pairs)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + self.starts[one[pairs]]
        there = sets.holds(other[pairs], self.whole[joins])
        pairs, joins = pairs[there] * sets.size, joins[there]
        return np.r_[pairs + self.first[joins], pairs + self.second[joins]], pairs + self.whole[joins]


def _lacking(found: Positions, sets: WeightedSets, other: Positions) -> Positions:
    """The words that the other text does not have in the same form."""
    there = sets.holds(other[found // sets.size], found % sets.size)
    return cast("Positions", found[~there])
