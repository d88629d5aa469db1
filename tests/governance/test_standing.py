"""Releases in force after a history of several releases and rollbacks."""

import pytest

from matchwright.adapters.ledger import Ledger
from matchwright.governance.ledger_entry import Entry, releases_in_force


def entries(*acts: str) -> list[Entry]:
    """Return ledger entries. ``"1"`` is a release of version 1, ``"<1"`` a rollback to it, ``"!1"`` a refusal of it,
    ``"+1"`` an approval of it and ``"-1"`` a rejection of it.
    """
    actions = {"<": "rolled_back", "!": "refused", "+": "approved", "-": "rejected"}
    return [
        Entry(
            action=actions.get(act[0], "released"), model="persons", version=act[-1], actor="ada", digest=f"d{act[-1]}",
            endpoint="local:persons",
        )
        for act in acts
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("history", "in_force"),
    [
        ([], ""),
        (["1"], "1"),
        (["1", "1"], "1"),  # a repeated release
        (["1", "2", "1"], "121"),  # a second release of version 1 is not a rollback
        (["1", "2", "1", "<2"], "12"),
        (["1", "2", "1", "<2", "<1"], "1"),
        (["1", "2", "3", "<1"], "1"),  # a rollback over two releases
        (["1", "2", "<1", "2", "<1"], "1"),
        (["1", "2", "<1", "3"], "13"),
        (["1", "2", "<1", "3", "<1"], "1"),
        (["1", "2", "3", "<2", "<1", "3"], "13"),
        (["1", "2", "1", "3", "<1"], "121"),
        (["1", "2", "1", "3", "<1", "<2", "<1"], "1"),
        (["1", "<1"], "1"),  # a repeated rollback
        (["1", "<9"], "1"),  # to a version that was never released
        (["<1"], ""),
        (["1", "!2", "+2", "-1"], "1"),  # only releases and rollbacks count
    ],
)
def test_the_releases_in_force_after_a_history(history, in_force):
    assert "".join(entry.version for entry in releases_in_force(entries(*history))) == in_force


def test_current_and_previous_after_releasing_an_earlier_version_again(tmp_path):
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    seen = []
    for entry in entries("1", "2", "1", "<2", "<1"):
        ledger.append(entry)
        current, previous = ledger.current("local:persons"), ledger.previous("local:persons")
        seen.append((current.version, previous.version if previous else None))
    assert seen == [("1", None), ("2", "1"), ("1", "2"), ("2", "1"), ("1", None)]
    assert ledger.current("local:other") is None


def test_a_rollback_of_a_model_never_goes_back_to_another_model(tmp_path):
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    first, second = entries("1", "2")
    for entry in (first, second.model_copy(update={"model": "products", "digest": "p2"}), second):
        ledger.append(entry)
    assert ledger.previous("local:persons").model == "products"
    assert ledger.previous("local:persons", "persons").version == "1"
    assert ledger.previous("local:persons", "products") is None
