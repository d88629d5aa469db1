"""Write the decision bundle and register it as a version for the reviewer."""

import hashlib
import re
from dataclasses import replace
from importlib.metadata import version as library_version
from pathlib import Path
from typing import Any

from matchwright.adapters.registry import register_bundle
from matchwright.core.bundle import BundleParts, golden_decisions, load_bundle, write_bundle
from matchwright.core.models.files import scorer_file
from matchwright.core.reasons import EvidenceFigures
from matchwright.core.records.frames import read_frame
from matchwright.core.spec import MatchSpec, spec_digest
from matchwright.evaluation.card import Card, render_card
from matchwright.operations.champion import PARENT
from matchwright.operations.failures import records_failure
from matchwright.operations.snapshot import Snapshot
from matchwright.operations.training_artifacts import SUMMARY as TRAINING
from matchwright.operations.training_artifacts import Trained, read_json
from matchwright.secrets import SIGNING_KEY, VERIFY_KEY, secret
from matchwright.settings import Settings
from matchwright.steps.candidates import SUMMARY as CANDIDATES
from matchwright.steps.evaluate import GATES, REFERENCE, SUMMARY
from matchwright.steps.explain import EVIDENCE
from matchwright.steps.explain import SUMMARY as EXPLANATION

_LIBRARIES = ("numpy", "onnxruntime", "pandas", "rapidfuzz", "regex", "scikit-learn", "torch", "xgboost-cpu")


@records_failure
def register(
    *,
    settings: Settings,
    spec: MatchSpec,
    snapshot: Path,
    features: Path,
    candidates: Path,
    model: Path,
    calibration: Path,
    evaluation: Path,
    explanation: Path,
    gate: str,
    code_digest: str,
    bundle: Path,
) -> dict[str, str]:
    """Make the bundle, check that it loads, and register it.

    Args:
        settings: the environment, which says where MLflow is.
        spec: the match spec.
        snapshot: the validated snapshot.
        features: folder of the features step.
        candidates: folder of the candidates step.
        model: folder of the train step.
        calibration: folder of the calibrate step.
        evaluation: folder of the evaluate step.
        explanation: folder of the explain step.
        gate: ``pass`` makes the version the challenger; ``fail`` only registers it for the reviewer.
        code_digest: the digest of the code that made it.
        bundle: folder to write the bundle to.

    Returns:
        name, version and digest of the registered version.

    Raises:
        BundleError: the bundle does not load.
    """
    trained = Trained.read(model, spec)
    figures = EvidenceFigures.load(explanation / EVIDENCE)
    decider = replace(trained.decision_model(spec, features, calibration), figures=figures)
    taken = Snapshot.read(snapshot)
    summary, gates = read_json(evaluation / SUMMARY), read_json(evaluation / GATES)["gates"]
    feature_summary = read_json(features / "features.json")
    training = read_json(model / TRAINING)
    imported = {"imported_scorer": training["imported"]["sha256"]} if training.get("imported") else {}
    lineage = {**_lineage(spec, taken, features, candidates, model, code_digest), **imported}
    card = render_card(
        Card(
            spec,
            decider.bands,
            evaluation=summary,
            gates=gates,
            calibration=read_json(calibration / "calibration.json"),
            explanation=read_json(explanation / EXPLANATION),
            training=training,
            candidates=read_json(candidates / CANDIDATES),
            origin=taken.origin,
            rows={name: table.rows for name, table in taken.tables.items()},
        )
    )
    parts = BundleParts(
        golden=golden_decisions(decider),
        reference=read_frame(evaluation / REFERENCE),
        card=card,
        lineage=lineage,
        code_digest=code_digest,
        data_versions=taken.data_versions,
        parent=summary["champion"],
        feature_service=str(feature_summary["feature_service"]),
    )
    digest = write_bundle(decider, parts, bundle, secret(SIGNING_KEY))
    load_bundle(bundle, secret(VERIFY_KEY))
    tags = {
        "gates": "passed" if gate == "pass" else "failed",
        "trained_by": settings.actor,
        "spec_digest": spec_digest(spec),
        "code_digest": code_digest,
        "feature_service": parts.feature_service,
        **imported,
        **({PARENT: summary["champion"]} if summary["champion"] else {}),
        **{f"data.{table}": digest for table, digest in taken.data_versions.items()},
        # the versions to read the same tables again; not in the bundle, because they differ from lake to lake
        **{f"lake_version.{name}": str(table.version) for name, table in taken.tables.items()},
        **{f"gate.{_tag(row['name'])}": _gate_tag(row) for row in gates},
    }
    info = register_bundle(settings, trained.run_id, bundle, digest, card, tags, challenger=gate == "pass")
    return {"name": info.name, "version": info.version, "digest": digest}


def _lineage(
    spec: MatchSpec, snapshot: Snapshot, features: Path, candidates: Path, model: Path, code_digest: str
) -> dict[str, Any]:
    """The digests of all inputs. It holds no path and no time, so it is the same on every machine."""
    return {
        "spec": spec_digest(spec),
        "code": code_digest,
        "data": {name: {"digest": t.digest, "rows": t.rows} for name, t in sorted(snapshot.tables.items())},
        "corpus": _digest(features / "corpus.safetensors"),
        "candidates": _digest(candidates / "candidates.parquet"),
        "scorer": _digest(scorer_file(model)),
        "libraries": {name: library_version(name) for name in _LIBRARIES},
    }


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _tag(name: str) -> str:
    """A gate's name as an MLflow tag key, which allows few signs besides letters and digits."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:100]


def _gate_tag(row: dict[str, Any]) -> str:
    return f"{row['result']}: {row['value']:.4f}, {row['must_be']} {row['limit']:g}"
