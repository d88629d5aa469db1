"""What is known of the records of a request: which of their values can be read, and whether any can."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.records import Columns
from matchwright.core.records.conform import clean_text, is_missing
from matchwright.core.records.readers import reader_of
from matchwright.core.spec import MatchSpec
from matchwright.errors import Fault

Record = Mapping[str, Any]


@dataclass(frozen=True)
class GivenValues:
    """Records of a request.

    ``unreadable`` are the fields of each record with a value that is there, but cannot be read: it counts as missing.
    Such as a date that is none, or a name without any letter. A word for an empty cell is no such value. ``unknown``
    are the rows of the records of which nothing is known.
    """

    unreadable: list[tuple[str, ...]]
    unknown: list[int]

    @classmethod
    def of(cls, records: Sequence[Record], features: Columns, spec: MatchSpec, source: str) -> "GivenValues":
        """What is known of records of one source.

        Args:
            records: values by field, as in the request.
            features: their record features, row by row.
            spec: the match spec.
            source: ``left`` or ``right``.
        """
        fields = list(spec.compared)
        missing = np.array([pd.isna(features[name]) for name in fields])
        found: list[list[str]] = [[] for _ in records]
        for index, row in np.argwhere(missing).tolist():
            value = records[row].get(fields[index])
            if not is_missing(value) and _is_unreadable(value, fields[index], spec, source):
                found[row].append(fields[index])
        return cls([tuple(names) for names in found], np.flatnonzero(missing.all(axis=0)).tolist())

    def faults(self, paths: Sequence[str], spec: MatchSpec) -> Iterator[Fault]:
        """A fault for each record of which nothing is known: there is nothing to decide by.

        ``paths`` says where each record is in the request.
        """
        for row in self.unknown:
            names = ", ".join(self.unreadable[row])
            problem = f"has no value that can be read ({names} cannot)" if names else "has no known field"
            yield Fault(paths[row], problem, f"give a value of at least one of {', '.join(spec.compared)}")


def _is_unreadable(value: Any, field: str, spec: MatchSpec, source: str) -> bool:
    """Whether a value without a record feature is there, and is no word for an empty cell."""
    reader, cleaned = reader_of(spec, field, source), clean_text(value)
    # what can be read, and still has no normal form, is no word for an empty cell either
    return cleaned is not None and (reader.is_unreadable(cleaned) or reader(cleaned) is not None)
