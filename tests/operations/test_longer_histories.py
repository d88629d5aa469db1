"""Histories of several releases and rollbacks. Some versions are released more than once."""

import pytest
from fixtures.releases import KEY, digest_of

from matchwright.errors import ReleaseRefused
from matchwright.operations.approve import approve
from matchwright.operations.rollback import rollback
from matchwright.steps.release import release


def release_version(stage, version: str) -> None:
    release(settings=stage.settings, name="persons", version=version, endpoint=stage.endpoint)


def roll_back(stage) -> str:
    return rollback(settings=stage.settings, name="persons", by="Grace", note="wrong pairs", endpoint=stage.endpoint)[
        "version"
    ]


def serves(stage, version: str) -> bool:
    """Return whether endpoint, alias and ledger all have this version as the current one."""
    digest = digest_of(stage.bundles[int(version) - 1])
    current = stage.ledger.current(KEY)
    return (stage.endpoint.digest, stage.champion(), current.digest) == (digest, version, digest)


@pytest.fixture
def three_approved(stage):
    stage.register(2)
    stage.register(3)
    for version in "123":
        approve(settings=stage.settings, name="persons", version=version, by="Grace", note="fine")
    return stage


@pytest.mark.parametrize(
    ("released", "rolled_back_to"),
    [("121", "21"), ("12", "1"), ("1213", "121"), ("12321", "2321"), ("1122", "1")],
    ids=lambda versions: "-".join(versions),
)
def test_rollbacks_go_back_through_the_earlier_releases(three_approved, released, rolled_back_to):
    stage = three_approved
    for version in released:
        release_version(stage, version)
        assert serves(stage, version)
    for version in rolled_back_to:
        assert roll_back(stage) == version
        assert serves(stage, version)
    with pytest.raises(ReleaseRefused, match="was not rolled back"):
        roll_back(stage)
    assert serves(stage, rolled_back_to[-1])
    assert stage.ledger.verify_chain() == len(stage.history)


def test_a_release_after_a_rollback_replaces_the_version_that_was_restored(three_approved):
    stage = three_approved
    for version in "12":
        release_version(stage, version)
    assert roll_back(stage) == "1"
    release_version(stage, "3")
    assert (stage.last.action, stage.last.previous_digest) == ("released", digest_of(stage.bundles[0]))
    assert roll_back(stage) == "1"
    assert serves(stage, "1")


def test_a_repeated_decision_is_written_once_but_a_changed_decision_is_written_again(three_approved):
    stage = three_approved
    for decision in ("approved", "rejected", "rejected", "approved"):
        approve(settings=stage.settings, name="persons", version="1", by="Grace", note="fine", decision=decision)
    decisions = [action for action, version in stage.history if version == "1"]
    assert decisions == ["approved", "rejected", "approved"]
