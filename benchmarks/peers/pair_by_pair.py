"""The comparisons of a spec, pair by pair in plain Python with rapidfuzz. compare() is measured against this loop.

The loop is written with care: a text is split and weighted once, and intermediate results are shared between
comparators. An unknown comparator is refused, not left out. Comparisons of context need other pairs, and learned words
need labels, so both are left out of the measurement.
"""

from collections.abc import Callable
from itertools import groupby
from math import nan
from typing import Any

import pandas as pd

from benchmarks.peers.texts import (
    OF_CODES,
    OF_MEASURES,
    OF_NUMBERS,
    OF_WORDS,
    Text,
    Weights,
    cosine,
    of_codes,
    of_measures,
    of_numbers,
    of_words,
)
from benchmarks.peers.values import OF_VALUES, jaro_winkler
from matchwright.core.compare import field_of
from matchwright.core.compare.cross_field import SWAPPED_FROM
from matchwright.core.compare.names import other_names
from matchwright.core.records.columns import columns_of
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.whole import record_fields, record_texts, text_fields
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import CONTEXT, LEARNED_WORDS, MISSING_SUFFIX, RECORD

Record = dict[str, Any]
Compared = Callable[[Record, Record], list[float]]

OF_DERIVED = frozenset({"phonetic", "initial", "year", "number"})
"""Comparators that check whether a derived record feature is equal."""

TEXTS = "texts"
OF_RECORDS = frozenset({"rarity", "swapped", "cross_field"})
KNOWN = {*OF_VALUES, *OF_DERIVED, *OF_WORDS, *OF_NUMBERS, *OF_MEASURES, *OF_CODES, *OF_RECORDS, "ngram_cosine"}


class PairByPair:
    """The loop over row-aligned record features. A call returns the same as compare(), without context."""

    def __init__(
        self, spec: MatchSpec, corpus: Corpus, names: list[str], left: pd.DataFrame, right: pd.DataFrame
    ) -> None:
        self.names = [name for name in names if field_of(name) != CONTEXT and name != f"{RECORD}__{LEARNED_WORDS}"]
        self._spec, self._corpus = spec, corpus
        self._sides = [_records(side) for side in (left, right)]
        self._fields = {
            field: [name.partition("__")[2] for name in group] for field, group in groupby(self.names, key=field_of)
        }
        for field, comparators in self._fields.items():
            compared(spec, field, comparators, Weights({}, {}))  # an unknown comparator is refused now

    def __call__(self) -> pd.DataFrame:
        """Every comparison of every pair, one after the other, from the same record features as compare()."""
        if self._spec.record is not None:
            self._read_whole()
        fields = [
            compared(self._spec, field, comparators, self._weights(field, comparators))
            for field, comparators in self._fields.items()
        ]
        rows = []
        for left, right in zip(*self._sides, strict=True):
            row: list[float] = []
            for field in fields:
                row += field(left, right)
            rows.append(row)
        return pd.DataFrame(rows, columns=self.names)

    def _read_whole(self) -> None:
        """Make the text of each whole record, once."""
        records = {record["record_key"]: record for side in self._sides for record in side}
        texts = record_texts(columns_of(pd.DataFrame(list(records.values()))), record_fields(self._spec))
        searched = record_texts(columns_of(pd.DataFrame(list(records.values()))), text_fields(self._spec))
        by_key = dict(zip(records, zip(texts, searched, strict=True), strict=True))
        for side in self._sides:
            for record in side:
                record[RECORD], record[TEXTS] = by_key[record["record_key"]]

    def _weights(self, field: str, comparators: list[str]) -> Weights:
        needed = OF_WORDS.union(OF_NUMBERS, OF_MEASURES, OF_CODES, {"ngram_cosine"}).intersection(comparators)
        values = {record[field] for side in self._sides for record in side} if needed else set()
        texts = sorted(value for value in values if value is not None)
        return Weights.of(field, self._corpus, texts, "ngram_cosine" in comparators)


def compared(spec: MatchSpec, field: str, comparators: list[str], weights: Weights) -> Compared:
    """A function that compares one field, or the whole record, of a pair; the comparisons are in their order."""
    if unknown := [name for name in comparators if name not in KNOWN and name != MISSING_SUFFIX]:
        raise SystemExit(f"the loop does not know {field}__{', '.join(unknown)}: add it to benchmarks/peers")
    kind = spec.fields[field].kind if field != RECORD else "text"
    ordered = spec.sources.alike and kind != "number"
    needed = (
        OF_WORDS.intersection(comparators),
        OF_NUMBERS.intersection(comparators),
        OF_CODES.intersection(comparators),
        OF_MEASURES.intersection(comparators),
    )
    others = other_names(spec, field) if field != RECORD else ()
    taken_apart: dict[str, Text] = {}

    def text_of(value: str) -> Text:
        text = taken_apart.get(value)
        if text is None:
            text = taken_apart[value] = Text.of(value, weights.words)
        return text

    def of_pair(left: Record, right: Record) -> list[float]:
        one, other = left[field], right[field]
        missing = (one is None) + (other is None)
        row = []
        if ordered and not missing and one > other:
            one, other = other, one
        evidence: dict[str, float] = {}
        if any(needed) and not missing:
            text, second = text_of(one), text_of(other)
            if needed[0]:
                evidence |= of_words(text, second, weights.words, spec.sources.alike)
            if needed[1]:
                evidence |= of_numbers(text, second)
            if needed[2]:
                evidence |= of_codes(text, second, spec.sources.alike)
            if needed[3]:
                evidence |= of_measures(text, second)
        for name in comparators:
            if name == MISSING_SUFFIX:
                row.append(float(missing))
            elif name == "cross_field":
                row.append(cross_field(left, right, field, kind == "id_code"))
            elif name in OF_DERIVED:
                column = f"{field}__{name}"
                first, last = left[column], right[column]
                row.append(nan if first is None or last is None else float(first == last))
            elif missing:
                row.append(nan)
            elif name in OF_VALUES:
                row.append(OF_VALUES[name](one, other))
            elif name in evidence:
                row.append(evidence[name])
            elif name == "ngram_cosine":
                row.append(cosine(weights.ngrams[one], weights.ngrams[other]))
            elif name == "rarity":
                column = f"{field}__rarity"
                row.append((left[column] + right[column]) / 2 if one == other else 0.0)
            else:
                row.append(swapped(left, right, field, others, ordered))
        return row

    return of_pair


def swapped(left: Record, right: Record, field: str, others: tuple[str, ...], ordered: bool) -> float:
    """The lower Jaro-Winkler similarity when two names are swapped; the best over all other names."""
    best = nan
    for other in others:
        pairs = (left[field], right[other]), (left[other], right[field])
        if all(None not in pair for pair in pairs):
            similarity = min(jaro_winkler(*(sorted(pair) if ordered else pair)) for pair in pairs)
            best = similarity if best != best else max(best, similarity)
    return 0.0 if best < SWAPPED_FROM else best


def cross_field(left: Record, right: Record, field: str, squeeze: bool) -> float:
    """1 where each known value occurs in the texts of the other record, or both are equal, else 0."""
    one, other = left[field], right[field]
    known = sum(value is not None for value in (one, other))
    if known == 2 and one == other:
        return 1.0
    found = looked = 0
    for value, text in ((one, right[TEXTS]), (other, left[TEXTS])):
        if value is None or text is None:
            continue
        wanted = value if isinstance(value, str) else f"{value:g}"
        if len(wanted) >= 2:
            words = text.replace("-", " ")
            looked += 1
            found += wanted in words.replace(" ", "") if squeeze else f" {wanted} " in f" {words} "
    if not looked:
        return 0.0 if known == 2 else nan
    return float(found == known)


def _records(side: pd.DataFrame) -> list[Record]:
    """Each row as a dictionary, None where missing."""
    return side.astype(object).where(side.notna(), None).to_dict("records")
