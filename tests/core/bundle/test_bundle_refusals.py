"""What a bundle is refused for although its signature is right, and archives that are not bundles."""

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
    """What the owner of the key could sign: the files as they are now, and a manifest with some changes."""
    manifest = json.loads((folder / "bundle.json").read_text())
    present = {path.name for path in folder.iterdir()} - {"bundle.json", "signature"}
    manifest |= {"files": {name: file_digest(folder / name) for name in sorted(present)}, **changes}
    content = json.dumps(manifest).encode()
    (folder / "bundle.json").write_bytes(content)
    (folder / "signature").write_bytes(Ed25519PrivateKey.from_private_bytes(signing_key).sign(content))


def change_golden(folder: Path, **changes: object) -> None:
    """The first golden pair with other values."""
    first, *others = (folder / "golden.jsonl").read_text().splitlines()
    (folder / "golden.jsonl").write_text("\n".join([json.dumps(json.loads(first) | changes), *others]) + "\n")


def golden_of(folder: Path) -> dict:
    return json.loads((folder / "golden.jsonl").read_text().splitlines()[0])


def test_a_manifest_that_is_signed_again_loads(copy, signing_key, verify_key):
    sign_again(copy, signing_key)
    assert load_bundle(copy, verify_key).manifest.name == "persons"


@pytest.mark.parametrize("named", ["spec_digest", "feature_version"])
def test_a_manifest_that_names_another_spec_or_other_features_is_refused(copy, signing_key, verify_key, named):
    sign_again(copy, signing_key, **{named: "0" * 64})
    with pytest.raises(BundleError, match="spec or corpus is not the one that its manifest names"):
        load_bundle(copy, verify_key)


@pytest.mark.parametrize("change", [{"files": "none"}, {"name": None}, {"surprise": 1}])
def test_a_manifest_that_is_none_is_refused_although_it_is_signed(copy, signing_key, verify_key, change):
    sign_again(copy, signing_key, **change)
    with pytest.raises(BundleError, match="manifest cannot be read"):
        verify_bundle(copy, verify_key)


@pytest.mark.parametrize("by", [1e-5, -1e-5, 0.4, -0.4])
def test_a_golden_score_that_is_too_high_or_too_low_is_refused(copy, signing_key, verify_key, by):
    change_golden(copy, score=golden_of(copy)["score"] - by)
    sign_again(copy, signing_key)
    with pytest.raises(BundleError, match=r"1 golden pair\(s\): identical: score\."):
        load_bundle(copy, verify_key)


@pytest.mark.parametrize(
    ("change", "differs"),
    [({"band": "review"}, "band"), ({"codes": ["STATE_MISSING"]}, "reasons"), ({"codes": []}, "reasons")],
)
def test_another_golden_band_or_reason_is_refused(copy, signing_key, verify_key, change, differs):
    change_golden(copy, **change)
    sign_again(copy, signing_key)
    with pytest.raises(BundleError, match=rf"identical: {differs}\."):
        load_bundle(copy, verify_key)


@pytest.mark.parametrize("by", [1e-6, -1e-6])
def test_one_unit_in_the_last_place_of_a_golden_score_may_differ_between_machines(decision_model, by):
    golden = golden_decisions(decision_model)
    nearly = [pair.model_copy(update={"score": pair.score + by}) for pair in golden]
    assert replay(decision_model, nearly) == []
    beyond = [pair.model_copy(update={"score": pair.score + 2 * by}) for pair in nearly]
    assert len(replay(decision_model, beyond)) == len(golden)
    assert abs(by) < TOLERANCE < abs(3 * by)


def test_golden_pairs_are_tried_with_sides_swapped_a_value_missing_and_a_slip(decision_model):
    of_first = {pair.name: pair for pair in golden_decisions(decision_model) if pair.name.startswith("identical")}
    whole, swapped = of_first["identical"], of_first["identical, sides swapped"]
    assert (swapped.left, swapped.right) == (whole.right, whole.left)
    assert of_first["identical, surname missing"].right["surname"] is None
    assert of_first["identical, surname mistyped"].right["surname"] != whole.right["surname"]
    # three characters hold no slip that says anything: the state is never mistyped
    assert "identical, state missing" in of_first
    assert "identical, state mistyped" not in of_first
    assert "identical, postcode mistyped" in of_first


def test_where_sources_differ_golden_pairs_are_not_swapped(decision_model):
    sources = decision_model.spec.sources.model_copy(update={"alike": False})
    apart = replace(decision_model, spec=decision_model.spec.model_copy(update={"sources": sources}))
    assert [pair.name for pair in golden_decisions(apart) if "swapped" in pair.name] == []


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
def test_a_bundle_without_a_file_that_every_bundle_has_is_refused_although_it_is_signed(
    copy, signing_key, verify_key, name
):
    (copy / name).unlink()
    sign_again(copy, signing_key)
    with pytest.raises(BundleError, match=f"corrupt: {name} is absent"):
        verify_bundle(copy, verify_key)


def test_a_bundle_without_a_scorer_is_refused_although_it_is_signed(copy, signing_key, verify_key):
    (copy / "scorer.ubj").unlink()
    sign_again(copy, signing_key)
    with pytest.raises(BundleError, match="corrupt: the scorer is absent"):
        verify_bundle(copy, verify_key)


def test_a_signature_by_another_key_is_refused_although_it_is_a_signature(copy, verify_key):
    sign_again(copy, bytes(32))
    with pytest.raises(BundleError, match="signature does not fit"):
        verify_bundle(copy, verify_key)


@pytest.mark.parametrize("absent", ["bundle.json", "signature"])
def test_a_folder_without_manifest_or_signature_is_no_bundle(copy, verify_key, absent):
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
        link("outside", "../secret", tarfile.SYMTYPE),
        link("outside", "/etc/passwd", tarfile.SYMTYPE),
        link("outside", "../secret", tarfile.LNKTYPE),
        link("outside", "", tarfile.FIFOTYPE),
    ],
    ids=["parent", "detour", "symbolic link", "absolute link", "hard link", "pipe"],
)
def test_an_archive_that_reaches_outside_its_folder_is_refused(tmp_path, member):
    (tmp_path / "secret").write_text("secret")
    packed = archive(tmp_path / "model.tar.gz", member)
    with pytest.raises(BundleError, match=r"model.tar.gz cannot be unpacked"):
        unpack_bundle(packed, tmp_path / "folder" / "bundle")
    assert not (tmp_path / "folder" / "outside").exists()
    assert not (tmp_path / "outside").exists()


def test_an_absolute_member_stays_within_the_folder(tmp_path):
    packed = archive(tmp_path / "model.tar.gz", tarfile.TarInfo(f"{tmp_path}/outside"))
    unpack_bundle(packed, tmp_path / "bundle")
    assert not (tmp_path / "outside").exists()


def test_what_is_no_archive_is_refused(tmp_path):
    (tmp_path / "model.tar.gz").write_text("no archive")
    with pytest.raises(BundleError, match="fetch the bundle again"):
        unpack_bundle(tmp_path / "model.tar.gz", tmp_path / "bundle")


def test_a_packed_bundle_keeps_nothing_of_this_machine(trained_bundle, tmp_path):
    from matchwright.core.bundle import pack_bundle

    pack_bundle(trained_bundle, tmp_path / "model.tar.gz")
    with tarfile.open(tmp_path / "model.tar.gz") as tar:
        members = tar.getmembers()
    assert [member.name for member in members] == sorted(path.name for path in trained_bundle.iterdir())
    assert {(m.mode, m.mtime, m.uid, m.gid, m.uname, m.gname) for m in members} == {(0o644, 0, 0, 0, "", "")}
    assert [path.name for path in tmp_path.iterdir()] == ["model.tar.gz"]


def test_writing_again_replaces_the_whole_bundle_and_leaves_no_draft(decision_model, small_world, tmp_path, verify_key):
    from fixtures.models import write_test_bundle

    folder = write_test_bundle(decision_model, small_world, tmp_path / "bundle")
    (folder / "left_over").write_text("of an earlier bundle")
    write_test_bundle(decision_model, small_world, folder)
    verify_bundle(folder, verify_key)
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]
    assert folder.stat().st_mode & 0o777 == 0o755
    assert load_bundle(folder, verify_key).card() == "# A small model\n"


@pytest.mark.parametrize("at", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_an_archive_with_a_damaged_byte_is_refused(trained_bundle, tmp_path, at):
    from matchwright.core.bundle import pack_bundle

    pack_bundle(trained_bundle, tmp_path / "model.tar.gz")
    content = bytearray((tmp_path / "model.tar.gz").read_bytes())
    for index in range(int(at * len(content)), int(at * len(content)) + 20):
        content[index] ^= 0xFF
    (tmp_path / "model.tar.gz").write_bytes(bytes(content))
    with pytest.raises(BundleError, match="cannot be unpacked"):
        unpack_bundle(tmp_path / "model.tar.gz", tmp_path / "bundle")


def test_a_manifest_has_the_same_bytes_whatever_order_its_parts_are_given_in():
    from matchwright.core.bundle import Manifest

    parts = {name: "x" for name in Manifest.model_fields} | {"files": {"a": "1", "b": "2"}, "data_versions": {"c": "3"}}
    turned = {**dict(reversed(parts.items())), "files": {"b": "2", "a": "1"}}
    assert Manifest(**parts).content() == Manifest(**turned).content()
