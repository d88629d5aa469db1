"""Candidate rules that make few pairs, counted on the tables."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from matchwright.drafting.fields import DraftField
from matchwright.drafting.tables import Labels

PAIRS_PER_RECORD = 5
"""The most pairs that a drafted rule may make, per record of all tables."""

MOST_RULES = 6
_LEAST_BUDGET = 1_000
_MOST_PAIRS = 2_000_000
_LEAST_COVERAGE = 0.05
_LEAST_GAIN = 0.002
_MOST_USES = 3
_MOST_FEATURES = 16
_MOSTLY_PHONETIC = 0.9
"""At least this share of a column's names must have a phonetic feature for a rule with it."""

_COARSE = frozenset({"number", "category"})

_Codes = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Rule:
    """Record features that must be equal, and how many pairs that makes in these tables."""

    features: tuple[str, ...]
    pairs: int


@dataclass(frozen=True)
class _Atom:
    name: str
    field: DraftField
    codes: _Codes


@dataclass(frozen=True)
class _Block:
    rule: Rule
    fields: frozenset[str]
    codes: _Codes
    coverage: float


def choose_rules(
    sides: list[pd.DataFrame], fields: list[DraftField], labelled_pairs: Labels | None, ids: list[list[str]]
) -> list[Rule]:
    """One to six rules. None makes too many pairs, unless every rule does.

    Args:
        sides: record features of each table.
        fields: the fields, compared or not.
        labelled_pairs: labelled pairs, if any. Rules are then chosen by the matches they find.
        ids: the record ids of each table, row by row.
    """
    sizes = [len(side) for side in sides]
    features = pd.concat(sides, ignore_index=True)
    budget = min(max(PAIRS_PER_RECORD * sum(sizes), _LEAST_BUDGET), _MOST_PAIRS)
    blocks = list(_blocks(features, fields, sizes, budget))
    usable = [block for block in blocks if 0 < block.rule.pairs <= budget and block.coverage >= _LEAST_COVERAGE]
    matches = _positions(labelled_pairs, ids) if labelled_pairs is not None else None
    chosen = _by_matches(usable, *matches) if matches is not None and len(matches[0]) else []
    chosen = _by_coverage(usable, chosen)
    if not chosen:
        # no rule fits: take the one that makes the fewest pairs
        chosen = sorted(blocks, key=lambda block: (block.rule.pairs, -block.coverage))[:1]
    return [block.rule for block in chosen]


def _blocks(features: pd.DataFrame, fields: list[DraftField], sizes: list[int], budget: int) -> Iterable[_Block]:
    """Blocks of one feature, and of two features where neither alone makes few enough pairs."""
    atoms = [
        _Atom(name, field, pd.factorize(features[name])[0].astype(np.int64))
        for field in fields
        for name in _features_of(field, features)
    ][:_MOST_FEATURES]
    alone = set()
    for atom in atoms:
        block = _block((atom,), sizes)
        # equal categories and years are weak evidence, unless there are very many of them
        coarse = atom.field.kind in _COARSE or atom.name.endswith("__year")
        if block.rule.pairs <= (budget // 10 if coarse else budget):
            alone.add(atom.name)
            yield block
    for pair in combinations(atoms, 2):
        if pair[0].field.name != pair[1].field.name and not alone & {atom.name for atom in pair}:
            yield _block(pair, sizes)


def _features_of(field: DraftField, features: pd.DataFrame) -> list[str]:
    if not field.compare:
        return []
    match field.kind:
        case "name":
            # only names in Latin script have a phonetic feature
            names, phonetic = features[field.name].count(), features[f"{field.name}__phonetic"].count()
            return [f"{field.name}__phonetic" if phonetic >= _MOSTLY_PHONETIC * names else field.name]
        case "date":
            return [field.name, f"{field.name}__year"]
        case "address":
            return [field.name, f"{field.name}__number"]
        case _:
            return [field.name]


def _block(atoms: tuple[_Atom, ...], sizes: list[int]) -> _Block:
    codes = atoms[0].codes
    for atom in atoms[1:]:
        width = atom.codes.max(initial=0) + 1
        codes = np.where((codes >= 0) & (atom.codes >= 0), codes * width + atom.codes, -1)
    distinct, numbers = np.unique(codes, return_inverse=True)
    known = codes >= 0
    sides = np.split(np.arange(len(codes)), np.cumsum(sizes)[:-1])
    counts = [np.bincount(numbers[side][known[side]], minlength=len(distinct)).astype(np.int64) for side in sides]
    pairs = counts[0] * (counts[0] - 1) // 2 if len(counts) == 1 else counts[0] * counts[1]
    return _Block(
        Rule(tuple(atom.name for atom in atoms), int(pairs.sum())),
        frozenset(atom.field.name for atom in atoms),
        np.where(known, numbers, -1).astype(np.int32),
        min(float(known[side].mean()) if len(side) else 0.0 for side in sides),
    )


def _positions(labelled_pairs: Labels, ids: list[list[str]]) -> tuple[_Codes, _Codes]:
    """The rows of the matches in the concatenated tables."""
    indices = [{record: index for index, record in enumerate(side)} for side in ids]
    offset = len(ids[0]) if len(ids) == 2 else 0
    rows = [
        (indices[0][one], indices[-1][other] + offset)
        for one, other, match in zip(labelled_pairs.left, labelled_pairs.right, labelled_pairs.matches, strict=True)
        if match and one in indices[0] and other in indices[-1]
    ]
    left, right = np.array(rows, dtype=np.int64).reshape(-1, 2).T
    return left, right


def _by_matches(blocks: list[_Block], left: _Codes, right: _Codes) -> list[_Block]:
    """Choose greedily: always the rule that finds most of the missing matches; in a tie the one with fewer pairs."""
    finds = [(block.codes[left] >= 0) & (block.codes[left] == block.codes[right]) for block in blocks]
    open_ = np.ones(len(left), dtype=bool)
    chosen: list[_Block] = []
    while len(chosen) < MOST_RULES and blocks:
        gains = [(find & open_).sum() - 1e-6 * block.rule.pairs for find, block in zip(finds, blocks, strict=True)]
        best = int(np.argmax(gains))
        if (finds[best] & open_).sum() < max(_LEAST_GAIN * len(left), 1):
            break
        chosen.append(blocks[best])
        open_ &= ~finds[best]
    return chosen


def _by_coverage(blocks: list[_Block], chosen: list[_Block]) -> list[_Block]:
    """Add rules on other fields, the most complete ones first, so that an error in one field loses no match."""
    order = sorted(blocks, key=lambda b: (len(b.fields), -round(b.coverage, 1), b.rule.pairs))
    uses = {field: sum(field in block.fields for block in chosen) for block in blocks for field in block.fields}
    for block in order:
        if len(chosen) >= MOST_RULES:
            break
        wanted = set(block.rule.features)
        nested = any(wanted <= set(other.rule.features) or wanted >= set(other.rule.features) for other in chosen)
        if nested or any(uses[field] >= _MOST_USES for field in block.fields):
            continue
        chosen = [*chosen, block]
        for field in block.fields:
            uses[field] += 1
    return chosen
