"""Whole tables on Spark give the tables of one machine, to the last bit of the scores."""

from dataclasses import replace

import pandas as pd
import pytest
from fixtures.keys import keys_of_the_suite
from fixtures.made_records import made_world

from matchwright.adapters.lake.delta import frame_digest, read_table, write_table
from matchwright.adapters.spark import compared
from matchwright.core.bundle import load_bundle
from matchwright.core.models.two_stages import TwoStageScorer
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


@pytest.mark.parametrize("broadcast", [0, compared.BROADCAST])
def test_two_tables_with_competing_candidates(
    on_both, persons_spec, febrl, register_bundle_of_run, tmp_path, monkeypatch, broadcast
):
    monkeypatch.setattr(compared, "BROADCAST", broadcast)
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


def test_a_rule_that_would_make_too_many_pairs_is_narrowed_alike(on_both, register_bundle_of_run, records, tmp_path):
    model = register_bundle_of_run.model
    candidates = model.spec.candidates.model_copy(update={"max_pairs_per_rule": 150})
    narrow = replace(model, spec=model.spec.model_copy(update={"candidates": candidates}))
    few = tmp_path / "few.parquet"
    pd.read_csv(records, dtype=str).head(500).to_parquet(few)
    one, other = on_both(replace(register_bundle_of_run, model=narrow), {"left": str(few)}, tables="none")
    assert one[1]["narrowed"]
    assert_same(one, other)


def test_a_delta_table(on_both, register_bundle_of_run, records, tmp_path):
    table = pd.read_csv(records, dtype=str).head(400)
    for part in (table.head(150), table):
        write_table(str(tmp_path / "delta"), part, frame_digest(part))
    one, other = on_both(register_bundle_of_run, {"left": str(tmp_path / "delta")}, tables="parquet")
    assert one[1]["tables"][0]["rows"] == 400
    assert_same(one, other)


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
