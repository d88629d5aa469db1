"""In which features matches agree: seen in labelled matches, or estimated without any.

Without labels there is no match to look at. But pairs that agree in three fields which are hardly ever equal by chance
are nearly all matches. How often such pairs agree in the *other* fields is how often matches agree there: the way in
which the m-probabilities of Fellegi and Sunter's model are estimated with some fields held fixed (Herzog, Scheuren and
Winkler, Data Quality and Record Linkage Techniques, 2007, chapter 8). Fields that change together, such as those of an
address, are taken together, and all others are taken to err independently.

A value that is missing in one of two records never agrees. In pairs that agree in a field both records have it, so they
do not say how often it is missing. Where a field is in all such pairs, that is taken from the records.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from matchwright.drafting.rules.features import Codes, Feature, PairCounter, joint_codes
from matchwright.drafting.tables import Labels

Agreement = np.ndarray[Any, np.dtype[np.bool_]]
"""Whether each match (column) agrees in each feature (row)."""

FEWEST_MATCHES = 500
"""With fewer labelled matches the estimate is used, if there is one: rules would fit a few matches too well."""
FEWEST_MEASURED = 50
"""With fewer labelled matches, the share of one rule is estimated too: it would be off by more than 14 points."""
_MOST_MATCHES = 8_000
_MOST_STRICT_PAIRS = 2.0
"""A strict rule makes at most so many pairs per record."""
_HARDLY_BY_CHANCE, _MOST_BY_CHANCE = 0.02, 0.05
"""Of the pairs of a strict rule, at most this share would agree by chance: where there is a choice, and at all."""
_PAIRS_LOOKED_AT = 2_000
_FEWEST_PAIRS = 50
_LEAST_AGREEMENT = 0.4
"""Of the pairs of some strict rule, at least this share agrees in a field; else there is none."""
_NEARLY_BEST = 0.75
"""The pairs of a strict rule agree in each other field at least this often, compared with those of the best rule for
that field. Persons of one household do not: their given names and dates of birth differ."""
_TOGETHER = 0.15
"""Fields whose disagreements correlate more than this are taken together."""


@dataclass(frozen=True)
class Matches:
    """The agreement of matches, what it was taken from, and whether these are labelled matches.

    ``unseen`` are fields that agree in all pairs that were looked at, so in matches they agree at most as often.
    ``mixed`` are fields for which many of these pairs may be no matches, such as two members of a household. So in
    matches they agree at least as often.
    """

    agreement: Agreement
    source: str
    labelled: bool
    unseen: frozenset[str] = frozenset()
    mixed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class StrictPairs:
    """Pairs of a strict rule: its fields, the share that would agree by chance, and in what the pairs agree.

    ``shares`` has the share of pairs that agree in each other field, of those in which both records have it. ``rows``
    has the rows of each pair.
    """

    fields: frozenset[str]
    by_chance: float
    agreement: Agreement
    shares: dict[str, float]
    rows: Codes


def labelled_matches(features: Sequence[Feature], labels: Labels, ids: list[list[str]]) -> Matches | None:
    """The agreement of the labelled matches between records of the tables, each once; None if there is none."""
    found = _rows_of(labels, ids)
    if not len(found):
        return None
    kept = found[np.sort(_picked(len(found), _MOST_MATCHES))]
    source = f"{len(found):,} labelled matches"
    if len(kept) < len(found):
        source = f"a sample of {len(kept):,} of the {source}"
    return Matches(_agreement(features, kept), source, labelled=True)


def agreement_of(features: Sequence[Feature], labels: Labels, ids: list[list[str]], match: bool) -> Agreement:
    """The agreement of all labelled matches between records of the tables, or of all pairs that do not match."""
    return _agreement(features, _rows_of(labels, ids, match))


def share_listed(
    features: Sequence[Feature], counter: PairCounter, labels: Labels, ids: list[list[str]]
) -> float | None:
    """Of the pairs that agree in three fields hardly ever equal by chance, the share that is labelled as a match.

    It is the median over the strict rules: the pairs of one may be members of a household, and the labels may have been
    found by another. None if there are no such pairs.
    """
    strict = _strict_pairs(features, counter)
    pure = [pairs for pairs in strict if pairs.by_chance <= _HARDLY_BY_CHANCE] or strict
    records = sum(counter.sizes)
    listed = _rows_of(labels, ids) @ [records, 1]
    shares = [float(np.isin(pairs.rows @ [records, 1], listed).mean()) for pairs in pure]
    return float(np.median(shares)) if shares else None


def _rows_of(labels: Labels, ids: list[list[str]], match: bool = True) -> Codes:
    """The rows of the labelled matches (or of the others) between two records of the tables, in two columns."""
    indices = [{record: index for index, record in enumerate(side)} for side in ids]
    offset = len(ids[0]) if len(ids) == 2 else 0
    rows = [
        (indices[0][one], indices[-1][other] + offset)
        for one, other, matches in zip(labels.left, labels.right, labels.matches, strict=True)
        if matches == match and one in indices[0] and other in indices[-1]
    ]
    found = np.array(rows, dtype=np.int64).reshape(-1, 2)
    # a record agrees with itself in everything, and a pair that is given twice is one match
    return np.unique(np.sort(found[found[:, 0] != found[:, 1]], axis=1), axis=0)


def estimated_matches(features: Sequence[Feature], counter: PairCounter) -> Matches | None:
    """The agreement of simulated matches; None if no rule is strict enough."""
    strict = _strict_pairs(features, counter)
    if not strict:
        return None
    groups = _groups(features, strict)
    made = np.zeros((len(features), _MOST_MATCHES), dtype=bool)
    generator = np.random.default_rng(2)
    unseen: frozenset[str] = frozenset()
    mixed: frozenset[str] = frozenset()
    for group in groups:
        seen = [pairs for pairs in strict if not pairs.fields & group]
        usable = seen or strict
        pure = [pairs for pairs in usable if pairs.by_chance <= _HARDLY_BY_CHANCE]
        kept = pure or usable
        agreements = [_with_missing(pairs, features, group, counter.sizes, generator) for pairs in kept]
        pool = np.concatenate(agreements, axis=1)
        rows = [row for row, feature in enumerate(features) if feature.field.name in group]
        made[rows] = pool[rows][:, generator.integers(0, pool.shape[1], _MOST_MATCHES)]
        unseen |= frozenset() if seen else group
        mixed |= frozenset() if pure else group
    names = {feature.field.name for feature in features} - unseen
    shares = {name: [pairs.shares[name] for pairs in strict if name in pairs.shares] for name in names}
    mixed |= {name for name, known in shares.items() if known and max(known) < _LEAST_AGREEMENT}
    return Matches(made, "pairs that agree in three other fields", labelled=False, unseen=unseen, mixed=mixed)


def _strict_pairs(features: Sequence[Feature], counter: PairCounter) -> list[StrictPairs]:
    """The pairs of strict rules, those first that agree least by chance."""
    first: dict[str, Feature] = {}
    for feature in features:
        first.setdefault(feature.field.name, feature)
    pairs_of = {rule: counter.estimated(rule).pairs for n in (1, 2) for rule in combinations(first.values(), n)}

    def by_chance(rule: tuple[Feature, ...]) -> float:
        """The pairs that would agree by chance, if one of the fields were independent of the other two."""
        return max(
            pairs_of[(one,)] / counter.all_pairs * pairs_of[others]
            for one, others in zip(rule, reversed(list(combinations(rule, 2))), strict=True)
        )

    found: list[tuple[frozenset[str], float, Codes, dict[str, float]]] = []
    for rule in combinations(first.values(), 3):
        made = counter.estimated(rule).pairs
        chance = by_chance(rule) / max(made, 1)
        if not 0 < made <= _MOST_STRICT_PAIRS * sum(counter.sizes) or chance > _MOST_BY_CHANCE:
            continue
        pairs = _some_pairs(joint_codes([feature.codes for feature in rule]), counter.sizes)
        if len(pairs) >= _FEWEST_PAIRS:
            shares = {f.field.name: _share_that_agrees(f, pairs) for f in first.values() if f not in rule}
            fields = frozenset(feature.field.name for feature in rule)
            found.append((fields, chance, pairs, {name: share for name, share in shares.items() if share is not None}))
    best = {name: max(shares.get(name, 0.0) for *_, shares in found) for name in first} if found else {}

    def is_strict(shares: dict[str, float]) -> bool:
        usable = {name: share for name, share in shares.items() if best[name] >= _LEAST_AGREEMENT}
        return bool(usable) and all(share >= _NEARLY_BEST * best[name] for name, share in usable.items())

    strict = [
        StrictPairs(fields, chance, _agreement(features, pairs), shares, pairs)
        for fields, chance, pairs, shares in found
        if is_strict(shares)
    ]
    return sorted(strict, key=lambda pairs: pairs.by_chance)


def _with_missing(
    pairs: StrictPairs,
    features: Sequence[Feature],
    group: frozenset[str],
    sizes: tuple[int, ...],
    generator: np.random.Generator,
) -> Agreement:
    """The agreement of pairs, where fields of the group that their rule needs are missing as often as in the records.

    Two records are drawn at random for each pair, one of each table. A field that one of them lacks does not agree.
    """
    count = pairs.agreement.shape[1]
    one = generator.integers(0, sizes[0], count)
    other = generator.integers(0, sizes[-1], count) + (sizes[0] if len(sizes) == 2 else 0)
    agreement = pairs.agreement.copy()
    for row, feature in enumerate(features):
        if feature.field.name in pairs.fields & group:
            agreement[row] &= (feature.codes[one] >= 0) & (feature.codes[other] >= 0)
    return agreement


def _some_pairs(codes: Codes, sizes: tuple[int, ...]) -> Codes:
    """Some pairs of records with one code, as two columns of rows: neighbours after sorting by code."""
    known = np.flatnonzero(codes >= 0)
    order = known[np.argsort(codes[known], kind="stable")]
    same = codes[order[:-1]] == codes[order[1:]]
    if len(sizes) == 2:
        same &= (order[:-1] < sizes[0]) & (order[1:] >= sizes[0])
    pairs = np.column_stack([order[:-1][same], order[1:][same]])
    return pairs[_picked(len(pairs), _PAIRS_LOOKED_AT)]


def _picked(count: int, most: int) -> Codes:
    return np.random.default_rng(3).permutation(count)[:most]


def _agreement(features: Sequence[Feature], pairs: Codes) -> Agreement:
    left, right = pairs.T
    agrees = [(f.codes[left] >= 0) & (f.codes[left] == f.codes[right]) for f in features]
    return np.array(agrees, dtype=bool).reshape(len(features), len(left))


def _share_that_agrees(feature: Feature, pairs: Codes) -> float | None:
    """Of the pairs that have a feature in both records, the share that agrees in it; None if few have it."""
    one, other = feature.codes[pairs[:, 0]], feature.codes[pairs[:, 1]]
    both = (one >= 0) & (other >= 0)
    return float((one == other)[both].mean()) if both.sum() >= _FEWEST_PAIRS // 2 else None


def _groups(features: Sequence[Feature], strict: Sequence[StrictPairs]) -> list[frozenset[str]]:
    """The fields, those together whose disagreements correlate in the pairs of some strict rule with neither."""
    row = {feature.field.name: index for index, feature in reversed(list(enumerate(features)))}
    group = {name: frozenset({name}) for name in row}
    # pairs that agree by chance disagree in all the rest, which looks like correlation
    pure = [pairs for pairs in strict if pairs.by_chance <= _HARDLY_BY_CHANCE]
    for one, other in combinations(row, 2):
        pools = [pairs.agreement[[row[one], row[other]]] for pairs in pure if not pairs.fields & {one, other}]
        if any(_correlation(pool) > _TOGETHER for pool in pools):
            joined = group[one] | group[other]
            group.update(dict.fromkeys(joined, joined))
    return sorted(set(group.values()), key=min)


def _correlation(two_rows: Agreement) -> float:
    """The correlation of two rows; 0 if one of them is constant."""
    if not two_rows.std(axis=1).all():
        return 0.0
    correlations: Any = np.corrcoef(two_rows)
    return float(correlations[0, 1])
