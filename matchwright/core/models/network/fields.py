"""Which texts get an embedding: fields of kind text and name, and the whole record."""

from matchwright.core.compare.cross_field import record_pairing
from matchwright.core.compare.pairing import Pairing
from matchwright.core.records.columns import Array, Columns
from matchwright.core.records.whole import impersonal_fields, record_texts
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import RECORD

KINDS = frozenset({"text", "name"})


def embedded_fields(spec: MatchSpec) -> dict[str, bool]:
    """The fields (and ``record``) with an embedding, and whether whole words are read as well as trigrams.

    Whole words reveal more about a person than trigrams do, so they are read only in fields without personal data. A
    field that alone identifies a person has no embedding. The record's embedding reads its fields without personal
    data.
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
    """The texts of row-aligned record features for the embedding of ``name``, a field or ``record``."""
    if name == RECORD:
        return record_pairing(left, right, spec, impersonal_fields(spec))
    return Pairing.of(left, right, name, spec.sources.alike)


def texts_of(records: Columns, name: str, spec: MatchSpec) -> Array:
    """The text of each record for the embedding of ``name``, None where it has no text; shape (records,)."""
    return record_texts(records, impersonal_fields(spec)) if name == RECORD else records[name]
