"""Turning row-aligned record features into comparisons."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matchwright.core.compare import numbers, strings
from matchwright.core.compare.names import comparators_of, comparison_names
from matchwright.core.compare.pairing import Pairing
from matchwright.core.compare.strings import Comparison
from matchwright.core.compare.tokens import token_evidence
from matchwright.core.corpus import Corpus
from matchwright.core.records.columns import Columns, Table, columns_of, row_count, take
from matchwright.core.spec import MatchSpec

if TYPE_CHECKING:
    from matchwright.core.encoder import Encoder

BATCH = 100_000
"""Pairs compared at a time: bounds memory, changes no result."""

DECIMALS = 5
"""Comparisons are rounded so that the same pair gives the same score on every machine."""


def compare(
    left: Table, right: Table, spec: MatchSpec, corpus: Corpus, encoder: "Encoder | None" = None
) -> pd.DataFrame:
    """Comparisons of row-aligned records.

    Args:
        left: record features (see :func:`~matchwright.core.records.record_features`), one row per pair.
        right: the same for the other side.
        spec: the match spec the features were made with.
        corpus: the corpus statistics the features were made with.
        encoder: adds ``record__encoder_cosine``.

    Returns:
        float32 columns named ``field__comparator`` in the order of
        :func:`~matchwright.core.compare.names.comparison_names`; NaN is missing evidence,
        ``field__missing`` counts the sides (0, 1, 2) on which the field is missing.
    """
    names = comparison_names(spec, encoder is not None)
    one, other = columns_of(left), columns_of(right)
    count = row_count(one)
    comparisons = np.empty((len(names), count), dtype=np.float32)  # one comparison after the other in memory
    for start in range(0, count, BATCH):
        rows = slice(start, start + BATCH)
        for place, values in enumerate(_batch(take(one, rows), take(other, rows), spec, corpus, encoder)):
            comparisons[place, rows] = values
    return pd.DataFrame(np.round(comparisons, DECIMALS).T, columns=names)


def _batch(
    left: Columns, right: Columns, spec: MatchSpec, corpus: Corpus, encoder: "Encoder | None"
) -> Iterator[Comparison]:
    """The comparisons in the order of their names."""
    for field in spec.compared:
        yield from _field(left, right, field, spec, corpus)
    if encoder is not None:
        yield encoder.cosine(left, right)


def _field(left: Columns, right: Columns, field: str, spec: MatchSpec, corpus: Corpus) -> Iterator[Comparison]:
    pairing = Pairing.of(left, right, field, spec.sources.alike)
    texts = None
    for comparator in comparators_of(spec.fields[field]):
        match comparator:
            case "token_overlap" | "unmatched_left" | "unmatched_right":
                texts = texts or token_evidence(pairing, field, corpus)
                yield getattr(texts, comparator.removeprefix("token_"))
            case "phonetic" | "year" | "number":
                yield strings.exact(Pairing.of(left, right, f"{field}__{comparator}", pairing.alike))
            case "rarity":
                yield strings.shared_rarity(pairing, Pairing.of(left, right, f"{field}__rarity", pairing.alike))
            case "relative":
                yield numbers.relative(pairing)
            case "exact" if spec.fields[field].kind == "number":
                yield numbers.exact_number(pairing)
            case "date":
                yield numbers.date_similarity(pairing)
            case _:
                yield getattr(strings, comparator)(pairing)
    yield pairing.left_missing.astype(np.float32) + pairing.right_missing
