"""A reviewer approves or rejects a version."""

import pytest

from matchwright.adapters import registry
from matchwright.errors import RegistryError, ReleaseRefused
from matchwright.operations.approve import approve


def test_an_approval_sets_the_tags_and_adds_an_entry_to_the_ledger(stage):
    done = approve(settings=stage.settings, name="persons", version="1", by=" Grace ", note="looks right")
    tags = registry.version_info(stage.settings, "persons", "1").tags
    assert (tags["approval"], tags["approval_by"], tags["approval_note"]) == ("approved", "Grace", "looks right")
    assert (stage.last.action, stage.last.version, stage.last.actor) == ("approved", "1", "Grace")
    assert (stage.last.note, stage.last.digest) == ("looks right", done["digest"])


def test_without_a_version_the_challenger_is_approved(stage):
    stage.register(2)
    assert approve(settings=stage.settings, name="persons", by="Grace", note="")["version"] == "2"


def test_the_trainer_may_reject_a_version(stage):
    approve(settings=stage.settings, name="persons", version="1", by="Ada Lovelace", note="bad", decision="rejected")
    assert registry.version_info(stage.settings, "persons", "1").tags["approval"] == "rejected"
    assert stage.history == [("rejected", "1")]


def test_a_repeated_decision_is_written_once(stage):
    for note in ("fine", "fine", "fine, on second thoughts"):
        approve(settings=stage.settings, name="persons", version="1", by="Grace", note=note)
    assert [entry.note for entry in stage.ledger.entries()] == ["fine", "fine, on second thoughts"]


@pytest.mark.parametrize(
    ("by", "decision", "condition"),
    [
        ("  ", "approved", "nobody is named"),
        ("ada  LOVELACE", "approved", "the approver is the person who trained it"),
        ("Grace", "perhaps", "'perhaps' is not a decision"),
    ],
)
def test_a_refused_decision_says_why_and_is_recorded(stage, by, decision, condition):
    with pytest.raises(ReleaseRefused) as caught:
        approve(settings=stage.settings, name="persons", version="1", by=by, note="", decision=decision)
    assert [failed for failed in caught.value.conditions if condition in failed]
    assert registry.version_info(stage.settings, "persons", "1").tags["approval"] == "pending"
    assert stage.history == [("refused", "1")]
    assert condition in stage.last.note


def test_an_unknown_version_or_a_missing_challenger_is_an_error(stage):
    with pytest.raises(RegistryError, match="no version '7'"):
        approve(settings=stage.settings, name="persons", version="7", by="Grace", note="")
    with pytest.raises(RegistryError, match="no challenger"):
        approve(settings=stage.settings, name="products", by="Grace", note="")
