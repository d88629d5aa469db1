"""The manifest: what a bundle holds, where it came from, and the hash of every file."""

import hashlib
import json
from pathlib import Path

from matchwright.core.spec.model import Frozen

MANIFEST = "bundle.json"
SIGNATURE = "signature"
SPEC, SCORER, ENCODER, CORPUS = "spec.yaml", "scorer.ubj", "encoder.safetensors", "corpus.safetensors"
WORDS = "words.safetensors"
CALIBRATOR, BANDS, REASONS = "calibrator.json", "bands.json", "reasons.yaml"
EVIDENCE = "evidence.json"
COLD_START = "scorer.json"
GOLDEN, REFERENCE, CARD, LINEAGE = "golden.jsonl", "reference.parquet", "card.md", "lineage.json"

SCORERS = (SCORER, COLD_START)
"""One of these is in every bundle, by the kind of its scorer."""

REQUIRED = (SPEC, CORPUS, CALIBRATOR, BANDS, REASONS, GOLDEN, REFERENCE, CARD, LINEAGE)
"""Files every bundle has beside its scorer; encoder and learned words are there where training kept them."""


class Manifest(Frozen):
    """``bundle.json``. Nothing in it depends on the clock: same inputs and seed, same bytes."""

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
    """The bundle's digest: SHA-256 of its manifest, which holds the hash of everything else."""
    return hashlib.sha256(manifest).hexdigest()
