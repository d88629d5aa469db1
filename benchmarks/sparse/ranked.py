"""Requests of which few fields are known, made from the test records of a register."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.problems.labelled import Problem
from matchwright.core.compare.information import counted_fields
from matchwright.core.records import PAIR_KEYS
from matchwright.training.register_evidence.comparer import CountedComparer

CANDIDATES, STRANGERS, DRAWN = 20, 5, 300
MOST_KNOWN = 5

Candidates = Callable[[int, np.ndarray, np.random.Generator], np.ndarray]
"""The candidates of a query (a row) of which the fields with these indices are known."""


@dataclass(frozen=True)
class Requests:
    """Pairs of requests: the row of the query and of the candidate, the number of the request, and what is known.

    ``known`` has shape (pairs, compared fields).
    """

    query: np.ndarray
    candidate: np.ndarray
    number: np.ndarray
    known: np.ndarray


@dataclass(frozen=True)
class Register:
    """A register as numbers. ``partners`` are the rows of the matches of each row."""

    problem: Problem
    codes: np.ndarray
    queries: np.ndarray
    records: np.ndarray
    partners: dict[int, set[int]]

    @classmethod
    def of(cls, problem: Problem, true: pd.DataFrame, parts: "pd.Series[str]") -> "Register":
        frame = problem.features
        index = pd.Index(frame["record_key"])
        partners: dict[int, set[int]] = {}
        for one, other in zip(*(index.get_indexer(true[key]).tolist() for key in PAIR_KEYS), strict=True):
            partners.setdefault(one, set()).add(other)
            partners.setdefault(other, set()).add(one)
        right = frame["record_key"].str.startswith("right:").to_numpy()
        records = np.flatnonzero(right) if right.any() else np.arange(len(frame))
        tested = (parts.reindex(index) == "test").to_numpy() & ~right
        codes = np.column_stack([pd.factorize(frame[name])[0] for name in counted_fields(problem.spec)])
        return cls(problem, codes, np.flatnonzero(tested), records, partners)

    def searched(self, requests: int, generator: np.random.Generator) -> Requests:
        """The records that agree in most of the known fields, as a search would find them."""
        return self._requests(requests, generator, self._agreeing)

    def strangers(self, requests: int, generator: np.random.Generator) -> Requests:
        """A stranger whose known fields are most alike, and others."""
        comparer = CountedComparer(self.problem.features, self.problem.spec, self.problem.corpus)

        def chosen(query: int, known: np.ndarray, generator: np.random.Generator) -> np.ndarray:
            drawn = generator.choice(self.records, DRAWN, replace=False)
            drawn = drawn[~np.isin(drawn, [query, *self.partners.get(query, ())])]
            alike = comparer.similarities(np.full(len(drawn), query), drawn)[:, known]
            alike = np.where(alike < 1, alike, 0)  # equal values are those of the first table
            best = int(np.nan_to_num(alike).sum(axis=1).argmax())
            return np.unique(np.r_[drawn[best], drawn[: STRANGERS - 1]])

        return self._requests(requests, generator, chosen)

    def _agreeing(self, query: int, known: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        same = (self.codes[self.records] == self.codes[query])[:, known].sum(axis=1)
        order = np.argsort(-(same + generator.random(len(same))))
        found = self.records[order[: CANDIDATES + 1]]
        return found[found != query][:CANDIDATES]

    def _requests(self, requests: int, generator: np.random.Generator, candidates: Candidates) -> Requests:
        fields, found = counted_fields(self.problem.spec), []
        for number, query in enumerate(generator.permutation(self.queries)[:requests].tolist()):
            there = np.flatnonzero(self.codes[query] >= 0)
            chosen = generator.permutation(there)[: generator.integers(1, MOST_KNOWN + 1)]
            given = candidates(query, chosen, generator)
            known = np.isin(np.arange(len(fields)), chosen)
            found.append(
                (np.full(len(given), query), given, np.full(len(given), number), np.tile(known, (len(given), 1)))
            )
        return Requests(*(np.concatenate(each) for each in zip(*found, strict=True)))

    def matches(self, made: Requests) -> np.ndarray:
        pairs = zip(made.query.tolist(), made.candidate.tolist(), strict=True)
        return np.array([candidate in self.partners.get(query, ()) for query, candidate in pairs])

    def sides(self, made: Requests) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The features of queries and candidates. A query has its known fields alone."""
        frame, fields = self.problem.features, counted_fields(self.problem.spec)
        left, right = (frame.iloc[rows].reset_index(drop=True) for rows in (made.query, made.candidate))
        for field in self.problem.spec.compared:
            kept = made.known[:, fields.index(field)] if field in fields else np.zeros(len(left), dtype=bool)
            for column in [name for name in left.columns if name.partition("__")[0] == field]:
                left[column] = left[column].where(kept, np.nan if left[column].dtype.kind == "f" else None)
        return left.assign(record_key=[f"left:query {number}" for number in made.number]), right
