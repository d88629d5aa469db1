"""``matchwright spec infer`` on the files that people bring: a draft, or one cause with its line, and no traceback."""

import gzip
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from matchwright.core.spec import parse_spec

HEADER = "record_id,given_name,surname,date_of_birth,street,city,postcode"
ROWS = 40


def rows(side: str) -> list[str]:
    return [
        f"{side}{n:05},karl{chr(97 + n % 26)},neuhauss{chr(97 + n % 7)},19{50 + n}-08-1{n % 9},Feldweg {n + 3},"
        f"{('Altheim', 'Neudorf')[n % 2]},0{n % 7}{n % 10}35"
        for n in range(ROWS)
    ]


def text(side: str = "L") -> str:
    return "\n".join([HEADER, *rows(side)]) + "\n"


def infer(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command in its own process, as only that shows what a library writes to standard error."""
    command = [sys.executable, "-c", "from matchwright.cli import main; main()", "spec", "infer", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    return done


def drafted(*arguments: object) -> str:
    done = infer(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return parse_spec(done.stdout).record_id


def refused(*arguments: object) -> str:
    done = infer(*arguments)
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
def test_a_table_in_unicode_text_of_a_spreadsheet_is_drafted(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "left.txt").write_bytes(text().replace(",", "\t").encode(encoding))
    (tmp_path / "right.csv").write_text(text("R"))
    assert drafted(tmp_path / "left.txt", tmp_path / "right.csv") == "record_id"


def test_a_compressed_table_under_another_name_is_drafted(tmp_path: Path) -> None:
    (tmp_path / "left.csv").write_bytes(gzip.compress(text().encode()))
    assert drafted(tmp_path / "left.csv") == "record_id"


def test_a_folder_of_parquet_files_is_drafted(tmp_path: Path) -> None:
    columns = list(zip(*(row.split(",") for row in rows("L")), strict=True))
    table = pa.table([list(values) for values in columns], names=HEADER.split(","))
    folder = tmp_path / "left.parquet"
    folder.mkdir()
    pq.write_table(table.slice(0, 20), folder / "part-00000.snappy.parquet")
    pq.write_table(table.slice(20), folder / "part-00001.snappy.parquet")
    (folder / "_SUCCESS").touch()
    assert drafted(folder) == "record_id"
    pq.write_table(table.set_column(5, "city", pa.array([b"\xe9"] * ROWS)), tmp_path / "binary.parquet")
    said = refused(tmp_path / "binary.parquet")
    assert "binary.parquet cannot be read." in said
    assert "city: holds binary that is not UTF-8 text (row 1)" in said


def test_the_file_and_the_line_of_a_fault_are_named(tmp_path: Path) -> None:
    (tmp_path / "left.csv").write_text(text())
    right = tmp_path / "right.csv"
    right.write_bytes((text("R") + "R1,Jos\xe9\n").encode("latin-1"))
    said = refused(tmp_path / "left.csv", right)
    assert "right.csv cannot be read." in said
    assert "line 42, column 7 holds another encoding" in said
    right.write_text(text("R").replace("Feldweg 5,", '"Feldweg 5,'))
    assert "a quote opens a value on line 4 and is unbalanced" in refused(tmp_path / "left.csv", right)


@pytest.mark.parametrize("given", [True, False])
def test_a_repeated_id_is_named_with_its_line_with_and_without_pairs(tmp_path: Path, given: bool) -> None:
    left, right, pairs = (tmp_path / f"{name}.csv" for name in ("left", "right", "pairs"))
    left.write_text(text().replace("Feldweg 4,", '"Feld\nweg 4",') + rows("L")[0] + "\n")
    right.write_text(text("R"))
    pairs.write_text("left_id,right_id\n" + "".join(f"L{n:05},R{n:05}\n" for n in range(35)))
    said = refused(left, right, *(["--pairs", pairs] if given else []))
    # one value spans two lines, so the last row stands on line 43
    assert "left table: record_id looks like the record id, and 1 of its 41 values stands twice (line 43)" in said
    assert "make them unique" in said


def test_labels_that_were_not_understood_are_named_with_their_lines(tmp_path: Path) -> None:
    (tmp_path / "left.csv").write_text(text())
    (tmp_path / "right.csv").write_text(text("R"))
    pairs = ["left_id,right_id,label", "", *[f"L{n:05},R{n:05},{n % 2 + 1}" for n in range(ROWS)]]
    (tmp_path / "pairs.csv").write_text("\n".join(pairs) + "\n")
    said = refused(tmp_path / "left.csv", tmp_path / "right.csv", "--pairs", tmp_path / "pairs.csv")
    assert "pairs.label: 20 of 40 values were not understood as a label (lines 4, 6, 8, 10, 12 ...)" in said
    assert "Hint: write 1 or 0" in said
