"""Whole tables on Spark give the tables of one machine, to the last bit of the scores."""

from dataclasses import replace

import pandas as pd
import pytest
from deltalake import write_deltalake
from fixtures.keys import keys_of_the_suite
from fixtures.made_records import made_world

from matchwright.adapters.lake.delta import read_table
from matchwright.adapters.spark import cells, compared
from matchwright.adapters.spark import records as placed
from matchwright.core.bundle import load_bundle
from matchwright.core.models.two_stages import TwoStageScorer
from matchwright.errors import DataError
from matchwright.operations.match_tables.explain import explain_pair
from matchwright.operations.match_tables.inputs import input_files
from matchwright.operations.match_tables.match import match_tables
from matchwright.operations.match_tables.options import MatchOptions
from matchwright.secrets import VERIFY_KEY, secret

TABLES = ("pairs", "clusters", "review", "quarantine")
PERSONS = 200


@pytest.fixture(scope="module")
def register_bundle_of_run(register_run):
    with keys_of_the_suite():
        return load_bundle(register_run.work / "bundle", secret(VERIFY_KEY))


@pytest.fixture(scope="module")
def records(register_run):
    return register_run.work.parent / "records.csv"


@pytest.fixture(scope="module")
def on_both(spark, tmp_path_factory):
    """Match with each engine. The same tables and options are matched once by each."""

    def run(bundle, files, **options):
        folder = tmp_path_factory.mktemp("engines")
        runs = {}
        for engine in ("duckdb", "spark"):
            chosen = MatchOptions(engine=engine, **options)
            runs[engine] = folder / engine, match_tables(bundle, input_files(files), folder / engine, chosen)
        return runs["duckdb"], runs["spark"]

    return run


def assert_same(one, other):
    (folder, summary), (other_folder, other_summary) = one, other
    for name in TABLES:
        own, others = (read_table(str(each / name)) for each in (folder, other_folder))
        pd.testing.assert_frame_equal(own, others, check_exact=True)
    for name in ("compared", "frequencies"):
        own, others = (pd.read_parquet(each / f"{name}.parquet") for each in (folder, other_folder))
        pd.testing.assert_frame_equal(own, others, check_exact=True)
    for path in folder.glob("*_with_clusters.*"):
        assert path.read_bytes() == (other_folder / path.name).read_bytes()
    assert {**summary, "seconds": None} == {**other_summary, "seconds": None}
    assert (folder / "run.json").read_text() == (other_folder / "run.json").read_text()


@pytest.fixture(scope="module")
def one_table(on_both, register_bundle_of_run, records):
    return on_both(register_bundle_of_run, {"left": str(records)}, reasons="all")


def test_one_table_with_neighbours(one_table, register_bundle_of_run):
    assert register_bundle_of_run.model.neighbours is not None
    assert_same(*one_table)
    (folder, summary), _ = one_table
    every = pd.read_parquet(folder / "compared.parquet")
    assert (every["added"] != 0).any()
    assert (every["proposed_by"] == "neighbours").any()
    assert summary["funnel"]["bands"]["match"] > 0
    assert read_table(str(folder / "pairs"))["codes"].str.len().gt(0).all()


def test_a_decision_is_explained_alike(one_table, register_bundle_of_run, records):
    (folder, _), (on_spark, _) = one_table
    pairs = read_table(str(folder / "pairs"))
    keys = tuple(pairs.loc[pairs["band"] == "review", ["left_key", "right_key"]].iloc[0])
    inputs = input_files({"left": str(records)})
    told = [list(explain_pair(str(run), keys, register_bundle_of_run, inputs).lines()) for run in (folder, on_spark)]
    assert told[0] == told[1]


def test_two_tables_with_competing_candidates(
    on_both, persons_spec, febrl, register_bundle_of_run, tmp_path, monkeypatch
):
    # as in a large register: nothing is sent to every executor, and there are several chunks, ranges and tasks
    for module in (compared, placed):
        monkeypatch.setattr(module, "BROADCAST", 0)
    monkeypatch.setattr(placed, "CHUNK", 130)
    monkeypatch.setattr(cells, "RANGE", 150)
    monkeypatch.setattr(cells, "PER_TASK", 500)
    model = made_world(persons_spec).model
    assert isinstance(model.scorer, TwoStageScorer)
    files = {}
    for side, table in zip(("left", "right"), febrl, strict=True):
        files[side] = str(tmp_path / f"{side}.csv")
        table.head(PERSONS).to_csv(files[side], index=False)
    one, other = on_both(replace(register_bundle_of_run, model=model), files)
    assert_same(one, other)
    assert one[1]["funnel"]["bands"]["match"] > PERSONS // 2
    assert one[1]["reviews"] > 0


def test_a_delta_table_of_which_a_rule_is_narrowed(on_both, register_bundle_of_run, records, tmp_path):
    model = register_bundle_of_run.model
    candidates = model.spec.candidates.model_copy(update={"max_pairs_per_rule": 150})
    narrow = replace(model, spec=model.spec.model_copy(update={"candidates": candidates}))
    table = pd.read_csv(records, dtype=str).head(500)
    write_deltalake(tmp_path / "delta", table.tail(100))
    write_deltalake(tmp_path / "delta", table.head(300), mode="overwrite")
    write_deltalake(tmp_path / "delta", table.tail(200), mode="append")
    files = {"left": str(tmp_path / "delta")}
    one, other = on_both(replace(register_bundle_of_run, model=narrow), files, tables="parquet")
    assert one[1]["narrowed"]
    assert one[1]["tables"][0]["rows"] == 500
    assert_same(one, other)


def test_faults_of_the_tables_are_told_alike_and_quote_no_value(spark, register_bundle_of_run, records, tmp_path):
    table = pd.read_csv(records, dtype=str).head(90)
    for name, column in (("a", "surname"), ("b", "given_name")):
        table.drop(columns=column).to_csv(tmp_path / f"{name}.csv", index=False)
    inputs = input_files({"left": str(tmp_path / "a.csv"), "right": str(tmp_path / "b.csv")})
    told = []
    for engine in ("duckdb", "spark"):
        with pytest.raises(DataError) as error:
            match_tables(register_bundle_of_run, inputs, tmp_path / engine, MatchOptions(engine=engine))
        told.append(str(error.value))
    assert told[0] == told[1]
    assert "a.csv: surname" in told[0]


def test_a_table_without_pairs(on_both, register_bundle_of_run, records, tmp_path):
    model = register_bundle_of_run.model
    given = {"rules": (("date_of_birth",),), "tfidf": None, "common_neighbours": False}
    candidates = model.spec.candidates.model_copy(update=given)
    apart = replace(model, spec=model.spec.model_copy(update={"candidates": candidates}))
    table = pd.read_csv(records, dtype=str).drop_duplicates("date_of_birth").head(300)
    table.to_csv(tmp_path / "apart.csv", index=False)
    one, other = on_both(replace(register_bundle_of_run, model=apart), {"left": str(tmp_path / "apart.csv")})
    assert one[1]["funnel"]["compared_pairs"] == 0
    assert_same(one, other)


def test_a_run_goes_on_with_the_other_engine(spark, register_bundle_of_run, records, tmp_path):
    few = tmp_path / "few.parquet"
    pd.read_csv(records, dtype=str).head(400).to_parquet(few)
    given = register_bundle_of_run, input_files({"left": str(few)})
    with pytest.raises(_StoppedError):
        match_tables(*given, tmp_path / "run", MatchOptions(engine="spark"), _stop_at_scoring)
    runs, looked_up = [], []
    for folder in (tmp_path / "whole", tmp_path / "run"):
        stages: list[str] = []
        runs.append(
            (folder, match_tables(*given, folder, report=lambda progress, to=stages: to.append(progress.stage)))
        )
        looked_up.append("looking up similar records" in stages)
    assert looked_up == [True, False]  # the pairs that Spark proposed are taken
    assert_same(*runs)


class _StoppedError(Exception):
    pass


def _stop_at_scoring(progress):
    if progress.stage == "scoring":
        raise _StoppedError
