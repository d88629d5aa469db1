"""The ledger's table, the triggers that keep it append-only, and its database engines."""

from typing import Any

from sqlalchemy import DDL, BigInteger, Column, Connection, Engine, MetaData, String, Table, Text, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

metadata = MetaData()
table = Table(
    "release_ledger",
    metadata,
    # Not an identity column: the numbers must have no gaps, and are assigned under the write lock.
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("time", String(40), nullable=False),
    Column("action", String(20), nullable=False),
    Column("model", String(256), nullable=False),
    Column("version", String(40), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("previous_digest", String(64), nullable=False),
    Column("endpoint", String(256), nullable=False),
    Column("actor", String(256), nullable=False),
    Column("note", Text, nullable=False),
    # Unique: two writers cannot both follow the same entry, even if the lock fails.
    Column("previous_hash", String(64), nullable=False, unique=True),
    Column("hash", String(64), nullable=False, unique=True),
)

_TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER release_ledger_no_update BEFORE UPDATE ON release_ledger "
        "BEGIN SELECT RAISE(ABORT, 'the release ledger is append-only'); END",
        "CREATE TRIGGER release_ledger_no_delete BEFORE DELETE ON release_ledger "
        "BEGIN SELECT RAISE(ABORT, 'the release ledger is append-only'); END",
        # INSERT OR REPLACE deletes the existing row without calling the trigger above.
        "CREATE TRIGGER release_ledger_no_replace BEFORE INSERT ON release_ledger "
        "WHEN EXISTS (SELECT 1 FROM release_ledger "
        "WHERE id = NEW.id OR hash = NEW.hash OR previous_hash = NEW.previous_hash) "
        "BEGIN SELECT RAISE(ABORT, 'the release ledger is append-only'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION release_ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the release ledger is append-only'; END $$",
        "CREATE TRIGGER release_ledger_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON release_ledger "
        "FOR EACH STATEMENT EXECUTE FUNCTION release_ledger_refuse()",
    ],
}
for _dialect, _statements in _TRIGGERS.items():
    for _statement in _statements:
        event.listen(table, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]


READING = "matchwright_reading"
"""An option of a connection whose transaction only reads."""


def engine_for(url: str) -> Engine:
    """An engine without a pool, so that closing a connection releases its locks."""
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, poolclass=NullPool)
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": 30})

    # Python's driver would begin a transaction only at the first write. The read before it must be inside, too.
    @event.listens_for(engine, "connect")
    def _leave_transactions_to_us(connection: Any, _: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get(READING)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine
