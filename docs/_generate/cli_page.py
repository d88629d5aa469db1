"""The reference of the command line, made from the typer application."""

import re
from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from matchwright.cli import app

_HEAD = """# Command line

Every command and its options. `matchwright COMMAND --help` shows the same on the terminal.

| exit code | meaning |
|---|---|
| 0 | The command did what it was asked to do. |
| 1 | It failed. The error says what is wrong, and its hint says what to do. |
| 2 | The command line was wrong. From `drift`, and only from it: an alarm. |
| 3 | From `drift`: too few decisions for a verdict. |
| 4 | From `pipeline run train`: the version was trained and registered, and a gate failed. |
"""


def cli_page() -> str:
    """The page of all commands."""
    return "\n".join([_HEAD, *_command(get_command(app), ["matchwright"])])


def _command(command: Any, path: list[str]) -> Iterator[str]:
    children = getattr(command, "commands", None)
    if children is None:
        yield from _leaf(command, path)
        return
    for name, child in children.items():
        yield from _command(child, [*path, name])


def _leaf(command: Any, path: list[str]) -> Iterator[str]:
    arguments = [part for part in command.params if part.param_type_name == "argument"]
    options = [part for part in command.params if part.param_type_name == "option" and part.name != "help"]
    usage = " ".join([*path, *(_argument(part) for part in arguments), *(["[OPTIONS]"] if options else [])])
    yield f"\n## `{' '.join(path)}` {{ #{'-'.join(path[1:])} }}\n\n{_prose(command.help)}\n\n```text\n{usage}\n```\n"
    if not command.params:
        return
    yield "| argument or option | meaning | default |\n|---|---|---|"
    for part in [*arguments, *options]:
        name = _name(part) if part in arguments else ", ".join(part.opts)
        yield f"| `{name}` | {_prose(part.help)} | {_default(part)} |"


def _argument(part: Any) -> str:
    repeated = " ..." if part.nargs == -1 else ""
    return (_name(part) if part.required else f"[{_name(part)}]") + repeated


def _name(part: Any) -> str:
    return str(part.metavar or part.name).upper()


def _prose(text: str | None) -> str:
    return re.sub(r"``([^`]+)``", r"`\1`", (text or "").strip()).replace("|", "\\|")


def _default(part: Any) -> str:
    if part.required:
        return "required"
    value = part.default
    if value in (None, "", False) or callable(value):
        return ""
    return f"`{getattr(value, 'value', value)}`"
