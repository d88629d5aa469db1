"""Which texts get an embedding: fields of running text and of names, and the record as a whole."""

from matchwright.core.compare.cross_field import record_pairing
from matchwright.core.compare.pairing import Pairing
from matchwright.core.records.columns import Array, Columns
from matchwright.core.records.whole import impersonal_fields, record_texts
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import RECORD

KINDS = frozenset({"text", "name"})


def embedded_fields(spec: MatchSpec) -> dict[str, bool]:
    """Fields and ``record`` by name, each with whether its whole words are read beside its trigrams.

    Whole words say more about a person than trigrams do, so they are read only of fields without personal data. A
    field that identifies a person by itself has no embedding. The record's embedding is of its impersonal fields.
    """
    found = {
        name: field.pii == "none"
        for name, field in spec.compared.items()
        if field.kind in KINDS and field.pii != "direct"
    }
    if spec.record is not None and impersonal_fields(spec):
        found[RECORD] = True
    return found


def text_pairing(left: Columns, right: Columns, name: str, spec: MatchSpec) -> Pairing:
    """The texts of row-aligned record features that the embedding called ``name`` is of."""
    if name == RECORD:
        return record_pairing(left, right, spec, impersonal_fields(spec))
    return Pairing.of(left, right, name, spec.sources.alike)


def texts_of(records: Columns, name: str, spec: MatchSpec) -> Array:
    """The text of each record that the embedding called ``name`` is of, None where it has none; shape (records,)."""
    return record_texts(records, impersonal_fields(spec)) if name == RECORD else records[name]
