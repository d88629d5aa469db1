"""Write and read the release ledger."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Connection, insert, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from matchwright.adapters.ledger.schema import READING, engine_for, metadata, table
from matchwright.errors import LedgerError
from matchwright.governance.ledger_entry import GENESIS, Entry, releases_in_force

_WRITE_LOCK = 7_220_318_514  # the number of our PostgreSQL advisory lock; other applications use other numbers


class Ledger:
    """The ledger in the database at ``url``. Its table is created on first use; an SQLite file, by the first entry.

    Raises:
        LedgerError: from every method, if the database does not answer or refuses.
    """

    def __init__(self, url: str) -> None:
        try:
            self._url = make_url(url)
            self._engine = engine_for(url)
        except (SQLAlchemyError, ImportError, ValueError) as error:  # the address is not quoted: it may hold a password
            fact = f"The release ledger's address cannot be used ({type(error).__name__})."
            raise LedgerError(fact, "check ledger.url (MATCHWRIGHT_LEDGER__URL)") from None
        is_file = self._url.get_backend_name() == "sqlite"
        self._file = Path(str(self._url.database)) if is_file else None
        if self._exists() and not self._has_table():
            self._make()

    def append(self, entry: Entry) -> Entry:
        """Write one entry and return it with its id, time and hashes.

        Raises:
            LedgerError: the entry names no actor.
        """
        if not entry.actor.strip():
            raise LedgerError(f"The ledger accepts no '{entry.action}' entry without an actor.", "say who acts")
        if not self._exists():
            self._make()
        with self._transaction() as connection:
            last = connection.execute(select(table).order_by(table.c.id.desc()).limit(1)).mappings().first()
            given = {
                "id": last["id"] + 1 if last else 1,
                "time": datetime.now(UTC).isoformat(timespec="microseconds"),
                "previous_hash": last["hash"] if last else GENESIS,
            }
            drafted = entry.model_copy(update=given)
            written = drafted.model_copy(update={"hash": drafted.content_hash()})
            connection.execute(insert(table).values(**written.model_dump()))
        return written

    def entries(self, model: str | None = None, endpoint: str | None = None) -> list[Entry]:
        """The entries, oldest first: all, or those of one model or one endpoint."""
        query = select(table).order_by(table.c.id)
        if model is not None:
            query = query.where(table.c.model == model)
        if endpoint is not None:
            query = query.where(table.c.endpoint == endpoint)
        if not self._exists():
            return []
        with self._reading() as connection:
            return [Entry(**row) for row in connection.execute(query).mappings()]

    def current(self, endpoint: str) -> Entry | None:
        """The entry of the bundle that ``endpoint`` serves now. None before the first release."""
        releases = releases_in_force(self.entries(endpoint=endpoint))
        return releases[-1] if releases else None

    def previous(self, endpoint: str, model: str | None = None) -> Entry | None:
        """The release before the current one, which a rollback of ``endpoint`` puts back. None if there is none."""
        releases = releases_in_force(self.entries(model=model, endpoint=endpoint))
        return releases[-2] if len(releases) > 1 else None

    def verify_chain(self) -> int:
        """Check every entry against its hash and against the previous entry, and return the number of entries.

        If the last entries were removed, the rest is still an intact chain. To detect this, store the last hash in
        another place.

        Raises:
            LedgerError: an entry was changed, removed or inserted. The message names the first one.
        """
        expected_id, expected_hash = 1, GENESIS
        entries = self.entries()
        for entry in entries:
            follows = entry.id == expected_id and entry.previous_hash == expected_hash
            if not follows or entry.hash != entry.content_hash():
                raise LedgerError(
                    f"The release ledger was tampered with at entry {entry.id} (expected entry {expected_id}).",
                    "restore the database from its backup and find out who could write to it",
                )
            expected_id, expected_hash = entry.id + 1, entry.hash
        return len(entries)

    @contextmanager
    def releasing(self, endpoint: str) -> Iterator[None]:
        """Hold the lock of ``endpoint``. If the holder is killed, the lock ends at once.

        Raises:
            LedgerError: another release or rollback of the endpoint is under way.
        """
        name = hashlib.sha256(endpoint.encode()).digest()[:8]
        busy = LedgerError(
            f"Another release or rollback of endpoint '{endpoint}' is under way.",
            "wait until it has ended, then try again",
        )
        if self._file is not None:
            lock = FileLock(f"{self._file}.{name.hex()}.lock", timeout=0)
            with self._reported():
                self._file.parent.mkdir(parents=True, exist_ok=True)
                try:
                    held = lock.acquire()
                except Timeout:
                    raise busy from None
            with held:
                yield
            return
        key = {"key": int.from_bytes(name, signed=True)}
        with ExitStack() as ending:
            with self._reported():  # only our own statements: the caller's errors in the block below stay as they are
                connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
                ending.callback(connection.close)
                taken = connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), key)
            if not taken:
                raise busy
            yield  # closing the connection releases the lock

    def _exists(self) -> bool:
        return self._file is None or self._file.is_file()

    def _has_table(self) -> bool:
        with self._reading() as connection:
            return inspect(connection).has_table(table.name)

    def _make(self) -> None:
        if self._file is not None:
            with self._reported():
                self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._transaction() as connection:
            metadata.create_all(connection)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """A transaction that no other transaction of the ledger overlaps (on SQLite every ``BEGIN`` is immediate)."""
        with self._reported(), self._engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITE_LOCK})
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """A transaction that only reads. A ledger on a read-only device can be read."""
        with self._reported(), self._engine.execution_options(**{READING: True}).begin() as connection:
            yield connection

    @contextmanager
    def _reported(self) -> Iterator[None]:
        """Turn errors of the database, or of its file, into one that names the address without a password."""
        try:
            yield
        except (SQLAlchemyError, OSError) as error:
            raise LedgerError(
                f"The release ledger at {self._url.set(query={}).render_as_string()} failed: {type(error).__name__}.",
                "check ledger.url (MATCHWRIGHT_LEDGER__URL), and that the database answers and can be written",
            ) from error
