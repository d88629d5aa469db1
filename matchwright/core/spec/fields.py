"""The sections about records: fields, sources, and evidence over the whole record."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from matchwright.core.notation import Decimal, Order
from matchwright.frozen import Frozen, Share

FieldKind = Literal["name", "text", "id_code", "number", "date", "address", "category", "geo"]
PiiClass = Literal["direct", "quasi", "none"]


def _null_is_a_word(value: Any) -> Any:
    # YAML reads NULL without quotes as no value
    return "NULL" if value is None else value


MissingWord = Annotated[str, BeforeValidator(_null_is_a_word)]
"""A value that means an empty cell. Case and surrounding blanks do not count."""


class FieldSpec(Frozen):
    """One field of a record.

    ``column`` is the input column (the field's name if not given). A field with ``compare: false`` is stored in the
    lake and nowhere else. The first comparator decides what the field says: at or above ``agrees_at`` it agrees,
    below ``disagrees_below`` it disagrees, and between them it partly agrees.

    ``missing`` replaces the spec's list of words for an empty cell. ``decimal`` is the notation of kind ``number`` (a
    decimal point if not given), and ``order`` that of kind ``date`` (the day first if not given). ``decimal_right`` and
    ``order_right`` are for a right table that is written in another notation.
    """

    kind: FieldKind
    pii: PiiClass
    label: str
    column: str | None = None
    compare: bool = True
    missing: tuple[MissingWord, ...] | None = None
    decimal: Decimal | None = None
    decimal_right: Decimal | None = None
    order: Order | None = None
    order_right: Order | None = None
    comparators: tuple[str, ...] | None = None
    agrees_at: Share = 0.92
    disagrees_below: Share = 0.7


class Sources(Frozen):
    """The names of the two sources, and whether they are alike: then scores are symmetric."""

    left: str = "left"
    right: str = "right"
    alike: bool = True


class RecordEvidence(Frozen):
    """Comparisons over the whole record, where the field of a word does not matter (``record__token_overlap``).

    ``fields`` are read as one text (every compared field if not given). ``comparators`` are as for a field.
    """

    fields: tuple[str, ...] | None = None
    comparators: tuple[str, ...] | None = None
    agrees_at: Share = 0.75
    disagrees_below: Share = 0.35
