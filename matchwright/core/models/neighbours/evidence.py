"""The evidence of the neighbours of a pair, measured on all candidates of the register."""

from dataclasses import dataclass

import numpy as np

from matchwright.core.models.neighbours.links import PREDICTED_FROM, Array, Links, Whole


@dataclass(frozen=True)
class NeighbourEvidence:
    """Measures of pairs, each of shape (pairs,). All are 0 where neither record has another predicted partner.

    The predicted partners of a record are its candidates with a probability of at least one half in the links, without
    the pair itself.

    - ``common``: the number of predicted partners that both records have.
    - ``share`` and ``share_of_larger``: this number, divided by the partners of the record with fewer and with more.
    - ``path``: the strongest path, in log-odds: of each common partner the weaker link counts.
    - ``unshared_fewest`` and ``unshared_most``: the partners of one record that the other one does not have, of the
      record with fewer and with more of these.
    - ``rejected_fewest`` and ``rejected_most``: those of the unshared partners that are candidates of the other record,
      and no predicted match.
    """

    common: Array
    share: Array
    share_of_larger: Array
    path: Array
    unshared_fewest: Array
    unshared_most: Array
    rejected_fewest: Array
    rejected_most: Array

    @classmethod
    def among(cls, links: Links, rows: Whole) -> "NeighbourEvidence":
        """The evidence of some pairs of the register."""
        left, right = links.left[rows], links.right[rows]
        one, other = links.partners[left], links.partners[right]
        common = _sums(one.multiply(other))
        strongest = links.strength[left].minimum(links.strength[right]).max(axis=1).toarray().ravel()
        own = (links.log_odds[rows] >= PREDICTED_FROM) & (left != right)
        sizes = [_sums(side) - own for side in (one, other)]
        unshared = [size - common for size in sizes]
        rejected = [
            _sums(partners.multiply(links.compared[opposite])) - common
            for partners, opposite in ((one, right), (other, left))
        ]
        return cls(
            common,
            _share(common, np.minimum(*sizes)),
            _share(common, np.maximum(*sizes)),
            np.asarray(strongest, dtype=np.float64),
            np.minimum(*unshared),
            np.maximum(*unshared),
            np.minimum(*rejected),
            np.maximum(*rejected),
        )


def _sums(matrix: object) -> Array:
    return np.asarray(matrix.sum(axis=1), dtype=np.float64).ravel()  # type: ignore[attr-defined]


def _share(part: Array, whole: Array) -> Array:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)
