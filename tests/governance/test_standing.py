"""Which releases stand after histories longer than two releases."""

import pytest

from matchwright.adapters.ledger import Ledger
from matchwright.governance.ledger_entry import Entry, releases_in_force


def entries(*acts: str) -> list[Entry]:
    """``"1"`` releases version 1, ``"<1"`` rolls back to it, ``"!1"`` refuses it, ``"+1"`` approves it."""
    actions = {"<": "rolled_back", "!": "refused", "+": "approved", "-": "rejected"}
    return [
        Entry(
            action=actions.get(act[0], "released"), model="persons", version=act[-1], actor="ada", digest=f"d{act[-1]}",
            endpoint="local:persons",
        )
        for act in acts
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("history", "stands"),
    [
        ([], ""),
        (["1"], "1"),
        (["1", "1"], "1"),  # a release that was repeated
        (["1", "2", "1"], "121"),  # released again, which is no rollback
        (["1", "2", "1", "<2"], "12"),
        (["1", "2", "1", "<2", "<1"], "1"),
        (["1", "2", "3", "<1"], "1"),  # back over two
        (["1", "2", "<1", "2", "<1"], "1"),
        (["1", "2", "<1", "3"], "13"),
        (["1", "2", "<1", "3", "<1"], "1"),
        (["1", "2", "3", "<2", "<1", "3"], "13"),
        (["1", "2", "1", "3", "<1"], "121"),
        (["1", "2", "1", "3", "<1", "<2", "<1"], "1"),
        (["1", "<1"], "1"),  # a rollback that was completed twice
        (["1", "<9"], "1"),  # to what never stood there
        (["<1"], ""),
        (["1", "!2", "+2", "-1"], "1"),  # only releases and rollbacks move anything
    ],
)
def test_what_stands_after_a_history(history, stands):
    assert "".join(entry.version for entry in releases_in_force(entries(*history))) == stands


def test_current_and_previous_after_releasing_an_earlier_version_again(tmp_path):
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    seen = []
    for entry in entries("1", "2", "1", "<2", "<1"):
        ledger.append(entry)
        current, previous = ledger.current("local:persons"), ledger.previous("local:persons")
        seen.append((current.version, previous.version if previous else None))
    assert seen == [("1", None), ("2", "1"), ("1", "2"), ("2", "1"), ("1", None)]
    assert ledger.current("local:other") is None


def test_another_model_behind_the_endpoint_is_not_what_a_model_goes_back_to(tmp_path):
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    first, second = entries("1", "2")
    for entry in (first, second.model_copy(update={"model": "products", "digest": "p2"}), second):
        ledger.append(entry)
    assert ledger.previous("local:persons").model == "products"
    assert ledger.previous("local:persons", "persons").version == "1"
    assert ledger.previous("local:persons", "products") is None
