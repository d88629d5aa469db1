"""Record features: computed once per record, before pairs are formed."""

from collections.abc import Callable
from typing import Literal

import jellyfish
import numpy as np
import pandas as pd

from matchwright.core.records.columns import Columns, categories_or_array, columns_of
from matchwright.core.records.conform import per_category
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.normal import NORMAL_FORM, first_number
from matchwright.core.records.scripts import first_letter, is_latin
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import RECORD_FEATURES


def feature_schema(spec: MatchSpec) -> dict[str, Literal["string", "number"]]:
    """Record feature columns and their types, in order: each field's normal form, then its derived features."""
    schema: dict[str, Literal["string", "number"]] = {}
    for name, field in spec.compared.items():
        schema[name] = "number" if field.kind == "number" else "string"
        for suffix, kind in RECORD_FEATURES[field.kind].items():
            schema[f"{name}__{suffix}"] = "number" if kind == "number" else "string"
    return schema


def normal_forms(conformed: pd.DataFrame, spec: MatchSpec) -> pd.DataFrame:
    """record_key and one column per compared field in normal form; rows as in ``conformed``."""
    return pd.DataFrame(_normal_columns(columns_of(conformed), spec))


def record_features(conformed: pd.DataFrame, spec: MatchSpec, corpus: Corpus) -> pd.DataFrame:
    """record_key and the columns of :func:`feature_schema`; rows as in ``conformed``.

    Strings are object columns with None where missing, or categories where they are in ``conformed``; numbers are
    float64 with NaN. The phonetic feature of a name holds
    for Latin script; for names in any other script it is missing.
    """
    columns = {str(name): categories_or_array(conformed[name]) for name in conformed.columns}
    return pd.DataFrame(feature_columns(columns, spec, corpus))


def feature_columns(conformed: Columns, spec: MatchSpec, corpus: Corpus) -> Columns:
    """As :func:`record_features`, from columns to columns."""
    normal = _normal_columns(conformed, spec)
    features = {"record_key": normal["record_key"]}
    for name, field in spec.compared.items():
        features[name] = normal[name]
        for suffix in RECORD_FEATURES[field.kind]:
            if suffix == "rarity":
                features[f"{name}__{suffix}"] = corpus.rarity(name, normal[name])
            else:
                features[f"{name}__{suffix}"] = per_category(normal[name], _DERIVED[suffix])
    return features


def _normal_columns(conformed: Columns, spec: MatchSpec) -> Columns:
    normal = {"record_key": conformed["record_key"].astype(object)}
    for name, field in spec.compared.items():
        if field.kind == "number":
            normal[name] = conformed[name].astype(np.float64)
        else:
            normal[name] = per_category(conformed[name], NORMAL_FORM[field.kind])
    return normal


def _phonetic(value: str) -> str | None:
    """How a name sounds to an English speaker: Metaphone by Philips (1990). None for any script but Latin."""
    return jellyfish.metaphone(value).replace(" ", "") or None if is_latin(value) else None


def _initial(value: str) -> str | None:
    return first_letter(value) or None


def _year(value: str) -> str | None:
    return value[:4] or None


_DERIVED: dict[str, Callable[[str], str | None]] = {
    "phonetic": _phonetic,
    "initial": _initial,
    "year": _year,
    "number": first_number,
}
