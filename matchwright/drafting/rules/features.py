"""The record features that rules may use, and how many pairs agree in several of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from matchwright.drafting.fields import DraftField

Codes = np.ndarray[Any, np.dtype[np.int64]]

_MOST_FEATURES = 24
_COARSE = frozenset({"number", "category"})
_MOSTLY_PHONETIC = 0.9
"""At least this share of a column's names must have a phonetic feature for a rule with it."""
_MOST_COUNTED = 100_000
"""Records of a table that pairs are counted on. In a larger table a sample of them is counted, and scaled."""


@dataclass(frozen=True, eq=False)
class Feature:
    """A record feature: a whole number for each value, -1 where it is missing, record by record."""

    name: str
    field: DraftField
    codes: Codes

    @property
    def coarse(self) -> bool:
        """Equal categories, numbers and years are weak evidence, unless there are very many of them."""
        return self.field.kind in _COARSE or self.name.endswith("__year")


@dataclass(frozen=True)
class Block:
    """Features that must be equal, how many pairs that makes, and the share of records that have all of them."""

    features: tuple[Feature, ...]
    pairs: int
    coverage: float

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the features."""
        return tuple(feature.name for feature in self.features)

    def affordable(self, budget: int) -> bool:
        """Whether it makes pairs, and not too many. Coarse features alone may make a tenth of the budget."""
        weak = all(feature.coarse for feature in self.features)
        return 0 < self.pairs <= (budget // 10 if weak else budget)

    @property
    def fields(self) -> frozenset[str]:
        """The names of the fields that the features come from."""
        return frozenset(feature.field.name for feature in self.features)


def features_of(frame: pd.DataFrame, fields: Sequence[DraftField]) -> list[Feature]:
    """The features that a rule may use. The first one of each field says most about its value."""
    return [
        Feature(name, field, pd.factorize(frame[name])[0].astype(np.int64))
        for field in fields
        for name in _names_of(field, frame)
    ][:_MOST_FEATURES]


def _names_of(field: DraftField, frame: pd.DataFrame) -> list[str]:
    if not field.compare:
        return []
    match field.kind:
        case "name":
            # only names in Latin script have a phonetic feature
            names, phonetic = frame[field.name].count(), frame[f"{field.name}__phonetic"].count()
            usable = phonetic >= _MOSTLY_PHONETIC * names
            return [f"{field.name}__phonetic", f"{field.name}__initial"] if usable else [field.name]
        case "date":
            return [field.name, f"{field.name}__year"]
        case "address":
            return [field.name, f"{field.name}__number"]
        case _:
            return [field.name]


def joint_codes(codes: Sequence[Codes]) -> Codes:
    """One number for each combination of values, -1 where one of them is missing."""
    joint = codes[0]
    for other in codes[1:]:
        both = np.where((joint >= 0) & (other >= 0), joint * (other.max(initial=0) + 1) + other, -1)
        joint = pd.factorize(np.where(both >= 0, both, -1))[0].astype(np.int64)
        joint = np.where(both >= 0, joint, -1)
    return joint


class PairCounter:
    """Counts the pairs of records that agree in features: in one table, or between two.

    Args:
        sizes: the number of records of each table, which stand one after the other in the codes of a feature.
    """

    def __init__(self, sizes: Sequence[int]) -> None:
        self.sizes = tuple(sizes)
        begins = np.cumsum([0, *sizes[:-1]])
        generator = np.random.default_rng(1)
        picked = [generator.choice(size, min(size, _MOST_COUNTED), replace=False) for size in sizes]
        self._rows = np.concatenate([np.sort(rows) + begin for rows, begin in zip(picked, begins, strict=True)])
        self._counted = tuple(len(rows) for rows in picked)
        self.all_pairs = _all_pairs(self.sizes)
        self._scale = self.all_pairs / max(_all_pairs(self._counted), 1)

    def estimated(self, features: Sequence[Feature]) -> Block:
        """The block of features, with its pairs and its coverage from the sample."""
        codes = joint_codes([feature.codes[self._rows] for feature in features])
        pairs = round(_pairs_within(codes, self._counted) * self._scale)
        return Block(tuple(features), pairs, self._coverage(codes, self._counted))

    def exact(self, block: Block) -> Block:
        """The block with its pairs counted on all records."""
        if self._counted == self.sizes:
            return block
        codes = joint_codes([feature.codes for feature in block.features])
        return Block(block.features, _pairs_within(codes, self.sizes), block.coverage)

    @staticmethod
    def _coverage(codes: Codes, sizes: tuple[int, ...]) -> float:
        sides = np.split(codes, np.cumsum(sizes)[:-1])
        return min(float((side >= 0).mean()) if len(side) else 0.0 for side in sides)


def _all_pairs(sizes: tuple[int, ...]) -> int:
    return sizes[0] * (sizes[0] - 1) // 2 if len(sizes) == 1 else sizes[0] * sizes[1]


def _pairs_within(codes: Codes, sizes: tuple[int, ...]) -> int:
    width = int(codes.max(initial=-1)) + 1
    sides = np.split(codes, np.cumsum(sizes)[:-1])
    counts = [np.bincount(side[side >= 0], minlength=width).astype(np.int64) for side in sides]
    pairs = counts[0] * (counts[0] - 1) // 2 if len(counts) == 1 else counts[0] * counts[1]
    return int(pairs.sum())
