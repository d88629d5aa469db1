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

SWAPPED = "swapped"
"""Comparator and kind of evidence of two names that have changed places."""

COMPARATORS: dict[FieldKind, tuple[str, ...]] = {
    "name": ("jaro_winkler", "levenshtein", "phonetic", "token_sort", "initial", "nickname", "swapped", "rarity"),
    "text": (
        *("token_overlap", "token_containment", "unmatched_left", "unmatched_right", "token_sort"),
        *("numbers", "unmatched_numbers", "codes", "unmatched_codes_left", "unmatched_codes_right"),
    ),
    "id_code": ("levenshtein", "exact", "containment", "cross_field"),
    "number": ("relative", "exact", "cross_field"),
    "date": ("date", "exact", "year", "parts"),
    "address": ("token_set", "levenshtein", "number"),
    "category": ("levenshtein", "exact", "token_set", "cross_field"),
    "geo": ("proximity", "exact"),
}
"""Comparators per kind; a field without a list of its own uses all of them."""

LEARNED_WORDS = "learned_words"

RECORD_COMPARATORS = ("ngram_cosine", *COMPARATORS["text"], "token_set", LEARNED_WORDS)
"""Comparators over the whole record, where the spec has a section ``record``."""

LEARNED_COSINE = "learned_cosine"
"""Comparator by a field's embedding: there where the bundle has one of it."""

CONTEXT_COMPARATORS = ("lead", "rank", "competing")
"""A pair against its competing candidates, the other candidates of one of its records; each is given for both sides."""

NEEDS_RECORD = frozenset({"cross_field"})
"""Comparators that look for a field's value in the rest of the other record: only with a section ``record``."""

NEEDS_ANOTHER_NAME = frozenset({SWAPPED})
"""Comparators that need a second name among the spec's identity fields."""

RECORD, CONTEXT = "record", "context"
"""What stands before ``__`` in comparisons over the whole record, and in those with the pair's competing candidates."""

EVIDENCE_KINDS: dict[str, str] = {
    "numbers": "numbers",
    "unmatched_numbers": "numbers",
    "codes": "codes",
    "unmatched_codes_left": "codes",
    "unmatched_codes_right": "codes",
    "cross_field": "cross_field",
    SWAPPED: SWAPPED,
}
"""Comparators whose evidence is told apart from the value's own: reasons are given for each kind of a field."""

FALLING = frozenset(
    {"unmatched_left", "unmatched_right", "unmatched_numbers", "unmatched_codes_left", "unmatched_codes_right"}
    | {"rank_left", "rank_right", "competing_left", "competing_right"}
)
"""Comparators where a higher value means less alike; all others rise with agreement."""

MISSING_SUFFIX = "missing"
EVIDENCE_LEVELS = ("AGREES", "PARTLY_AGREES", "DISAGREES", "MISSING")

UNSUPERVISED = "UNSUPERVISED"
"""The code of a pair that goes to review because nobody has labelled a single pair: the model's state, not evidence."""

UNCONFIRMED = "IDENTITY_UNCONFIRMED"
"""The code of a match that goes to review because no identity field agrees: a rule's, not a contribution's."""

LITTLE_EVIDENCE = "LITTLE_EVIDENCE"
"""The code of a match that goes to review because at most one field is known in both records: a rule's."""

COUNTERFACTUAL = "COUNTERFACTUAL"
"""What the codes of hints begin with; ``_MATCH`` and ``_NO_MATCH`` are their sentences."""

LABEL_SUFFIX = "_LABEL"
"""What follows a group in the key of a translation that says what the group is called."""
