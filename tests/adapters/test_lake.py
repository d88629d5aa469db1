import multiprocessing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from matchwright.adapters.lake.delta import frame_digest, read_table, write_table
from matchwright.errors import LakeError


def records(surname: str = "testwell") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "record_key": ["left:007", "left:8", "right:9"],
            "surname": [surname, None, "Müller-Østergård"],
            "price": [39.9, np.nan, -0.5],
            "never_given": pd.Series([None, None, None], dtype=object),
        }
    )


def test_a_written_table_is_read_back_unchanged(tmp_path: Path) -> None:
    frame = records()
    written = write_table(str(tmp_path / "lake" / "records"), frame, frame_digest(frame))
    assert (written.version, written.rows) == (0, 3)
    pd.testing.assert_frame_equal(read_table(written.uri), frame)


def test_an_empty_table_keeps_its_columns(tmp_path: Path) -> None:
    frame = records().iloc[:0]
    uri = write_table(str(tmp_path / "records"), frame, frame_digest(frame)).uri
    assert list(read_table(uri).columns) == list(frame.columns)


def test_writing_the_same_content_again_makes_no_new_version(tmp_path: Path) -> None:
    uri = str(tmp_path / "records")
    first = write_table(uri, records(), frame_digest(records()))
    assert write_table(uri, records(), frame_digest(records())) == first


def test_every_earlier_version_can_still_be_read(tmp_path: Path) -> None:
    uri = str(tmp_path / "records")
    versions = [write_table(uri, f, frame_digest(f)).version for f in map(records, ["a", "b", "a"])]
    assert versions == [0, 1, 2]
    assert [read_table(uri, version)["surname"][0] for version in versions] == ["a", "b", "a"]
    assert read_table(uri)["surname"][0] == "a"


def test_columns_can_change_between_versions(tmp_path: Path) -> None:
    uri = str(tmp_path / "records")
    write_table(uri, records(), frame_digest(records()))
    wider = records().assign(surname=[1.0, 2.0, 3.0], suburb="mockville")
    write_table(uri, wider, frame_digest(wider))
    pd.testing.assert_frame_equal(read_table(uri), wider)


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame.iloc[::-1],
        lambda frame: frame.rename(columns={"surname": "family_name"}),
        lambda frame: frame.assign(surname=["testwel", None, "lMüller-Østergård"]),
        lambda frame: frame.assign(surname=["testwell", "", "Müller-Østergård"]),
        lambda frame: frame.assign(price=[39.9, np.nan, 0.5]),
        lambda frame: frame.assign(price=["39.9", None, "-0.5"]),
    ],
    ids=["row order", "column name", "end of a value", "empty instead of missing", "a number", "a type"],
)
def test_different_contents_have_different_digests(change: object) -> None:
    assert callable(change)
    assert frame_digest(change(records())) != frame_digest(records())


def test_the_digest_depends_only_on_the_content() -> None:
    copy = records().set_index(pd.Index([7, 5, 3])).astype({"surname": "string"})
    assert frame_digest(copy) == frame_digest(records())


def test_the_error_names_a_missing_table_or_version(tmp_path: Path) -> None:
    uri = str(tmp_path / "records")
    with pytest.raises(LakeError, match="There is no lake table"):
        read_table(uri)
    write_table(uri, records(), frame_digest(records()))
    with pytest.raises(LakeError, match="There is no version 4 of lake table"):
        read_table(uri, 4)


def test_missing_or_damaged_data_files_are_not_reported_as_a_missing_table(tmp_path: Path) -> None:
    uri = tmp_path / "records"
    write_table(str(uri), records(), frame_digest(records()))
    data = next(uri.glob("*.parquet"))
    data.write_bytes(data.read_bytes()[:100])
    with pytest.raises(LakeError, match=r"data files of version 0 of lake table .* cannot be read"):
        read_table(str(uri), 0)
    data.unlink()
    with pytest.raises(LakeError, match=r"data files of lake table .* cannot be read"):
        read_table(str(uri))


def test_files_of_a_killed_write_are_not_part_of_the_table(tmp_path: Path) -> None:
    """A commit is one file in the log. A data file that no commit names is not part of the table."""
    uri = tmp_path / "records"
    write_table(str(uri), records(), frame_digest(records()))
    next(uri.glob("*.parquet")).rename(uri / "half-written.parquet")
    (uri / "_delta_log" / "00000000000000000000.json").unlink()

    again = write_table(str(uri), records("b"), frame_digest(records("b")))
    assert again.version == 0
    pd.testing.assert_frame_equal(read_table(str(uri)), records("b"))


def _write(uri: str, surname: str, start: object) -> None:
    start.wait()  # type: ignore[attr-defined]
    frame = records(surname)
    written = write_table(uri, frame, frame_digest(frame))
    assert read_table(uri, written.version)["surname"][0] == surname


def test_concurrent_writers_each_get_their_own_content(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(2)
    writers = [context.Process(target=_write, args=(str(tmp_path / "records"), name, start)) for name in ("a", "b")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0]


def test_a_table_can_be_in_an_object_store(object_store: str) -> None:
    uri = f"{object_store}/persons/records"
    for name in ("a", "a", "b"):
        written = write_table(uri, records(name), frame_digest(records(name)))
    assert written.version == 1
    assert read_table(uri, 0)["surname"][0] == "a"
    assert read_table(uri)["surname"][0] == "b"


def test_a_failure_of_the_object_store_is_reported(object_store: str) -> None:
    with pytest.raises(LakeError, match="cannot be written"):
        write_table(f"{object_store}-elsewhere/records", records(), frame_digest(records()))
