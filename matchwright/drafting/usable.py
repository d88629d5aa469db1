"""Which labelled pairs training can use, and what is wrong with the others.

Training counts each pair once. It leaves out pairs with an unknown record, with one record twice, and with both labels.
So a draft counts only the pairs that are left.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from matchwright.core.spec.watching import LabelQuality, QualitySpec
from matchwright.drafting.lines import SHOWN, named_lines, places
from matchwright.drafting.record_id import plain_id, refused
from matchwright.drafting.tables import Labels, Tables

Flags = np.ndarray[Any, np.dtype[np.bool_]]

_LIMITS = LabelQuality()
_FEWEST_COMPARED, _MOST_COMPARED = 10, 500
_TIMES_MORE, _MORE = 2, 0.1
"""Matches of exchanged tables agree so many times as often, and by so much more, if the ids are read the other way."""


@dataclass(frozen=True)
class UsablePairs:
    """The pairs that training can use, each once, and sentences about the others."""

    labels: Labels
    faults: tuple[str, ...]


def usable_pairs(given: Labels, tables: Tables) -> UsablePairs:
    """The labelled pairs between two different records of the tables, without repeated and contradicting ones.

    Raises:
        DataError: the pairs fit the tables in the other order only.
    """
    ids = [side[tables.record_id] for side in tables.sides]
    pairs = pd.DataFrame({"left": given.left, "right": given.right, "match": given.matches}, dtype=object)
    of_left, of_right = pairs["left"].isin(ids[0].dropna()), pairs["right"].isin(ids[-1].dropna())
    one_table = len(ids) == 1
    if not one_table:
        _refuse_exchanged(pairs[pairs["match"].astype(bool)], tables)
    canonical = _in_order(pairs) if one_table else pairs
    unknown = (~(of_left & of_right)).to_numpy()
    exchanged = unknown & (pairs["left"].isin(ids[-1]) & pairs["right"].isin(ids[0])).to_numpy() & (not one_table)
    itself = (pairs["left"] == pairs["right"]).to_numpy() & ~unknown & one_table
    both = _labelled_both_ways(canonical, given.matches)
    again = canonical.duplicated(["left", "right"]).to_numpy() & ~unknown & ~itself & ~both
    kept = ~(unknown | itself | both | again)
    faults = [
        *_blank(given),
        *_unknown(given, unknown & ~exchanged, unknown, ids, one_table),
        *_exchanged(given, exchanged),
        *_contradicting(given, canonical, both),
        *_said(given, itself, "name one record twice", "Training leaves them out."),
        *_said(given, again, "repeat a pair with the same label", "Training counts each pair once."),
        *(_intransitive(given, canonical, kept) if one_table else ()),
    ]
    labels = replace(
        given,
        left=pairs["left"][kept].tolist(),
        right=pairs["right"][kept].tolist(),
        matches=given.matches[kept],
        rows=given.rows[kept],
    )
    return UsablePairs(labels, tuple(faults))


def _in_order(pairs: pd.DataFrame) -> pd.DataFrame:
    """The pairs of one table with the smaller id first: a pair has no order there."""
    known = pairs["left"].notna() & pairs["right"].notna()
    swap = known & (pairs["left"].fillna("") > pairs["right"].fillna(""))
    return pairs.assign(
        left=pairs["left"].where(~swap, pairs["right"]), right=pairs["right"].where(~swap, pairs["left"])
    )


def _labelled_both_ways(canonical: pd.DataFrame, matches: Flags) -> Flags:
    """The rows of pairs of known records that are labelled as a match and as none."""
    codes, ids = pd.factorize(pd.concat([canonical["left"], canonical["right"]], ignore_index=True))
    left, right = np.split(codes.astype(np.int64), 2)
    _, pair = np.unique(left * len(ids) + right, return_inverse=True)
    contradicts = (np.bincount(pair, matches) > 0) & (np.bincount(pair, ~matches) > 0)
    both: Flags = contradicts[pair] & (left >= 0) & (right >= 0)
    return both


def _said(given: Labels, flags: Flags, what: str, then: str) -> Iterator[str]:
    if count := int(flags.sum()):
        yield f"pairs: {count:,} of {given.total:,} rows {what} {_places(given, flags)}. {then}"


def _places(given: Labels, flags: Flags) -> str:
    return places(given.rows[flags].tolist(), given.lines(), given.total)


def _blank(given: Labels) -> Iterator[str]:
    limit = QualitySpec().max_quarantined_share
    if given.blank > limit * given.total:
        fact = f"pairs: {given.blank:,} of {given.total:,} rows have no label"
        yield f"{fact}. Training refuses more than {limit:.0%} of such rows, so leave them out of the file."


def _unknown(
    given: Labels, flags: Flags, all_unknown: Flags, ids: "Sequence[pd.Series[str]]", one_table: bool
) -> Iterator[str]:
    where = "that is not in the table" if one_table else "that is not in its table"
    then = "Training leaves them out."
    limit = _LIMITS.max_unknown_id_share
    if all_unknown.sum() > limit * len(all_unknown):
        raised = "or raise quality.labels.max_unknown_id_share"
        then = f"Training refuses more than {limit:.0%} of such rows: correct the ids or leave the rows out, {raised}."
    if flags.any() and (written := _written_differently(given, flags, ids)):
        then = f"In {written:,} of them the ids differ in case, blanks or leading zeros only. {then}"
    yield from _said(given, flags, f"name a record {where}", then)


def _written_differently(given: Labels, flags: Flags, ids: "Sequence[pd.Series[str]]") -> int:
    known = [set(map(plain_id, side.dropna())) for side in ids]
    return sum(
        one is not None and other is not None and plain_id(one) in known[0] and plain_id(other) in known[-1]
        for one, other, flag in zip(given.left, given.right, flags, strict=True)
        if flag
    )


def _exchanged(given: Labels, flags: Flags) -> Iterator[str]:
    then = "Training leaves them out: exchange the two ids."
    yield from _said(given, flags, "name a record of the right table as the left one, and the other way round", then)


def _contradicting(given: Labels, canonical: pd.DataFrame, flags: Flags) -> Iterator[str]:
    if not flags.any():
        return
    numbers, word = named_lines(given.lines(), given.total)
    found = []
    rows = canonical[flags].assign(number=[str(numbers[row]) for row in given.rows[flags]])
    groups = rows.groupby(["left", "right"], sort=False)
    for _, group in list(groups)[:SHOWN]:
        yes, no = (", ".join(group["number"][group["match"].astype(bool) == match]) for match in (True, False))
        found.append(f"{word} {yes} says 1 and {word} {no} says 0")
    more = " ..." if groups.ngroups > SHOWN else ""
    pairs = "pair is" if groups.ngroups == 1 else "pairs are"
    then = "Training refuses them. Correct them, or raise quality.labels.max_contradicting, and no row of them is used."
    yield f"pairs: {groups.ngroups:,} {pairs} labelled as a match and as none: {'; '.join(found)}{more}. {then}"


def _intransitive(given: Labels, canonical: pd.DataFrame, kept: Flags) -> Iterator[str]:
    """Pairs that are labelled as no match, although a chain of matches says that their records are one entity."""
    usable = canonical[kept]
    codes, _ = pd.factorize(pd.concat([usable["left"], usable["right"]], ignore_index=True))
    left, right = np.split(codes, 2)
    match = usable["match"].to_numpy(dtype=bool)
    if match.all() or not match.any():
        return
    size = int(codes.max()) + 1
    graph = coo_array((np.ones(match.sum()), (left[match], right[match])), shape=(size, size))
    _, entity = connected_components(graph, directed=False)
    flags = kept.copy()
    flags[kept] = ~match & (entity[left] == entity[right])
    what = "are labelled as no match, although other matches make their records one"
    yield from _said(given, flags, what, "So a match or one of these labels is wrong.")


def _refuse_exchanged(matches: pd.DataFrame, tables: Tables) -> None:
    """Refuse pairs of two tables with the same ids whose records agree only if the tables are exchanged."""
    rows = [dict(zip(side[tables.record_id], range(len(side)), strict=True)) for side in tables.sides]
    found = [
        (rows[0][one], rows[1][other], rows[0][other], rows[1][one])
        for one, other in zip(matches["left"], matches["right"], strict=True)
        if one != other and one in rows[0] and other in rows[1] and other in rows[0] and one in rows[1]
    ][:_MOST_COMPARED]
    if len(found) < _FEWEST_COMPARED:
        return
    as_given, exchanged = (_share_equal(tables, [(pair[start], pair[start + 1]) for pair in found]) for start in (0, 2))
    if exchanged > _TIMES_MORE * as_given and exchanged > as_given + _MORE:
        told = f"matches agree in {as_given:.0%} of their values, and in {exchanged:.0%} if the tables are exchanged"
        raise refused("pairs", told, "give the tables in the other order, or exchange the names of the columns of ids")


def _share_equal(tables: Tables, pairs: Sequence[tuple[int, int]]) -> float:
    """The share of equal values in pairs of rows, where both records have one."""
    one, other = (list(rows) for rows in zip(*pairs, strict=True))
    left = tables.sides[0][tables.columns].iloc[one].to_numpy(dtype=object)
    right = tables.sides[1][tables.columns].iloc[other].to_numpy(dtype=object)
    both = ~(pd.isna(left) | pd.isna(right))
    return float((left == right)[both].mean()) if both.any() else 0.0
