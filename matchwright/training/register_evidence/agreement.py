"""All pairs of a register that agree in given fields: counted by grouping, and drawn with weights."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from matchwright.training.register_evidence.register import Register, Rows

Weights = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Agreement:
    """The pairs of a register that agree in ``fields``.

    ``left`` and ``right`` are the group of each left and right row of the register, -1 where a field is missing.
    ``in_left`` and ``partners`` say per group how many left records it has, and how many right records each of these
    is paired with. ``matches`` are the known matches among the pairs, as indices into the register's ``true``.
    """

    register: Register
    fields: tuple[int, ...]
    left: Rows
    right: Rows
    in_left: Rows
    partners: Rows
    matches: Rows

    @classmethod
    def of(cls, register: Register, fields: tuple[int, ...]) -> "Agreement":
        """Count the pairs that agree in these fields, given by their index in the register's codes."""
        group = register.groups(fields, np.r_[register.left, register.right])
        left, right = group[: len(register.left)], group[len(register.left) :]
        size = max(int(group.max(initial=-1)) + 1, 1)
        in_left, in_right = (np.bincount(side[side >= 0], minlength=size) for side in (left, right))
        partners = np.maximum(in_right - 1, 0) if register.one_table else in_right
        matches = np.flatnonzero(register.true_agreement[:, fields].all(axis=1))
        return cls(register, fields, left, right, in_left, partners, matches)

    @property
    def pairs(self) -> Rows:
        """How many pairs each group of equal values has."""
        return self.in_left * self.partners

    @property
    def matches_by_group(self) -> Rows:
        """How many known matches each group of equal values has."""
        group = np.full(len(self.register.codes), -1, dtype=np.int64)
        group[self.register.left] = self.left
        matched = group[self.register.true_rows[0][self.matches]]
        return np.bincount(matched, minlength=len(self.in_left))

    @property
    def left_rows(self) -> Rows:
        """A left row of each group, -1 where it has none."""
        rows = np.full(len(self.in_left), -1, dtype=np.int64)
        present = self.left >= 0
        rows[self.left[present]] = self.register.left[present]
        return rows

    @property
    def others(self) -> int:
        """How many of the pairs are no known match."""
        return int(self.pairs.sum()) - len(self.matches)

    def drawn_others(self, count: int, generator: np.random.Generator) -> tuple[Rows, Rows, Weights]:
        """About ``count`` left and right rows that are no known match. The weights add up to :attr:`others`.

        Half are drawn evenly from all pairs, which are mostly those of common values. The other half are drawn evenly
        from the left records, so that rare values are seen too. The weight says how many pairs each stands for. It
        follows the balance heuristic of Veach and Guibas (1995).
        """
        pairs = self.pairs
        total = int(pairs.sum())
        if not count or self.others <= 0:
            none = np.empty(0, dtype=np.int64)
            return none, none, np.empty(0)
        lefts = np.where(pairs > 0, self.in_left, 0)
        by_pairs = np.searchsorted(np.cumsum(pairs), generator.integers(total, size=count - count // 2), side="right")
        by_records = np.searchsorted(np.cumsum(lefts), generator.integers(lefts.sum(), size=count // 2), side="right")
        chosen = np.r_[by_pairs, by_records]
        in_right = self.partners + self.register.one_table
        left = self.register.left[_member(self.left, chosen, self.in_left, generator)]
        right = self.register.right[_member(self.right, chosen, in_right, generator)]
        density = 0.5 / total + 0.5 / (lefts.sum() * np.maximum(self.partners[chosen], 1))
        kept = (left != right) & ~self.register.are_true(left, right)
        weight = (1 / density)[kept]
        return left[kept], right[kept], weight * (self.others / max(weight.sum(), 1.0))


def _member(group: Rows, chosen: Rows, sizes: Rows, generator: np.random.Generator) -> Rows:
    """The index of a random record of each chosen group."""
    present = np.flatnonzero(group >= 0)
    # rows in the order of their group: a sparse matrix is made faster than an array is sorted
    members = csr_matrix((np.ones(len(present)), (group[present], present)), shape=(len(sizes), len(group)))
    return np.asarray(
        members.indices[members.indptr[chosen] + (generator.random(len(chosen)) * sizes[chosen]).astype(np.int64)]
    ).astype(np.int64)
