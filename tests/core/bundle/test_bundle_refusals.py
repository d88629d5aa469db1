"""Reasons to refuse a bundle although its signature is valid, and archives that are not bundles."""

import io
import json
import shutil
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from matchwright.core.bundle import golden_decisions, load_bundle, replay, unpack_bundle, verify_bundle
from matchwright.core.bundle.golden import TOLERANCE
from matchwright.core.bundle.manifest import file_digest
from matchwright.errors import BundleError


@pytest.fixture
def copy(trained_bundle: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained_bundle, tmp_path / "copy"))


def sign_again(folder: Path, signing_key: bytes, **changes: object) -> None:
    """Sign the files of the folder again, with a manifest that has the ``changes``."""
    manifest = json.loads((folder / "bundle.json").read_text())
    present = {path.name for path in folder.iterdir()} - {"bundle.json", "signature"}
    manifest |= {"files": {name: file_digest(folder / name) for name in sorted(present)}, **changes}
    content = json.dumps(manifest).encode()
    (folder / "bundle.json").write_bytes(content)
    (folder / "signature").write_bytes(Ed25519PrivateKey.from_private_bytes(signing_key).sign(content))


def change_golden(folder: Path, **changes: object) -> None:
    """Change values of the first golden pair."""
    first, *others = (folder / "golden.jsonl").read_text().splitlines()
    (folder / "golden.jsonl").write_text("\n".join([json.dumps(json.loads(first) | changes), *others]) + "\n")


def first_golden_pair(folder: Path) -> dict:
    return json.loads((folder / "golden.jsonl").read_text().splitlines()[0])


def test_a_bundle_with_a_manifest_that_is_signed_again_loads(copy, signing_key, verify_key):
    sign_again(copy, signing_key)
    assert load_bundle(copy, verify_key).manifest.name == "persons"


@pytest.mark.parametrize("key", ["spec_digest", "feature_version"])
def test_a_manifest_with_a_wrong_digest_of_the_spec_or_features_is_refused(copy, signing_key, verify_key, key):
    sign_again(copy, signing_key, **{key: "0" * 64})
    with pytest.raises(BundleError, match="spec or corpus is not the one that its manifest names"):
        load_bundle(copy, verify_key)


@pytest.mark.parametrize("change", [{"files": "none"}, {"name": None}, {"surprise": 1}])
def test_an_invalid_manifest_is_refused_although_it_is_signed(copy, signing_key, verify_key, change):
    sign_again(copy, signing_key, **change)
    with pytest.raises(BundleError, match="manifest cannot be read"):
        verify_bundle(copy, verify_key)


@pytest.mark.parametrize("difference", [1e-5, -1e-5, 0.4, -0.4])
def test_a_golden_score_that_is_too_high_or_too_low_is_refused(copy, signing_key, verify_key, difference):
    change_golden(copy, score=first_golden_pair(copy)["score"] - difference)
    sign_again(copy, signing_key)
    with pytest.raises(BundleError, match=r"1 golden pair\(s\): identical: score\."):
        load_bundle(copy, verify_key)


@pytest.mark.parametrize(
    ("change", "differs"),
    [({"band": "review"}, "band"), ({"codes": ["STATE_MISSING"]}, "reasons"), ({"codes": []}, "reasons")],
)
def test_a_golden_pair_with_another_band_or_other_reasons_is_refused(copy, signing_key, verify_key, change, differs):
    change_golden(copy, **change)
    sign_again(copy, signing_key)
    with pytest.raises(BundleError, match=rf"identical: {differs}\."):
        load_bundle(copy, verify_key)


@pytest.mark.parametrize("difference", [1e-6, -1e-6])
def test_a_golden_score_may_differ_by_one_unit_in_the_last_place(decision_model, difference):
    golden = golden_decisions(decision_model)
    nearly = [pair.model_copy(update={"score": pair.score + difference}) for pair in golden]
    assert replay(decision_model, nearly) == []
    beyond = [pair.model_copy(update={"score": pair.score + 2 * difference}) for pair in nearly]
    assert len(replay(decision_model, beyond)) == len(golden)
    assert abs(difference) < TOLERANCE < abs(3 * difference)


def test_both_records_of_a_golden_pair_are_decided(decision_model):
    scores = {pair.name: pair.score for pair in golden_decisions(decision_model)}
    assert scores["identical"] > 0.9
    assert scores["different persons"] < 0.1


def test_golden_pairs_have_variants_with_swapped_sides_a_missing_value_and_a_typing_error(decision_model):
    variants = {pair.name: pair for pair in golden_decisions(decision_model) if pair.name.startswith("identical")}
    original, swapped = variants["identical"], variants["identical, sides swapped"]
    assert (swapped.left, swapped.right) == (original.right, original.left)
    assert variants["identical, surname missing"].right["surname"] is None
    assert variants["identical, surname mistyped"].right["surname"] != original.right["surname"]
    # A typing error in a value of three characters proves little, so there is no variant with a mistyped state.
    assert "identical, state missing" in variants
    assert "identical, state mistyped" not in variants
    assert "identical, postcode mistyped" in variants


def test_golden_pairs_are_not_swapped_if_the_sources_differ(decision_model):
    sources = decision_model.spec.sources.model_copy(update={"alike": False})
    different_sources = replace(decision_model, spec=decision_model.spec.model_copy(update={"sources": sources}))
    assert [pair.name for pair in golden_decisions(different_sources) if "swapped" in pair.name] == []


@pytest.mark.parametrize("content", ["not json\n", '{"name": "identical"}\n', "[1]\n"])
def test_golden_pairs_that_cannot_be_read_are_refused(copy, signing_key, verify_key, content):
    (copy / "golden.jsonl").write_text(content)
    sign_again(copy, signing_key)
    with pytest.raises(BundleError, match="golden pairs cannot be read"):
        load_bundle(copy, verify_key)


def test_at_most_five_golden_pairs_are_named(copy, signing_key, verify_key):
    lines = [json.loads(line) | {"score": 0.5} for line in (copy / "golden.jsonl").read_text().splitlines()]
    (copy / "golden.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n")
    sign_again(copy, signing_key)
    with pytest.raises(BundleError, match=rf"reproduce {len(lines)} golden") as refused:
        load_bundle(copy, verify_key)
    assert str(refused.value).count("score") == 5


@pytest.mark.parametrize("name", ["spec.yaml", "card.md", "lineage.json", "reference.parquet", "calibrator.json"])
def test_a_signed_bundle_without_a_required_file_is_refused(copy, signing_key, verify_key, name):
    (copy / name).unlink()
    sign_again(copy, signing_key)
    with pytest.raises(BundleError, match=f"corrupt: {name} is absent"):
        verify_bundle(copy, verify_key)


def test_a_signed_bundle_without_a_scorer_is_refused(copy, signing_key, verify_key):
    (copy / "scorer.ubj").unlink()
    sign_again(copy, signing_key)
    with pytest.raises(BundleError, match="corrupt: the scorer is absent"):
        verify_bundle(copy, verify_key)


def test_a_signature_by_another_key_is_refused(copy, verify_key):
    sign_again(copy, bytes(32))
    with pytest.raises(BundleError, match="signature does not fit"):
        verify_bundle(copy, verify_key)


@pytest.mark.parametrize("absent", ["bundle.json", "signature"])
def test_a_folder_without_a_manifest_or_a_signature_is_refused(copy, verify_key, absent):
    (copy / absent).unlink()
    with pytest.raises(BundleError, match="No signed bundle in copy"):
        verify_bundle(copy, verify_key)


def archive(path: Path, *members: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for member in members:
            content = b"from outside" if member.isfile() else b""
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def link(name: str, target: str, kind: bytes) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


@pytest.mark.parametrize(
    "member",
    [
        tarfile.TarInfo("../outside"),
        tarfile.TarInfo("inner/../../outside"),
        tarfile.TarInfo("/tmp/outside"),
        tarfile.TarInfo(".."),
        tarfile.TarInfo("inner/outside"),
        link("outside", "../secret", tarfile.SYMTYPE),
        link("outside", "/etc/passwd", tarfile.SYMTYPE),
        link("outside", "../secret", tarfile.LNKTYPE),
        link("outside", "", tarfile.FIFOTYPE),
    ],
    ids=[
        "parent folder",
        "subfolder and back",
        "absolute path",
        "parent itself",
        "subfolder",
        "symbolic link",
        "absolute link",
        "hard link",
        "pipe",
    ],
)
def test_an_archive_with_a_member_outside_its_folder_is_refused(tmp_path, member):
    (tmp_path / "secret").write_text("secret")
    packed = archive(tmp_path / "model.tar.gz", member)
    with pytest.raises(BundleError, match=r"model.tar.gz cannot be unpacked"):
        unpack_bundle(packed, tmp_path / "folder" / "bundle")
    assert not (tmp_path / "folder" / "outside").exists()
    assert not (tmp_path / "outside").exists()


def test_an_archive_that_names_its_root_is_unpacked(tmp_path):
    root = tarfile.TarInfo(".")
    root.type = tarfile.DIRTYPE
    packed = archive(tmp_path / "model.tar.gz", root, tarfile.TarInfo("./bundle.json"))
    unpack_bundle(packed, tmp_path / "folder" / "bundle")
    assert [path.name for path in (tmp_path / "folder" / "bundle").iterdir()] == ["bundle.json"]


def test_a_file_that_is_not_an_archive_is_refused(tmp_path):
    (tmp_path / "model.tar.gz").write_text("no archive")
    with pytest.raises(BundleError, match="fetch the bundle again"):
        unpack_bundle(tmp_path / "model.tar.gz", tmp_path / "bundle")


def test_a_packed_bundle_has_no_data_of_this_machine(trained_bundle, tmp_path):
    from matchwright.core.bundle import pack_bundle

    pack_bundle(trained_bundle, tmp_path / "model.tar.gz")
    with tarfile.open(tmp_path / "model.tar.gz") as tar:
        members = tar.getmembers()
    assert [member.name for member in members] == sorted(path.name for path in trained_bundle.iterdir())
    assert {(m.mode, m.mtime, m.uid, m.gid, m.uname, m.gname) for m in members} == {(0o644, 0, 0, 0, "", "")}
    assert [path.name for path in tmp_path.iterdir()] == ["model.tar.gz"]


def test_writing_a_bundle_again_replaces_all_of_it_and_leaves_no_temporary_folder(
    decision_model, small_world, tmp_path, verify_key
):
    from fixtures.models import write_test_bundle

    folder = write_test_bundle(decision_model, small_world, tmp_path / "bundle")
    (folder / "left_over").write_text("of an earlier bundle")
    write_test_bundle(decision_model, small_world, folder)
    verify_bundle(folder, verify_key)
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]
    assert folder.stat().st_mode & 0o777 == 0o755
    assert load_bundle(folder, verify_key).card() == "# A small model\n"


@pytest.mark.parametrize("position", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_an_archive_with_damaged_bytes_is_refused(trained_bundle, tmp_path, position):
    from matchwright.core.bundle import pack_bundle

    pack_bundle(trained_bundle, tmp_path / "model.tar.gz")
    content = bytearray((tmp_path / "model.tar.gz").read_bytes())
    for index in range(int(position * len(content)), int(position * len(content)) + 20):
        content[index] ^= 0xFF
    (tmp_path / "model.tar.gz").write_bytes(bytes(content))
    with pytest.raises(BundleError, match="cannot be unpacked"):
        unpack_bundle(tmp_path / "model.tar.gz", tmp_path / "bundle")


def test_the_bytes_of_a_manifest_do_not_depend_on_the_order_of_its_parts():
    from matchwright.core.bundle import Manifest

    parts = {name: "x" for name in Manifest.model_fields} | {"files": {"a": "1", "b": "2"}, "data_versions": {"c": "3"}}
    reordered = {**dict(reversed(parts.items())), "files": {"b": "2", "a": "1"}}
    assert Manifest(**parts).content() == Manifest(**reordered).content()
