"""Drafting a match spec: every section is guessed from the tables, with the reasons."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from matchwright.core.records import conform, normal_forms, record_features
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.format import FORMAT
from matchwright.drafting.enough import not_trainable
from matchwright.drafting.fields import DraftField, LeftOut, draft_fields
from matchwright.drafting.golden import Golden, golden_values
from matchwright.drafting.household import identity_fields, individual_fields
from matchwright.drafting.missing import MissingWords, find_missing, without_missing
from matchwright.drafting.notices import Notice, notices_of
from matchwright.drafting.privacy import why_about_persons
from matchwright.drafting.rules import Rules, choose_rules, share_of_likely_matches
from matchwright.drafting.tables import Labels, Lines, Tables, read_pairs, read_tables
from matchwright.drafting.usable import usable_pairs
from matchwright.errors import DataError, Fault

Multiplicity = Literal["one_to_one", "one_to_many", "many_to_many"]
LabelsKind = Literal["complete", "partial", "none"]

_OFTEN = 0.02
"""Above this share, several matches per record (or duplicates in one table) do not count as mistakes in the data."""

_TEXTUAL = ("text", "name", "address", "id_code")


@dataclass(frozen=True)
class Draft:
    """A match spec guessed from data. :func:`~matchwright.drafting.render.render` writes it."""

    name: str
    record_id: str
    rows: tuple[int, ...]
    alike: tuple[bool, str]
    multiplicity: tuple[Multiplicity, str]
    labels: tuple[LabelsKind, str]
    positives: int | None
    missing: MissingWords
    fields: list[DraftField]
    left_out: list[LeftOut]
    of_persons: bool
    record: list[str]
    identity: list[str]
    individual: list[str]
    rules: Rules
    tfidf_fields: list[str]
    top_k: int
    golden: Golden
    notices: list[Notice]

    @property
    def compared(self) -> list[DraftField]:
        """The fields that are compared."""
        return [field for field in self.fields if field.compare]


def draft_spec(
    left: pd.DataFrame,
    right: pd.DataFrame | None = None,
    pairs: pd.DataFrame | None = None,
    name: str = "matching",
    lines: Lines | None = None,
    pair_lines: Callable[[], Sequence[int]] | None = None,
) -> Draft:
    """Draft a match spec from one table (deduplication) or two (linkage).

    Args:
        left: records; values are read as from an input file.
        right: records of the other source, in columns of the same names.
        pairs: labelled pairs, with two columns of record ids (``left_id``, ``right_id``) and usually a ``label``.
        name: the name of the spec.
        lines: the line of each row in the file of a table (0 is left, 1 is right), for messages about rows.
        pair_lines: the line of each row in the file of the pairs.

    Raises:
        DataError: no spec can be drafted from these tables. The message quotes no value.
    """
    read = read_pairs(pairs, pair_lines) if pairs is not None else None
    given = read_tables(left, right, read, lines)
    usable = usable_pairs(read, given) if read is not None else None
    labelled_pairs = usable.labels if usable is not None else None
    missing = find_missing(given)
    tables = without_missing(given, missing)
    fields, left_out = draft_fields(tables, labelled_pairs, missing)
    if not any(field.compare for field in fields):
        hint = "give columns whose values differ between records; direct identifiers are not compared"
        problem = "no column is left that could be compared"
        raise DataError("No match spec can be drafted from these tables.", [Fault("columns", problem, hint)])
    sides = _features(tables, fields)
    ids = [side[tables.record_id].tolist() for side in tables.sides]
    why_persons = why_about_persons(
        {field.column: field.hint for field in fields}, {field.column: field.profile for field in fields}
    )
    of_persons = bool(why_persons)
    compared = [field for field in fields if field.compare]
    rules = choose_rules(sides, fields, labelled_pairs, ids)
    untrained = ""
    if labelled_pairs is not None:
        listed = None if labelled_pairs.labelled else share_of_likely_matches(sides, fields, labelled_pairs, ids)
        untrained = not_trainable(labelled_pairs, listed)
    known = [{value for side in tables.values(field.column) for value in side if value} for field in fields]
    return Draft(
        name=name,
        record_id=tables.record_id,
        rows=tuple(len(side) for side in tables.sides),
        alike=_alike(tables, fields),
        multiplicity=_multiplicity(tables, fields, labelled_pairs),
        labels=_labels(labelled_pairs, untrained),
        positives=int(labelled_pairs.matches.sum()) if labelled_pairs is not None else None,
        missing=missing,
        fields=fields,
        left_out=left_out,
        of_persons=of_persons,
        record=_record_fields(compared),
        identity=identity_fields(compared, of_persons),
        individual=individual_fields(compared),
        rules=rules,
        tfidf_fields=_tfidf_fields(compared, of_persons),
        top_k=_top_k(len(tables.sides[-1]), of_persons),
        golden=golden_values(fields, known),
        notices=notices_of(tables, fields, why_persons, usable, untrained, rules),
    )


def _features(tables: Tables, fields: Sequence[DraftField]) -> list[pd.DataFrame]:
    """The record features of the drafted fields, computed as the pipeline will compute them."""
    spec = MatchSpec.model_validate(
        {
            "format": FORMAT,
            "name": "draft",
            "version": 1,
            "description": "",
            "record_id": tables.record_id,
            "fields": {
                field.name: {
                    "kind": field.kind,
                    "pii": field.pii,
                    "label": field.label,
                    "column": field.column,
                    "compare": field.compare,
                    **field.reading.notation,
                }
                for field in fields
            },
            "candidates": {"rules": []},
            "costs": {"false_match": 10, "missed_match": 5, "review": 1},
        }
    )
    conformed = [conform(side, spec, source) for side, source in zip(tables.sides, ("left", "right"), strict=False)]
    corpus = Corpus.fit(normal_forms(pd.concat(conformed, ignore_index=True), spec), spec)
    return [record_features(side, spec, corpus) for side in conformed]


def _alike(tables: Tables, fields: Sequence[DraftField]) -> tuple[bool, str]:
    if len(tables.sides) == 1:
        return True, "one table"
    for field in fields:
        present, lengths = [], []
        for values in tables.values(field.column):
            given = [value for value in values if value is not None]
            present.append(len(given) / len(values))
            lengths.append(sum(map(len, given)) / max(len(given), 1))
        if max(present) - min(present) > 0.15:
            return False, f"{field.name} is given more often on one side"
        if max(lengths) > 1.25 * max(min(lengths), 1):
            return False, f"{field.name} is longer on one side"
    return True, "the same columns are filled, about as often and as long"


def _multiplicity(
    tables: Tables, fields: Sequence[DraftField], labelled_pairs: Labels | None
) -> tuple[Multiplicity, str]:
    if len(tables.sides) == 1:
        return "many_to_many", "one table: any number of its records may match"
    if labelled_pairs is not None and labelled_pairs.matches.any():
        given = zip(labelled_pairs.left, labelled_pairs.right, labelled_pairs.matches.tolist(), strict=True)
        matches = [(one, other) for one, other, match in given if match]
        left, right = (_share_repeated(ids) for ids in zip(*matches, strict=True))
        seen = f"in the pairs {left:.0%} of left and {right:.0%} of right records have several matches"
        if right > _OFTEN:
            swap = "; if you swap the tables it is one_to_many" if left <= _OFTEN else ""
            return "many_to_many", seen + swap
        return ("one_to_many" if left > _OFTEN else "one_to_one"), seen
    columns = [field.column for field in fields]
    duplicates = max(float(side[columns].duplicated(keep=False).mean()) for side in tables.sides)
    if duplicates > _OFTEN:
        return "many_to_many", f"{duplicates:.0%} of a table's records have a duplicate in it"
    return "one_to_one", "few records have a duplicate in their own table; give --pairs for a count of matches"


def _share_repeated(values: Iterable[str | None]) -> float:
    counts = Counter(values)
    return sum(count > 1 for count in counts.values()) / max(len(counts), 1)


def _labels(labelled_pairs: Labels | None, untrained: str) -> tuple[LabelsKind, str]:
    if labelled_pairs is None:
        return "partial", "no pairs were given; complete if the pairs table lists every true match"
    if untrained:
        return "none", untrained
    if labelled_pairs.labelled:
        return "partial", "the pairs have labels of both kinds, so the other pairs are unknown"
    return "complete", "the pairs are matches only; partial if some matches may be missing"


def _record_fields(compared: Sequence[DraftField]) -> list[str]:
    if not any(field.kind == "text" for field in compared):
        return []
    return [field.name for field in compared if field.kind != "geo"]


def _tfidf_fields(compared: Sequence[DraftField], of_persons: bool) -> list[str]:
    distinguishing = [
        field.name
        for field in compared
        if field.kind in _TEXTUAL
        or (field.kind == "date" and of_persons)
        or (field.kind == "category" and field.profile.distinct > 60)
    ]
    return distinguishing or [field.name for field in compared]


def _top_k(rows: int, of_persons: bool) -> int:
    """Neighbours per record: fewer for persons and for large tables."""
    wanted = 10 if of_persons or rows > 50_000 else 20
    return max(1, min(wanted, rows if rows < 10 else rows // 2 if rows < 40 else wanted))
