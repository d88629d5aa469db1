"""``matchwright match``: tables in, a folder with matches and clusters out."""

import shlex
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from matchwright.adapters.lake.delta import read_table
from matchwright.cli import app
from matchwright.core.spec import load_spec
from matchwright.errors import BundleError, DataError, MatchingError, RegistryError, SettingsError


def match(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["match", *map(str, arguments)])


@pytest.fixture
def given(register_run, tmp_path, monkeypatch):
    """The options that name the bundle and the table, and a folder that does not exist."""
    monkeypatch.setenv("MATCHWRIGHT_HOME", str(tmp_path / "home"))
    records = register_run.work.parent / "records.csv"
    return ["--bundle", register_run.work / "bundle", "--records", records, "--workers", 1], tmp_path / "run"


def test_a_table_is_matched_and_the_result_is_said(given):
    options, folder = given
    done = match(*options, "--out", folder, "--tables", "parquet")
    assert done.exit_code == 0, done.output
    assert "comparing: " in done.output
    assert "Matched 1,400 records: " in done.output
    pairs = read_table(str(folder / "pairs"))
    assert f"{(pairs['band'] == 'match').sum():,} matches" in done.output
    assert pd.read_parquet(folder / "left_with_clusters.parquet")["cluster_id"].notna().all()
    again = match(*options, "--out", folder, "--tables", "parquet")
    assert again.exit_code == 0
    assert "comparing: " not in again.output
    assert again.output.splitlines()[-1] == done.output.splitlines()[-1]


def test_a_plan_says_what_it_takes_and_writes_nothing(given):
    options, folder = given
    done = match(*options, "--plan")
    assert done.exit_code == 0, done.output
    assert "1,400 records, 979,300 possible pairs" in done.output
    assert "rule:" in done.output
    assert "tfidf" in done.output
    assert "of memory" in done.output
    assert not folder.exists()


def test_the_next_command_can_be_run_as_it_is_printed(given, tmp_path):
    options, folder = given
    named = tmp_path / "a%20b #c.csv"
    named.write_bytes(options[3].read_bytes())
    done = match(*options[:3], named, "--out", folder, "--tables", "none")
    words = shlex.split(done.output.splitlines()[-1].removeprefix("  Next: "))
    assert words[:2] == ["matchwright", "label"]
    assert words[words.index("--records") + 1] == str(named)
    assert load_spec(Path(words[words.index("--spec") + 1])).name == "register"


@pytest.mark.parametrize("name", ["o#h", "o%20x", "o[1]"])
def test_a_folder_that_tables_cannot_be_in_is_refused_before_any_work(given, tmp_path, name):
    options, _ = given
    for command in ([*options, "--out", tmp_path / name], [options[3], "--out", tmp_path / name]):
        done = match(*command)
        assert isinstance(done.exception, MatchingError)
        assert "cannot hold a run" in str(done.exception)
        assert "name another folder with --out" in str(done.exception)
        assert not (tmp_path / name).exists()


def test_without_a_model_no_prior_is_restated(given):
    options, folder = given
    done = match(options[3], "--restate-prior", "--out", folder)
    assert isinstance(done.exception, SettingsError)
    assert "needs a model" in str(done.exception)
    assert not folder.exists()


def test_after_a_fault_of_the_table_the_folder_is_free_for_the_corrected_command(given, tmp_path):
    options, folder = given
    named = tmp_path / "records.csv"
    pd.read_csv(options[3], dtype=str).assign(cluster_id="1").to_csv(named, index=False)
    refused = match(*options[:3], named, "--workers", 1, "--out", folder)
    assert "--tables none" in str(refused.exception)
    done = match(*options[:3], named, "--workers", 1, "--out", folder, "--tables", "none")
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (["--bundle", "b", "--model", "m", "--records", "r", "--out", "o"], "name what decides"),
        (["--bundle", "b", "--out", "o"], "name the table to match"),
        (["--bundle", "b", "--records", "r"], "name the folder of the run with --out"),
        (["--bundle", "b", "--records", "r", "--out", "o", "--memory", "much"], "write a number and MB or GB"),
    ],
)
def test_options_that_are_absent_or_do_not_go_together(changed, says):
    done = match(*changed)
    assert done.exit_code == 2
    assert says in " ".join(done.output.replace("│", " ").split())


def test_faults_are_errors_that_say_what_to_do(given, tmp_path):
    options, folder = given
    assert isinstance(match(*options, "--out", folder, "--memory", "1MB").exception, SettingsError)
    assert isinstance(match(*options, "--out", folder, "--master", "local[2]").exception, SettingsError)
    absent = match(*options[:2], "--records", tmp_path / "absent.csv", "--out", folder)
    assert isinstance(absent.exception, DataError)
    assert isinstance(match("--bundle", tmp_path, *options[2:], "--out", folder).exception, BundleError)
    (tmp_path / "home").mkdir()
    unknown = match("--model", "models:/persons/x", *options[2:], "--out", folder)
    assert isinstance(unknown.exception, RegistryError)
    (tmp_path / "mine").write_text("own")
    assert isinstance(match(*options, "--out", tmp_path / "mine").exception, MatchingError)
    assert (tmp_path / "mine").read_text() == "own"


def test_help_is_that_of_matching_tables():
    done = match("--help")
    assert done.exit_code == 0
    assert "--records-right" in done.output
    assert match("explain", "--help").exit_code == 0


def test_the_pairs_in_review_are_asked_in_their_order(given, register_run, tmp_path):
    options, folder = given
    assert match(*options, "--out", folder).exit_code == 0
    review = read_table(str(folder / "review"))
    spec = register_run.work / "bundle" / "spec.yaml"
    records = register_run.work.parent / "records.csv"
    asked = ["label", "--spec", spec, "--records", records, "--review", folder, "--out", tmp_path / "labels.csv"]

    def label(*more, typed=""):
        return CliRunner().invoke(app, [*map(str, asked), *map(str, more)], input=typed)

    done = label("--count", 2, typed="y\nn\n")
    assert done.exit_code == 0, done.output
    assert "those first that a wrong answer costs most" in done.output
    labels = pd.read_csv(tmp_path / "labels.csv", dtype=str)
    ids = [tuple(pair) for pair in review[["left_key", "right_key"]].to_numpy()]
    assert list(zip("left:" + labels["left_id"], "left:" + labels["right_id"], strict=True)) == ids[:2]
    assert label("--count", 3, "--csv-out", tmp_path / "sheet.csv").exit_code == 0
    sheet = pd.read_csv(tmp_path / "sheet.csv", dtype=str)
    assert list(zip(sheet["left_key"], sheet["right_key"], strict=True)) == ids[2:5]
    fewer = tmp_path / "fewer.csv"
    pd.read_csv(records, dtype=str).head(10).to_csv(fewer, index=False)
    asked[asked.index(records)], asked[-1] = fewer, tmp_path / "others.csv"
    assert isinstance(label().exception, MatchingError)
    assert label("--model", "none").exit_code == 2


def test_a_run_in_an_object_store_is_as_one_in_a_folder(given, register_run, object_store, tmp_path):
    options, folder = given
    assert match(*options, "--out", folder).exit_code == 0
    address = f"{object_store}/runs/customers"
    done = match(*options, "--out", address)
    assert done.exit_code == 0, done.output
    assert f"Read {address}/report.html" in done.output
    assert list((tmp_path / "home" / "matching").iterdir()) == []
    for table in ("pairs", "clusters", "review", "quarantine"):
        pd.testing.assert_frame_equal(read_table(f"{address}/{table}"), read_table(str(folder / table)))
    again = match(*options, "--out", address)
    assert "comparing: " not in again.output
    assert again.output.splitlines()[-1] == done.output.splitlines()[-1]

    pair = read_table(str(folder / "review")).iloc[0][["left_key", "right_key"]]
    explained = [match("explain", run, *pair, *options[:4]) for run in (folder, address)]
    assert explained[1].exit_code == 0, explained[1].output
    assert explained[1].output == explained[0].output
    spec, records = register_run.work / "bundle" / "spec.yaml", register_run.work.parent / "records.csv"
    sheets = [tmp_path / "local.csv", tmp_path / "stored.csv"]
    for run, sheet in zip((folder, address), sheets, strict=True):
        asked = ["label", "--spec", spec, "--records", records, "--review", run, "--out", tmp_path / "labels.csv"]
        assert CliRunner().invoke(app, [*map(str, asked), "--csv-out", str(sheet)]).exit_code == 0
    assert sheets[1].read_bytes() == sheets[0].read_bytes()
    refused = match(*options, "--out", address, "--no-guard").exception
    assert isinstance(refused, MatchingError)
    assert "holds another run: its options differ" in str(refused)
