"""The decision bundle: the unit of release and rollback."""

from matchwright.core.bundle.archive import pack_bundle, unpack_bundle
from matchwright.core.bundle.golden import GoldenDecision, golden_decisions, replay
from matchwright.core.bundle.manifest import Manifest
from matchwright.core.bundle.read import Bundle, load_bundle, verify_bundle
from matchwright.core.bundle.use import register_use, use_on
from matchwright.core.bundle.write import BundleParts, write_bundle

__all__ = [
    "Bundle",
    "BundleParts",
    "GoldenDecision",
    "Manifest",
    "golden_decisions",
    "load_bundle",
    "pack_bundle",
    "register_use",
    "replay",
    "unpack_bundle",
    "use_on",
    "verify_bundle",
    "write_bundle",
]
