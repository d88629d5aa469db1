"""The manifest: the content of a bundle, its origin, and the hash of every file."""

import hashlib
import json
from pathlib import Path

from matchwright.frozen import Frozen

MANIFEST = "bundle.json"
SIGNATURE = "signature"
SPEC, CORPUS = "spec.yaml", "corpus.safetensors"
WORDS, EMBEDDINGS = "words.safetensors", "embeddings.safetensors"
CALIBRATOR, BANDS, REASONS = "calibrator.json", "bands.json", "reasons.yaml"
EVIDENCE, REGISTER_EVIDENCE, NEIGHBOURS = "evidence.json", "register_evidence.json", "neighbours.json"
GOLDEN, REFERENCE, CARD, LINEAGE = "golden.jsonl", "reference.parquet", "card.md", "lineage.json"

REQUIRED = (SPEC, CORPUS, CALIBRATOR, BANDS, REASONS, EVIDENCE, GOLDEN, REFERENCE, CARD, LINEAGE)
"""Files that every bundle has.

There is also one scorer, whose file name shows its kind. Learned words, embeddings, register evidence and the
evidence of neighbours are optional.
"""


class Manifest(Frozen):
    """The content of ``bundle.json``. It holds no time, so the same inputs and seed give the same bytes."""

    name: str
    version: str
    spec_digest: str
    code_digest: str
    data_versions: dict[str, str]
    parent: str | None
    feature_version: str
    feature_service: str
    files: dict[str, str]

    def content(self) -> bytes:
        """The bytes of ``bundle.json``."""
        return (json.dumps(self.model_dump(mode="json"), indent=1, sort_keys=True) + "\n").encode()


def file_digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def bundle_digest(manifest: bytes) -> str:
    """The bundle's digest: SHA-256 of its manifest, which holds the hashes of all other files."""
    return hashlib.sha256(manifest).hexdigest()
