"""The names of a spec's comparisons, and what each says about agreement."""

from matchwright.core.spec import FieldSpec, MatchSpec
from matchwright.core.spec.vocabulary import COMPARATORS, EVIDENCE_KINDS, FALLING, MISSING_SUFFIX

RECORD = "record"
ENCODER_COSINE = f"{RECORD}__encoder_cosine"


def comparators_of(field: FieldSpec) -> tuple[str, ...]:
    """The field's comparators in order; evidence is read off the first."""
    return field.comparators or COMPARATORS[field.kind]


def comparison_names(spec: MatchSpec, with_encoder: bool) -> list[str]:
    """All comparisons of the spec in the order of the scorer's columns."""
    names = [
        f"{field}__{comparator}"
        for field, section in spec.compared.items()
        for comparator in (*comparators_of(section), MISSING_SUFFIX)
    ]
    return [*names, ENCODER_COSINE] if with_encoder else names


def field_of(comparison: str) -> str:
    """The field a comparison belongs to; ``record`` for those over the whole record."""
    return comparison.partition("__")[0]


def group_of(comparison: str) -> str:
    """The field and kind of evidence that a comparison belongs to: ``title``, ``title_numbers``, ``record_codes``.

    Contributions are summed over these groups, and a reason code is a group and a level of evidence.
    """
    field, _, comparator = comparison.partition("__")
    kind = EVIDENCE_KINDS.get(comparator)
    return f"{field}_{kind}" if kind else field


def primary_comparison(spec: MatchSpec, field: str) -> str:
    """The comparison that the field's evidence (agrees, partly agrees, disagrees) is read off."""
    return ENCODER_COSINE if field == RECORD else f"{field}__{comparators_of(spec.compared[field])[0]}"


def constraints(names: list[str]) -> list[int]:
    """Per comparison 1 (more never lowers the score), -1 (more never raises it) or 0 (missing flags)."""
    directions = []
    for name in names:
        comparator = name.partition("__")[2]
        directions.append(0 if comparator == MISSING_SUFFIX else -1 if comparator in FALLING else 1)
    return directions
