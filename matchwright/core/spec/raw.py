"""Reading a raw document whose parts may have any type."""

from typing import Any, TypeGuard


def mapping(raw: dict[str, Any], key: Any) -> dict[str, Any]:
    """The mapping under a key; an empty one if there is none."""
    value = raw.get(key)
    return value if isinstance(value, dict) else {}


def listed(raw: dict[str, Any], key: str) -> list[Any]:
    """The list under a key; an empty one if there is none."""
    value = raw.get(key)
    return value if isinstance(value, list) else []


def number(value: Any) -> TypeGuard[int | float]:
    """Whether a value is a number, and not true or false."""
    return isinstance(value, int | float) and not isinstance(value, bool)
