"""What each field kind offers: its record features and its comparators, first the one evidence is read off."""

from matchwright.core.spec.fields import FieldKind

RECORD_FEATURES: dict[FieldKind, dict[str, str]] = {
    "name": {"phonetic": "string", "initial": "string", "rarity": "number"},
    "text": {},
    "id_code": {},
    "number": {},
    "date": {"year": "string"},
    "address": {"number": "string"},
    "category": {},
    "geo": {},
}
"""Derived record features per kind (suffix to type), beside the normal form itself."""

COMPARATORS: dict[FieldKind, tuple[str, ...]] = {
    "name": ("jaro_winkler", "levenshtein", "phonetic", "rarity"),
    "text": ("token_overlap", "token_sort", "unmatched_left", "unmatched_right"),
    "id_code": ("levenshtein", "exact", "containment"),
    "number": ("relative", "exact"),
    "date": ("date", "exact", "year"),
    "address": ("token_set", "levenshtein", "number"),
    "category": ("exact", "levenshtein"),
    "geo": ("proximity", "exact"),
}
"""Comparators per kind; a field without a list of its own uses all of them."""

RECORD, CONTEXT = "record", "context"
"""What stands before ``__`` in comparisons over the whole record, and in those with the pair's rivals."""

EVIDENCE_KINDS: dict[str, str] = {
    "numbers": "numbers",
    "unmatched_numbers": "numbers",
    "codes": "codes",
    "unmatched_codes_left": "codes",
    "unmatched_codes_right": "codes",
    "elsewhere": "elsewhere",
}
"""Comparators whose evidence is told apart from the value's own: reasons are given for each kind of a field."""

FALLING = frozenset(
    {"unmatched_left", "unmatched_right", "unmatched", "unmatched_numbers"}
    | {"unmatched_codes_left", "unmatched_codes_right"}
)
"""Comparators where a higher value means less alike; all others rise with agreement."""

MISSING_SUFFIX = "missing"
EVIDENCE_LEVELS = ("AGREES", "PARTLY_AGREES", "DISAGREES", "MISSING")

UNCONFIRMED = "IDENTITY_UNCONFIRMED"
"""The code of a match that goes to review because no identity field agrees: a rule's, not a contribution's."""

COUNTERFACTUAL = "COUNTERFACTUAL"
"""What the codes of hints begin with; ``_MATCH`` and ``_NO_MATCH`` are their sentences."""

LABEL_SUFFIX = "_LABEL"
"""What follows a group in the key of a translation that says what the group is called."""
