"""Values as YAML text in flow style."""

import math
import re
from collections.abc import Iterable

import yaml

_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9_./ -]*[A-Za-z0-9_])?")


def scalar(value: str | float | None) -> str:
    """A value as a YAML scalar that is safe in flow style; quoted only if needed."""
    if value is None:
        return "null"
    if isinstance(value, int | float):
        return f"{value:.10g}"
    if _PLAIN.fullmatch(value) and yaml.safe_load(value) == value:
        return value
    return str(yaml.safe_dump(value, default_style='"', allow_unicode=True, width=math.inf)).strip()


def listed(names: Iterable[str]) -> str:
    """Names as a YAML list in one line."""
    return f"[{', '.join(map(scalar, names))}]"
