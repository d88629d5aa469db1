"""Turning row-aligned record features into comparisons."""

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from matchwright.core.compare import numbers, strings
from matchwright.core.compare.names import ENCODER_COSINE, comparators_of, comparison_names
from matchwright.core.compare.strings import Comparison
from matchwright.core.compare.tokens import token_evidence
from matchwright.core.corpus import Corpus
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import MISSING_SUFFIX

if TYPE_CHECKING:
    from matchwright.core.encoder import Encoder

BATCH = 100_000
"""Pairs compared at a time: bounds memory, changes no result."""

DECIMALS = 5
"""Comparisons are rounded so that the same pair gives the same score on every machine."""


def compare(
    left: pd.DataFrame, right: pd.DataFrame, spec: MatchSpec, corpus: Corpus, encoder: "Encoder | None" = None
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
    parts = [
        _compare_batch(left.iloc[start : start + BATCH], right.iloc[start : start + BATCH], spec, corpus, encoder)
        for start in range(0, max(len(left), 1), BATCH)
    ]
    return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)


def _compare_batch(
    left: pd.DataFrame, right: pd.DataFrame, spec: MatchSpec, corpus: Corpus, encoder: "Encoder | None"
) -> pd.DataFrame:
    columns: dict[str, Comparison] = {}
    for field in spec.compared:
        compute = partial(_field_comparison, left, right, field, spec)
        texts = None
        for comparator in comparators_of(spec.compared[field]):
            if comparator in ("token_overlap", "unmatched_left", "unmatched_right"):
                texts = texts or token_evidence(
                    left[field].to_numpy(dtype=object),
                    right[field].to_numpy(dtype=object),
                    field,
                    corpus,
                    spec.sources.alike,
                )
                values = getattr(texts, comparator.removeprefix("token_"))
            else:
                values = compute(comparator)
            columns[f"{field}__{comparator}"] = np.round(values, DECIMALS)
        missing = pd.isna(left[field]).to_numpy().astype(np.float32) + pd.isna(right[field]).to_numpy()
        columns[f"{field}__{MISSING_SUFFIX}"] = missing.astype(np.float32)
    if encoder is not None:
        columns[ENCODER_COSINE] = np.round(encoder.cosine(left, right), DECIMALS).astype(np.float32)
    frame = pd.DataFrame(columns)
    return frame[comparison_names(spec, encoder is not None)]


def _field_comparison(
    left: pd.DataFrame, right: pd.DataFrame, field: str, spec: MatchSpec, comparator: str
) -> Comparison:
    kind, alike = spec.fields[field].kind, spec.sources.alike
    if kind == "number":
        one, other = left[field].to_numpy(dtype=np.float64), right[field].to_numpy(dtype=np.float64)
        return numbers.relative(one, other) if comparator == "relative" else numbers.exact_number(one, other)
    if comparator in ("phonetic", "year", "number"):
        return strings.exact(_values(left, f"{field}__{comparator}"), _values(right, f"{field}__{comparator}"))
    one, other = _values(left, field), _values(right, field)
    match comparator:
        case "rarity":
            column = f"{field}__rarity"
            return strings.shared_rarity(one, other, left[column].to_numpy(), right[column].to_numpy())
        case "exact":
            return strings.exact(one, other)
        case "containment":
            return strings.containment(one, other)
        case "date":
            return numbers.date_similarity(one, other, alike)
        case _:
            return getattr(strings, comparator)(one, other, alike)  # type: ignore[no-any-return]


def _values(frame: pd.DataFrame, column: str) -> np.ndarray[Any, Any]:
    # online stores hand back NaN for a missing string: None is the one form of missing here
    values = frame[column].to_numpy(dtype=object)
    absent = pd.isna(values)
    if absent.any():
        values = values.copy()
        values[absent] = None
    return values
