"""Whole DataFrames are matched as the command matches the same records in files."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

import matchwright
from matchwright.adapters.lake.delta import read_table
from matchwright.cli import app
from matchwright.core.bundle import Bundle
from matchwright.errors import DataError, MatchingError, QualityError, SettingsError

RECORDS = 250
TABLES = ("pairs", "clusters", "review")


@pytest.fixture(scope="module")
def tables(febrl: tuple[pd.DataFrame, pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    left, right = (table.head(RECORDS) for table in febrl)
    return left, right


def by_command(folder: Path, bundle: Path, *tables: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The tables that ``matchwright match`` writes for the same records in CSV files."""
    arguments = ["match", "--bundle", str(bundle), "--out", str(folder / "run"), "--workers", "1"]
    for option, table in zip(("--records", "--records-right"), tables, strict=False):
        file = folder / f"{option.strip('-')}.csv"
        table.to_csv(file, index=False)
        arguments += [option, str(file)]
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return {name: read_table(str(folder / "run" / name)) for name in TABLES}


def assert_same(found: matchwright.Matches, written: dict[str, pd.DataFrame]) -> None:
    for name in TABLES:
        made = getattr(found, name)
        of_command = written[name].drop(columns=["bundle", "run"])
        pd.testing.assert_frame_equal(made[of_command.columns], of_command)


def test_two_tables_are_matched_as_by_the_command(
    bundle: Bundle, trained_bundle: Path, tables: tuple[pd.DataFrame, pd.DataFrame], tmp_path: Path
) -> None:
    found = matchwright.match(bundle, *tables)

    written = by_command(tmp_path, trained_bundle, *tables)
    assert_same(found, written)
    assert len(found.pairs) > RECORDS * 0.9
    assert found.summary["records"] == {"left": RECORDS, "right": RECORDS}
    assert found.summary["reviews"] == len(found.review)


def test_one_table_is_deduplicated_as_by_the_command(
    bundle: Bundle, trained_bundle: Path, tables: tuple[pd.DataFrame, pd.DataFrame], tmp_path: Path
) -> None:
    both = pd.concat(tables, ignore_index=True)

    found = matchwright.match(bundle, both)

    assert_same(found, by_command(tmp_path, trained_bundle, both))
    assert set(found.clusters["side"]) == {"left"}
    assert found.summary["clusters"]["entities"] < len(both)


def test_clusters_can_be_joined_to_the_caller_s_own_table(
    bundle: Bundle, tables: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    left, right = (
        table.assign(rec_id=range(start, start + RECORDS)) for table, start in zip(tables, (0, 5000), strict=True)
    )

    clusters = matchwright.match(bundle, left, right).clusters

    joined = left.merge(clusters[clusters["side"] == "left"], on="rec_id")
    assert len(joined) == RECORDS
    together = clusters[clusters["cluster_size"] == 2].groupby("cluster_id")
    assert (together["side"].agg(sorted).map(tuple) == ("left", "right")).all()
    assert (together["rec_id"].agg(lambda ids: ids.max() - ids.min()) == 5000).mean() > 0.98
    assert clusters.loc[clusters["cluster_size"] == 1, "weakest_link"].isna().all()


def test_the_record_id_may_be_the_index_and_columns_may_be_named_like_fields(
    bundle: Bundle, tables: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    spec = bundle.model.spec
    names = {spec.column_of(field): field for field in spec.fields}
    by_field = [table.rename(columns=names).set_index("rec_id") for table in tables]

    found = matchwright.match(bundle, *by_field)

    pd.testing.assert_frame_equal(found.clusters, matchwright.match(bundle, *tables).clusters)


def test_the_folder_of_a_run_is_kept_where_one_is_named(
    bundle: Bundle, tables: tuple[pd.DataFrame, pd.DataFrame], tmp_path: Path
) -> None:
    first = matchwright.match(bundle, *tables, out=tmp_path / "run", reasons="all")

    assert (tmp_path / "run" / "summary.json").is_file()
    assert (first.pairs["codes"] != "").all()
    again = matchwright.match(bundle, *tables, out=str(tmp_path / "run"), reasons="all")
    assert again.summary == first.summary, "a complete run is not run again"
    with pytest.raises(MatchingError, match="holds another run: its options differ"):
        matchwright.match(bundle, *tables, out=tmp_path / "run")


def test_without_a_folder_nothing_is_left(
    bundle: Bundle, tables: tuple[pd.DataFrame, pd.DataFrame], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    matchwright.match(bundle, *tables)

    assert not list(tmp_path.glob("matchwright-match-*"))


def test_options_are_those_of_the_command(bundle: Bundle, tables: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    lowest = bundle.model.bands.review_from
    plain, joined = (matchwright.match(bundle, *tables, join_from=limit) for limit in (None, lowest))

    assert joined.pairs["joined"].sum() >= plain.pairs["joined"].sum()
    with pytest.raises(SettingsError, match="join_from: is below"):
        matchwright.match(bundle, *tables, join_from=lowest / 2)
    with pytest.raises(SettingsError, match="link_and_dedupe: needs two tables"):
        matchwright.match(bundle, tables[0], link_and_dedupe=True)
    with pytest.raises(SettingsError, match="reasons: Input should be 'review' or 'all'"):
        matchwright.match(bundle, *tables, reasons="none")  # type: ignore[arg-type]


def test_all_absent_columns_of_both_tables_are_named(bundle: Bundle, tables: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    left, right = tables

    with pytest.raises(DataError) as refused:
        matchwright.match(bundle, left.drop(columns=["surname", "rec_id"]), right.rename(columns={"suburb": "suburbs"}))

    assert [fault.path for fault in refused.value.faults] == ["left.rec_id", "left.surname", "right.suburb"]
    assert "did you mean 'suburbs'?" in str(refused.value)


@pytest.mark.parametrize("given", [[{"rec_id": 1}], "people.csv", None])
def test_only_dataframes_are_tables(given: Any, bundle: Bundle) -> None:
    with pytest.raises(DataError, match="left: is of type"):
        matchwright.match(bundle, given)


def test_too_few_records_are_refused_with_a_hint_that_holds_without_a_folder(
    bundle: Bundle, tables: tuple[pd.DataFrame, pd.DataFrame], tmp_path: Path
) -> None:
    few = tables[0].head(3)
    with pytest.raises(QualityError) as refused:
        matchwright.match(bundle, few)
    assert "give a folder as out" in refused.value.hint
    with pytest.raises(QualityError) as kept:
        matchwright.match(bundle, few, out=tmp_path / "run")
    assert f"read {tmp_path / 'run' / 'quality.html'}" in kept.value.hint
    assert (tmp_path / "run" / "quality.html").is_file()


def test_a_run_of_frames_is_not_kept_in_an_object_store(bundle, tables):
    with pytest.raises(MatchingError, match=r"not in s3://bucket/run\.\nHint: name a folder"):
        matchwright.match(bundle, *tables, out="s3://bucket/run")


def test_without_a_bundle_the_pairs_of_frames_are_suggestions(
    tables: tuple[pd.DataFrame, pd.DataFrame], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHWRIGHT_HOME", str(tmp_path / "home"))
    left, right = (table.set_index("rec_id") for table in tables)

    found = matchwright.match(None, left, right)

    assert set(found.pairs["band"]) == {"review"}
    assert set(found.clusters["rec_id"]) == {*left.index, *right.index}
    assert found.estimate is not None
    numbers = [found.pairs[key].str.split("-").str[1] for key in ("left_key", "right_key")]
    assert (numbers[0] == numbers[1])[found.pairs["joined"]].mean() > 0.95
