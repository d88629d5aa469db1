"""Record features: computed once per record, before any pair is formed."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import jellyfish
import numpy as np
import pandas as pd

from matchwright.core.records.conform import per_distinct
from matchwright.core.records.normal import NORMAL_FORM, first_number
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import RECORD_FEATURES

if TYPE_CHECKING:
    from matchwright.core.corpus import Corpus


def feature_schema(spec: MatchSpec) -> dict[str, Literal["string", "number"]]:
    """Record feature columns and their types, in order: each field's normal form, then what is derived from it."""
    schema: dict[str, Literal["string", "number"]] = {}
    for name, field in spec.compared.items():
        schema[name] = "number" if field.kind == "number" else "string"
        for suffix, kind in RECORD_FEATURES[field.kind].items():
            schema[f"{name}__{suffix}"] = "number" if kind == "number" else "string"
    return schema


def normal_forms(conformed: pd.DataFrame, spec: MatchSpec) -> pd.DataFrame:
    """record_key and one column per compared field in normal form; rows as in ``conformed``."""
    data: dict[str, Any] = {"record_key": conformed["record_key"].to_numpy(dtype=object)}
    for name, field in spec.compared.items():
        if field.kind == "number":
            data[name] = conformed[name].to_numpy(dtype=np.float64, na_value=np.nan)
        else:
            data[name] = per_distinct(conformed[name], NORMAL_FORM[field.kind])
    return pd.DataFrame(data)


def record_features(conformed: pd.DataFrame, spec: MatchSpec, corpus: "Corpus") -> pd.DataFrame:
    """record_key and the columns of :func:`feature_schema`; rows as in ``conformed``.

    Strings are object columns with None where missing, numbers float64 with NaN.
    """
    normal = normal_forms(conformed, spec)
    data: dict[str, Any] = {"record_key": normal["record_key"].to_numpy(dtype=object)}
    for name, field in spec.compared.items():
        data[name] = normal[name].to_numpy()
        for suffix in RECORD_FEATURES[field.kind]:
            column = f"{name}__{suffix}"
            if suffix == "rarity":
                data[column] = corpus.rarity(name, data[name])
            else:
                data[column] = per_distinct(normal[name], _DERIVED[suffix])
    return pd.DataFrame(data)


def _phonetic(value: str) -> str | None:
    return jellyfish.metaphone(value).replace(" ", "") or None


def _initial(value: str) -> str | None:
    return value[:1] or None


def _year(value: str) -> str | None:
    return value[:4] or None


_DERIVED: dict[str, Callable[[str], str | None]] = {
    "phonetic": _phonetic,
    "initial": _initial,
    "year": _year,
    "number": first_number,
}
