"""The record features and comparators of each field kind. The first comparator gives the level of evidence."""

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
"""Derived record features per kind (suffix to type). Every kind also has its normal form."""

SWAPPED = "swapped"
"""Comparator and kind of evidence for two names that are swapped."""

_OF_TEXTS = (
    *("token_overlap", "token_containment", "unmatched_left", "unmatched_right", "token_sort"),
    *("numbers", "unmatched_numbers", "codes", "unmatched_codes_left", "unmatched_codes_right"),
)
"""Comparators of a text and of the whole record."""

COMPARATORS: dict[FieldKind, tuple[str, ...]] = {
    "name": ("jaro_winkler", "levenshtein", "phonetic", "token_sort", "initial", "nickname", "swapped", "rarity"),
    # no measures of the whole record: there, the word beside a number may be of another field
    "text": (*_OF_TEXTS, "measures", "conflicting_measures"),
    "id_code": ("levenshtein", "exact", "containment", "cross_field"),
    "number": ("relative", "exact", "cross_field"),
    "date": ("date", "exact", "year", "parts", "reduced_precision"),
    "address": ("token_set", "levenshtein", "number"),
    "category": ("levenshtein", "exact", "token_set", "cross_field"),
    "geo": ("proximity", "exact"),
}
"""Comparators per kind. A field without its own list uses all of them."""

LEARNED_WORDS = "learned_words"

RAREST_SHARED = "rarest_shared"
"""Comparator by how rare a shared word is. Only of records without personal data: it can point to a person."""

RECORD_COMPARATORS = ("ngram_cosine", *_OF_TEXTS, "token_set", RAREST_SHARED, "common_prefix", LEARNED_WORDS)
"""Comparators over the whole record. They need a section ``record`` in the spec."""

LEARNED_COSINE = "learned_cosine"
"""Comparator by the embedding of a field, where the bundle has one."""

CONTEXT_COMPARATORS = ("lead", "rank", "competing")
"""Comparators of a pair with its competing candidates: the other candidates of one of its records.

Each has a column per side.
"""

SCORED_COMPARATORS = ("score_lead", "score_rank", "score_share")
"""Comparators of a pair with its competing candidates by the score of the first stage. Each has a column per side."""

NEEDS_RECORD = frozenset({"cross_field"})
"""Comparators that search the whole other record for a field's value. They need a section ``record``."""

NEEDS_ANOTHER_NAME = frozenset({SWAPPED})
"""Comparators that need a second name among the spec's identity fields."""

RECORD, CONTEXT = "record", "context"
"""The part before ``__`` in comparisons over the whole record, and in those with competing candidates."""

REGISTER, LIMIT, LEAST = "register", "register__evidence", "register__least"
"""The group and the comparisons of register evidence: the most log-odds that the agreeing values can support, and the
least."""

IN_ANOTHER_WAY = frozenset({"nickname", "cross_field", SWAPPED, "reduced_precision"})
"""Comparators that find the same value in another way than by its spelling."""

READS_OTHER_FIELDS = NEEDS_RECORD | NEEDS_ANOTHER_NAME
"""Comparators of a field that also read other fields: where another field changes, these change too."""

EVIDENCE_KINDS: dict[str, str] = {
    "numbers": "numbers",
    "unmatched_numbers": "numbers",
    "measures": "measures",
    "conflicting_measures": "measures",
    "codes": "codes",
    "unmatched_codes_left": "codes",
    "unmatched_codes_right": "codes",
    "common_prefix": "codes",
    "cross_field": "cross_field",
    SWAPPED: SWAPPED,
}
"""Comparators with a kind of evidence of their own. Each kind of a field has its own reasons."""

FALLING = frozenset(
    {"unmatched_left", "unmatched_right", "unmatched_numbers", "unmatched_codes_left", "unmatched_codes_right"}
    | {"conflicting_measures"}
    | {"rank_left", "rank_right", "competing_left", "competing_right", "score_rank_left", "score_rank_right"}
)
"""Comparators where a higher value means less alike. All others rise with agreement, but those without a direction."""

UNDIRECTED = frozenset({"common_prefix"})
"""Comparators without a direction. Codes of the same series share a long beginning, and name different things."""

MISSING_SUFFIX = "missing"
EVIDENCE_LEVELS = ("AGREES", "PARTLY_AGREES", "DISAGREES", "MISSING")

UNSUPERVISED = "UNSUPERVISED"
"""The code of a pair that goes to review because no pair has been labelled. It is not evidence."""

UNCONFIRMED = "IDENTITY_UNCONFIRMED"
"""The code of a match that a rule sends to review because no identity field agrees."""

COMMON_EVIDENCE = "EVIDENCE_IS_COMMON"
"""The code of a pair whose score is limited, because many records of the register agree in the same values."""

RARE_EVIDENCE = "EVIDENCE_IS_RARE"
"""The code of a pair whose score is raised, because few different records of the register agree in the same values."""

REGISTER_PRIOR = "REGISTER_PRIOR"
"""The code of a pair whose score is restated for the register that the bundle is used on."""

NEIGHBOURS = "neighbours"
"""The group of what the other predicted matches of a pair's records add to its score, in batch use alone."""

NEIGHBOURS_AGREE, NEIGHBOURS_DISAGREE = "NEIGHBOURS_AGREE", "NEIGHBOURS_DISAGREE"
"""The codes of a pair whose score the neighbours raise or lower."""

LITTLE_EVIDENCE = "LITTLE_EVIDENCE"
"""The code of a match that a rule sends to review because at most one field is known in both records."""

NOTHING_COMPARED = "NOTHING_COMPARED"
"""The code of a pair with nothing to compare: no field is known in both records."""

CANDIDATES_LOWER, CANDIDATES_RAISE = "CONTEXT_LOWERS", "CONTEXT_RAISES"
"""The codes of a pair whose band the competing candidates change, where its own place among them does not say so."""

COUNTERFACTUAL = "COUNTERFACTUAL"
"""The prefix of the codes of hints. The codes with ``_MATCH`` and ``_NO_MATCH`` have the whole sentences."""

NEARLY_SUFFIX = "_NEARLY"
"""The suffix of the key of a text for values that agree and are not the same: ``SURNAME_AGREES_NEARLY``. It is no code
of its own, because a code does not depend on how nearly two values agree."""

LABEL_SUFFIX = "_LABEL"
"""The suffix of the key under which a translation names a group."""

RESERVED_NAMES = frozenset(
    {CONTEXT, RECORD, REGISTER, NEIGHBOURS, "identity", "record_id", "record_key", "source", COUNTERFACTUAL.lower()}
)
"""Names that no field may have: they have another meaning in tables, comparisons or reason codes."""
