"""What the engine says where Spark cannot be used."""

import pytest
from fixtures.spark import demand_spark

from matchwright.adapters.spark import Cluster, opened_session, session
from matchwright.errors import MatchingError, SettingsError
from matchwright.operations.match_tables.options import match_options

MEMORY = 1024**3


def test_without_pyspark_the_error_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(session, "find_spec", lambda name: None)
    with pytest.raises(MatchingError, match="needs pyspark") as error, opened_session(Cluster(), MEMORY):
        pass
    assert "requirements-spark.lock" in error.value.hint
    assert "openjdk-17-jre-headless" in error.value.hint


def test_without_java_the_error_says_how_to_get_it(monkeypatch, tmp_path):
    demand_spark()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(session, "_active", lambda: None)
    with pytest.raises(MatchingError, match="needs Java 17") as error, opened_session(Cluster("local[1]"), MEMORY):
        pass
    assert "openjdk-17-jre-headless" in error.value.hint


def test_an_active_session_is_used_and_left_open(spark):
    with opened_session(Cluster(), MEMORY) as used:
        assert used is spark
    assert spark.range(3).count() == 3


def test_another_cluster_beside_an_active_session_is_refused(spark):
    with pytest.raises(MatchingError, match="active"), opened_session(Cluster("local[1]"), MEMORY):
        pass


@pytest.mark.parametrize("given", [{"master": "local[2]"}, {"engine": "spark", "master": "a", "connect": "sc://b"}])
def test_an_address_without_spark_or_two_of_them_are_refused(given):
    with pytest.raises(SettingsError, match="Hint"):
        match_options(**given)


def test_another_engine_is_refused():
    with pytest.raises(SettingsError, match="duckdb"):
        match_options(engine="flink")
