"""Checks of what a spec says about values: notations, words for an empty cell, and values of its own."""

import math
import re
from collections.abc import Iterator
from typing import Any

from matchwright.core.notation.dates import read_date
from matchwright.core.notation.missing import plain_word
from matchwright.core.notation.numbers import read_number
from matchwright.core.spec.raw import listed, mapping, number
from matchwright.errors import Fault

_SIDES = ("left", "right")
_NOTATION_KEYS = {"decimal": "number", "decimal_right": "number", "order": "date", "order_right": "date"}
_FOR_NUMBERS, _FOR_TEXT = ("minimum", "maximum"), ("pattern", "max_length", "allowed")


def value_faults(raw: dict[str, Any], fields: dict[str, Any]) -> Iterator[Fault]:
    """Faults of notations, of words for an empty cell, and of values in golden pairs, slices and quality limits."""
    yield from _word_faults(raw, "missing")
    for name, field in fields.items():
        yield from _word_faults(field, f"fields.{name}.missing")
        yield from _notation_faults(field, f"fields.{name}")
    yield from _golden_faults(raw, fields)
    yield from _slice_faults(raw, fields)
    yield from _quality_faults(raw, fields)


def _word_faults(section: dict[str, Any], path: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, word in enumerate(listed(section, "missing")):
        plain = "null" if word is None else plain_word(word) if isinstance(word, str) else None
        if plain == "":
            yield Fault(f"{path}.{index}", "is blank; an empty cell is always missing", "remove it")
        elif plain in seen:
            yield Fault(f"{path}.{index}", "is named twice; case does not count", "name it once")
        if plain:
            seen.add(plain)


def _notation_faults(field: dict[str, Any], path: str) -> Iterator[Fault]:
    kind = field.get("kind")
    for key, wanted in _NOTATION_KEYS.items():
        if field.get(key) is not None and isinstance(kind, str) and kind != wanted:
            hint = "remove it, or correct the kind"
            yield Fault(f"{path}.{key}", f"is for kind {wanted}; the field is of kind {kind}", hint)


def _golden_faults(raw: dict[str, Any], fields: dict[str, Any]) -> Iterator[Fault]:
    for index, pair in enumerate(listed(raw, "golden")):
        for side in _SIDES:
            record = mapping(pair, side) if isinstance(pair, dict) else {}
            for name, value in record.items():
                if isinstance(name, str) and name in fields:
                    path = f"golden.{index}.{side}.{name}"
                    yield from _misfits(value, path, raw, fields[name], side)


def _slice_faults(raw: dict[str, Any], fields: dict[str, Any]) -> Iterator[Fault]:
    for index, piece in enumerate(listed(raw, "slices")):
        name = piece.get("field") if isinstance(piece, dict) else None
        if isinstance(name, str) and name in fields and piece.get("when") == "equals":
            yield from _misfits(piece.get("value"), f"slices.{index}.value", raw, fields[name], "left")


def _misfits(value: Any, path: str, raw: dict[str, Any], field: dict[str, Any], side: str) -> Iterator[Fault]:
    """A fault where a value cannot be of its field's kind."""
    if isinstance(value, bool):
        yield Fault(path, "is true or false, and not a value of a record", "put it in quotes")
        return
    kind = field.get("kind")
    if not isinstance(value, str | int | float) or kind not in ("number", "date"):
        return
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    words = listed(field if isinstance(field.get("missing"), list) else raw, "missing")
    if not text.strip() or plain_word(text) in {plain_word(word) for word in words if isinstance(word, str)}:
        return
    if kind == "number" and not number(value) and math.isnan(read_number(text, _notation(field, "decimal", side))):
        mark = _notation(field, "decimal", side)
        hint = f"give a number (with a decimal {mark}, if it is in quotes), or correct the kind"
        yield Fault(path, "is no number; the field is of kind number", hint)
    if kind == "date" and read_date(text, _notation(field, "order", side)) is None:
        order = str(_notation(field, "order", side)).replace("_", " ")
        hint = f"give a day of the calendar, such as 1980-02-25. The order of this column is {order}"
        yield Fault(path, "is no date; the field is of kind date", hint)


def _notation(field: dict[str, Any], key: str, side: str) -> Any:
    known = {"decimal": ("point", "comma"), "order": ("day_first", "month_first", "year_first", "mixed")}[key]
    given = (field.get(f"{key}_right") if side == "right" else None) or field.get(key)
    return given if given in known else known[0]


def _quality_faults(raw: dict[str, Any], fields: dict[str, Any]) -> Iterator[Fault]:
    for name, expected in mapping(mapping(raw, "quality"), "fields").items():
        if not isinstance(expected, dict):
            continue
        path = f"quality.fields.{name}"
        kind = mapping(fields, name).get("kind")
        yield from _unsuitable(path, expected, kind)
        least, most = expected.get("minimum"), expected.get("maximum")
        if number(least) and number(most) and least > most:
            yield Fault(f"{path}.minimum", "is above maximum", "lower it")
        pattern = expected.get("pattern")
        if isinstance(pattern, str):
            try:
                re.compile(pattern)
            except re.error as error:
                yield Fault(f"{path}.pattern", f"is not a regular expression: {error}", "correct it")


def _unsuitable(path: str, expected: dict[str, Any], kind: Any) -> Iterator[Fault]:
    is_number = kind == "number"
    what = "numbers" if is_number else "text"
    for key in _FOR_TEXT if is_number else _FOR_NUMBERS:
        if expected.get(key) is not None:
            hint = "use minimum and maximum" if is_number else "use pattern, max_length or allowed"
            yield Fault(f"{path}.{key}", f"does not suit a field of {what}", hint)
    if expected.get("unreadable_share") is not None and kind not in ("number", "date"):
        problem = "is for kinds number and date; values of other kinds are always readable"
        yield Fault(f"{path}.unreadable_share", problem, "remove it")
