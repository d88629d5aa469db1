"""Evidence from running text: words weighted by their information, numbers, and codes such as model numbers.

Words end at blanks. In a script without blanks between words (such as Han, kana and Thai), each letter and each pair
of neighbouring letters is a word: see :func:`~matchwright.core.records.word_split.split_words`. A word also counts as
found if the other text writes it as two words, or joined with its neighbour. The work is done once per distinct text
and then combined per pair. If the sources are ``alike``, the ``_left`` comparisons hold the larger of the two sides and
the ``_right`` comparisons the smaller. Then the order of the records does not matter.
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, cast

import numpy as np

from matchwright.core.compare.codes import SharedCodes, squeezed
from matchwright.core.compare.compound_words import CompoundWords
from matchwright.core.compare.measures import SharedMeasures
from matchwright.core.compare.pairing import Pairing
from matchwright.core.compare.sets import Numbers, Positions, WeightedSets, Words
from matchwright.core.compare.strings import Comparison
from matchwright.core.notation.units import UNITS
from matchwright.core.records.compound_codes import HYPHEN
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.word_split import split_codes, split_words

SHORTEST_CODE, SHORTEST_DIGIT_CODE = 4, 5
"""Least length of a code with letters and digits, and of a code of digits alone."""

_QUANTITY = re.compile(r"(\d+)(?:\.(\d+))?(?:\s?([^\W\d_]+))?")
_VERSION = re.compile(r"v?\d+(?:\.\d+)*[a-z]?")
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+")


@dataclass(frozen=True)
class TextEvidence:
    """The texts of row-aligned pairs, and the corpus with the information of each word of ``field``.

    Every property has one float32 per pair, NaN where a side is missing.
    """

    pairing: Pairing
    field: str
    corpus: Corpus

    @property
    def token_overlap(self) -> Comparison:
        """[0, 1]: cosine of the word sets, weighted by inverse document frequency. Spärck Jones (1972)."""
        (found_left, found_right), left, right = self._words
        return self._whole(_share(np.sqrt(found_left * found_right), np.sqrt(left * right)))

    @property
    def token_containment(self) -> Comparison:
        """[0, 1]: the share of a side's word weight that the other side has; the larger of both shares."""
        (found_left, found_right), left, right = self._words
        return self._whole(np.maximum(_share(found_left, left), _share(found_right, right)))

    @property
    def unmatched_left(self) -> Comparison:
        """At least 0: information of the left words that the right side lacks, in decimal orders of magnitude."""
        return self._over[0]

    @property
    def unmatched_right(self) -> Comparison:
        """The same for the words of the right side."""
        return self._over[1]

    @property
    def rarest_shared(self) -> Comparison:
        """At least 0: information of the rarest word that both texts have, in decimal orders of magnitude."""
        sets, *found = self._found
        pairs = len(self._indices[0])
        return self._whole(np.maximum.reduce([sets.greatest(words, pairs) for words in found]))

    @property
    def numbers(self) -> Comparison:
        """[0, 1]: for the side with fewer numbers, the share of them in the other text; NaN where a side has none."""
        shared, fewer = self._numbers
        return self._whole(np.where(fewer > 0, _share(shared, fewer), np.nan))

    @property
    def unmatched_numbers(self) -> Comparison:
        """At least 0: for the side with fewer numbers, how many the other text lacks; NaN where a side has none."""
        shared, fewer = self._numbers
        return self._whole(np.where(fewer > 0, fewer - shared, np.nan))

    @property
    def measures(self) -> Comparison:
        """[0, 1]: share of the units and neighbouring words that both texts number, which have a value in common."""
        found = self._measures
        return self._whole(np.where(found.named > 0, _share(found.agreeing, found.named), np.nan))

    @property
    def conflicting_measures(self) -> Comparison:
        """At least 0: how many of them have no value in common; NaN where a side has no number with such a name."""
        found = self._measures
        return self._whole(np.where(found.comparable, found.named - found.agreeing, np.nan))

    @property
    def codes(self) -> Comparison:
        """[0, 1]: share of all codes that are found in the other text, however divided; NaN if there are no codes."""
        left, right = self._codes.counts
        found = sum(self._codes.found)
        return self._whole(np.where(left + right > 0, _share(found, left + right), np.nan))

    @property
    def unmatched_codes_left(self) -> Comparison:
        """At least 0: the number of left codes that are not found in the right text."""
        return self._codes_over[0]

    @property
    def unmatched_codes_right(self) -> Comparison:
        """The same for the codes of the right side."""
        return self._codes_over[1]

    @property
    def common_prefix(self) -> Comparison:
        """[0, 1]: the longest beginning that a code of each side shares, over the shorter code; NaN if one has none."""
        return self._whole(self._codes.common_prefix)

    @property
    def ngram_cosine(self) -> Comparison:
        """[0, 1]: cosine of trigram vectors weighted by inverse document frequency. Typing errors lower it little."""
        one, other = self._indices
        vectors = self.corpus.ngram_vectors(self.field, self._texts)
        return self._whole(np.asarray(vectors[one].multiply(vectors[other]).sum(axis=1)).ravel())

    @cached_property
    def _distinct(self) -> tuple[list[str], Positions, Positions]:
        """The distinct texts, and the indices of both texts of each complete pair."""
        present = self.pairing.present
        return [str(value) for value in present.values], present.left.astype(np.intp), present.right.astype(np.intp)

    @property
    def _texts(self) -> list[str]:
        return self._distinct[0]

    @property
    def _indices(self) -> tuple[Positions, Positions]:
        return self._distinct[1], self._distinct[2]

    @cached_property
    def _split(self) -> Words:
        return Words.of(map(split_words, self._texts))

    @cached_property
    def _found(self) -> tuple[WeightedSets, Positions, Positions, Positions]:
        """The sets of words, the words in both texts of each pair, and those that the other one writes differently."""
        one, other = self._indices
        words = self._split
        sets = WeightedSets.of(words, self.corpus.information(self.field, words.vocabulary))
        return sets, sets.common(one, other), *CompoundWords.of(words).members(sets, one, other)

    @cached_property
    def _words(self) -> tuple[tuple[Numbers, Numbers], Numbers, Numbers]:
        """The weight of each side's words that the other side has, and of all words of each side."""
        one, other = self._indices
        sets, *found = self._found
        shared, left, right = (sets.total(words, len(one)) for words in found)
        return (shared + left, shared + right), sets.mass[one], sets.mass[other]

    @cached_property
    def _over(self) -> tuple[Comparison, Comparison]:
        (found_left, found_right), left, right = self._words
        return self._sides(left - found_left, right - found_right)

    @cached_property
    def _numbers(self) -> tuple[Numbers, Numbers]:
        """How many numbers both texts have, and how many the side with fewer numbers has."""
        one, other = self._indices
        found = Words.of(map(numbers_in, self._texts))
        sets = WeightedSets.of(found, np.ones(len(found.vocabulary)))
        return sets.shared(one, other), np.minimum(sets.mass[one], sets.mass[other])

    @cached_property
    def _measures(self) -> SharedMeasures:
        return SharedMeasures.of(self._texts, *self._indices)

    @cached_property
    def _codes(self) -> SharedCodes:
        words = Words.of(map(split_codes, self._texts)).replaced(codes_in)
        return SharedCodes(words, self._texts, *self._indices)

    @cached_property
    def _codes_over(self) -> tuple[Comparison, Comparison]:
        (left, right), found = self._codes.counts, self._codes.found
        return self._sides(left - found[0], right - found[1])

    def _sides(self, left: Numbers, right: Numbers) -> tuple[Comparison, Comparison]:
        left, right = np.maximum(left, 0.0), np.maximum(right, 0.0)
        if self.pairing.alike:
            left, right = np.maximum(left, right), np.minimum(left, right)
        return self._whole(left), self._whole(right)

    def _whole(self, values: Numbers) -> Comparison:
        result = np.full(len(self.pairing.both), np.nan, dtype=np.float32)
        result[self.pairing.both] = values
        return result


def numbers_in(text: str) -> list[str]:
    """The numbers of a text in one notation with all their digits (``15.40`` is ``15.4``), also inside words (``cs3``).

    A number with a unit is given alone and with the unit, which has one name: ``5 lb`` and ``5lbs`` are ``5``, ``5lb``.
    A code in several parts with points (``111.417.37.04``) is no number, and a part of a code (``qx-40t-e``) no amount.
    """
    found: dict[str, None] = {}
    if text.count(".") > 1:
        text = " ".join(word for word in text.split() if word.count(".") < 2 or not _is_code(word))
    for match in _QUANTITY.finditer(text):
        whole, part, word = match.groups("")
        fraction = part.rstrip("0")
        number = (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")
        found[number] = None
        in_a_code = HYPHEN in (text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1])
        if not in_a_code and (unit := UNITS.get(word)) is not None:
            found[f"{number}{unit}"] = None
    return list(found)


def codes_in(text: str) -> list[str]:
    """The words that look like codes: they have letters and digits, or many digits. A number with a unit is no code."""
    return [word for word in dict.fromkeys(text.split()) if _is_code(word)]


@lru_cache(maxsize=100_000)
def _is_code(word: str) -> bool:
    bare = squeezed(word)
    if len(bare) < SHORTEST_CODE or not any(character.isdigit() for character in bare) or _is_quantity(word):
        return False
    if "." in word and (word.count(".") < 2 or _THOUSANDS.fullmatch(word)) and _VERSION.fullmatch(word):
        return False
    return len(bare) >= SHORTEST_DIGIT_CODE or not bare.isdigit()


def _is_quantity(word: str) -> bool:
    found = _QUANTITY.fullmatch(word)
    # four digits and one letter are a model number more often than an amount
    return found is not None and found[3] in UNITS and (len(found[3]) > 1 or len(found[1]) < SHORTEST_CODE)


def _share(part: Any, whole: Any) -> Numbers:
    return cast("Numbers", np.divide(part, whole, out=np.zeros(np.shape(part)), where=whole > 0))
