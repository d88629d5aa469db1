"""The reference of spec keys and settings keys: structure from the pydantic models, words from ``keys.yaml``."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import COMPARATORS, RECORD_COMPARATORS, RECORD_FEATURES
from matchwright.settings import PREFIX, Settings

WORDS: dict[str, dict[str, str]] = yaml.safe_load(Path(__file__).with_name("keys.yaml").read_text(encoding="utf-8"))

_PLAIN = {str: "text", int: "whole number", float: "number", bool: "`true` or `false`", Path: "path", NoneType: "null"}
_LIMITS = {"ge": "at least {}", "gt": "more than {}", "le": "at most {}", "lt": "less than {}"}
_LENGTHS = {"min_length": "at least {} of them", "max_length": "at most {} of them"}


@dataclass(frozen=True)
class Key:
    """One key of a model: its path, what it takes, and the section that it opens, if it opens one."""

    path: str
    takes: str
    default: str
    opens: type[BaseModel] | None


def keys_of(model: type[BaseModel], prefix: str = "") -> Iterator[Key]:
    """All keys of a model, each section followed by its own keys."""
    for name, field in model.model_fields.items():
        section, repeated = _section(field.annotation)
        path = f"{prefix}{name}"
        yield Key(path, _takes(field), _default(field), section)
        if section is not None:
            yield from keys_of(section, f"{path}{repeated}.")


def spec_page() -> str:
    """The page of all spec keys, comparators and record features."""
    head = "# Spec keys\n\nEvery key of a match spec. The [spec guide](../guides/spec.md) says how to choose values.\n"
    return "\n".join([head, *_sections(MatchSpec, WORDS["spec"], ""), *_vocabulary()])


def settings_page() -> str:
    """The page of all settings keys."""
    head = (
        "# Settings keys\n\nAn environment is one YAML file in `pipelines/configs`. An environment variable overrides "
        f"a single key: `{PREFIX}ENDPOINT__PORT=9000` overrides `endpoint.port`.\n\n"
        "Secrets are never in the file. See [security](../security.md#keys).\n"
    )
    return "\n".join([head, *_sections(Settings, WORDS["settings"], PREFIX)])


def _sections(model: type[BaseModel], words: Mapping[str, str], variables: str) -> Iterator[str]:
    keys = list(keys_of(model))
    yield "## The top level { #top-level }\n"
    yield _table([key for key in keys if "." not in key.path], words, variables)
    for opening in (key for key in keys if key.opens is not None):
        inside = [key for key in keys if _parent(key.path) == opening.path]
        yield f"\n## `{opening.path}` {{ #{_anchor(opening.path)} }}\n\n{words.get(opening.path, '')}\n"
        yield _table(inside, words, variables)


def _table(keys: list[Key], words: Mapping[str, str], variables: str) -> str:
    rows = ["| key | takes | default | meaning |", "|---|---|---|---|"]
    for key in keys:
        name = key.path.rpartition(".")[2]
        shown = f"[`{name}`](#{_anchor(key.path)})" if key.opens else f"`{name}`"
        rows.append(f"| {shown} | {key.takes} | {key.default} | {words.get(key.path, '')} |")
    plain = next((key.path for key in keys if not key.opens), "")
    if variables and plain:
        name = f"{variables}{plain.upper().replace('.', '__')}"
        rows.append(f"\nA variable overrides each of these keys, such as `{name}` for `{plain}`.")
    return "\n".join(rows) + "\n"


def _vocabulary() -> Iterator[str]:
    yield "\n## Comparators { #comparators }\n\nA field without a list of its own uses all comparators of its kind.\n"
    for kind, names in {**COMPARATORS, "the record section": RECORD_COMPARATORS}.items():
        yield f"\n### {kind} {{ #comparators-{_anchor(kind)} }}\n\n| comparator | meaning |\n|---|---|"
        yield from (f"| `{name}` | {WORDS['comparators'].get(name, '')} |" for name in names)
    yield "\n## Record features for candidate rules { #record-features }\n"
    yield "A rule may name a field itself, or one of these features of it.\n\n| kind | features |\n|---|---|"
    for kind, suffixes in RECORD_FEATURES.items():
        usable = ", ".join(f"`__{suffix}`" for suffix, type_ in suffixes.items() if type_ == "string")
        yield f"| `{kind}` | {usable or 'none'} |"


def _section(annotation: Any) -> tuple[type[BaseModel] | None, str]:
    """The model that a key opens, and how its entries are written where there may be several."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, ""
    arguments = get_args(annotation)
    if get_origin(annotation) is dict:
        return _section(arguments[1])[0], ".<name>"
    if get_origin(annotation) is tuple and arguments:
        return _section(arguments[0])[0], "[]"
    return next(((found, how) for found, how in map(_section, arguments) if found), (None, ""))


def _takes(field: FieldInfo) -> str:
    limits = _limits(field.metadata)
    return ", ".join([_type(field.annotation), *limits])


def _type(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "section"
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in arguments)
    if origin is tuple:
        return f"list of {_type(arguments[0])}" if arguments else "list"
    if origin is dict:
        return "mapping" if _section(annotation)[0] is None else "mapping of sections"
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(_type(argument) for argument in arguments))
    if hasattr(annotation, "__metadata__"):  # Annotated
        return ", ".join([_type(annotation.__origin__), *_limits(annotation.__metadata__)])
    raise TypeError(f"The reference has no words for {annotation}.")


def _limits(metadata: Any) -> list[str]:
    found = []
    for item in metadata:
        for part in (item, *getattr(item, "metadata", ())):
            for name, text in {**_LIMITS, **_LENGTHS}.items():
                if (value := getattr(part, name, None)) is not None:
                    found.append(text.format(f"{value:g}" if isinstance(value, float) else value))
            if pattern := getattr(part, "pattern", None):
                found.append(f"like `{str(pattern).replace('|', chr(92) + '|')}`")
    return list(dict.fromkeys(found))


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, BaseModel):
        return "its defaults"
    if value is None or value in ("", (), {}):
        return "none"
    if isinstance(value, tuple):
        value = f"[{', '.join(map(str, value))}]"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _parent(path: str) -> str:
    return re.sub(r"(\.<name>|\[\])$", "", path.rpartition(".")[0])


def _anchor(path: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", path.lower().replace("<name>", "")).strip("-")
