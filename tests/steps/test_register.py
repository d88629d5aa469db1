"""A registered version: its bundle, its tags and its card. The same training gives the same bytes."""

import json

import pytest
from fixtures.training import CODE
from fixtures.training_run import Run, new_run

from matchwright.adapters.registry import challenger, version_info
from matchwright.adapters.registry.description import LONGEST, describe
from matchwright.core.bundle import load_bundle, verify_bundle
from matchwright.secrets import VERIFY_KEY, secret
from matchwright.steps.gate import gate


def test_the_registered_bundle_can_be_loaded_and_contains_its_lineage(run):
    made, registered = run
    bundle = load_bundle(made.bundle, secret(VERIFY_KEY))
    assert bundle.digest == registered["digest"]
    assert bundle.manifest.code_digest == CODE
    assert set(bundle.manifest.data_versions) >= {"records", "pairs"}
    lineage = json.loads((made.bundle / "lineage.json").read_text())
    assert lineage["data"]["records"]["rows"] == 1600
    assert str(made.work) not in (made.bundle / "lineage.json").read_text()
    reference = bundle.reference()
    assert set(reference.dtypes.astype(str)) <= {"float32", "float64", "object", "int8", "int64"}


def test_the_version_has_its_tags_and_its_card(run):
    made, registered = run
    info = version_info(made.settings, "persons", registered["version"])
    assert info.tags["approval"] == "pending"
    assert info.tags["trained_by"] == "engineer"
    assert info.tags["lake_version.records"] == "0"
    assert info.tags["bundle_digest"] == registered["digest"]
    f1 = next(g for g in json.loads((made.evaluation / "gates.json").read_text())["gates"] if g["name"] == "F1")
    assert f1["value"] > 0.9
    verdict = "passed" if f1["passed"] else "failed"
    assert info.tags["gate.f1"] == f"{verdict}: {f1['value']:.4f}, at least {f1['limit']:g}"
    card = (made.bundle / "card.md").read_text()
    description = describe(card, info.run_id, [], "card.md")
    assert len(description) <= LONGEST
    for section in ("Gates", "Bands and costs", "How to approve", "Limits"):
        assert f"## {section}" in card
        assert f"## {section}" in description
    for section in ("Calibration", "Slices", "Behaviours"):  # left out where there is no room, and named
        assert f"## {section}" in card
        assert section in description
    assert "F1 where state nsw" in description


def test_registering_the_same_bundle_again_makes_no_second_version(run, tmp_path):
    made, registered = run
    verdict = gate(evaluation=made.evaluation)
    assert made.register(verdict, tmp_path / "again") == registered


def test_a_version_with_failed_gates_is_registered_but_never_a_challenger(run, tmp_path, monkeypatch):
    made, _ = run
    before = challenger(made.settings, "persons")
    card = made.spec.model_copy(update={"description": "Another description"})
    other = Run(made.settings, card, made.work, made.files)
    registered = other.register("fail", tmp_path / "failed")
    assert version_info(made.settings, "persons", registered["version"]).tags["gates"] == "failed"
    assert challenger(made.settings, "persons") == before


@pytest.mark.slow
def test_the_same_inputs_and_seed_give_the_same_bundle_in_another_home(run, persons_spec, febrl, tmp_path):
    again = new_run(tmp_path / "cross_field", persons_spec, febrl)
    registered = again.run_training_steps()
    one, two = (verify_bundle(r.bundle, secret(VERIFY_KEY))[0].files for r in (run[0], again))
    assert {name for name in one if one[name] != two[name]} == set()
    assert registered["digest"] == run[1]["digest"]
