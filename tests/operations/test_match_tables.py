"""Matching whole tables into the folder of a run."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from fixtures.keys import ENVIRONMENT, keys_of_the_suite

from matchwright.adapters.lake.delta import read_table
from matchwright.core.bundle import load_bundle
from matchwright.errors import CandidateError, DataError, MatchingError, QualityError, SettingsError
from matchwright.matching.working_folder import WorkingFolder
from matchwright.operations.match_tables.complete_run import run_in
from matchwright.operations.match_tables.inputs import input_files
from matchwright.operations.match_tables.match import match_tables
from matchwright.operations.match_tables.options import MatchOptions, match_options
from matchwright.secrets import VERIFY_KEY, secret

TABLES = ("pairs", "clusters", "review", "quarantine")


@pytest.fixture(scope="module")
def bundle(register_run):
    with keys_of_the_suite():
        return load_bundle(register_run.work / "bundle", secret(VERIFY_KEY))


@pytest.fixture(scope="module")
def records(register_run):
    return register_run.work.parent / "records.csv"


@pytest.fixture(scope="module")
def done(bundle, records, tmp_path_factory):
    """A run that was never interrupted."""
    folder = tmp_path_factory.mktemp("matched") / "run"
    return folder, match_tables(bundle, input_files({"left": str(records)}), folder)


def tables_of(folder):
    return {name: read_table(str(folder / name)) for name in TABLES}


def assert_same_tables(one, other):
    for name, frame in tables_of(one).items():
        pd.testing.assert_frame_equal(frame, tables_of(other)[name])
    for path in one.glob("*_with_clusters.*"):
        assert path.read_bytes() == (other / path.name).read_bytes()


def test_a_run_has_matches_clusters_and_reviews(done, register_run, bundle):
    folder, summary = done
    tables = tables_of(folder)
    pairs, clusters, review = tables["pairs"], tables["clusters"], tables["review"]
    truth = pd.read_csv(register_run.work.parent / "pairs.csv", dtype=str)
    true = set(zip("left:" + truth["left_id"], "left:" + truth["right_id"], strict=True))
    true |= {(other, one) for one, other in true}
    matches = pairs[pairs["band"] == "match"]
    right = [pair in true for pair in zip(matches["left_key"], matches["right_key"], strict=True)]
    assert np.mean(right) > 0.97
    assert len(clusters) == 1_400
    assert clusters["cluster_id"].isin(clusters["record_key"]).all()
    assert (clusters.groupby("cluster_id")["record_key"].transform("size") == clusters["cluster_size"]).all()
    assert set(pairs["band"]) == {"match", "review"}
    assert (pairs.loc[pairs["band"] == "review", "codes"] != "").all()
    assert review["expected_cost"].is_monotonic_decreasing
    assert set(review["band"]) | {"match"} == {"review", "match"}
    assert (pairs["bundle"] == bundle.digest).all()
    assert summary["funnel"]["bands"]["match"] == len(matches)
    assert summary["clusters"]["entities"] == clusters["cluster_id"].nunique()


def test_large_tables_are_read_in_a_process_of_their_own(done, bundle, records, tmp_path, monkeypatch):
    monkeypatch.setattr("matchwright.operations.match_tables.register.LARGE", 1)
    match_tables(bundle, input_files({"left": str(records)}), tmp_path / "run")
    assert_same_tables(done[0], tmp_path / "run")

    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match="has no column that the spec reads"):
        match_tables(bundle, input_files({"left": str(tmp_path / "other.csv")}), tmp_path / "other")


def test_a_table_that_is_changed_while_the_run_works_gets_no_clusters(bundle, records, tmp_path):
    table, run = tmp_path / "records.csv", tmp_path / "run"
    table.write_bytes(records.read_bytes())

    def change(progress):
        if progress.stage == "clustering":
            table.write_text(records.read_text().replace("\n", "\n\n", 1))

    with pytest.raises(DataError, match=r"records\.csv was changed while the run worked"):
        match_tables(bundle, input_files({"left": str(table)}), run, report=change)
    assert not (run / "summary.json").exists()
    assert not list(run.glob("*_with_clusters.*"))
    table.write_bytes(records.read_bytes())
    match_tables(bundle, input_files({"left": str(table)}), run)
    assert (run / "left_with_clusters.csv").exists()


def test_the_table_comes_back_with_a_column_of_clusters(done, records):
    folder, _ = done
    given, back = pd.read_csv(records, dtype=str), pd.read_csv(folder / "left_with_clusters.csv", dtype=str)
    pd.testing.assert_frame_equal(back.drop(columns="cluster_id"), given)
    of_record = read_table(str(folder / "clusters")).set_index("record_key")["cluster_id"]
    assert back["cluster_id"].tolist() == of_record.loc["left:" + given["rec_id"]].tolist()
    assert (folder / "left_with_clusters.csv").stat().st_mode & 0o077 == 0


def test_a_complete_run_keeps_nothing_but_its_results_and_is_not_run_again(done, bundle, records, monkeypatch):
    folder, summary = done
    assert not (folder / "working").exists()
    monkeypatch.setattr("matchwright.operations.match_tables.match.register_of", None)
    assert match_tables(bundle, input_files({"left": str(records)}), folder) == summary


class Stopped(Exception):
    pass


@pytest.mark.parametrize("writes", [1, 9, 18, 26])
def test_a_run_that_fails_at_any_write_goes_on(done, bundle, records, tmp_path, monkeypatch, writes):
    made = iter(range(writes))
    own = WorkingFolder.write

    def write(self, name, array):
        if next(made, None) is None:
            raise Stopped
        own(self, name, array)

    with monkeypatch.context() as patch:
        patch.setattr(WorkingFolder, "write", write)
        patch.setattr("matchwright.operations.match_tables.match.partition_size", lambda *_: 3_000)
        with pytest.raises(Stopped):
            match_tables(bundle, input_files({"left": str(records)}), tmp_path / "run")
    with pytest.raises(MatchingError, match="is not complete"):
        run_in(tmp_path / "run")
    match_tables(bundle, input_files({"left": str(records)}), tmp_path / "run")
    assert_same_tables(tmp_path / "run", done[0])


def test_a_killed_run_goes_on(done, register_run, records, tmp_path):
    """kill -9, again and again, each time a little later."""
    program = f"""
from matchwright.core.bundle import load_bundle
from matchwright.operations.match_tables.inputs import input_files
from matchwright.operations.match_tables.match import match_tables
from matchwright.operations.match_tables.options import MatchOptions
from matchwright.secrets import VERIFY_KEY, secret
from pathlib import Path
bundle = load_bundle(Path({str(register_run.work / "bundle")!r}), secret(VERIFY_KEY))
print("loaded", flush=True)
inputs = input_files({{"left": {str(records)!r}}})
match_tables(bundle, inputs, Path({str(tmp_path / "run")!r}), MatchOptions(workers=2))
"""
    for seconds in (0.3, 1.5, 3.0, None):
        process = subprocess.Popen(
            [sys.executable, "-c", program], env={**os.environ, **ENVIRONMENT}, stdout=subprocess.PIPE
        )
        process.stdout.readline()
        if seconds is not None:
            time.sleep(seconds)
            process.send_signal(signal.SIGKILL)
        process.communicate()
    assert process.returncode == 0
    assert_same_tables(tmp_path / "run", done[0])


def test_two_runs_do_not_mix_in_a_folder(done, bundle, records, tmp_path):
    folder, _ = done
    inputs = input_files({"left": str(records)})
    with pytest.raises(MatchingError, match="holds another run: its options differ"):
        match_tables(bundle, inputs, folder, MatchOptions(reasons="all"))
    fewer = tmp_path / "fewer.csv"
    pd.read_csv(records, dtype=str).head(900).to_csv(fewer, index=False)
    with pytest.raises(MatchingError, match="holds another run: its inputs differ"):
        match_tables(bundle, input_files({"left": str(fewer)}), folder)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes/own.txt").write_text("mine")
    with pytest.raises(MatchingError, match="holds files that no run wrote"):
        match_tables(bundle, inputs, tmp_path / "notes")
    assert [path.name for path in (tmp_path / "notes").iterdir()] == ["own.txt"]
    (tmp_path / "file").write_text("mine")
    with pytest.raises(MatchingError, match="is a file"):
        match_tables(bundle, inputs, tmp_path / "file")


def test_faults_of_all_tables_are_named_together(bundle, records, tmp_path):
    table = pd.read_csv(records, dtype=str)
    table.drop(columns="surname").to_csv(tmp_path / "a.csv", index=False)
    table.drop(columns="given_name").to_csv(tmp_path / "b.csv", index=False)
    inputs = input_files({"left": str(tmp_path / "a.csv"), "right": str(tmp_path / "b.csv")})
    with pytest.raises(DataError) as error:
        match_tables(bundle, inputs, tmp_path / "run")
    assert "a.csv: surname" in str(error.value)
    assert "b.csv: given_name" in str(error.value)
    with pytest.raises(DataError) as error:
        input_files({"left": "absent.csv", "right": "gone.csv"})
    assert {fault.path for fault in error.value.faults} == {"left: absent.csv", "right: gone.csv"}


def test_a_repeated_id_is_in_quarantine_and_its_rows_have_no_cluster(bundle, records, tmp_path):
    table = pd.read_csv(records, dtype=str)
    table.loc[3, "rec_id"] = table.loc[2, "rec_id"]
    table.to_csv(tmp_path / "records.csv", index=False)
    summary = match_tables(bundle, input_files({"left": str(tmp_path / "records.csv")}), tmp_path / "run")
    quarantine = read_table(str(tmp_path / "run/quarantine"))
    assert summary["quarantined"] == len(quarantine) == 2
    assert set(quarantine["record_key"]) == {f"left:{table.loc[2, 'rec_id']}"}
    back = pd.read_csv(tmp_path / "run/left_with_clusters.csv", dtype=str)
    assert back["cluster_id"].isna().sum() == 2
    assert json.loads((tmp_path / "run/summary.json").read_text())["records"]["left"] == 1_398


def test_tables_beyond_the_limits_of_the_spec_stop_and_say_so(bundle, records, tmp_path):
    table = pd.read_csv(records, dtype=str)
    table["rec_id"] = table["rec_id"].where(table.index > 300, table["rec_id"].iloc[0])
    table.to_csv(tmp_path / "records.csv", index=False)
    with pytest.raises(QualityError, match="do not hold 1 of the quality limits"):
        match_tables(bundle, input_files({"left": str(tmp_path / "records.csv")}), tmp_path / "run")
    assert (tmp_path / "run/quality.html").exists()
    assert not (tmp_path / "run/summary.json").exists()


def test_a_table_with_clusters_is_not_overwritten_silently(bundle, records, tmp_path):
    pd.read_csv(records, dtype=str).assign(cluster_id="own").to_csv(tmp_path / "records.csv", index=False)
    inputs = input_files({"left": str(tmp_path / "records.csv")})
    with pytest.raises(DataError, match="cluster_id: is a column that the run would add"):
        match_tables(bundle, inputs, tmp_path / "run")
    match_tables(bundle, inputs, tmp_path / "other", MatchOptions(tables="none"))


def test_pairs_in_review_join_records_where_that_is_asked_for(bundle, records, tmp_path, done):
    inputs = input_files({"left": str(records)})
    summary = match_tables(bundle, inputs, tmp_path / "run", MatchOptions(join_from=0.5))
    assert summary["clusters"]["entities"] < done[1]["clusters"]["entities"]
    pairs = read_table(str(tmp_path / "run/pairs"))
    joined = pairs[pairs["joined"]]
    assert (joined["score"] >= 0.5).all()
    assert set(joined["band"]) == {"match", "review"}


def test_all_faults_of_the_options_are_named_together(bundle, records, tmp_path):
    with pytest.raises(SettingsError) as error:
        match_options(reasons="some", memory=5, tables="xlsx")
    assert {fault.path for fault in error.value.faults} == {"reasons", "memory", "tables"}
    options = MatchOptions(link_and_dedupe=True, join_from=0.001)
    with pytest.raises(SettingsError) as error:
        match_tables(bundle, input_files({"left": str(records)}), tmp_path / "run", options)
    assert {fault.path for fault in error.value.faults} == {"link_and_dedupe", "join_from"}


def test_two_tables_are_linked_and_also_deduplicated(bundle, records, tmp_path, done):
    table = pd.read_csv(records, dtype=str)
    table.iloc[::2].to_csv(tmp_path / "a.csv", index=False)
    table.iloc[1::2].to_csv(tmp_path / "b.csv", index=False)
    inputs = input_files({"left": str(tmp_path / "a.csv"), "right": str(tmp_path / "b.csv")})
    match_tables(bundle, inputs, tmp_path / "linked")
    pairs = read_table(str(tmp_path / "linked/pairs"))
    assert pairs["left_key"].str.startswith("left:").all()
    assert pairs["right_key"].str.startswith("right:").all()
    both = match_tables(bundle, inputs, tmp_path / "both", MatchOptions(link_and_dedupe=True))
    within = read_table(str(tmp_path / "both/pairs"))
    assert within["right_key"].str.startswith("left:").any()
    assert within["left_key"].str.startswith("right:").any()
    # as in one table, but for candidates that TF-IDF ranks equally: their keys decide
    assert both["clusters"]["entities"] == pytest.approx(done[1]["clusters"]["entities"], rel=0.01)


def test_a_rule_that_explodes_is_narrowed_and_said_or_refused_by_name(bundle, records, tmp_path, done):
    def with_limit(pairs):
        candidates = bundle.model.spec.candidates.model_copy(update={"max_pairs_per_rule": pairs})
        spec = bundle.model.spec.model_copy(update={"candidates": candidates})
        return replace(bundle, model=replace(bundle.model, spec=spec))

    inputs = input_files({"left": str(records)})
    largest = max(done[1]["funnel"]["methods"], key=lambda row: row["pairs"] * row["method"].startswith("rule:"))
    narrow = match_tables(with_limit(largest["pairs"] - 100), inputs, tmp_path / "narrow")
    (said,) = narrow["narrowed"]
    assert said["rule"] == largest["method"]
    assert said["kept"] < said["pairs"] == largest["pairs"]
    assert said["by"]
    with pytest.raises(CandidateError, match="would make too many pairs"):
        match_tables(with_limit(3), inputs, tmp_path / "refused")


def test_a_larger_register_is_warned_of_and_the_prior_can_be_restated(bundle, records, tmp_path):
    table = pd.read_csv(records, dtype=str)
    copies = [table.assign(rec_id=f"{copy}-" + table["rec_id"]) for copy in "abc"]
    pd.concat(copies).to_csv(tmp_path / "records.csv", index=False)
    inputs = input_files({"left": str(tmp_path / "records.csv")})
    summary = match_tables(bundle, inputs, tmp_path / "run", MatchOptions(tables="none"))
    assert "register_larger" not in (summary["register_warning"] or "register_larger")
    assert "4,200" in summary["register_warning"]
    restated = match_tables(bundle, inputs, tmp_path / "restated", MatchOptions(tables="none", restate_prior=True))
    assert restated["register_warning"] is None
    assert restated["prior_shift"] < 0


def test_tables_in_which_nothing_is_alike_are_a_result_too(bundle, records, tmp_path):
    table = pd.read_csv(records, dtype=str).dropna().head(1)
    table.to_csv(tmp_path / "records.csv", index=False)
    summary = match_tables(bundle, input_files({"left": str(tmp_path / "records.csv")}), tmp_path / "run")
    assert summary["funnel"]["compared_pairs"] == 0
    assert summary["clusters"]["by_size"] == {"1": 1}
    assert len(read_table(str(tmp_path / "run/pairs"))) == 0
    assert pd.read_csv(tmp_path / "run/left_with_clusters.csv")["cluster_id"].notna().all()
