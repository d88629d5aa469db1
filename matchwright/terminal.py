"""Printing to a terminal. Every text is shown as it is: names, columns and paths of a user are never markup."""

from typing import Any

from rich.console import Console
from rich.text import Text


def terminal(**options: Any) -> Console:
    """A console that reads no text as markup or as the name of an emoji. Parts with a style are :func:`styled`."""
    return Console(**{"highlight": False, "soft_wrap": True, "markup": False, "emoji": False, **options})


def styled(*parts: str | tuple[str, str]) -> Text:
    """A text of plain parts and of parts with a style: ``styled(("Wrote", "green"), f" {path}")``."""
    return Text.assemble(*parts)
