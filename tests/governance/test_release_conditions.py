"""The conditions of a release. Each is tested alone and with the others, just fulfilled and just not fulfilled."""

import pytest

from matchwright.governance.release_conditions import BundleCheck, approval_conditions, failed_conditions, same_person
from matchwright.governance.version import VersionInfo

DIGEST, OTHER = "a1" * 32, "b2" * 32
APPROVED = {"approval": "approved", "approval_by": "Grace", "trained_by": "Ada", "gates": "passed"}


def version(digest: str = DIGEST, **tags: str) -> VersionInfo:
    kept = {key: value for key, value in {**APPROVED, **tags}.items() if value != "absent"}
    return VersionInfo(name="persons", version="3", digest=digest, run_id="r", tags=kept, aliases=())


def bundle(name: str = "persons", digest: str = DIGEST, fault: str = "") -> BundleCheck:
    return BundleCheck(name=name, digest=digest, fault=fault)


@pytest.mark.parametrize("approved_digest", ["", DIGEST])
def test_no_condition_fails_for_an_approved_version_with_the_right_bundle(approved_digest):
    assert failed_conditions(version(), bundle(), approved_digest) == []


@pytest.mark.parametrize("verdict", ["absent", "pending", "rejected", "Approved", "approved?"])
def test_only_the_exact_verdict_approved_counts_as_an_approval(verdict):
    (failed,) = approval_conditions(version(approval=verdict))
    assert failed.startswith(f"it is not approved: its tag approval is '{verdict}'")
    assert "matchwright approve persons --version 3 --by NAME" in failed


def test_spaces_around_a_verdict_are_ignored():
    assert approval_conditions(version(approval=" approved ")) == []


@pytest.mark.parametrize("name", ["absent", "", "  "])
def test_approver_and_trainer_must_both_be_named(name):
    assert approval_conditions(version(approval_by=name))[0].startswith("nobody is named as its approver")
    (failed,) = approval_conditions(version(trained_by=name))
    assert failed.startswith("its tag trained_by is absent")
    assert len(approval_conditions(version(approval_by=name, trained_by=name))) == 2


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ada Lovelace", "ada  lovelace ", True),
        ("adalovelace", "Ada Lovelace", True),
        ("\uff21\uff44\uff41", "Ada", True),  # full-width letters
        ("STRASSE", "straße", True),
        ("Ada", "Adah", False),
        ("Ada", "", False),
    ],
)
def test_two_spellings_of_a_name_are_the_same_person_in_either_order(one, other, same):
    assert same_person(one, other) is same_person(other, one) is same
    if other.strip():
        assert bool(approval_conditions(version(trained_by=one, approval_by=other))) is same


def test_only_failed_gates_are_named():
    tags = {"gates": "failed", "gate.f1_min": "failed 0.8 < 0.9", "gate.recall_min": "passed", "gate.a": "failed"}
    (failed,) = failed_conditions(version(**tags), bundle())
    assert failed.startswith("its gates did not pass (a, f1_min). Train")
    (failed,) = failed_conditions(version(gates="absent"), bundle())
    assert failed.startswith("its gates did not pass. Train")


@pytest.mark.parametrize(
    ("tagged", "found", "approved", "conditions"),
    [
        (version(), bundle(name="products"), "", ["its bundle is one of model 'products'"]),
        (version(OTHER), bundle(), "", [f"its tag bundle_digest is {OTHER[:12]}, its bundle's is {DIGEST[:12]}."]),
        (version(""), bundle(), "", [f"its tag bundle_digest is absent, its bundle's is {DIGEST[:12]}."]),
        (version(), bundle(), OTHER, [f"bundle {OTHER[:12]} was approved, not {DIGEST[:12]}."]),
        (version(OTHER), bundle(), OTHER, ["its tag bundle_digest is", "was approved, not"]),
        (version(OTHER), bundle(name="products", fault="torn."), OTHER, ["its bundle does not verify: torn. Train"]),
    ],
)
def test_the_bundle_must_have_the_tagged_digest_and_the_approved_digest(tagged, found, approved, conditions):
    failed = failed_conditions(tagged, found, approved)
    assert len(failed) == len(conditions)
    for message, condition in zip(failed, conditions, strict=True):
        assert condition in message


def test_all_failed_conditions_are_reported_at_once():
    failed = failed_conditions(version(approval="absent", gates="failed"), bundle(name="products"))
    assert [condition.split(":")[0].split(".")[0] for condition in failed] == [
        "it is not approved",
        "its gates did not pass",
        "its bundle is one of model 'products'",
    ]
