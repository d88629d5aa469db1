"""Turning row-aligned record features into comparisons."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol, cast

import numpy as np
import pandas as pd

from matchwright.core.compare import geography, numbers, strings
from matchwright.core.compare.competing import FIT, fit_of
from matchwright.core.compare.cross_field import cross_field, record_pairing, searched_texts, swapped
from matchwright.core.compare.frames import framed
from matchwright.core.compare.names import (
    comparison_names,
    context_names,
    field_comparators,
    other_names,
    record_comparators,
)
from matchwright.core.compare.nicknames import nickname
from matchwright.core.compare.pairing import Pairing
from matchwright.core.compare.strings import Comparison
from matchwright.core.compare.texts import TextEvidence
from matchwright.core.records.columns import Columns, Table, columns_of, row_count, take
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.whole import impersonal_fields, text_fields
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import LEARNED_WORDS, RECORD


class WordEvidence(Protocol):
    """Learned words as a comparison: the log-odds of a match from the words of both texts."""

    def compare(self, pairing: Pairing) -> Comparison:
        """One value per pair; NaN where a side has no text."""


class TextCosines(Protocol):
    """Fitted embeddings as comparisons: the cosine of two texts by field, in the order of ``fields``."""

    @property
    def fields(self) -> Mapping[str, object]:
        """The fields (and ``record``) that have an embedding."""

    def cosines(self, left: Columns, right: Columns, spec: MatchSpec) -> Iterable[Comparison]:
        """The cosine of each field for row-aligned record features."""


BATCH = 100_000
"""Pairs compared at a time. This bounds memory and does not change results."""

DECIMALS = 5
"""Comparisons are rounded to these decimals, so that a pair has the same score on every machine."""


def compare(
    left: Table,
    right: Table,
    spec: MatchSpec,
    corpus: Corpus,
    words: WordEvidence | None = None,
    embeddings: TextCosines | None = None,
) -> pd.DataFrame:
    """Comparisons of row-aligned records.

    Args:
        left: record features (see :func:`~matchwright.core.records.record_features`), one row per pair.
        right: the same for the other side.
        spec: the match spec the features were made with.
        corpus: the corpus statistics the features were made with.
        words: give the values of ``record__learned_words`` where the spec has it.
        embeddings: add ``field__learned_cosine`` for their fields.

    Returns:
        float32 columns named ``field__comparator`` in the order of
        :func:`~matchwright.core.compare.names.comparison_names`. NaN is missing evidence. ``field__missing`` counts
        the sides (0, 1, 2) on which the field is missing.
    """
    names = comparison_names(spec, embeddings.fields if embeddings else ())
    one, other = columns_of(left), columns_of(right)
    count = row_count(one)
    # one row per comparison, so that its values are next to each other in memory
    comparisons = np.empty((len(names), count), dtype=np.float32)
    for start in range(0, count, BATCH):
        rows = slice(start, start + BATCH)
        left_rows, right_rows = (side if count <= BATCH else take(side, rows) for side in (one, other))
        found = _batch(left_rows, right_rows, spec, corpus, words, embeddings)
        for index, values in enumerate(found):
            comparisons[index, rows] = values
    return framed(np.round(comparisons, DECIMALS).T, tuple(names))


def record_fit(left: Table, right: Table, spec: MatchSpec, corpus: Corpus) -> np.ndarray[Any, np.dtype[np.float64]]:
    """How alike the whole records of each pair are, in [0, 1]: the result of :func:`fit_of`.

    Where the spec compares whole records, this is faster than computing all comparisons.
    """
    names = [name for name in (each.partition("__")[2] for each in FIT) if name in record_comparators(spec)]
    if not names:
        return fit_of(compare(left, right, spec, corpus), spec)
    fits = []
    one, other = columns_of(left), columns_of(right)
    for start in range(0, row_count(one), BATCH):
        rows = slice(start, start + BATCH)
        evidence = TextEvidence(record_pairing(take(one, rows), take(other, rows), spec), RECORD, corpus)
        found = {f"{RECORD}__{name}": np.round(_text(evidence, name), DECIMALS) for name in names}
        fits.append(fit_of(pd.DataFrame(found), spec))
    return np.concatenate(fits) if fits else np.zeros(0)


def learned_words_pairing(left: Table, right: Table, spec: MatchSpec) -> Pairing:
    """The texts of learned words: the fields of the record without personal data."""
    return record_pairing(columns_of(left), columns_of(right), spec, impersonal_fields(spec))


def _batch(
    left: Columns,
    right: Columns,
    spec: MatchSpec,
    corpus: Corpus,
    words: WordEvidence | None,
    embeddings: TextCosines | None,
) -> Iterator[Comparison]:
    """The comparisons in the order of their names. Those of context are missing: a single pair has none."""
    records = record_pairing(left, right, spec) if spec.record is not None else None
    searches = any("cross_field" in field_comparators(spec, field) for field in spec.compared)
    texts = searched_texts(left, right, spec) if searches and text_fields(spec) else None
    for field in spec.compared:
        yield from _field(left, right, field, spec, corpus, texts)
    if records is not None:
        evidence = TextEvidence(records, RECORD, corpus)
        for comparator in record_comparators(spec):
            if comparator != LEARNED_WORDS:
                yield _text(evidence, comparator)
            elif words is not None:
                yield words.compare(learned_words_pairing(left, right, spec))
            else:
                yield np.full(row_count(left), np.nan, dtype=np.float32)
    if embeddings is not None:
        yield from embeddings.cosines(left, right, spec)
    for _ in context_names(spec):
        yield np.full(row_count(left), np.nan, dtype=np.float32)


def _field(
    left: Columns, right: Columns, field: str, spec: MatchSpec, corpus: Corpus, texts: Pairing | None
) -> Iterator[Comparison]:
    kind, alike = spec.fields[field].kind, spec.sources.alike
    pairing = Pairing.of(left, right, field, alike)
    evidence = TextEvidence(pairing, field, corpus)
    for comparator in field_comparators(spec, field):
        match comparator:
            case "phonetic" | "year" | "number" | "initial":
                yield strings.exact(Pairing.of(left, right, f"{field}__{comparator}", alike))
            case "rarity":
                yield strings.shared_rarity(pairing, Pairing.of(left, right, f"{field}__rarity", alike))
            case "relative":
                yield numbers.relative(pairing)
            case "exact" if kind == "number":
                yield numbers.exact_number(pairing)
            case "date":
                yield numbers.date_similarity(pairing)
            case "parts":
                yield numbers.date_parts(pairing)
            case "reduced_precision":
                yield numbers.date_of_reduced_precision(pairing)
            case "proximity":
                yield geography.proximity(pairing)
            case "nickname":
                yield nickname(pairing)
            case "swapped":
                yield swapped(left, right, field, other_names(spec, field), alike)
            case "cross_field" if texts is not None:
                yield cross_field(pairing, texts, squeeze=kind == "id_code")
            case "cross_field":
                yield np.full(len(pairing), np.nan, dtype=np.float32)
            case _:
                yield _text(evidence, comparator)
    yield pairing.left_missing.astype(np.float32) + pairing.right_missing


def _text(evidence: TextEvidence, comparator: str) -> Comparison:
    if hasattr(TextEvidence, comparator):
        return cast("Comparison", getattr(evidence, comparator))
    return cast("Comparison", getattr(strings, comparator)(evidence.pairing))
