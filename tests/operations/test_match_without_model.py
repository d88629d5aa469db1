"""With nothing but tables: a drafted spec, suggestions, an estimate of their precision, and a run that goes on."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from fixtures.keys import keys_of_the_suite

from matchwright.adapters.lake.delta import read_table
from matchwright.core.bundle import load_bundle, verify_bundle
from matchwright.errors import DataError, MatchingError, TrainingError
from matchwright.evaluation.cluster_metrics import pairwise
from matchwright.matching.partitions import Progress
from matchwright.operations.match_tables.inputs import input_files
from matchwright.operations.match_tables.match import match_tables
from matchwright.operations.match_tables.options import MatchOptions
from matchwright.operations.match_without_model.match import Suggestions, match_without_model
from matchwright.operations.synthetic_register import ID, RECORDS, TRUTH, make_register
from matchwright.secrets import VERIFY_KEY, secret
from matchwright.synthesis import load_options

OPTIONS = MatchOptions(tables="none")
PERSONS = 500


@pytest.fixture(scope="module", autouse=True)
def keys():
    """The keys that sign and verify the bundles of this module."""
    with keys_of_the_suite():
        yield


@pytest.fixture(scope="module")
def register(keys, tmp_path_factory) -> tuple[Path, "pd.Series[int]"]:
    """A file of records, and the person that each is of."""
    made = make_register(tmp_path_factory.mktemp("made") / "register", load_options("usual"), PERSONS, 3).folder
    return made / RECORDS[False][0], pd.read_parquet(made / TRUTH).set_index(ID)["entity"]


@pytest.fixture(scope="module")
def done(register, tmp_path_factory) -> tuple[Path, Suggestions]:
    """The folder of a run that nobody has interrupted, and what it gave."""
    folder = tmp_path_factory.mktemp("done") / "run"
    return folder, suggested(folder, register[0])


def suggested(folder: Path, *files: Path, **given) -> Suggestions:
    named = dict(zip(("left", "right"), map(str, files), strict=False))
    return match_without_model(input_files(named), folder, OPTIONS, code_digest="code", **given)


def test_every_pair_is_a_suggestion_and_the_clusters_hardly_join_strangers(register, done):
    folder, found = done
    pairs, clusters = read_table(str(folder / "pairs")), read_table(str(folder / "clusters"))
    assert set(pairs["band"]) == {"review"}
    assert found.summary["reviews"] == len(pairs) == len(read_table(str(folder / "review")))
    assert found.summary["joined"] == int(pairs["joined"].sum()) > 50
    assert (pairs.loc[pairs["joined"], "score"] >= found.estimate.join_from).all()
    person = register[1].loc[clusters["record_key"].str.removeprefix("left:")].to_numpy()
    judged = pairwise(person, clusters["cluster_id"].to_numpy(dtype=str))
    assert judged.precision > 0.95
    assert judged.recall > 0.6


def test_the_estimate_is_near_the_truth(register, done):
    folder, found = done
    pairs, estimate = read_table(str(folder / "pairs")), found.estimate
    one, other = (register[1].loc[pairs[key].str.removeprefix("left:")].to_numpy() for key in ("left_key", "right_key"))
    right = float((one == other).mean())
    assert estimate.suggested is not None
    assert estimate.suggested.low - 0.1 <= right <= estimate.suggested.high + 0.1
    assert estimate.suggested.low <= estimate.suggested.middle <= estimate.suggested.high
    assert estimate.left_out, "identifiers that are not compared are asked first"


def test_the_bundle_is_signed_and_no_pair_of_it_is_a_match(done):
    _, found = done
    verify_bundle(found.bundle, secret(VERIFY_KEY))
    bundle = load_bundle(found.bundle, secret(VERIFY_KEY))
    assert bundle.model.bands.match_from > 1
    assert "cannot be released" in bundle.card()


def test_a_complete_run_is_not_run_again(register, done):
    folder, found = done
    stages: list[str] = []
    again = match_without_model(
        input_files({"left": str(register[0])}),
        folder,
        OPTIONS,
        lambda progress: stages.append(progress.stage),
        code_digest="later code",
    )
    assert again.summary == found.summary
    assert stages == []


class Killed(BaseException):
    """A process that ends at once."""


@pytest.mark.parametrize("stage", ["learning weights of agreement", "clustering"])
def test_a_run_that_was_killed_goes_on_to_the_same_result(register, done, tmp_path, stage):
    folder, found = done
    inputs = input_files({"left": str(register[0])})

    def kill(progress: Progress) -> None:
        if progress.stage == stage:
            raise Killed

    with pytest.raises(Killed):
        match_without_model(inputs, tmp_path / "run", OPTIONS, kill, code_digest="code")
    assert not (tmp_path / "run" / "summary.json").exists()
    again = match_without_model(inputs, tmp_path / "run", OPTIONS, code_digest="code")
    assert again.estimate == found.estimate
    for name in ("start.json", "spec.yaml", "bundle/bundle.json"):
        assert (tmp_path / "run" / "start" / name).read_bytes() == (folder / "start" / name).read_bytes()
    for table in ("pairs", "clusters", "review"):
        pd.testing.assert_frame_equal(read_table(str(tmp_path / "run" / table)), read_table(str(folder / table)))


def test_the_draft_may_be_edited_and_passed_on_but_not_under_a_run(register, done, tmp_path):
    folder, found = done
    edited = tmp_path / "edited.yaml"
    edited.write_text(found.spec.read_text().replace("label: surname", "label: family name"))
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    shutil.copy(edited, copy / "start" / "spec.yaml")
    with pytest.raises(MatchingError, match="was edited") as raised:
        suggested(copy, register[0])
    assert "--spec" in str(raised.value.hint)
    passed_on = suggested(tmp_path / "other", register[0], spec=edited)
    assert passed_on.spec.read_text() == edited.read_text()
    assert passed_on.summary["run"] != found.summary["run"]


def test_a_folder_of_something_else_is_not_touched(register, done, tmp_path):
    folder, _ = done
    other = tmp_path / "other.parquet"
    pd.read_parquet(register[0]).head(300).to_parquet(other)
    with pytest.raises(MatchingError, match="its tables, its spec or how they are matched differ"):
        suggested(folder, other)
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "mine.txt").write_text("mine")
    with pytest.raises(MatchingError, match="holds files that no such run wrote"):
        suggested(tmp_path / "kept", other)
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("lines", "error", "says"),
    [
        (["id,name", "1,Testwell"], DataError, "1 record"),
        (["id,name"], DataError, "has no rows"),
        (["id,name", *(f"{number},same" for number in range(40))], DataError, "no column is left"),
        (
            ["id,name", *(f"{number},{chr(97 + number) * 9}" for number in range(20))],
            TrainingError,
            "alike in anything",
        ),
    ],
)
def test_tables_that_cannot_be_matched_are_errors_that_leave_nothing_behind(tmp_path, lines, error, says):
    (tmp_path / "given.csv").write_text("\n".join(lines) + "\n")
    with pytest.raises(error) as raised:
        suggested(tmp_path / "run", tmp_path / "given.csv")
    assert says in str(raised.value)
    assert "Hint:" in str(raised.value)
    assert not (tmp_path / "run").exists()


def test_two_tables_without_a_common_column_are_an_error(register, tmp_path):
    pd.DataFrame({"number": range(50), "colour": ["blue"] * 50}).to_csv(tmp_path / "other.csv", index=False)
    with pytest.raises(DataError, match="no column in common"):
        suggested(tmp_path / "run", register[0], tmp_path / "other.csv")


PLANTED = {"given_name": "Quixwenna", "surname": "Zorbathrax", "email": "zorba@uncanny.example"}
PARTS = ("quixwenna", "zorbathrax", "uncanny")


def test_no_value_of_a_record_is_in_what_a_run_writes_or_says(register, tmp_path):
    table = pd.read_parquet(register[0]).head(400)
    planted = table.iloc[:2].assign(**{name: value for name, value in PLANTED.items() if name in table})
    twice = pd.concat([table, planted.assign(**{ID: ["planted-1", "planted-2"]})], ignore_index=True)
    twice.to_parquet(tmp_path / "given.parquet", index=False)
    said: list[str] = []
    found = match_without_model(
        input_files({"left": str(tmp_path / "given.parquet")}),
        tmp_path / "run",
        OPTIONS,
        lambda progress: said.append(progress.stage),
        code_digest="code",
    )
    pairs = read_table(str(tmp_path / "run" / "pairs"))
    assert "left:planted-1" in set(pairs["left_key"])
    files = [path for path in (tmp_path / "run").rglob("*") if path.is_file()]
    texts = [path.read_bytes().lower() for path in files] + [json.dumps([*said, found.summary]).lower().encode()]
    assert not [part for part in PARTS for text in texts if part.encode() in text]


def test_the_bundle_of_a_start_matches_further_tables(register, done, tmp_path):
    _, found = done
    bundle = load_bundle(found.bundle, secret(VERIFY_KEY))
    again = match_tables(bundle, input_files({"left": str(register[0])}), tmp_path / "run", OPTIONS)
    assert again["reviews"] == found.summary["reviews"]
