"""From the bytes of a file to UTF-8 text. The bytes decide what a file is, and not its name."""

import bz2
import codecs
import gzip
import io
import lzma
import re
import zlib
from collections.abc import Callable
from typing import cast

from matchwright.adapters.tables.faults import unreadable

_HEAD = 4_096
_SAVE_AS_CSV = "save it as CSV, in UTF-8"
_FOREIGN: tuple[tuple[bytes, str, str], ...] = (
    (b"PAR1", "is a Parquet file", "give it a name that ends in .parquet"),
    (b"\xd0\xcf\x11\xe0", "is an Excel workbook", _SAVE_AS_CSV),
    (b"%PDF", "is a PDF document", _SAVE_AS_CSV),
    (b"SQLite format 3", "is an SQLite database", "export the table as CSV"),
    (b"ORC", "is an ORC file", "write it as Parquet or CSV"),
    (b"Obj\x01", "is an Avro file", "write it as Parquet or CSV"),
)
_MARKUP = re.compile(rb"\s*<(!doctype|html|\?xml|table)\b", re.I)
_JSON = re.compile(rb'\s*(\{\s*["}]|\[\s*[\[{"\]])')
_BREAK = re.compile(rb"\r\n|\r|\n")

_ENCODINGS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is the beginning of this one
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNICODE_TEXT = "it is damaged. Save it as UTF-8"


def text_of(data: bytes) -> bytes:
    """The text of a file as UTF-8 without a byte order mark. Compressed files and UTF-16 are read.

    Raises:
        DataError: it is damaged, of another format, or in another encoding. The message names the first line.
    """
    data = _unpacked(data)
    _refuse_other_formats(data)
    mark = next((name for mark, name in _ENCODINGS if data.startswith(mark)), "") or _unmarked_utf16(data)
    if mark:
        try:
            data = data.decode(mark).encode()
        except UnicodeError:
            raise unreadable(f"begins as {mark.upper()}, and a part of it is not", _UNICODE_TEXT) from None
    data = data.removeprefix(codecs.BOM_UTF8)
    _check_encoding(data)
    nul = data.find(b"\0")
    if nul >= 0:
        raise unreadable(f"holds NUL bytes, the first in {place(data, nul)}", "export it again: text has none")
    return data


def place(data: bytes, position: int) -> str:
    """The line and the column of a byte, both counted from 1."""
    before = data[:position]
    breaks = list(_BREAK.finditer(before))
    begin = breaks[-1].end() if breaks else 0
    return f"line {len(breaks) + 1}, column {len(before[begin:].decode('utf-8', 'replace')) + 1}"


def line_of(data: bytes, position: int) -> int:
    """The line of a byte, counted from 1."""
    return len(_BREAK.findall(data, 0, position)) + 1


def _zstandard(data: bytes) -> bytes:
    import pyarrow as pa

    return cast(bytes, pa.CompressedInputStream(pa.BufferReader(data), "zstd").read())


_COMPRESSIONS: tuple[tuple[bytes, str, Callable[[bytes], bytes]], ...] = (
    (b"\x1f\x8b", "gzip", gzip.decompress),
    (b"BZh", "bzip2", bz2.decompress),
    (b"\xfd7zXZ\0", "xz", lzma.decompress),
    (b"\x28\xb5\x2f\xfd", "Zstandard", _zstandard),
)


def _unpacked(data: bytes) -> bytes:
    for magic, name, unpack in _COMPRESSIONS:
        if data.startswith(magic):
            try:
                unpacked = unpack(data)
            except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError):
                raise unreadable(f"is compressed ({name}) and damaged", "copy or write it again") from None
            if any(unpacked.startswith(other) for other, *_ in _COMPRESSIONS):
                raise unreadable("is compressed more than once", "unpack it")
            return unpacked
    return data


def _refuse_other_formats(data: bytes) -> None:
    for magic, problem, hint in _FOREIGN:
        if data.startswith(magic):
            raise unreadable(f"{problem} and not CSV", hint)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        if b"xl/" in data or b"[Content_Types].xml" in data:
            raise unreadable("is an Excel workbook and not CSV", _SAVE_AS_CSV)
        raise unreadable("is a ZIP archive and not CSV", "unpack it")
    if data[257:262] == b"ustar":
        raise unreadable("is a tar archive and not CSV", "unpack it")
    head = data[:_HEAD].removeprefix(codecs.BOM_UTF8)
    if _MARKUP.match(head):
        raise unreadable("is a web page or XML and not CSV", "download the table itself, as CSV")
    if _JSON.match(head):
        raise unreadable("is JSON and not CSV", "write it as CSV or Parquet")


def _unmarked_utf16(data: bytes) -> str:
    """UTF-16 without a byte order mark: every second byte of Western text is NUL."""
    head = data[:_HEAD]
    head = head[: len(head) // 2 * 2]
    if len(data) % 2 or len(head) < 4:
        return ""
    high, low = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if low > 0.5 * half and high == 0:
        return "utf-16-le"
    return "utf-16-be" if high > 0.5 * half and low == 0 else ""


def _check_encoding(data: bytes) -> None:
    try:
        data.decode()
        return
    except UnicodeDecodeError as error:
        position = error.start
    where = place(data, position)
    raise unreadable(f"is not UTF-8 text: {where} holds another encoding, {_likely(data)}", "save it as UTF-8")


def _likely(data: bytes) -> str:
    """The encoding that a file not in UTF-8 seems to have."""
    sample = io.BytesIO(data).read(1 << 20)
    high = sum(byte >= 0x80 for byte in sample)
    letters = sum(chr(byte).isalpha() for byte in sample if byte < 0x80)
    if b"\0" in sample:
        return "perhaps UTF-16"
    if high > letters / 2:
        return "perhaps that of a language with another alphabet, such as Windows-1251, GB 18030 or Shift JIS"
    return "perhaps Windows-1252" if any(0x80 <= byte < 0xA0 for byte in sample) else "perhaps Latin-1 or Windows-1252"
