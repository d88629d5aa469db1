"""The form of a CSV text: its separator, its header, its quotes, and the line of each row."""

import csv
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from matchwright.adapters.tables.content import line_of
from matchwright.adapters.tables.faults import unreadable

SEPARATORS = ",;\t|"
_SAMPLE, _SAMPLE_LINES = 65_536, 50
_NEAR = 1_000
"""The most bytes of a line before and behind a quoted value that are looked at."""
_SEP_LINE = re.compile(rb'"?sep=([,;\t|])"?[ \t]*(?:\r\n|\r|\n|\Z)', re.I)
_BREAK = re.compile(rb"\r\n|\r|\n")
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_SWALLOWED = 0.8
"""From this share of lines that look like rows, a value of several lines is an unbalanced quote."""


@dataclass(frozen=True)
class Layout:
    """A CSV text. ``begin`` and ``body`` are the positions of the header and of the first row."""

    text: bytes
    separator: str
    begin: int
    header: tuple[str, ...]
    body: int

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Every row below the header that holds a value, with the line on which it begins."""
        first = line_of(self.text, self.body)
        for line, row in _rows(self.text[self.body :], self.separator):
            if any(cell.strip() for cell in row):
                yield first + line - 1, row


def layout_of(text: bytes) -> Layout:
    """Find the separator and the header of a text, and check its quotes.

    Raises:
        DataError: the text is empty, or a quote is unbalanced. The message names the line of the quote.
    """
    given = _SEP_LINE.match(text)
    begin = given.end() if given else 0
    while (blank := _BREAK.match(text, begin)) is not None:
        begin = blank.end()
    sample = _BREAK.split(text[begin : begin + _SAMPLE])
    lines = [line for line in (line.decode("utf-8", "ignore") for line in sample) if line.strip()]
    if not lines:
        raise unreadable("is empty", "give a table with a header and rows")
    separator = given[1].decode() if given else _separator(lines)
    _check_quotes(text, begin, separator, len(next(csv.reader(lines[:1], delimiter=separator))))
    header, body = _header(text, begin, separator)
    return Layout(text, separator, begin, header, body)


def _separator(lines: list[str]) -> str:
    """The most frequent separator of the header, if most lines have as many of it."""
    header, *rows = [_QUOTED.sub("", line) for line in lines[: _SAMPLE_LINES + 1]]
    rows = rows[:-1] if len(rows) > 1 else rows  # the last line may be cut
    found = [separator for separator in SEPARATORS if separator in header]

    def fits(separator: str) -> tuple[bool, int, float]:
        count = header.count(separator)
        share = sum(row.count(separator) == count for row in rows) / len(rows) if rows else 1.0
        return share >= 0.5, count, share

    return max(found, key=fits, default=SEPARATORS[0])


def _check_quotes(text: bytes, begin: int, separator: str, columns: int) -> None:
    """Refuse a quote that opens a value and is no pair with its end.

    A quote inside a value that does not begin with one is text (``5" lamp``). A quoted value may hold line breaks.
    But if most of its lines have as many separators as the header, these lines are rows that the quote swallows.
    """
    sep = re.escape(separator.encode())
    well_formed = rb'(?:"(?:[^"\r\n]++|"")*+"[ ]*+(?:%b|[\r\n])++)++' % sep
    pattern = rb'(?:\A|(?<=[\r\n])|(?<=%b))(?:%b|"(?P<body>(?:[^"]++|"")*+)(?P<end>"?))' % (sep, well_formed)
    after = re.compile(rb"[ ]*(?:%b|[\r\n]|\Z)" % sep)
    for quoted in re.compile(pattern).finditer(text, begin):
        if quoted["body"] is None:
            continue
        if not quoted["end"] or not after.match(text, quoted.end()) or _swallows(text, quoted, separator, columns):
            line = line_of(text, quoted.start())
            hint = 'remove it. Or put the whole value in quotes, and write a quote inside it twice (5"" pipe)'
            raise unreadable(f"a quote opens a value on line {line} and is unbalanced", hint)


def _swallows(text: bytes, quoted: "re.Match[bytes]", separator: str, columns: int) -> bool:
    sep = separator.encode()
    lines = _BREAK.split(quoted["body"]) if sep in quoted["body"] and columns > 1 else []
    if len(lines) < 2:
        return False
    before, behind = text[max(0, quoted.start() - _NEAR) : quoted.start()], text[quoted.end() : quoted.end() + _NEAR]
    lines[0], lines[-1] = _BREAK.split(before)[-1] + lines[0], lines[-1] + _BREAK.split(behind)[0]
    # in prose a comma has a blank behind it
    counts: list[int] = [line.count(sep) - line.count(sep + b" ") for line in lines]
    return sum(count == columns - 1 for count in counts) >= _SWALLOWED * len(lines)


def _header(text: bytes, begin: int, separator: str) -> tuple[tuple[str, ...], int]:
    """The column names, and where the first row begins. A quoted name may hold a line break."""
    read: list[bytes] = []

    def lines() -> Iterator[str]:
        for line in _lines(text, begin):
            read.append(line)
            yield line.decode()

    row = next(csv.reader(lines(), delimiter=separator))
    return tuple(row), begin + sum(map(len, read))


def _lines(text: bytes, begin: int) -> Iterator[bytes]:
    position = begin
    for found in _BREAK.finditer(text, begin):
        yield text[position : found.end()]
        position = found.end()
    yield text[position:]


def _rows(text: bytes, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Every row with the line on which it begins, counted from 1. An empty line is no row."""
    csv.field_size_limit(sys.maxsize)
    reader, last = csv.reader(io.StringIO(text.decode(), newline=""), delimiter=separator), 0
    for row in reader:
        if row:
            yield last + 1, row
        last = reader.line_num
