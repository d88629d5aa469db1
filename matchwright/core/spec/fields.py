"""The sections about records: fields, sources, and evidence over the whole record."""

from typing import Literal

from matchwright.frozen import Frozen, Share

FieldKind = Literal["name", "text", "id_code", "number", "date", "address", "category", "geo"]
PiiClass = Literal["direct", "quasi", "none"]


class FieldSpec(Frozen):
    """One field of a record.

    ``column`` is the input column (the field's name if not given). A field with
    ``compare: false`` stays in the lake and goes nowhere else. The field's evidence
    is read off its first comparator: at or above ``agrees_at`` it agrees, below
    ``disagrees_below`` it disagrees, between the two it partly agrees.
    """

    kind: FieldKind
    pii: PiiClass
    label: str
    column: str | None = None
    compare: bool = True
    comparators: tuple[str, ...] | None = None
    agrees_at: Share = 0.92
    disagrees_below: Share = 0.7


class Sources(Frozen):
    """What the two sources are called, and whether they are alike (then scores are symmetric)."""

    left: str = "left"
    right: str = "right"
    alike: bool = True


class RecordEvidence(Frozen):
    """Comparisons over the whole record, whatever field a word stands in (``record__token_overlap``).

    ``fields`` are read as one text (every compared field if not given); ``comparators`` as for a field.
    """

    fields: tuple[str, ...] | None = None
    comparators: tuple[str, ...] | None = None
    agrees_at: Share = 0.75
    disagrees_below: Share = 0.35
