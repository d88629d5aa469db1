"""Augmentation: training pairs of kinds that are rare in the data, made from other pairs.

Counter-examples agree in everything except identity fields. Blocking seldom proposes two members of one household, and
many registers have none. So without counter-examples a scorer learns that an equal address makes a match, or an equal
address, surname and date of birth. Pairs with missing fields lack one
field or more, up to all of them. Without them the score of a pair with little evidence depends on chance, and an empty
record could be matched.
"""

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.compare.competing import without_context
from matchwright.core.compare.names import context_names
from matchwright.core.spec import MatchSpec

Counts = Counter[tuple[bool, ...]]
"""Numbers of pairs by the individual fields in which they differ."""

HOUSEHOLD_SHARE = 0.5
"""The share of counter-examples that are members of one household, where the spec names individual fields."""


def counter_examples(
    right: pd.DataFrame, spec: MatchSpec, seed: int, own: Counts | None = None
) -> tuple[pd.DataFrame, list[int]]:
    """Right records of true pairs with identity fields of another record.

    All identity fields are replaced. If the spec names individual fields, that is so in half of the records. In the
    others one individual field or more are replaced: such as the given name for twins, the date of birth for a father
    and a son of one name, and both for siblings. What the data have of a kind is not made.

    Args:
        right: record features of the right side of true pairs, one row per pair.
        spec: its ``identity`` and ``individual`` name the fields, ``model.counter_examples`` the share of pairs.
        seed: of the choice.
        own: how many pairs of each kind the data have, see :func:`household_members`; None for none.

    Returns:
        The changed records, and the rows of ``right`` they were made from. Paired with the left records of those rows
        they do not match. A record is left out if one of its replaced fields is missing or the same as before.
    """
    generator = np.random.default_rng(seed)
    count = int(len(right) * spec.model.counter_examples) if spec.identity else 0
    rows = np.sort(generator.permutation(len(right))[:count])
    donors = generator.permutation(len(right))[:count]
    made = right.iloc[rows].reset_index(drop=True)
    given = right.iloc[donors].reset_index(drop=True)
    replaced = pd.DataFrame(True, index=made.index, columns=list(spec.identity))
    needed = np.ones(count, dtype=bool)
    if spec.individual:
        household = generator.random(count) < HOUSEHOLD_SHARE
        replaced[household] = chosen_fields(spec, int(household.sum()), generator)
        if own is not None:
            needed[household] = _beyond(replaced.loc[household, list(spec.individual)].to_numpy(), own)
    fields = list(spec.identity)
    differs = made[fields].ne(given[fields]) & made[fields].notna() & given[fields].notna()
    kept = (differs | ~replaced).all(axis=1).to_numpy() & needed
    made = with_values_of(made, given, replaced)
    return made[kept].reset_index(drop=True), rows[kept].tolist()


def household_members(left: pd.DataFrame, right: pd.DataFrame, spec: MatchSpec) -> Counts:
    """How many pairs of different entities are members of one household, by the individual fields in which they differ.

    Members have equal values in the other identity fields, and in more than half of the fields that are no identity.

    Args:
        left: record features of the left records, one row per pair; no pair matches.
        right: those of the right records.
        spec: its ``identity`` and ``individual`` name the fields.

    Returns:
        By whether the pairs differ in each individual field.
    """
    individual = list(spec.individual)
    shared = [name for name in spec.identity if name not in individual]
    home = [name for name in spec.compared if name not in spec.identity]

    def same(fields: list[str]) -> Any:
        one, other = left[fields].reset_index(drop=True), right[fields].reset_index(drop=True)
        return (one == other).to_numpy(), (one.notna() & other.notna()).to_numpy()

    equal, _ = same(shared)
    at_home, known = same(home)
    inside = equal.all(axis=1) & (2 * (at_home & known).sum(axis=1) > known.sum(axis=1))
    alike, there = same(individual)
    differs = ~alike & there
    inside &= there.all(axis=1) & differs.any(axis=1)
    return Counter(map(tuple, differs[inside].tolist()))


def _beyond(differs: Any, own: Counts) -> Any:
    """Which made members are needed: those of a kind beyond the number that the data have. Shape (pairs,)."""
    seen: Counts = Counter()
    needed = np.ones(len(differs), dtype=bool)
    for row, kind in enumerate(map(tuple, differs.tolist())):
        seen[kind] += 1
        needed[row] = seen[kind] > own[kind]
    return needed


def chosen_fields(
    spec: MatchSpec, count: int, generator: np.random.Generator
) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Which identity fields of ``count`` pairs another member of a household has of their own, one at least.

    Shape (pairs, identity fields). Every set of the individual fields is equally frequent.
    """
    individual = np.flatnonzero([field in spec.individual for field in spec.identity])
    sets = generator.integers(1, 1 << len(individual), size=count)
    chosen = np.zeros((count, len(spec.identity)), dtype=bool)
    chosen[:, individual] = (sets[:, None] >> np.arange(len(individual))) & 1 == 1
    return chosen


def with_values_of(records: pd.DataFrame, others: pd.DataFrame, replaced: pd.DataFrame) -> pd.DataFrame:
    """The records with the other records' values of the fields in which ``replaced`` is true."""
    made = records.copy()
    for field in replaced.columns:
        for column in [name for name in made.columns if name.partition("__")[0] == field]:
            made[column] = made[column].where(~replaced[field], others[column])
    return made


def missing_field_pairs(
    left: pd.DataFrame, right: pd.DataFrame, spec: MatchSpec, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame, list[int]]:
    """Pairs with one or more fields, up to all, set to missing, on one side or on both.

    Args:
        left: record features of the pairs' left sides, one row per pair.
        right: those of the right sides.
        spec: its ``model.missing_field_augmentation`` is the share of pairs to make.
        seed: of the choice.

    Returns:
        Changed left and right records, and the rows they were made from. The labels of these rows still hold.
    """
    generator = np.random.default_rng(seed)
    rows = np.sort(generator.permutation(len(left))[: int(len(left) * spec.model.missing_field_augmentation)])
    fields = list(spec.compared)
    # every number of missing fields, from one to all, is equally frequent
    gone = generator.random((len(rows), len(fields))).argsort(axis=1) < generator.integers(
        1, len(fields) + 1, size=(len(rows), 1)
    )
    side = generator.integers(3, size=len(rows))
    sides = []
    for records, spared in ((left, 1), (right, 0)):
        made = records.iloc[rows].reset_index(drop=True)
        for index, field in enumerate(fields):
            chosen = gone[:, index] & (side != spared)
            for column in made.columns:
                if column.partition("__")[0] == field:
                    made[column] = _without_values(made[column], chosen)
        sides.append(made)
    return sides[0], sides[1], rows.tolist()


def pairs_alone(comparisons: pd.DataFrame, spec: MatchSpec) -> tuple[pd.DataFrame, list[int]]:
    """Pairs without their competing candidates, as in a request for one pair.

    Args:
        comparisons: of the pairs, numbered from 0, with their context.
        spec: its ``model.context_free_augmentation`` is the share of pairs to repeat. Half of them lose all context.
            The others lose that of one side, as when a query is ranked.

    Returns:
        The changed comparisons and the rows they were made from; none where the spec has no context.
    """
    if not context_names(spec):
        return comparisons.iloc[:0], []
    generator = np.random.default_rng(spec.model.seed)
    rows = generator.permutation(len(comparisons))[: int(len(comparisons) * spec.model.context_free_augmentation)]
    # with alike sources, one known side fills both columns, so there is no context of one side only
    sides = [("left", "right")] if spec.sources.alike else [("left", "right"), ("left", "right"), ("left",), ("right",)]
    kind = generator.integers(len(sides), size=len(rows))
    made = [without_context(comparisons, rows[kind == index], gone) for index, gone in enumerate(sides)]
    return pd.concat(made, ignore_index=True), rows[np.argsort(kind, kind="stable")].tolist()


def _without_values(values: "pd.Series[Any]", chosen: np.ndarray[Any, np.dtype[np.bool_]]) -> "pd.Series[Any]":
    return values.mask(chosen, np.nan if values.dtype.kind == "f" else None)
