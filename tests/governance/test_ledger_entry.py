"""The hash of an entry covers all its fields. The times in the ledger are UTC in every time zone."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from matchwright.adapters.ledger import Entry, Ledger

ENTRY = Entry(
    action="released", model="persons", version="1", actor="ada", digest="d", previous_digest="p", endpoint="e",
    note="n", id=1, time="2026-03-01T00:00:00+00:00", previous_hash="0" * 64, hash="h",
)  # fmt: skip


@pytest.mark.parametrize("name", sorted(set(Entry.model_fields) - {"hash"}))
def test_a_change_of_any_other_field_changes_the_hash(name):
    changed = {"id": 2, "action": "approved"}.get(name, "other")
    assert ENTRY.model_copy(update={name: changed}).content_hash() != ENTRY.content_hash()


def test_the_hash_does_not_cover_itself():
    assert ENTRY.model_copy(update={"hash": "other"}).content_hash() == ENTRY.content_hash()


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_times_in_the_ledger_are_utc_in_any_time_zone_of_the_machine(tmp_path, monkeypatch, zone):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        entry = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}").append(ENTRY)
    finally:
        monkeypatch.undo()
        time.tzset()
    written = datetime.fromisoformat(entry.time)
    assert written.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - written) < timedelta(minutes=5)


def test_entries_can_be_limited_to_one_model_and_one_endpoint(tmp_path):
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    for model in ("persons", "products"):
        for endpoint in ("one", "other"):
            ledger.append(ENTRY.model_copy(update={"model": model, "endpoint": endpoint}))
    (only,) = ledger.entries(model="products", endpoint="other")
    assert (only.id, only.model, only.endpoint) == (4, "products", "other")
    assert [entry.id for entry in ledger.entries(endpoint="one")] == [1, 3]
