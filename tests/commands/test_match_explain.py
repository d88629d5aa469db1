"""``matchwright match explain``: why two records of a run did or did not come together."""

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from matchwright.cli import app
from matchwright.errors import MatchingError, SettingsError


@pytest.fixture(scope="module")
def tables(febrl, tmp_path_factory) -> dict[str, str]:
    """The tables of FEBRL 4 with a right record twice, an id in both tables, and an id twice in one."""
    folder, (left, right) = tmp_path_factory.mktemp("tables"), (table.copy() for table in febrl)
    twin = right[right["rec_id"] == "rec-3-dup-0"].assign(rec_id="rec-3-dup-9")
    right = pd.concat([right, twin], ignore_index=True)
    right.loc[right["rec_id"] == "rec-7-dup-0", "rec_id"] = "rec-7-org"
    left.loc[left["rec_id"] == "rec-5-org", "rec_id"] = "rec-6-org"
    files = {"--records": folder / "a.csv", "--records-right": folder / "b.csv"}
    for table, file in zip((left, right), files.values(), strict=True):
        table.to_csv(file, index=False)
    return {option: str(file) for option, file in files.items()}


def called(*words: object) -> str:
    done = CliRunner().invoke(app, ["match", *map(str, words)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def options(tables: dict[str, str]) -> list[str]:
    return [word for option in tables.items() for word in option]


@pytest.fixture
def home(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("MATCHWRIGHT_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="module")
def run(tables, trained_bundle, tmp_path_factory) -> Path:
    from fixtures.keys import keys_of_the_suite

    folder = tmp_path_factory.mktemp("matched") / "run"
    with keys_of_the_suite():
        called("--bundle", trained_bundle, *options(tables), "--out", folder, "--tables", "none", "--workers", 1)
    return folder


def test_a_pair_that_joined_its_records(run):
    printed = called("explain", run, "rec-10-org", "rec-10-dup-0")
    assert "left:rec-10-org and right:rec-10-dup-0 came together: their pair joined them." in printed
    assert "Proposed by: rule:" in printed
    assert "left:rec-10-org - right:rec-10-dup-0: 0.9" in printed


def test_a_match_whose_record_has_another_one(run):
    ids = ["rec-3-dup-0", "rec-3-dup-9"]
    printed = [called("explain", run, "rec-3-org", right) for right in ids]
    lost = next(text for text in printed if "did not come together" in text)
    assert "their pair is a match, but a record has at most one, and that is a better one" in lost
    assert "What joined these records instead:\n    left:rec-3-org, right:rec-3-dup-" in lost
    alone = called("explain", run, ids[printed.index(lost)])
    assert "is alone: it joined no other record." in alone
    assert "not joined: a record has a better match" in alone


def test_one_record_is_shown_with_its_matches(run):
    printed = called("explain", run, "left:rec-10-org")
    assert "left:rec-10-org is in cluster left:rec-10-org of 2 records" in printed
    assert "Its records: left:rec-10-org, right:rec-10-dup-0" in printed
    assert "Matches: 1\n    left:rec-10-org, right:rec-10-dup-0: 0.9" in printed


def test_with_the_bundle_and_the_tables_every_pair_has_reasons(run, tables, trained_bundle, home):
    named = ("--bundle", trained_bundle, *options(tables))
    assert "Reasons" not in called("explain", run, "rec-10-org", "rec-10-dup-0")
    printed = called("explain", run, "rec-10-org", "rec-10-dup-0", *named)
    assert "_AGREES: " in printed
    assert "Note:" not in printed
    strangers = called("explain", run, "rec-10-org", "rec-200-dup-0", *named)
    assert "their pair was not compared" in strangers
    assert "date_of_birth: date_of_birth differs" in strangers


def test_an_id_alone_must_name_one_record(run):
    with pytest.raises(MatchingError, match="Both tables have a record rec-7-org") as error:
        called("explain", run, "rec-7-org")
    assert error.value.hint == "name left:rec-7-org or right:rec-7-org"
    assert "right:rec-7-org is in cluster left:rec-7-org" in called("explain", run, "right:rec-7-org")


def test_a_record_in_quarantine_has_its_reasons(run):
    for given in ("rec-6-org", "left:rec-6-org"):
        with pytest.raises(MatchingError, match="left:rec-6-org is in quarantine, so it was not matched: record_id"):
            called("explain", run, given, "rec-6-dup-0")


def test_two_records_of_one_of_the_linked_tables_were_not_looked_at(run):
    with pytest.raises(MatchingError, match="are in the same table"):
        called("explain", run, "rec-10-org", "rec-11-org")


def test_the_tables_must_be_those_of_the_run(run, tables, trained_bundle, home):
    swapped = {"--records": tables["--records-right"], "--records-right": tables["--records"]}
    with pytest.raises(SettingsError) as error:
        called("explain", run, "rec-10-org", "rec-10-dup-0", "--bundle", trained_bundle, *options(swapped))
    assert {fault.path for fault in error.value.faults} == {"left table", "right table"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["a", "b", "c"], "one record key, or two"),
        (["a", "b", "--model", "persons"], "name both the bundle and the tables"),
        (["a", "b", "--records", "a.csv"], "name both the bundle and the tables"),
    ],
)
def test_words_that_do_not_fit_are_refused(run, words, said):
    done = CliRunner().invoke(app, ["match", "explain", str(run), *words])
    assert done.exit_code == 2
    assert said in " ".join(done.output.replace("│", " ").split())
