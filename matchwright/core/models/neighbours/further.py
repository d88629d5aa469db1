"""Further candidates: pairs that blocking misses, whose records have several predicted partners in common.

Blocking limits the candidates of a record. An entity with many records has more pairs than that.
"""

import numpy as np

from matchwright.core.models.neighbours.links import Array, Keys, Links, Whole, batches_of

FEWEST_COMMON = 2
"""The fewest common predicted partners of a further candidate."""

SMALLEST_SHARE = 0.3
"""The smallest share that they are of the partners of the record with fewer."""


def further_candidates(left_keys: Keys, right_keys: Keys, log_odds: Array) -> tuple[Keys, Keys]:
    """Pairs that are no candidates, with several common predicted partners.

    Score them as pairs alone: without competing candidates.

    Args:
        left_keys: one record of each candidate of a register, shape (pairs,).
        right_keys: the other record.
        log_odds: of each candidate by the scorer, before calibration.

    Returns:
        The two records of each further candidate, the smaller key first, sorted.
    """
    links = Links.of(left_keys, right_keys, np.asarray(log_odds, dtype=np.float64))
    partners, counts, size = links.partners, links.partner_counts, len(links.records)
    known = np.unique(np.minimum(links.left, links.right) * size + np.maximum(links.left, links.right))
    rows = np.flatnonzero(counts >= FEWEST_COMMON)
    work = np.asarray((partners @ counts)[rows], dtype=np.int64)
    found: list[Whole] = [np.zeros(0, dtype=np.int64)]
    for batch in batches_of(rows, work):
        both = (partners[batch] @ partners).tocoo()
        one, other = batch[both.row].astype(np.int64), both.col.astype(np.int64)
        enough = np.maximum(FEWEST_COMMON, SMALLEST_SHARE * np.minimum(counts[one], counts[other]))
        chosen = (one < other) & (both.data >= enough)
        pair = one[chosen] * size + other[chosen]
        at = np.minimum(np.searchsorted(known, pair), len(known) - 1)
        found.append(pair[known[at] != pair])
    pairs = np.sort(np.concatenate(found))
    return links.records[pairs // max(size, 1)], links.records[pairs % max(size, 1)]
