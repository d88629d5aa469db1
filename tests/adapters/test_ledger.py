"""The release ledger, on SQLite and on a real PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy

from matchwright.adapters.ledger import Entry, Ledger
from matchwright.errors import LedgerError


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    return request.getfixturevalue("make_postgres_database")()


def act(action, version, endpoint="local:persons"):
    return Entry(action=action, model="persons", version=version, digest=f"d{version}", actor="ada", endpoint=endpoint)


def tamper(url, statement):
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        for trigger in ("update", "delete", "replace"):
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql(f"DROP TRIGGER release_ledger_no_{trigger}")
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE release_ledger DISABLE TRIGGER USER")
        connection.exec_driver_sql(statement)
    engine.dispose()


def on_the_server(url, statement):
    """Execute a statement about the database of ``url``, from outside it."""
    address, _, name = url.rpartition("/")
    engine = sqlalchemy.create_engine(f"{address}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement.format(name=name))
    engine.dispose()


def test_an_entry_gets_a_number_a_time_and_the_hash_of_the_previous_entry(url):
    first = Ledger(url).append(act("approved", "1"))
    second = Ledger(url).append(act("released", "1"))
    assert (first.id, second.id) == (1, 2)
    assert second.previous_hash == first.hash
    assert second.time.endswith("+00:00")
    assert Ledger(url).entries() == [first, second]
    assert Ledger(url).verify_chain() == 2


def test_the_history_can_be_limited_to_one_model_or_endpoint(url):
    ledger = Ledger(url)
    ledger.append(act("released", "1"))
    ledger.append(act("released", "2", endpoint="local:other"))
    assert [entry.version for entry in ledger.entries(endpoint="local:other")] == ["2"]
    assert len(ledger.entries(model="persons")) == 2
    assert ledger.entries(model="products") == []


def test_an_entry_without_an_actor_is_refused(url):
    with pytest.raises(LedgerError, match="without an actor"):
        Ledger(url).append(act("approved", "1").model_copy(update={"actor": "  "}))


def test_current_and_previous_follow_releases_and_rollbacks(url):
    ledger = Ledger(url)
    assert ledger.current("local:persons") is None
    assert ledger.previous("local:persons") is None
    for version in ("1", "2", "2", "3"):  # version 2 is released twice, which is not a rollback
        ledger.append(act("released", version))
    ledger.append(act("refused", "4"))
    assert ledger.current("local:persons").version == "3"
    assert ledger.previous("local:persons").version == "2"
    ledger.append(act("rolled_back", "2"))
    assert ledger.current("local:persons").version == "2"
    assert ledger.previous("local:persons").version == "1"


@pytest.mark.parametrize("statement", ["UPDATE release_ledger SET actor = 'eve'", "DELETE FROM release_ledger"])
def test_the_database_refuses_changes(url, statement):
    Ledger(url).append(act("released", "1"))
    engine = sqlalchemy.create_engine(url)
    with pytest.raises(sqlalchemy.exc.DBAPIError, match="append-only"), engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert Ledger(url).entries()[0].actor == "ada"


def test_the_database_also_refuses_to_replace_a_row(tmp_path):
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    entry = Ledger(url).append(act("released", "1"))
    forged = entry.model_copy(update={"actor": "eve"}).model_dump()
    engine = sqlalchemy.create_engine(url)
    names = ", ".join(forged)
    with pytest.raises(sqlalchemy.exc.DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(
            sqlalchemy.text(f"INSERT OR REPLACE INTO release_ledger ({names}) VALUES (:{', :'.join(forged)})"), forged
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE release_ledger SET actor = 'eve' WHERE id = 2",
        "DELETE FROM release_ledger WHERE id = 1",
        "DELETE FROM release_ledger WHERE id = 2",
    ],
)
def test_a_change_without_the_triggers_is_detected_in_the_chain(url, statement):
    for version in ("1", "2", "3"):
        Ledger(url).append(act("released", version))
    tamper(url, statement)
    with pytest.raises(LedgerError, match="tampered"):
        Ledger(url).verify_chain()


def test_the_entries_of_concurrent_writers_are_one_chain(url):
    Ledger(url)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: Ledger(url).append(act("released", str(number))), range(20)))
    assert Ledger(url).verify_chain() == 20


def test_ledgers_that_are_opened_at_the_same_time_create_one_table(url):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: Ledger(url), range(4)))
    assert Ledger(url).verify_chain() == 0


def test_each_endpoint_has_one_release_at_a_time(url):
    with Ledger(url).releasing("local:persons"):
        with pytest.raises(LedgerError, match="under way"), Ledger(url).releasing("local:persons"):
            pass
        with Ledger(url).releasing("local:other"):
            Ledger(url).append(act("released", "1", endpoint="local:other"))
    with Ledger(url).releasing("local:persons"):
        pass


def test_without_a_database_no_release_can_begin(make_postgres_database):
    url = make_postgres_database()
    ledger = Ledger(url)
    on_the_server(url, "DROP DATABASE {name}")
    with pytest.raises(LedgerError, match="MATCHWRIGHT_LEDGER__URL"), ledger.releasing("local:persons"):
        pytest.fail("the lock was not taken")


def test_an_error_of_the_release_itself_is_not_reported_as_an_error_of_the_ledger(url):
    refused = sqlalchemy.exc.OperationalError("SELECT 1", {}, Exception("another database"))
    for error in (refused, PermissionError("another file")):
        with pytest.raises(type(error)) as caught, Ledger(url).releasing("local:persons"):
            raise error
        assert caught.value is error


def test_a_release_that_loses_the_connection_of_its_lock_still_ends(make_postgres_database):
    url = make_postgres_database()
    ledger = Ledger(url)
    with ledger.releasing("local:persons"):
        on_the_server(url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        ledger.append(act("released", "1"))
    with ledger.releasing("local:persons"):
        assert [entry.version for entry in ledger.entries()] == ["1"]


def test_a_folder_that_cannot_be_created_is_a_ledger_error(tmp_path):
    (tmp_path / "file").touch()
    ledger = Ledger(f"sqlite:///{tmp_path / 'file' / 'ledger.db'}")
    with pytest.raises(LedgerError, match="can be written"):
        ledger.append(act("released", "1"))
    with pytest.raises(LedgerError, match="can be written"), ledger.releasing("local:persons"):
        pytest.fail("the lock was not taken")


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+psycopg2://user:hush@127.0.0.1:9/none",
        "postgresql+psycopg2://127.0.0.1:9/none?user=user&password=hush",
    ],
)
def test_the_error_names_a_database_that_does_not_answer_but_not_its_password(address):
    with pytest.raises(LedgerError, match=r"127\.0\.0\.1:9/none failed(.|\n)*MATCHWRIGHT_LEDGER__URL") as caught:
        Ledger(address)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    ["foo", "nosuch://user:hush@host/name", "mysql://user:hush@host/name", "postgresql://user:hush/1@host/name"],
)
def test_an_address_that_cannot_be_used_is_refused_without_its_password(address):
    with pytest.raises(LedgerError, match="address cannot be used") as caught:
        Ledger(address)
    assert "MATCHWRIGHT_LEDGER__URL" in caught.value.hint
    assert "hush" not in str(caught.value)
