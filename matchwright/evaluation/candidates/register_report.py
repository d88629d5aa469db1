"""The report on the candidates of a register, by position: what the candidates step shows, in a tenth of the memory."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.candidates import CandidatePairs, RecordTable, pair_ranks
from matchwright.core.candidates.table import NO_RANK
from matchwright.core.spec.blocking import CandidateSpec
from matchwright.evaluation.candidates.completeness import completeness_of_ranks
from matchwright.evaluation.candidates.quality import by_method, shares_within, summary_of_counts
from matchwright.evaluation.candidates.report import BUDGETS, RANKS, most_ranks

Numbers = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class RegisterReport:
    """What all methods find together, what each method finds, and what the budget cuts.

    - ``everything``: all proposed candidates.
    - ``made``: the candidates within the budget.
    - ``table``: the records.
    - ``left``, ``right``: the positions of the known matches.
    """

    everything: CandidatePairs
    made: CandidatePairs
    table: RecordTable
    left: Any
    right: Any

    def found_and_cut(self, spec: CandidateSpec) -> dict[str, Any]:
        """What :func:`~matchwright.evaluation.candidates.report.found_and_cut` gives for frames of candidates."""
        matches, rows = len(self.left), self._rows
        report: dict[str, Any] = {
            "candidates": len(self.made),
            "true_pairs": matches,
            "pairs_completeness": float((rows >= 0).mean()) if matches else None,
            "methods": self._methods.replace({np.nan: None}).to_dict("records"),
            "budget": {
                "max_candidates_per_record": spec.max_candidates_per_record,
                "most_used": int(self._ranks.max(initial=0)),
                "candidates_cut": len(self.everything) - len(self.made),
                "true_pairs_cut": self._true_cut,
            },
            "completeness_by_budget": self._by_budget,
        }
        for name, most in most_ranks(spec).items():
            ranks = self.made.ranks[name]
            if matches and (ranks != NO_RANK).any():
                of_true = self._of_true(np.where(ranks == NO_RANK, np.inf, ranks), np.inf)
                recall = shares_within(of_true, [*(k for k in RANKS if k < most), most])
                report[f"{name}_recall_at_k"] = {str(k): share for k, share in recall.items()}
        return report

    @property
    def candidates_per_record(self) -> dict[str, float]:
        """How many candidates the records have; see the function of this name for frames."""
        size = len(self.table.keys)
        counts = np.bincount(self.made.left, minlength=size) + np.bincount(self.made.right, minlength=size)
        return summary_of_counts(counts.astype(np.float64))

    @cached_property
    def _rows(self) -> "np.ndarray[Any, np.dtype[np.intp]]":
        return self.made.rows_of(self.left, self.right)

    @cached_property
    def _ranks(self) -> "np.ndarray[Any, np.dtype[np.int64]]":
        return pair_ranks(self.made, self.table.one_table) if len(self.made) else np.empty(0, dtype=np.int64)

    def _of_true(self, values: Numbers, missing: float) -> Numbers:
        """The value of each match among the candidates, and ``missing`` where it is none."""
        return np.asarray(np.append(values, missing)[self._rows])

    @property
    def _true_cut(self) -> int:
        if len(self.everything) == len(self.made):
            return 0
        return int((self.everything.rows_of(self.left, self.right) >= 0).sum() - (self._rows >= 0).sum())

    @property
    def _by_budget(self) -> list[dict[str, float]]:
        if not len(self.made) or not len(self.left):
            return []
        return completeness_of_ranks(self._ranks, self._of_true(self._ranks.astype(np.float64), np.nan), BUDGETS)

    @property
    def _methods(self) -> pd.DataFrame:
        masks, counts = np.unique(self.made.methods, return_counts=True)
        of_true = self.made.methods[self._rows[self._rows >= 0]]
        names = {mask: self.made.names_of(mask) for mask in masks.tolist()}
        every = pd.Series(counts, index=[names[mask] for mask in masks.tolist()]).sort_values(ascending=False)
        true = pd.Series([names[mask] for mask in of_true.tolist()], dtype=object).value_counts()
        return by_method(every, true, len(self.left))
