"""Reading CSV files. What is safe is read. Everything else is refused with its cause and its line, without a value."""

import bz2
import gzip
import lzma
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchwright.adapters.tables.content import text_of
from matchwright.adapters.tables.csv_table import csv_table
from matchwright.adapters.tables.csv_text import layout_of
from matchwright.adapters.tables.read import read_input_table, row_lines
from matchwright.errors import DataError

CANARY = "Canaria-Piepmatz"


def rows(tmp_path: Path, content: bytes, name: str = "left.csv") -> list[list[str | None]]:
    """The header and the rows that are read from a file with this content."""
    (tmp_path / name).write_bytes(content)
    table = read_input_table(str(tmp_path / name))
    return [list(table.columns), *table.to_numpy().tolist()]


def refusal(tmp_path: Path, content: bytes, capfd: pytest.CaptureFixture[str], name: str = "left.csv") -> str:
    """The error for a file with this content. It quotes no value, and nothing is written to the terminal."""
    with pytest.raises(DataError) as refused:
        rows(tmp_path, content, name)
    said = str(refused.value)
    assert said.startswith(f"{name} cannot be read.\n")
    assert "Hint: " in said
    assert CANARY.lower() not in said.lower()
    assert "".join(capfd.readouterr()) == ""
    return said


PLAIN = b"id,name\n1,osric\n2,\xc3\xb6lga\n"
READ = [["id", "name"], ["1", "osric"], ["2", "ölga"]]


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        b"\xef\xbb\xbf" + PLAIN,
        PLAIN.replace(b"\n", b"\r\n"),
        PLAIN.replace(b"\n", b"\r"),
        b"id,name\r\n1,osric\r2,\xc3\xb6lga\n",
        b"\n\r\n" + PLAIN,
        PLAIN.rstrip(),
        PLAIN.replace(b",", b";"),
        PLAIN.replace(b",", b"\t"),
        PLAIN.replace(b",", b"|"),
        b"sep=;\r\n" + PLAIN.replace(b",", b";"),
        b"\xef\xbb\xbfSEP=,\n" + PLAIN,
        b'"id","name"\n"1","osric"\n"2","\xc3\xb6lga"\n',
        PLAIN.decode().encode("utf-16"),
        b"\xfe\xff" + PLAIN.decode().encode("utf-16-be"),
        PLAIN.decode().encode("utf-16-le"),
        PLAIN.decode().encode("utf-16-be"),
        PLAIN.decode().encode("utf-32"),
        PLAIN.decode().replace(",", "\t").encode("utf-16"),
        gzip.compress(PLAIN, mtime=0),
        bz2.compress(PLAIN),
        lzma.compress(PLAIN),
        pa.compress(PLAIN, "zstd", asbytes=True),
        gzip.compress(PLAIN.decode().encode("utf-16"), mtime=0),
        PLAIN.replace(b"\n", b",\n"),
        b"id,name\n1,osric,\n2,\xc3\xb6lga,\n",
        b"id,name,\n1,osric\n2,\xc3\xb6lga\n",
        PLAIN + b",\n,\n",
        PLAIN + b" ,\n,,,\n",
    ],
    ids=[
        *("plain", "byte order mark", "Windows line ends", "old Macintosh line ends", "mixed line ends", "blank lines"),
        *("no last line end", "semicolons", "tabs", "bars", "sep line", "sep line after a mark", "all quoted"),
        *("UTF-16", "UTF-16 big", "UTF-16 unmarked", "UTF-16 big unmarked", "UTF-32", "Unicode text of Excel"),
        *("gzip", "bzip2", "xz", "Zstandard", "gzip of UTF-16"),
        *("trailing separators", "in the rows alone", "in the header alone", "rows of separators", "of any number"),
    ],
)
@pytest.mark.parametrize("name", ["left.csv", "left.txt", "left.csv.gz"])
def test_one_table_is_read_from_many_notations_whatever_its_name(tmp_path: Path, content: bytes, name: str) -> None:
    assert rows(tmp_path, content, name) == READ


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"id,name\n", "has no rows"),
        (b"id,name\n,\n", "has no rows"),
        (gzip.compress(PLAIN * 99, mtime=0)[:-20], "is compressed (gzip) and damaged"),
        (b"BZh91AY&SYnothing", "is compressed (bzip2) and damaged"),
        (b"\x28\xb5\x2f\xfdnothing", "is compressed (Zstandard) and damaged"),
        (gzip.compress(gzip.compress(PLAIN, mtime=0), mtime=0), "is compressed more than once"),
        (b"PK\x03\x04 [Content_Types].xml xl/workbook.xml", "is an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an Excel workbook"),
        (b"PK\x03\x04 left.csv", "is a ZIP archive"),
        (b"left.csv".ljust(257, b"\0") + b"ustar\0", "is a tar archive"),
        (b"PAR1....PAR1", "is a Parquet file"),
        (b'[{"id": 1}]', "is JSON"),
        (b'{"id": 1}\n{"id": 2}\n', "is JSON"),
        (b"<!DOCTYPE html>\n<p>Sign in</p>", "is a web page"),
        (b"id,name\n1,osric\n2,wil\0frida\n", "holds NUL bytes, the first in line 3, column 6"),
        ("id,name\n1,osric\n2,Canaria-Piepmatz é\n".encode("latin-1"), "line 3, column 20"),
        ("id,name\n1,Canaria-Piepmatz é\n".encode("latin-1"), "perhaps Latin-1 or Windows-1252"),
        ("id,name\n1,Canaria-Piepmatz “é”\n".encode("cp1252"), "perhaps Windows-1252"),
        ("id,имя\n1,Анна\n".encode("cp1251"), "line 1, column 4 holds another encoding, perhaps that of a language"),
        ("id,name\n1,ö\n".encode("utf-16") + b"x", "begins as UTF-16"),
        (b"id,name,name\n1,a,b\n", "1 column name(s) occur twice (columns 2, 3)"),
        (b"id,,\n1,a,b\n", "columns 2, 3 have values and no name"),
        (b'id,name,city\n1,"a\nb",c\n\n2,Canaria-Piepmatz\n3,a,b,c\n', "2 row(s) do not have 3 columns"),
        (b'id,name,city\n1,"a\nb",c\n\n2,Canaria-Piepmatz\n3,a,b,c\n', "the first is line 5, with 2"),
        (b"id;name\n1;osric;Canaria-Piepmatz\n2;olga;\n", "2 row(s) do not have 2 columns"),
        (b"id,name,city\n1,a\n2,b\n", "the first is line 2, with 2"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_cause(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], content: bytes, cause: str
) -> None:
    assert cause in refusal(tmp_path, content, capfd)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (
            b'id\ttitle\tmaker\n1\t"5 inch pipe\tNorva\n2\tdesk lamp\tKelto\n3\toffice chair\tKelto\n'
            b'4\t"7 inch pipe\tNorva\n5\tbookcase\tBrixen\n',
            2,
        ),
        (b'id,title,maker\n1,a,b\n2,"5 inch pipe,Norva\n3,lamp,Kelto\n4,pipe 5",Norva\n5,a,b\n', 3),
        (b'id,title,maker\n1,a,b\n2,"5 inch pipe,Norva\n3,lamp,Kelto\n', 3),
        (b'id,title,maker\n1,a,b\n2,c,d\n3,"5" pipe,Norva\n', 4),
        (b'id,title,maker\r\n1,a,b\r\n2,"5\\" pipe",Norva\r\n', 3),
        (b'sep=,\nid,title,maker\n1,"two\nlines",b\n2,"5 inch,Norva\n', 5),
        (b'id,"title,maker\n1,a,b\n', 1),
        (b'id,title\n1,"5 inch\n2,lamp\n3,pipe 5"\n', 2),
        (b'id,title,maker\n"1,5 inch,a\n2,"lamp,b\n', 2),
    ],
    ids=[
        *("two begin values", "the other ends a value", "no other", "its end is no end", "escaped by a backslash"),
        *("behind a value of two lines", "in the header", "two columns", "in the first column"),
    ],
)
def test_an_unbalanced_quote_is_refused_with_its_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], content: bytes, line: int
) -> None:
    assert f"a quote opens a value on line {line} and is unbalanced" in refusal(tmp_path, content, capfd)


@pytest.mark.parametrize(
    ("content", "values"),
    [
        (b'id\ttitle\n1\t5" lamp\n2\t7" lamp\n', [["1", '5" lamp'], ["2", '7" lamp']]),
        (b'id,size 5",x\n1,5" lamp,y\n', [["1", '5" lamp', "y"]]),
        (b'id,title,x\n1,"5"" lamp",y\n2,"""quoted""",z\n', [["1", '5" lamp', "y"], ["2", '"quoted"', "z"]]),
        (
            b'id,note,x\n1,"Dear Sir,\nI am, well","y"\n2,"a\n\nb",z\n',
            [["1", "Dear Sir,\nI am, well", "y"], ["2", "a\n\nb", "z"]],
        ),
        (b'id,note\n1,"hello\nworld"\n2,"hello, I\nam, well"\n', [["1", "hello\nworld"], ["2", "hello, I\nam, well"]]),
        (b'note\n"a\nb"\nc\n', [["a\nb"], ["c"]]),
        (b'id,note,x\n1,"a" ,b\n', [["1", "a ", "b"]]),
        (b'"id\n(number)",name\n1,osric\n', [["1", "osric"]]),
        (b"id;preis;ort\n1;1,5;mock\n2;2,5;stub\n", [["1", "1,5", "mock"], ["2", "2,5", "stub"]]),
        (b"Name, Vorname;Ort, Land;PLZ\na;b;c\nd;e;f\n", [["a", "b", "c"], ["d", "e", "f"]]),
        (b"id,name\n1," + b"x" * 3_000_000 + b"\n2,b\n", [["1", "x" * 3_000_000], ["2", "b"]]),
    ],
    ids=[
        *("inches", "inches in the header", "doubled quotes", "prose of several lines", "prose of two columns"),
        *("one column", "a blank behind a quote", "a header of two lines", "decimal commas", "commas in names"),
        "a very long value",
    ],
)
def test_balanced_quotes_and_separators_inside_values_are_read(
    tmp_path: Path, content: bytes, values: list[list[str]]
) -> None:
    assert rows(tmp_path, content)[1:] == values


def test_the_line_of_each_row_is_known_where_rows_span_lines(tmp_path: Path) -> None:
    path = tmp_path / "left.csv"
    path.write_bytes('sep=;\nid;note\n1;"a\nb"\n\n2;c\u2028d\n;\n3;e\n'.encode())
    assert row_lines(str(path)) == [3, 6, 8]
    assert read_input_table(str(path))["note"].tolist() == ["a\nb", "c\u2028d", "e"]
    assert row_lines(str(tmp_path / "left.parquet")) == []


def test_a_file_that_is_absent_or_no_table_is_named(tmp_path: Path) -> None:
    for name, cause in (("left.csv", "no such file"), ("people.xlsx", "is neither CSV nor Parquet")):
        with pytest.raises(DataError, match=f"{name} cannot be read.\n  {cause}"):
            read_input_table(str(tmp_path / name))
    with pytest.raises(DataError, match="is a folder without a Parquet file"):
        read_input_table(str(tmp_path))


def read_or_refuse(content: bytes) -> pd.DataFrame | DataError:
    try:
        return csv_table(layout_of(text_of(content)))
    except DataError as error:
        return error


CELL = st.text(st.sampled_from('ab 5",;\t|\n\r"ü'), max_size=6)


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=5), st.sampled_from(",;\t|"))
def test_what_is_written_with_quotes_is_read_unchanged_or_refused(table: list[list[str]], separator: str) -> None:
    """No row is ever lost, whatever the values hold."""
    quoted = [separator.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in ["x", *row]) for row in table]
    text = "\n".join([separator.join(["id", "a", "b", "c"]), *quoted]) + "\n"
    read = read_or_refuse(text.encode())
    if isinstance(read, DataError):
        assert "quote" in str(read)
        return
    assert [[cell or "" for cell in row] for row in read.to_numpy().tolist()] == [["x", *row] for row in table]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_with_a_hint(content: bytes) -> None:
    read = read_or_refuse(content)
    assert isinstance(read, pd.DataFrame) or read.faults[0].hint
