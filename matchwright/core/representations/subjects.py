"""What representations are learned of: fields of running text and of names, and the record as a whole."""

from matchwright.core.compare.elsewhere import record_pairing
from matchwright.core.compare.pairing import Pairing
from matchwright.core.records.columns import Columns
from matchwright.core.records.whole import impersonal_fields
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import RECORD

KINDS = frozenset({"text", "name"})


def subjects_of(spec: MatchSpec) -> dict[str, bool]:
    """Fields and ``record`` by name, each with whether whole words are looked at too.

    Words single out more than trigrams do, and are read of fields without personal data alone; a field that
    identifies a person by itself has no representation, and the record's is of its impersonal fields.
    """
    found = {
        name: field.pii == "none"
        for name, field in spec.compared.items()
        if field.kind in KINDS and field.pii != "direct"
    }
    if spec.record is not None and impersonal_fields(spec):
        found[RECORD] = True
    return found


def pairing_of(left: Columns, right: Columns, subject: str, spec: MatchSpec) -> Pairing:
    """The texts of row-aligned record features that a subject's representation is of."""
    if subject == RECORD:
        return record_pairing(left, right, spec, impersonal_fields(spec))
    return Pairing.of(left, right, subject, spec.sources.alike)
