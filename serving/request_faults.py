"""What is wrong with a request, as faults that name the place and never repeat a value."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from pydantic import TypeAdapter, ValidationError

from matchwright.errors import Fault
from serving.request_body import Object

_PLAIN_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")

_PROBLEMS = {
    "missing": "is required",
    "dict_type": "is {kind}, not an object",
    "list_type": "is {kind}, not a list",
    "too_short": "is empty",
    "finite_number": "is not a finite number",
    "no_number": "has no number in it",
    "string_pattern_mismatch": "is not a record key",
}
_PROBLEMS_AND_HINTS = {
    "string_too_long": ("is longer than {max_length} characters", "shorten it"),
    "string_unicode": ("is not valid Unicode", "send whole characters, not half of a surrogate pair"),
    "too_long": ("has {actual_length} {path}, more than {max_length}", "send several requests"),
}
_ANY_PROBLEM = {"language": "is not a language tag", "top": "is not a whole number in range"}


def type_faults(form: TypeAdapter[Any], value: Any, path: str, hints: Mapping[str, str]) -> Iterator[Fault]:
    """What in ``value`` is not of the form, one fault for each place.

    Args:
        hints: by key in the value: ``""`` for the value itself, ``key.*`` for the items of a list.
    """
    try:
        form.validate_python(value)
    except ValidationError as error:
        told: dict[tuple[int | str, ...], Any] = {}
        for detail in error.errors(include_url=False):
            index = detail["loc"][: 2 if _is_item(detail["loc"]) else 1]
            # a value that may be of several types has an error for each: what is wrong with the one it is says most
            if index not in told or told[index]["type"].endswith("_type"):
                told[index] = detail
        for index, detail in told.items():
            yield _fault(index, detail, path, hints)


def _is_item(location: tuple[int | str, ...]) -> bool:
    return len(location) > 1 and isinstance(location[1], int)


def _fault(index: tuple[int | str, ...], detail: Any, path: str, hints: Mapping[str, str]) -> Fault:
    where = ".".join(filter(None, [path, *map(str, index)]))
    key = f"{index[0]}.*" if _is_item(index) else str(index[0]) if index else ""
    problem, hint = _PROBLEMS_AND_HINTS.get(detail["type"], (_PROBLEMS.get(detail["type"], "is {kind}"), hints[key]))
    if key in _ANY_PROBLEM:
        problem, hint = _ANY_PROBLEM[key], hints[key]
    known = {"kind": kind_of(detail["input"]), "path": where, **detail.get("ctx", {})}
    return Fault(where, problem.format_map(known), hint)


@dataclass(frozen=True)
class KeyRules:
    """Which keys an object may have, and what those that it may not have could mean.

    ``columns`` are the input table's names of fields, ``fields`` all that the spec has.
    """

    known: tuple[str, ...]
    columns: Mapping[str, str] = field(default_factory=dict)
    fields: frozenset[str] = frozenset()

    def faults(self, found: Object, prefix: str = "") -> Iterator[Fault]:
        """Keys that stand twice, and keys that are not known."""
        for name in found.repeated:
            yield Fault(f"{prefix}{_shown(name)}", "stands twice", "send each key once")
        for name in found:
            if name not in self.known:
                yield Fault(f"{prefix}{_shown(name)}", *self._meant(name))

    def _meant(self, name: str) -> tuple[str, str]:
        meant = self.columns.get(name, name)
        if meant in self.known:
            return "is a column name of the input table", f"did you mean '{meant}'?"
        if meant in self.fields:
            return "is not used for decisions", "leave it out: what is not needed is not taken"
        close = get_close_matches(name[:64], self.known, n=1)
        return "is not known", f"did you mean '{close[0]}'?" if close else f"known are {', '.join(self.known)}"


def kind_of(value: Any) -> str:
    """What a JSON value is, in words."""
    kinds = {Object: "an object", list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")


def _shown(name: str) -> str:
    # a value sent in the place of a name must not come back either
    return name if _PLAIN_NAME.fullmatch(name) else "(a name that is not repeated here)"
