"""Reading a match spec. All faults are reported together, each with the path of its key and a hint."""

import difflib
import hashlib
import json
import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from matchwright.core.spec.checks import cross_check
from matchwright.core.spec.format import format_faults
from matchwright.core.spec.model import MatchSpec
from matchwright.errors import Fault, SpecError


class _UniqueKeyLoader(yaml.SafeLoader):
    """Refuses a repeated key: plain YAML would silently keep the last value."""


def _mapping_of_unique_keys(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen = set()
    for key, _ in node.value:
        name = loader.construct_object(key)  # type: ignore[no-untyped-call]
        if not isinstance(name, Hashable):
            raise yaml.constructor.ConstructorError(None, None, "a key is a list or a mapping", key.start_mark)
        if name in seen:
            raise yaml.constructor.ConstructorError(None, None, f"key {name!r} is given twice", key.start_mark)
        seen.add(name)
    return {loader.construct_object(k): loader.construct_object(v, deep=True) for k, v in node.value}  # type: ignore[no-untyped-call]


# A date, a number with leading zeros and a duration stay as they are written: 02135 is a postcode and not octal.
_PLAIN_SCALARS = {
    "tag:yaml.org,2002:int": (re.compile(r"[-+]?(?:0|[1-9][0-9_]*)"), "-+0123456789"),
    "tag:yaml.org,2002:float": (
        re.compile(
            r"[-+]?(?:(?:0|[1-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*)|[-+]?\.(?:inf|Inf|INF)"
            r"|\.(?:nan|NaN|NAN)"
        ),
        "-+0123456789.",
    ),
}
_UniqueKeyLoader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if tag not in {*_PLAIN_SCALARS, "tag:yaml.org,2002:timestamp"}]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _tag, (_form, _first) in _PLAIN_SCALARS.items():
    _UniqueKeyLoader.add_implicit_resolver(_tag, re.compile(f"^(?:{_form.pattern})$"), list(_first))  # type: ignore[no-untyped-call]
_UniqueKeyLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_of_unique_keys)


def load_spec(path: Path | str) -> MatchSpec:
    """Read and check a match spec file.

    Raises:
        SpecError: the file is absent, is not YAML in UTF-8, or has faults (all of them listed).

    Example:
        >>> import matchwright
        >>> spec = matchwright.load_spec("specs/persons.yaml")
        >>> spec.name, spec.labels
        ('persons', 'complete')
        >>> [name for name, field in spec.fields.items() if field.pii == "direct"]
        ['national_id']
    """
    path = Path(path)
    if not path.is_file():
        raise SpecError(f"No match spec at {path}.", [Fault(str(path), "no such file", "see specs/ for examples")])
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        fault = Fault(f"byte {error.start + 1}", "is not UTF-8", "save the file as UTF-8")
        raise SpecError(f"{path.name} cannot be read.", [fault]) from None
    return parse_spec(text, origin=path.name)


def parse_spec(text: str, origin: str = "match spec") -> MatchSpec:
    """Parse the YAML text of a match spec; see :func:`load_spec`. ``origin`` names the text in errors.

    Raises:
        SpecError: the text is not YAML, or has faults (all of them listed).
    """
    try:
        raw = yaml.load(text, Loader=_UniqueKeyLoader)  # noqa: S506 - a SafeLoader underneath
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else "document"
        problem = getattr(error, "problem", None) or "not valid YAML"
        raise SpecError(f"{origin} cannot be read.", [Fault(where, problem, "correct the YAML")]) from None
    if not isinstance(raw, dict):
        raise SpecError(
            f"{origin} cannot be read.", [Fault("document", "is not a mapping", "start from a file in specs/")]
        )
    faults = format_faults(raw)
    spec: MatchSpec | None = None
    try:
        spec = MatchSpec.model_validate(raw)
    except ValidationError as error:
        named = {fault.path for fault in faults}
        found = (_as_fault(detail) for detail in error.errors())
        faults += [fault for fault in found if fault.path not in named]
    known = {fault.path for fault in faults}
    faults += [fault for fault in cross_check(raw) if fault.path not in known]
    if faults or spec is None:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        raise SpecError(f"{origin} has {count}:", faults)
    return spec


def spec_yaml(spec: MatchSpec) -> str:
    """The spec as YAML text with every default written out. :func:`parse_spec` gives the same spec from it."""
    return yaml.safe_dump(spec.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=110)


def spec_digest(spec: MatchSpec) -> str:
    """SHA-256 over the spec with its defaults filled in; layout and comments do not count."""
    return _digest(spec.model_dump(mode="json"))


def written_digest(spec: MatchSpec) -> str:
    """SHA-256 over the keys of the document that the spec was read from.

    For a document written by :func:`spec_yaml` it equals the :func:`spec_digest` of that time, even if later code
    knows more keys.
    """
    return _digest(spec.model_dump(mode="json", exclude_unset=True))


def _digest(document: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(document, separators=(",", ":")).encode()).hexdigest()


def _as_fault(detail: Any) -> Fault:
    location = [str(part) for part in detail["loc"]]
    path = ".".join(location) or "document"
    if detail["type"] == "extra_forbidden":
        close = difflib.get_close_matches(location[-1], _known_keys(location[:-1]), n=1)
        hint = f"did you mean '{close[0]}'?" if close else "remove it"
        return Fault(path, "unknown key", hint)
    if detail["type"] == "missing":
        return Fault(path, "is required", f"add '{location[-1]}'")
    if detail["type"] == "string_type" and isinstance(detail["input"], int | float):
        return Fault(path, "is not text", "put it in quotes")
    return Fault(path, str(detail["msg"]), f"expected {_expectation(detail)}")


def _expectation(detail: Any) -> str:
    context = detail.get("ctx", {})
    if "expected" in context:
        return f"one of {context['expected']}"
    bounds = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than", "pattern": "the pattern"}
    said = [f"{words} {context[key]}" for key, words in bounds.items() if key in context]
    return ", ".join(said) or f"a value of type {str(detail['type']).removesuffix('_type').removesuffix('_parsing')}"


def _known_keys(location: list[str]) -> list[str]:
    model: type[BaseModel] = MatchSpec
    for part in location:
        field = model.model_fields.get(part)
        # an index, or a key that the user chose (the name of a field), leads to no other section
        model = (_section_of(field.annotation) or model) if field else model
    return list(model.model_fields)


def _section_of(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        section = _section_of(argument)
        if section is not None:
            return section
    return None
