"""Blocks are joined alike by Spark, by DuckDB with the same expression, and by the rules of the core."""

import duckdb
import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from matchwright.adapters.spark import blocking
from matchwright.adapters.spark.blocking import joined_in_spark, spark_sql
from matchwright.core.candidates import RecordTable
from matchwright.core.candidates.rules import joined_in_duckdb
from matchwright.matching.blocking import LEFT_RECORDS, RIGHT_RECORDS, pairs_of_blocks, sides_of

RECORDS = 400


@pytest.fixture(scope="module", params=["one table", "two tables"])
def table(request):
    right = "left" if request.param == "one table" else "right"
    keys = [f"{'left' if number % 3 else right}:{number:04d}" for number in range(RECORDS)]
    return RecordTable.of(pd.DataFrame({"record_key": keys}))


@pytest.fixture(scope="module")
def block():
    """Most records are in one block, some are in small ones, and some in none."""
    generator = np.random.default_rng(3)
    numbers = generator.integers(-1, 40, RECORDS)
    return np.where(generator.random(RECORDS) < 0.6, 0, numbers).astype(np.int32)


def pairs_of(proposals):
    return [sorted(zip(one.left.tolist(), one.right.tolist(), strict=True)) for one in proposals]


def test_spark_joins_the_pairs_that_duckdb_joins(spark, table, block, monkeypatch):
    # the large block is many parts
    monkeypatch.setattr(blocking, "sides_of", lambda records, blocks: sides_of(records, blocks, per_part=500))
    blocks = {"rule:a": [block], "rule:b": [np.where(block > 5, block, -1), block]}
    found, expected = joined_in_spark(spark, table, blocks), joined_in_duckdb(table, blocks)
    assert [one.name for one in found] == ["rule:a", "rule:b"]
    assert pairs_of(found) == pairs_of(expected)
    assert found[0].left.dtype == expected[0].left.dtype == np.int32


@pytest.mark.parametrize("per_part", [1, 500, 10**9])
def test_one_expression_is_the_join_in_duckdb_too(table, block, per_part):
    with duckdb.connect(":memory:") as connection:
        for name, side in zip((LEFT_RECORDS, RIGHT_RECORDS), sides_of(table, block, per_part), strict=True):
            connection.register(name, pa.table(vars(side)))
        sql = ibis.to_sql(pairs_of_blocks(table.one_table), dialect="duckdb")
        found = connection.execute(str(sql)).fetchnumpy()
    pairs = sorted(zip(found["left_position"].tolist(), found["right_position"].tolist(), strict=True))
    assert pairs == pairs_of(joined_in_duckdb(table, {"rule": [block]}))[0]


def test_no_part_of_a_large_block_makes_more_pairs_than_wanted(table, block):
    left, right = sides_of(table, block, per_part=500)
    counts = pd.Series(0, index=pd.MultiIndex.from_arrays([[], []]))
    sizes = [pd.DataFrame(vars(side)).groupby(["block", "part"]).size() for side in (left, right)]
    counts = sizes[0].mul(sizes[1]).dropna()
    records_on_right = sizes[1].max()
    assert counts.max() <= 500 + records_on_right
    assert len(counts) > 40


def test_the_sql_of_spark_has_no_function(spark):
    """SQLGlot writes functions that Spark lacks, without an error: this one has none to write."""
    sql = spark_sql(True, {LEFT_RECORDS: "mine"})
    assert "(" not in sql.replace("(\n", "").replace("\n)", "")
    assert "`mine`" in sql
    assert LEFT_RECORDS not in sql
