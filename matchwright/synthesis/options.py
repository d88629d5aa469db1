"""The rates of a register: a preset by name, or a YAML file. All faults are reported together."""

import difflib
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, Field, ValidationError

from matchwright.errors import Fault, SynthesisError
from matchwright.frozen import Frozen, Share

_FOLDER = Path(__file__).with_name("presets")
PRESETS = tuple(sorted(file.stem for file in _FOLDER.glob("*.yaml")))

Weight = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
Mean = Annotated[float, Field(ge=1.0, le=20.0)]


class People(Frozen):
    """How people live. Shares are of couples, households or persons."""

    twins: Share = 0.03
    """Of households with two or more children: the first two are twins."""
    namesakes: Share = 0.03
    """Of first sons who live with their father: they have his full name."""
    double_surnames: Share = 0.02
    """Of households: their surname is two names with a hyphen."""
    own_surnames: Share = 0.2
    """Of couples: the partner keeps a surname of their own."""
    weddings: Share = 0.12
    """Of the other couples: they marry while records are made. Before, the partner has another surname and address."""
    household_moves: Share = 0.15
    """Of households: all of its persons move together while records are made."""
    person_moves: Share = 0.05
    """Of persons: they move alone while records are made."""
    new_phones: Share = 0.1
    """Of persons: their number changes while records are made."""
    shared_phones: Share = 0.3
    """Of households: all of its persons have one number."""
    shared_emails: Share = 0.08
    """Of households: all of its persons have one address."""


class TypingErrors(Frozen):
    """How often each kind of typing error occurs, relative to the others."""

    substitution: Weight = 0.15
    transposition: Weight = 0.15
    deletion: Weight = 0.2
    insertion: Weight = 0.15
    keyboard: Weight = 0.15
    phonetic: Weight = 0.15
    optical: Weight = 0.05


class Errors(Frozen):
    """Errors of records. Shares are of values that could have the error."""

    mistyped: Share = 0.03
    typing: TypingErrors = TypingErrors()
    nickname: Share = 0.08
    """Of given names with a short form."""
    initial: Share = 0.01
    """Of given names: only the first letter."""
    abbreviated_street: Share = 0.15
    """Of streets: ``st`` for ``street``."""
    swapped_names: Share = 0.005
    """Of records: given name and surname."""
    swapped_day_month: Share = 0.01
    """Of dates of birth whose day could be a month."""
    default_date: Share = 0.005
    """Of dates of birth: 1900-01-01 or another date that a form fills in."""
    placeholder: Share = 0.003
    """Of names, telephone numbers and e-mail addresses: a word such as ``unknown``."""


class Missing(Frozen):
    """Shares of missing values, by column."""

    given_name: Share = 0.02
    surname: Share = 0.01
    street_number: Share = 0.05
    address_1: Share = 0.04
    address_2: Share = 0.1
    suburb: Share = 0.02
    postcode: Share = 0.03
    state: Share = 0.02
    date_of_birth: Share = 0.04
    soc_sec_id: Share = 0.3
    phone: Share = 0.25
    email: Share = 0.35


class Options(Frozen):
    """The rates of a register."""

    records_per_entity: Mean | None = None
    """The mean number of records of a person: 1.5 in one table, 1 in each of two. Most have fewer, a few many."""
    overlap: Share = 0.5
    """Of the persons of one of two tables: they are in the other one too."""
    people: People = People()
    errors: Errors = Errors()
    missing: Missing = Missing()

    def mean_records(self, two_tables: bool) -> float:
        """The mean number of records that a person has in a table that the person is in."""
        return self.records_per_entity or (1.0 if two_tables else 1.5)


def load_options(named: str) -> Options:
    """A preset by its name, or the options in a YAML file. What a file does not name keeps its default.

    Raises:
        SynthesisError: there is no such preset or file, or it has faults (all of them listed).
    """
    path = _FOLDER / f"{named}.yaml" if named in PRESETS else Path(named)
    if not path.is_file():
        hint = f"choose from {', '.join(PRESETS)}, or give a path to a YAML file"
        raise SynthesisError(f"No options '{named}'.", [Fault("", "is neither a preset nor a file", hint)])
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        fault = Fault(f"line {mark.line + 1}" if mark else "document", "is not valid YAML", "correct the YAML")
        raise SynthesisError(f"{path.name} cannot be read.", [fault]) from None
    return parse_options({} if document is None else document, path.name)


def parse_options(document: Any, origin: str = "the options") -> Options:
    """Options from a mapping; see :func:`load_options`."""
    faults: list[Fault] = []
    try:
        options = Options.model_validate(document)
    except ValidationError as error:
        faults = [_as_fault(detail) for detail in error.errors()]
    else:
        if sum(options.errors.typing.model_dump().values()) == 0 and options.errors.mistyped:
            faults = [Fault("errors.typing", "all kinds are 0", "give one of them a weight, or set errors.mistyped: 0")]
    if faults:
        raise SynthesisError(f"{origin} has {len(faults)} fault(s):", faults)
    return options


def _as_fault(detail: Any) -> Fault:
    location = [str(part) for part in detail["loc"]]
    path = ".".join(location) or "document"
    if detail["type"] == "extra_forbidden":
        close = difflib.get_close_matches(location[-1], _known_keys(location[:-1]), n=1)
        return Fault(path, "unknown key", f"did you mean '{close[0]}'?" if close else "remove it")
    if detail["type"] == "model_type":
        return Fault(path, "is not a mapping of keys", "write one key and its value on each line")
    limits = detail.get("ctx", {})
    words = {"ge": "at least", "le": "at most"}
    expected = " and ".join(f"{words[key]} {limits[key]:g}" for key in words if key in limits)
    return Fault(path, str(detail["msg"]), f"give {expected or 'a number'}")


def _known_keys(location: list[str]) -> list[str]:
    model: type[BaseModel] = Options
    for part in location:
        found = model.model_fields[part].annotation
        model = found if isinstance(found, type) and issubclass(found, BaseModel) else model
    return list(model.model_fields)
