"""The match spec: its model, and how it is read and checked."""

from matchwright.core.spec.deciding import Band
from matchwright.core.spec.fields import FieldKind, FieldSpec, PiiClass
from matchwright.core.spec.load import load_spec, parse_spec, spec_digest, spec_yaml, written_digest
from matchwright.core.spec.model import MatchSpec

__all__ = [
    "Band",
    "FieldKind",
    "FieldSpec",
    "MatchSpec",
    "PiiClass",
    "load_spec",
    "parse_spec",
    "spec_digest",
    "spec_yaml",
    "written_digest",
]
