"""Splitting by entity: all records of an entity are in the same part.

An entity is a connected component over the positive pairs. Its part follows from a seeded hash of its smallest record
key. So a record keeps its part when rows are reordered or other records are added.
"""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from matchwright.core.records import PAIR_KEYS
from matchwright.core.spec.learning import SplitSpec

UNPLACED = -1

FITTED_ON = ("train", "validate")
"""The parts that a scorer is fitted on, in order. Each meets only its own records and those of the parts before it."""


def split_entities(
    keys: "pd.Series[Any]",
    pairs: pd.DataFrame,
    shares: SplitSpec,
    seed: int,
    labels: Literal["complete", "partial", "none"] = "complete",
) -> "pd.Series[str]":
    """The part of every record: ``train``, ``calibrate`` or ``test``.

    With partial labels, a record that is only in negative pairs goes to the part of most of its labelled neighbours.
    So few labelled pairs are between two parts.

    Args:
        keys: the record keys to place.
        pairs: left_key, right_key, label (1 or 0); pairs with a record outside ``keys`` are left out.
        shares: the share of entities in each part, on average.
        seed: another seed gives another split.
        labels: whether ``pairs`` holds every true pair or only the labelled ones.

    Returns:
        Parts indexed by record key, sorted by key.
    """
    named = {"train": shares.train, "calibrate": shares.calibrate, "test": shares.test}
    return _place(keys, pairs, named, f"split-{seed}", follow_neighbours=labels != "complete")


def subdivide(
    parts: "pd.Series[str]", part: str, share: float, seed: int, *, pairs: pd.DataFrame, label: str
) -> "pd.Series[str]":
    """``parts`` with ``share`` of the entities of ``part`` moved to a new part ``label``; other parts do not change.

    ``pairs`` are the pairs that the parts were made from. They show which records are one entity.
    """
    inside = parts.index[parts == part].to_series()
    named = {label: share, part: 1.0 - share}
    placed = _place(inside, pairs, named, f"{label}-{seed}", follow_neighbours=True)
    return placed.reindex(parts.index).fillna(parts)


def assign_pairs(pairs: pd.DataFrame, parts: "pd.Series[str]") -> tuple[pd.DataFrame, int]:
    """The pairs whose two records are in the same part, with a column ``part``, and how many were dropped."""
    left, right = (pairs[side].map(parts) for side in PAIR_KEYS)
    same = (left == right) & left.notna()
    return pairs[same].assign(part=left[same]), int((~same).sum())


def sampled_entities(
    keys: "pd.Series[Any]", pairs: pd.DataFrame, share: float, seed: int
) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """A share of the entities, chosen by a seeded hash: whether each record is in it, shape (records,).

    Args:
        keys: the record keys.
        pairs: left_key, right_key, label (1 or 0). They show which records are one entity.
        share: of the entities, on average.
        seed: another seed gives another sample.
    """
    named = {"sampled": share, "other": 1.0 - share}
    placed = _place(keys, pairs, named, f"sample-{seed}", follow_neighbours=False)
    return np.asarray(pd.Series(np.asarray(keys, dtype=object)).map(placed) == "sampled")


def assign_candidates(
    pairs: pd.DataFrame, parts: "pd.Series[str]", sampled: "pd.Series[bool] | None" = None
) -> tuple[pd.DataFrame, int]:
    """Candidates with a column ``part``, that of their query record, and how many were dropped.

    The query is the left record. In one table it is one of the two records, chosen by a hash. So a part has its share
    of all candidates, and its records meet all records of the register, as they will in use. Training sees no record of
    another part: a candidate of ``train`` or ``validate`` is dropped if its other record is in a later part.

    Args:
        pairs: left_key and right_key of candidates of the whole register.
        parts: the part of each record, by record key.
        sampled: whether each record is in the sample, by record key. Candidates of other query records are left out,
            and not counted. None if every record is.
    """
    turned = _second_is_query(pairs)
    if sampled is not None:
        chosen = pairs["left_key"].mask(turned, pairs["right_key"]).map(sampled).to_numpy(dtype=bool)
        pairs, turned = pairs[chosen], turned[chosen]
    left, right = (pairs[side].map(parts) for side in PAIR_KEYS)
    query, other = left.mask(turned, right), right.mask(turned, left)
    later = len(FITTED_ON)
    order = {part: number for number, part in enumerate(FITTED_ON)}
    rank, other_rank = (side.map(order).fillna(later) for side in (query, other))
    kept = query.notna() & other.notna() & ((rank == later) | (other_rank <= rank))
    return pairs[kept].assign(part=query[kept]), int((~kept).sum())


def _second_is_query(pairs: pd.DataFrame) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    one_table = pairs["right_key"].str.startswith("left:").to_numpy(dtype=bool)
    both = (pairs["left_key"] + " " + pairs["right_key"]).to_numpy(dtype=object)
    return np.asarray(one_table & (pd.util.hash_array(both, categorize=False) % 2 == 1))


def missed_pairs(labelled: pd.DataFrame, labelled_candidates: pd.DataFrame, parts: "pd.Series[str]") -> pd.DataFrame:
    """The labelled matches that are no candidates: left_key, right_key, label and part.

    Args:
        labelled: left_key, right_key, label.
        labelled_candidates: left_key, right_key of the candidates with a label.
        parts: the part of each record, by record key. A pair across two parts is left out.
    """
    inside, _ = assign_pairs(labelled[labelled["label"] == 1], parts)
    against = inside.merge(labelled_candidates[PAIR_KEYS], how="left", on=PAIR_KEYS, indicator=True)
    return against[against["_merge"] == "left_only"].drop(columns="_merge").reset_index(drop=True)


def _place(
    keys: "pd.Series[Any]", pairs: pd.DataFrame, shares: Mapping[str, float], salt: str, follow_neighbours: bool
) -> "pd.Series[str]":
    index = pd.Index(np.unique(np.asarray(keys, dtype=object)), name="record_key")
    left, right = (index.get_indexer(pairs[side]) for side in PAIR_KEYS)
    known = (left >= 0) & (right >= 0)
    left, right, label = left[known], right[known], pairs["label"].to_numpy()[known]
    positive = label == 1
    entity = _smallest_of_component(len(index), left[positive], right[positive])
    by_hash = _hashed_part(index, list(shares.values()), salt)[entity]
    if follow_neighbours:
        settled = np.zeros(len(index), dtype=bool)
        settled[left[positive]] = settled[right[positive]] = True
        placed = _follow(np.where(settled, by_hash, UNPLACED), by_hash, left[~positive], right[~positive], len(shares))
    else:
        placed = by_hash
    names = np.array(list(shares), dtype=object)
    return pd.Series(names[placed], index=index, name="part")


def _smallest_of_component(size: int, left: np.ndarray[Any, Any], right: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """For each index the smallest index that positive pairs connect it to (keys are sorted)."""
    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(size, size))
    count, component = connected_components(graph, directed=False)
    smallest = np.full(count, size, dtype=np.int64)
    np.minimum.at(smallest, component, np.arange(size))
    return np.asarray(smallest[component])


def _hashed_part(keys: pd.Index, shares: list[float], salt: str) -> np.ndarray[Any, Any]:
    salted = np.array([f"{salt}:{key}" for key in keys], dtype=object)
    uniform = pd.util.hash_array(salted, categorize=False) / 2.0**64
    return np.asarray(np.searchsorted(np.cumsum(shares)[:-1], uniform, side="right"))


def _follow(
    placed: np.ndarray[Any, Any],
    by_hash: np.ndarray[Any, Any],
    left: np.ndarray[Any, Any],
    right: np.ndarray[Any, Any],
    parts: int,
) -> np.ndarray[Any, Any]:
    """Spread parts along negative pairs, round by round: a record takes the part of most of its placed neighbours.

    Left records that are not reached get the part of their own hash. Then the right records follow.
    """
    placed = _spread(placed, left, right, parts)
    lonely = left[placed[left] == UNPLACED]
    placed[lonely] = by_hash[lonely]
    placed = _spread(placed, left, right, parts)
    return np.where(placed == UNPLACED, by_hash, placed)


def _spread(
    placed: np.ndarray[Any, Any], left: np.ndarray[Any, Any], right: np.ndarray[Any, Any], parts: int
) -> np.ndarray[Any, Any]:
    placed = placed.copy()
    while True:
        votes = np.zeros((len(placed), parts), dtype=np.int64)
        for voter, reader in ((left, right), (right, left)):
            heard = (placed[voter] != UNPLACED) & (placed[reader] == UNPLACED)
            np.add.at(votes, (reader[heard], placed[voter[heard]]), 1)
        reached = votes.any(axis=1)
        if not reached.any():
            return placed
        placed[reached] = votes[reached].argmax(axis=1)
