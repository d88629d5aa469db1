"""Reading a bundle. It is used only if its signature and hashes are right and its golden pairs are reproduced."""

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from matchwright.core.bundle.golden import GoldenDecision, replay
from matchwright.core.bundle.manifest import (
    BANDS,
    CALIBRATOR,
    CARD,
    CORPUS,
    EMBEDDINGS,
    EVIDENCE,
    GOLDEN,
    MANIFEST,
    NEIGHBOURS,
    REASONS,
    REFERENCE,
    REGISTER_EVIDENCE,
    REQUIRED,
    SIGNATURE,
    SPEC,
    WORDS,
    Manifest,
    bundle_digest,
    file_digest,
)
from matchwright.core.compare.competing_scores import SCORED_NAMES
from matchwright.core.compare.names import comparison_names
from matchwright.core.decide.bands import Bands
from matchwright.core.decide.calibrator import Calibrator
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.models.files import SCORER_FILES, read_scorer
from matchwright.core.models.learned_words import LearnedWords
from matchwright.core.models.neighbours import Neighbours
from matchwright.core.models.network import Embeddings
from matchwright.core.models.register_evidence import RegisterEvidence
from matchwright.core.models.two_stages import TwoStageScorer
from matchwright.core.reasons import Catalogue, EvidenceFigures
from matchwright.core.records.corpus import Corpus, feature_version
from matchwright.core.records.frames import read_frame
from matchwright.core.spec import load_spec, written_digest
from matchwright.errors import DAMAGED, BundleError
from matchwright.stated_register import StatedRegister


@dataclass(frozen=True)
class Bundle:
    """A verified bundle; ``digest`` is the SHA-256 of its manifest.

    ``stated`` is the register that it is used on, see :func:`~matchwright.core.bundle.use.use_on`. None: its own.
    """

    model: DecisionModel
    manifest: Manifest
    digest: str
    folder: Path
    stated: StatedRegister | None = None

    def reference(self) -> pd.DataFrame:
        """Comparisons, score, band and label of the evaluation set."""
        return read_frame(self.folder / REFERENCE)

    def card(self) -> str:
        """The model card in Markdown."""
        return (self.folder / CARD).read_text(encoding="utf-8")


def verify_bundle(folder: Path, verify_key: bytes) -> tuple[Manifest, str]:
    """Check the signature over the manifest, then the hash of every file.

    Returns:
        The manifest and the bundle's digest.

    Raises:
        BundleError: names every file that is absent, altered or not in the manifest.
    """
    path, signature = folder / MANIFEST, folder / SIGNATURE
    if not path.is_file() or not signature.is_file():
        raise BundleError(f"No signed bundle in {folder.name}.", "a bundle has bundle.json and signature")
    content = path.read_bytes()
    try:
        Ed25519PublicKey.from_public_bytes(verify_key).verify(signature.read_bytes(), content)
    except (InvalidSignature, ValueError) as error:
        raise BundleError(
            "The bundle's signature does not fit its manifest.",
            "it was altered, or the key that signed it does not belong to MATCHWRIGHT_VERIFY_KEY",
        ) from error
    try:
        manifest = Manifest.model_validate_json(content)
    except ValidationError as error:
        raise BundleError("The bundle's manifest cannot be read.", DAMAGED) from error
    present = {item.name for item in folder.iterdir()} - {MANIFEST, SIGNATURE}
    faults = [f"{name} is absent" for name in sorted({*manifest.files, *REQUIRED} - present)]
    if not present.union(manifest.files).intersection(SCORER_FILES):
        faults.append("the scorer is absent")
    faults += [f"{name} is not in the manifest" for name in sorted(present - set(manifest.files))]
    faults += [
        f"{name} was altered"
        for name, digest in sorted(manifest.files.items())
        if name in present and file_digest(folder / name) != digest
    ]
    if faults:
        raise BundleError(f"The bundle is corrupt: {'; '.join(faults)}.", DAMAGED)
    return manifest, bundle_digest(content)


def load_bundle(folder: Path, verify_key: bytes) -> Bundle:
    """Verify and load a bundle, and decide its golden pairs again.

    Raises:
        BundleError: it is corrupt, not signed by the owner of ``verify_key``, its parts do not fit together, or it
            does not reproduce its golden pairs.
    """
    folder = Path(folder)
    manifest, digest = verify_bundle(folder, verify_key)
    spec = load_spec(folder / SPEC)
    corpus = Corpus.load(folder / CORPUS)
    if written_digest(spec) != manifest.spec_digest or feature_version(spec, corpus) != manifest.feature_version:
        raise BundleError(
            "The bundle's spec or corpus is not the one that its manifest names.", "train and register it again"
        )
    model = DecisionModel(
        spec=spec,
        corpus=corpus,
        words=LearnedWords.load(folder / WORDS) if WORDS in manifest.files else None,
        embeddings=Embeddings.load(folder / EMBEDDINGS, spec) if EMBEDDINGS in manifest.files else None,
        scorer=read_scorer(folder),
        calibrator=Calibrator.load(folder / CALIBRATOR),
        bands=Bands.load(folder / BANDS),
        catalogue=Catalogue.load(folder / REASONS),
        figures=EvidenceFigures.load(folder / EVIDENCE),
        register=RegisterEvidence.load(folder / REGISTER_EVIDENCE) if REGISTER_EVIDENCE in manifest.files else None,
        neighbours=Neighbours.load(folder / NEIGHBOURS) if NEIGHBOURS in manifest.files else None,
    )
    _demand_comparisons(model)
    faults = replay(model, _golden(folder / GOLDEN))
    if faults:
        raise BundleError(
            f"The bundle does not reproduce {len(faults)} golden pair(s): {'; '.join(faults[:5])}.",
            "serve it with the library versions it was made with, or train it again",
        )
    return Bundle(model, manifest, digest, folder)


def _demand_comparisons(model: DecisionModel) -> None:
    known = comparison_names(model.spec, model.embeddings.fields if model.embeddings else ())
    second = SCORED_NAMES if isinstance(model.scorer, TwoStageScorer) else ()
    absent = sorted(set(model.scorer.names) - {*known, *second})
    if absent:
        raise BundleError(
            f"The scorer reads comparisons that the bundle does not compute: {', '.join(absent[:5])}.",
            "train and register it again",
        )


def _golden(path: Path) -> list[GoldenDecision]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [GoldenDecision.model_validate(json.loads(line)) for line in lines if line]
    except (ValidationError, ValueError) as error:
        raise BundleError("The golden pairs cannot be read.", DAMAGED) from error
