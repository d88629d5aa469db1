"""The faults of a request. Each names its path and never repeats a value."""

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
    "no_number": "holds no number",
    "string_pattern_mismatch": "is not a record key",
}
_PROBLEMS_AND_HINTS = {
    "string_too_long": ("is longer than {max_length} characters", "shorten it"),
    "string_unicode": ("is not valid Unicode", "send whole characters, not half of a surrogate pair"),
    "too_long": ("has {actual_length} {path}, more than {max_length}", "send several requests"),
}
_ANY_PROBLEM = {"language": "is not a language tag", "top": "is not a whole number in range"}


def type_faults(form: TypeAdapter[Any], value: Any, path: str, hints: Mapping[str, str]) -> Iterator[Fault]:
    """The faults of ``value``, one for each path.

    Args:
        form: the type that the value must have.
        value: what to check.
        path: the path of the value in the request.
        hints: hints by key: ``""`` for the value itself, ``key.*`` for the items of a list.
    """
    try:
        form.validate_python(value)
    except ValidationError as error:
        found: dict[tuple[int | str, ...], Any] = {}
        for detail in error.errors(include_url=False):
            location = detail["loc"][: 2 if _is_item(detail["loc"]) else 1]
            # A value that may have several types has an error for each. One that is not about the type says more.
            if location not in found or found[location]["type"].endswith("_type"):
                found[location] = detail
        for location, detail in found.items():
            yield _fault(location, detail, path, hints)


def _is_item(location: tuple[int | str, ...]) -> bool:
    return len(location) > 1 and isinstance(location[1], int)


def _fault(location: tuple[int | str, ...], detail: Any, path: str, hints: Mapping[str, str]) -> Fault:
    where = ".".join(filter(None, [path, *map(str, location)]))
    key = f"{location[0]}.*" if _is_item(location) else str(location[0]) if location else ""
    problem, hint = _PROBLEMS_AND_HINTS.get(detail["type"], (_PROBLEMS.get(detail["type"], "is {kind}"), hints[key]))
    if key in _ANY_PROBLEM:
        problem, hint = _ANY_PROBLEM[key], hints[key]
    known = {"kind": kind_of(detail["input"]), "path": where, **detail.get("ctx", {})}
    return Fault(where, problem.format_map(known), hint)


@dataclass(frozen=True)
class KeyRules:
    """The keys that an object may have, and what an unknown key could mean.

    ``columns`` maps the input table's columns to fields. ``fields`` are all fields of the spec.
    """

    known: tuple[str, ...]
    columns: Mapping[str, str] = field(default_factory=dict)
    fields: frozenset[str] = frozenset()

    def faults(self, found: Object, prefix: str = "") -> Iterator[Fault]:
        """Repeated keys and unknown keys."""
        for name in found.repeated:
            yield Fault(f"{prefix}{_shown(name)}", "occurs twice", "send each key once")
        for name in found:
            if name not in self.known:
                yield Fault(f"{prefix}{_shown(name)}", *self._meant(name))

    def _meant(self, name: str) -> tuple[str, str]:
        meant = self.columns.get(name, name)
        if meant in self.known:
            return "is a column name of the input table", f"did you mean '{meant}'?"
        if meant in self.fields:
            return "is not used for decisions", "leave it out: only fields that are needed are accepted"
        close = get_close_matches(name[:64], self.known, n=1)
        return "is not known", f"did you mean '{close[0]}'?" if close else f"known keys are {', '.join(self.known)}"


def kind_of(value: Any) -> str:
    """The type of a JSON value, in words."""
    kinds = {Object: "an object", list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")


def _shown(name: str) -> str:
    # a caller may send a value instead of a name, and values are never repeated
    return name if _PLAIN_NAME.fullmatch(name) else "(a name that is not repeated here)"
