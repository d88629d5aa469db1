"""The names of a spec's comparisons, and their direction: whether more means more alike."""

from collections.abc import Iterable
from functools import cache

from matchwright.core.records.whole import impersonal_fields, record_fields, text_fields
from matchwright.core.spec import FieldSpec, MatchSpec
from matchwright.core.spec.fields import FieldKind
from matchwright.core.spec.vocabulary import (
    COMPARATORS,
    CONTEXT,
    CONTEXT_COMPARATORS,
    EVIDENCE_KINDS,
    FALLING,
    LEARNED_COSINE,
    LEARNED_WORDS,
    MISSING_SUFFIX,
    NEEDS_ANOTHER_NAME,
    NEEDS_RECORD,
    RAREST_SHARED,
    RECORD,
    RECORD_COMPARATORS,
    UNDIRECTED,
)

__all__ = [
    "CONTEXT",
    "CONTEXT_SIDES",
    "RECORD",
    "comparators_of",
    "comparison_names",
    "constraints",
    "context_names",
    "disagreement_limits",
    "field_comparators",
    "field_of",
    "group_of",
    "learned_cosine",
    "other_names",
    "primary_comparison",
    "record_comparators",
]

CONTEXT_SIDES: dict[str, tuple[str, ...]] = {
    "one_to_one": ("left", "right"),
    "one_to_many": ("right",),
    "many_to_many": (),
}
"""The sides on which a record has at most one true match, by multiplicity. Candidates compete only there."""


def comparators_of(field: FieldSpec) -> tuple[str, ...]:
    """The field's own list of comparators, or that of its kind. The first one gives the level of evidence."""
    return field.comparators or COMPARATORS[field.kind]


def field_comparators(spec: MatchSpec, field: str) -> tuple[str, ...]:
    """The field's comparators in order, without those of its kind that this spec cannot compute."""
    section = spec.fields[field]
    if section.comparators is not None:
        return section.comparators
    another_name = section.kind == "name" and bool(other_names(spec, field))
    searched = spec.record is not None and bool(text_fields(spec))
    return _comparators_of_kind(section.kind, searched, another_name)


@cache
def _comparators_of_kind(kind: FieldKind, record: bool, another_name: bool) -> tuple[str, ...]:
    without = (frozenset() if record else NEEDS_RECORD) | (frozenset() if another_name else NEEDS_ANOTHER_NAME)
    return tuple(name for name in COMPARATORS[kind] if name not in without)


def other_names(spec: MatchSpec, field: str) -> tuple[str, ...]:
    """The other identity fields of kind ``name``; none if this field is not one of them."""
    names = tuple(name for name in spec.identity if spec.fields[name].kind == "name")
    return tuple(name for name in names if name != field) if field in names else ()


def record_comparators(spec: MatchSpec) -> tuple[str, ...]:
    """The comparators over the whole record; none without a section ``record``."""
    if spec.record is None:
        return ()
    if spec.record.comparators is not None:
        return spec.record.comparators
    impersonal = impersonal_fields(spec)
    without = set() if impersonal == record_fields(spec) else {RAREST_SHARED}
    without |= set() if impersonal else {LEARNED_WORDS}
    return tuple(name for name in RECORD_COMPARATORS if name not in without)


def context_names(spec: MatchSpec) -> list[str]:
    """The comparisons of a pair with its competing candidates; none if a record may have many matches on both sides."""
    sides = CONTEXT_SIDES[spec.multiplicity]
    return [f"{CONTEXT}__{comparator}_{side}" for comparator in CONTEXT_COMPARATORS for side in sides]


def learned_cosine(field: str) -> str:
    """The name of the comparison by the embedding of a field, or of the ``record``."""
    return f"{field}__{LEARNED_COSINE}"


def comparison_names(spec: MatchSpec, embedded: Iterable[str] = ()) -> list[str]:
    """All comparisons of the spec in the order of the scorer's columns.

    ``embedded`` are the fields (and ``record``) that have an embedding.
    """
    names = [
        f"{field}__{comparator}"
        for field in spec.compared
        for comparator in (*field_comparators(spec, field), MISSING_SUFFIX)
    ]
    names += [f"{RECORD}__{comparator}" for comparator in record_comparators(spec)]
    return [*names, *map(learned_cosine, embedded), *context_names(spec)]


def field_of(comparison: str) -> str:
    """The field of a comparison. It is ``record`` for the whole record and ``context`` for competing candidates."""
    return comparison.partition("__")[0]


def group_of(comparison: str) -> str:
    """The field and kind of evidence that a comparison belongs to: ``title``, ``title_numbers``, ``record_codes``.

    Contributions are summed over these groups, and a reason code is a group and a level of evidence.
    """
    field, _, comparator = comparison.partition("__")
    kind = EVIDENCE_KINDS.get(comparator)
    return f"{field}_{kind}" if kind else field


def primary_comparison(spec: MatchSpec, field: str) -> str:
    """The comparison that gives the field's level of evidence (agrees, partly agrees, disagrees)."""
    if field == CONTEXT:
        return context_names(spec)[0]
    if field == RECORD:
        return f"{RECORD}__{record_comparators(spec)[0]}"
    return f"{field}__{comparators_of(spec.compared[field])[0]}"


def disagreement_limits(spec: MatchSpec) -> dict[str, float]:
    """The first comparison of each field that is no text, with the limit below which the field disagrees."""
    found = {
        primary_comparison(spec, name): section.disagrees_below
        for name, section in spec.compared.items()
        if section.kind != "text"
    }
    return {name: limit for name, limit in found.items() if name.partition("__")[2] not in FALLING}


def constraints(names: list[str]) -> list[int]:
    """For each comparison 1 (more never lowers the score), -1 (more never raises it) or 0 (it may do either).

    Missing flags and the comparators of :data:`~matchwright.core.spec.vocabulary.UNDIRECTED` have no direction.
    """
    directions = []
    for name in names:
        comparator = name.partition("__")[2]
        free = comparator == MISSING_SUFFIX or comparator in UNDIRECTED
        directions.append(0 if free else -1 if comparator in FALLING else 1)
    return directions
