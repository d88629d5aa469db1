"""Release: the conditions of a release and its effects."""

import json
import shutil

import pytest
from fixtures.releases import KEY, Killed, MemoryEndpoint, digest_of, killed_in

from matchwright.adapters import registry
from matchwright.adapters.ledger import Ledger
from matchwright.adapters.registry import VersionInfo
from matchwright.errors import EndpointError, LedgerError, RegistryError, ReleaseRefused
from matchwright.governance.release_conditions import BundleCheck, failed_conditions
from matchwright.operations.approve import approve
from matchwright.steps.release import release
from matchwright.supervisor import free_port


def release_it(stage, version=""):
    return release(settings=stage.settings, name="persons", version=version, endpoint=stage.endpoint)


def approve_it(stage, version="1"):
    approve(settings=stage.settings, name="persons", version=version, by="Grace", note="fine")


def refused(stage, version=""):
    with pytest.raises(ReleaseRefused) as caught:
        release_it(stage, version)
    return caught.value.conditions


def test_an_approved_version_can_be_released(stage):
    approve_it(stage)
    done = release_it(stage)
    digest = digest_of(stage.bundles[0])
    assert (done["version"], done["digest"], done["address"]) == ("1", digest, "http://memory")
    assert stage.endpoint.digest == digest
    assert stage.champion() == "1"
    assert stage.history == [("approved", "1"), ("released", "1")]
    assert (stage.last.endpoint, stage.last.actor, stage.last.previous_digest) == (KEY, "engineer", "")


def test_a_release_records_the_previous_release(stage):
    approve_it(stage)
    first = release_it(stage)
    stage.register(2)
    approve_it(stage, "2")
    second = release_it(stage)
    assert second["version"] == "2"
    assert second["previous_digest"] == first["digest"] == stage.last.previous_digest
    assert stage.champion() == "2"


def test_an_approval_in_the_mlflow_ui_is_accepted_and_added_to_the_ledger(stage):
    stage.tag("1", approval="approved", approval_by="Grace", approval_note="read it")
    release_it(stage)
    assert stage.history == [("approved", "1"), ("released", "1")]
    approval = stage.ledger.entries()[0]
    assert (approval.actor, approval.note, approval.digest) == ("Grace", "read it", digest_of(stage.bundles[0]))


@pytest.mark.parametrize(
    ("tags", "condition"),
    [
        ({"approval": "pending"}, "its tag approval is 'pending'"),
        ({"approval": "rejected"}, "its tag approval is 'rejected'"),
        ({"approval": None}, "its tag approval is 'absent'"),
        ({"approval_by": None}, "nobody is named as its approver"),
        ({"approval_by": "  "}, "nobody is named as its approver"),
        ({"approval_by": "ADA  lovelace"}, "its approver is its trainer"),
        ({"trained_by": None}, "its tag trained_by is absent"),
        ({"gates": "failed", "gate.f1_min": "failed by 0.01", "gate.recall_min": "passed"}, "did not pass (f1_min)"),
        ({"gates": None}, "its gates did not pass"),
        ({"bundle_digest": "0" * 64}, "its tag bundle_digest is 000000000000"),
    ],
)
def test_a_failed_condition_is_named(stage, tags, condition):
    stage.tag("1", approval="approved", approval_by="Grace")
    stage.tag("1", **tags)
    conditions = refused(stage, "1")
    assert len(conditions) == 1, conditions
    assert condition in conditions[0]
    assert stage.endpoint.deployed == []
    assert stage.champion() == ""
    assert stage.history == [("refused", "1")]
    assert condition in stage.last.note


def test_all_failed_conditions_are_listed_at_once(stage):
    stage.tag("1", gates="failed", bundle_digest="0" * 64)
    conditions = refused(stage)
    assert len(conditions) == 4  # approval, approver, gates, digest
    assert all(condition in stage.last.note for condition in conditions)


def bundle_in_the_store(stage):
    from mlflow import MlflowClient

    source = MlflowClient(stage.settings.tracking_uri).get_model_version("persons", "1").source
    return type(stage.bundles[0])(source.removeprefix("file://")) / "artifacts" / "bundle"


def test_a_bundle_that_was_altered_in_the_store_is_refused(stage):
    approve_it(stage)
    bands = bundle_in_the_store(stage) / "bands.json"
    bands.write_text(bands.read_text().replace("match_from", "match_from "))
    (condition,) = refused(stage)
    assert "does not verify" in condition
    assert "bands.json was altered" in condition


def test_a_bundle_that_was_deleted_from_the_store_is_refused(stage):
    approve_it(stage)
    shutil.rmtree(bundle_in_the_store(stage))
    (condition,) = refused(stage)
    assert "does not verify" in condition


def test_a_bundle_that_was_signed_with_another_key_is_refused(stage, monkeypatch):
    from matchwright.secrets import VERIFY_KEY, verify_key_of

    approve_it(stage)
    monkeypatch.setenv(VERIFY_KEY, verify_key_of(b"another key of thirty-two bytes."))
    assert "signature does not fit" in refused(stage)[0]


def test_an_approval_is_for_one_bundle_and_not_for_a_version_number(stage):
    approve_it(stage)
    inside = bundle_in_the_store(stage)
    shutil.rmtree(inside)
    shutil.copytree(stage.bundles[1], inside)
    stage.tag("1", bundle_digest=digest_of(stage.bundles[1]))
    (condition,) = refused(stage)
    assert f"bundle {digest_of(stage.bundles[0])[:12]} was approved" in condition


def test_a_bundle_of_another_model_is_a_failed_condition():
    version = VersionInfo(
        name="persons",
        version="1",
        digest="d",
        run_id="r",
        aliases=(),
        tags={"approval": "approved", "approval_by": "Grace", "trained_by": "Ada", "gates": "passed"},
    )
    assert failed_conditions(version, BundleCheck(name="persons", digest="d")) == []
    assert "model 'products'" in failed_conditions(version, BundleCheck(name="products", digest="d"))[0]


def test_a_release_of_an_unknown_version_or_without_a_challenger_is_an_error(stage):
    with pytest.raises(RegistryError, match="no version '9'"):
        release_it(stage, "9")
    with pytest.raises(RegistryError, match="no challenger"):
        release(settings=stage.settings, name="products", endpoint=stage.endpoint)


def test_a_release_that_the_endpoint_refuses_does_not_change_the_champion(stage):
    approve_it(stage)
    release_it(stage)
    stage.register(2)
    approve_it(stage, "2")
    stage.endpoint.refuses = True
    with pytest.raises(EndpointError, match="did not start"):
        release_it(stage)
    assert stage.champion() == "1"
    assert (stage.last.action, stage.last.note) == ("refused", "The endpoint did not start.")
    stage.endpoint.refuses = False
    assert release_it(stage)["version"] == "2"


def test_a_release_fails_if_another_bundle_answers(stage):
    approve_it(stage)
    stage.endpoint.answers_with = "f" * 64
    with pytest.raises(EndpointError, match="answers with bundle ffffffffffff"):
        release_it(stage)
    assert stage.champion() == ""
    assert stage.last.action == "refused"


@pytest.mark.parametrize(
    ("owner", "name", "after"),
    [
        (MemoryEndpoint, "deploy", False),
        (MemoryEndpoint, "deploy", True),
        (registry, "set_alias", False),
        (registry, "set_alias", True),
    ],
)
def test_a_killed_release_is_completed_by_a_second_release(stage, owner, name, after):
    approve_it(stage)
    with killed_in(owner, name, after), pytest.raises(Killed):
        release_it(stage)
    assert stage.history == [("approved", "1")]
    release_it(stage)
    assert stage.endpoint.digest == digest_of(stage.bundles[0])
    assert stage.champion() == "1"
    assert stage.history == [("approved", "1"), ("released", "1")]


def test_releasing_the_current_version_again_only_repairs_the_alias(stage):
    approve_it(stage)
    release_it(stage)
    registry.remove_alias(stage.settings, "persons", "champion")
    release_it(stage)
    assert stage.champion() == "1"
    assert stage.history == [("approved", "1"), ("released", "1")]


def test_a_second_release_at_the_same_time_is_refused(stage):
    approve_it(stage)
    with Ledger(stage.settings.ledger_url).releasing(KEY), pytest.raises(LedgerError, match="under way"):
        release_it(stage)
    assert release_it(stage)["version"] == "1"


@pytest.mark.slow
def test_a_real_process_answers_with_the_released_bundle(stage):
    from matchwright.adapters.endpoints import open_endpoint

    on_free_port = stage.settings.endpoint.model_copy(update={"port": free_port()})
    settings = stage.settings.model_copy(update={"endpoint": on_free_port})
    approve_it(stage)
    endpoint = open_endpoint(settings)
    try:
        done = release(settings=settings, name="persons")
        golden = json.loads((stage.bundles[0] / "golden.jsonl").read_text().splitlines()[0])
        answer = endpoint.invoke({"pairs": [{"left": golden["left"], "right": golden["right"]}]})
        assert answer["bundle"]["digest"] == done["digest"]
        assert answer["decisions"][0]["band"] == golden["band"]
    finally:
        endpoint.stop()
