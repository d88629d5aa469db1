"""Writing a bundle: first all files, then the manifest with their hashes, then the signature of the manifest."""

import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from matchwright.core.bundle.golden import GoldenDecision
from matchwright.core.bundle.manifest import (
    BANDS,
    CALIBRATOR,
    CARD,
    CORPUS,
    EMBEDDINGS,
    EVIDENCE,
    GOLDEN,
    LINEAGE,
    MANIFEST,
    NEIGHBOURS,
    REASONS,
    REFERENCE,
    REGISTER_EVIDENCE,
    SIGNATURE,
    SPEC,
    WORDS,
    Manifest,
    bundle_digest,
    file_digest,
)
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.models.files import write_scorer
from matchwright.core.records.corpus import feature_version
from matchwright.core.spec import spec_digest, spec_yaml


@dataclass(frozen=True)
class BundleParts:
    """The parts of a bundle other than the decision model.

    ``reference`` has the comparisons, ``score``, ``band`` and ``label`` of the evaluation set, without identifiers.
    """

    golden: list[GoldenDecision]
    reference: pd.DataFrame
    card: str
    lineage: dict[str, Any]
    code_digest: str
    data_versions: dict[str, str]
    parent: str | None
    feature_service: str


def write_bundle(model: DecisionModel, parts: BundleParts, folder: Path, signing_key: bytes) -> str:
    """Write and sign a bundle, and return its digest. ``folder`` never holds a part of a bundle."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _write_files(model, parts, draft)
        files = {path.name: file_digest(path) for path in sorted(draft.iterdir())}
        content = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
        manifest = Manifest(
            name=model.spec.name,
            version=f"{model.spec.version}+{content[:12]}",
            spec_digest=spec_digest(model.spec),
            code_digest=parts.code_digest,
            data_versions=parts.data_versions,
            parent=parts.parent,
            feature_version=feature_version(model.spec, model.corpus),
            feature_service=parts.feature_service,
            files=files,
        ).content()
        (draft / MANIFEST).write_bytes(manifest)
        (draft / SIGNATURE).write_bytes(Ed25519PrivateKey.from_private_bytes(signing_key).sign(manifest))
        draft.chmod(0o755)
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return bundle_digest(manifest)


def _write_files(model: DecisionModel, parts: BundleParts, folder: Path) -> None:
    (folder / SPEC).write_text(spec_yaml(model.spec), encoding="utf-8")
    write_scorer(model.scorer, folder)
    if model.words is not None:
        model.words.save(folder / WORDS)
    if model.embeddings is not None:
        model.embeddings.save(folder / EMBEDDINGS)
    if model.register is not None:
        model.register.save(folder / REGISTER_EVIDENCE)
    if model.neighbours is not None:
        model.neighbours.save(folder / NEIGHBOURS)
    model.corpus.save(folder / CORPUS)
    model.calibrator.save(folder / CALIBRATOR)
    model.bands.save(folder / BANDS)
    model.catalogue.save(folder / REASONS)
    model.figures.save(folder / EVIDENCE)
    lines = [json.dumps(pair.model_dump(mode="json"), sort_keys=True) for pair in parts.golden]
    (folder / GOLDEN).write_text("\n".join(lines) + "\n", encoding="utf-8")
    parts.reference.to_parquet(folder / REFERENCE, index=False)
    (folder / CARD).write_text(parts.card, encoding="utf-8")
    (folder / LINEAGE).write_text(json.dumps(parts.lineage, indent=1, sort_keys=True) + "\n", encoding="utf-8")
