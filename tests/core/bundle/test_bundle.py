"""A bundle loads only if it is complete, is signed, and reproduces its golden pairs."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fixtures.models import write_test_bundle

from matchwright.core.bundle import load_bundle, pack_bundle, unpack_bundle, verify_bundle
from matchwright.errors import BundleError


@pytest.fixture
def copy(trained_bundle: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained_bundle, tmp_path / "copy"))


def test_a_loaded_bundle_decides_like_the_original_model(trained_bundle, verify_key, decision_model, small_world):
    bundle = load_bundle(trained_bundle, verify_key)
    left, right = small_world.left.head(50), small_world.right.head(50)
    assert bundle.model.decide(left, right) == decision_model.decide(left, right)
    assert bundle.manifest.name == "persons"
    assert bundle.reference().columns[-3:].tolist() == ["score", "band", "label"]


def test_deciding_needs_no_training_library(trained_bundle, verify_key):
    """A serving container does not have PyTorch or the libraries of the pipeline."""
    code = (
        "import sys; from pathlib import Path; from matchwright.core.bundle import load_bundle;"
        f"load_bundle(Path({str(trained_bundle)!r}), {verify_key!r});"
        "heavy = {'torch', 'mlflow', 'kfp', 'shap', 'feast', 'evidently', 'great_expectations'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_same_model_gives_the_same_bytes(trained_bundle, decision_model, small_world, verify_key, tmp_path):
    again = write_test_bundle(decision_model, small_world, tmp_path / "again")
    assert verify_bundle(again, verify_key)[1] == verify_bundle(trained_bundle, verify_key)[1]


@pytest.mark.parametrize("name", ["scorer.ubj", "spec.yaml", "golden.jsonl", "corpus.safetensors"])
def test_the_error_names_an_altered_file(copy, verify_key, name):
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(bytes(content))
    with pytest.raises(BundleError, match=f"{name} was altered"):
        load_bundle(copy, verify_key)


def test_one_error_lists_absent_and_added_files(copy, verify_key):
    (copy / "bands.json").unlink()
    (copy / "extra.pkl").write_bytes(b"")
    with pytest.raises(BundleError, match=r"bands.json is absent; extra.pkl is not in the manifest"):
        load_bundle(copy, verify_key)


def test_an_altered_manifest_breaks_the_signature(copy, verify_key):
    manifest = json.loads((copy / "bundle.json").read_text())
    (copy / "bundle.json").write_text(json.dumps({**manifest, "version": "9"}))
    with pytest.raises(BundleError, match="signature does not fit"):
        load_bundle(copy, verify_key)


def test_a_bundle_signed_by_another_key_is_refused(trained_bundle):
    import base64

    from matchwright.secrets import verify_key_of

    with pytest.raises(BundleError, match="MATCHWRIGHT_VERIFY_KEY"):
        load_bundle(trained_bundle, base64.b64decode(verify_key_of(bytes(32))))


def test_a_bundle_that_does_not_reproduce_its_golden_pairs_is_refused(copy, verify_key, signing_key, monkeypatch):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from matchwright.core.bundle import manifest as names

    lines = [json.loads(line) for line in (copy / "golden.jsonl").read_text().splitlines()]
    lines[0]["score"] = 0.5
    (copy / "golden.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n")
    document = json.loads((copy / "bundle.json").read_text())
    document["files"]["golden.jsonl"] = names.file_digest(copy / "golden.jsonl")
    (copy / "bundle.json").write_text(json.dumps(document))
    signature = Ed25519PrivateKey.from_private_bytes(signing_key).sign((copy / "bundle.json").read_bytes())
    (copy / "signature").write_bytes(signature)
    with pytest.raises(BundleError, match="does not reproduce 1 golden pair"):
        load_bundle(copy, verify_key)


def test_packing_is_deterministic_and_unpacking_restores_the_bundle(trained_bundle, verify_key, tmp_path):
    for name in ("one.tar.gz", "two.tar.gz"):
        pack_bundle(trained_bundle, tmp_path / name)
    assert (tmp_path / "one.tar.gz").read_bytes() == (tmp_path / "two.tar.gz").read_bytes()
    unpack_bundle(tmp_path / "one.tar.gz", tmp_path / "out")
    assert verify_bundle(tmp_path / "out", verify_key) == verify_bundle(trained_bundle, verify_key)


def test_a_truncated_archive_is_refused(trained_bundle, tmp_path):
    pack_bundle(trained_bundle, tmp_path / "whole.tar.gz")
    (tmp_path / "truncated.tar.gz").write_bytes((tmp_path / "whole.tar.gz").read_bytes()[:5000])
    with pytest.raises(BundleError, match="cannot be unpacked"):
        unpack_bundle(tmp_path / "truncated.tar.gz", tmp_path / "out")
