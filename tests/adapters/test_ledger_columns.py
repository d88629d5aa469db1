"""The ledger's table itself refuses an entry with an empty column, whatever program writes it."""

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from matchwright.adapters.ledger import schema

ENTRY = {column.name: "1" for column in schema.table.columns} | {"id": 1}


@pytest.fixture
def connection(tmp_path):
    engine = schema.engine_for(f"sqlite:///{tmp_path / 'ledger.db'}")
    with engine.connect() as connection:
        schema.metadata.create_all(connection)
        yield connection


def test_a_complete_entry_is_accepted(connection):
    connection.execute(insert(schema.table).values(ENTRY))


@pytest.mark.parametrize("column", sorted(set(ENTRY) - {"id"}))
def test_an_entry_with_an_empty_column_is_refused(connection, column):
    with pytest.raises(IntegrityError, match=f"NOT NULL constraint failed: release_ledger.{column}"):
        connection.execute(insert(schema.table).values(ENTRY | {column: None}))


@pytest.mark.parametrize("column", ["id", "previous_hash", "hash"])
def test_a_second_entry_with_the_same_number_or_hash_is_refused(connection, column):
    connection.execute(insert(schema.table).values(ENTRY))
    other = ENTRY | {"id": 2, "previous_hash": "2", "hash": "2"} | {column: ENTRY[column]}
    with pytest.raises(IntegrityError):
        connection.execute(insert(schema.table).values(other))
