"""The schema of a scoring request, and its parser. Faults name their path and repeat no value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any, NotRequired

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, with_config
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from matchwright.core.records.conform import clean_text
from matchwright.core.records.readers import reader_of
from matchwright.core.records.scripts import LONGEST_VALUE
from matchwright.core.spec import MatchSpec
from matchwright.errors import Fault, RequestError
from serving.request_body import Object, parse_body
from serving.request_faults import KeyRules, kind_of, type_faults
from serving.request_size import size_faults

MOST_PAIRS = 1000
MOST_CANDIDATES = 1000
LONGEST_ID = 1024
"""In characters. Also the most of a record key, with its source."""
DEFAULT_TOP = 10
MOST_FAULTS = 50
SPARE_KEYS = 50
"""Unknown keys that a record may have and still get a fault for each. With more, a large request is refused whole."""

RECORD_ID, LANGUAGE = "record_id", "language"

_FORMS = 'send {"pairs": [{"left": {...}, "right": {...}}]} or {"query": {...}, "candidates": [...]}'
_RANK_KEYS = ("query", "candidates", "top")
_SIDES = ("left", "right")
_LONGEST_LISTS = {"pairs": MOST_PAIRS, "candidates": MOST_CANDIDATES}
_DOCUMENT_KEYS, _PAIR_KEYS = KeyRules(("pairs", *_RANK_KEYS, LANGUAGE)), KeyRules(_SIDES)
_HINTS = {
    "pairs": "give a list with at least one pair",
    "query": "add the query record's fields",
    "candidates": "give a list of the keys of the records to rank",
    "candidates.*": "give a record key, source:record_id",
    "top": f"give 1 to {MOST_CANDIDATES}",
    LANGUAGE: "give one such as en or de, or leave it out",
}

Record = Mapping[str, Any]


@dataclass(frozen=True)
class PairsRequest:
    """Pairs to score: field values and an optional ``record_id`` on each side.

    ``language`` is the language that the caller wants for texts.
    """

    pairs: tuple[tuple[Record, Record], ...]
    language: str | None = None


@dataclass(frozen=True)
class RankRequest:
    """A query record, and the keys of the candidates to rank. ``language`` is the one that the caller wants."""

    query: Record
    candidates: tuple[str, ...]
    top: int
    language: str | None = None


_Number = Annotated[float, Field(allow_inf_nan=False)]
_Text = Annotated[str, Field(max_length=LONGEST_VALUE)]
_Id = Annotated[str, Field(max_length=LONGEST_ID)]
_RecordKey = Annotated[str, Field(max_length=LONGEST_ID, pattern=r"(?s)^(left|right):.+$")]
_Language = Annotated[str, Field(max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
_STRICT = ConfigDict(strict=True)


@with_config(_STRICT)
class _Pairs(TypedDict):
    pairs: Annotated[list[Any], Field(min_length=1, max_length=MOST_PAIRS)]
    language: NotRequired[_Language | None]


@with_config(_STRICT)
class _Rank(TypedDict):
    query: Any
    candidates: Annotated[list[_RecordKey], Field(min_length=1, max_length=MOST_CANDIDATES)]
    top: NotRequired[Annotated[int, Field(ge=1, le=MOST_CANDIDATES)]]
    language: NotRequired[_Language | None]


_PAIRS: TypeAdapter[Any] = TypeAdapter(_Pairs)
_RANK: TypeAdapter[Any] = TypeAdapter(_Rank)


def refuse(faults: Iterator[Fault]) -> None:
    """Refuse a request that has a fault.

    Raises:
        RequestError: it has one or more. The message has at most :data:`MOST_FAULTS` of them.
    """
    # stop at the limit: a body may have very many faults
    found = list(islice(faults, MOST_FAULTS))
    if found:
        count = f"at least {MOST_FAULTS}" if len(found) == MOST_FAULTS else len(found)
        raise RequestError(f"The request has {count} fault(s).", found)


def _record_type(spec: MatchSpec, source: str) -> TypeAdapter[Any]:
    """The type of a record of one source."""
    fields = {name: NotRequired[_value_type(spec, name, source)] for name in spec.compared}
    record = TypedDict("record", {**fields, RECORD_ID: NotRequired[_Id | None]})  # type: ignore[misc]
    return TypeAdapter(with_config(_STRICT)(record))


def _value_type(spec: MatchSpec, field: str, source: str) -> Any:
    if spec.fields[field].kind != "number":
        return _Text | _Number | None
    reader = reader_of(spec, field, source)

    def readable(text: str) -> str:
        if reader.is_unreadable(clean_text(text)):
            raise PydanticCustomError("no_number", "no number")
        return text

    return Annotated[_Text, AfterValidator(readable)] | _Number | None


def _hint_of_value(spec: MatchSpec, field: str) -> str:
    if spec.fields[field].kind != "number":
        return "give a string or null"
    marks = sorted({reader_of(spec, field, source).decimal for source in _SIDES}, reverse=True)
    return f"give a number or null; a number in quotes has a decimal {' or '.join(marks)}"


def _query_source(document: Mapping[str, Any]) -> str:
    """The source of the query record: the other one than that of its candidates."""
    candidates = document.get("candidates")
    first = candidates[0] if isinstance(candidates, list) and candidates else ""
    return "right" if isinstance(first, str) and first.startswith("left:") else "left"


class RequestParser:
    """Parses requests with the fields of a spec. Pairs are checked one by one, so that it can stop at the limit."""

    def __init__(self, spec: MatchSpec) -> None:
        is_number = {name: field.kind == "number" for name, field in spec.compared.items()}
        fields = tuple(is_number)
        left = _record_type(spec, "left")
        self._record = {"left": left, "right": left if spec.one_notation else _record_type(spec, "right")}
        self._hints = {
            "": f"give fields: {', '.join(fields)}",
            **{name: _hint_of_value(spec, name) for name in fields},
            RECORD_ID: "give the record's id as a string, or leave it out",
        }
        columns = {spec.column_of(name): name for name in spec.fields}
        self._keys = KeyRules((*fields, RECORD_ID), columns, frozenset(spec.fields))
        self._fields = frozenset(fields)
        self._named = ", ".join(fields)
        self._most_values = MOST_PAIRS * len(_SIDES) * (len(spec.fields) + SPARE_KEYS)

    def parse(self, body: bytes) -> PairsRequest | RankRequest:
        """Parse the body of ``POST /invocations``.

        Raises:
            BodyError: the body is not JSON.
            RequestError: the request has faults. Each has a path and a hint.
        """
        refuse(size_faults(body, _LONGEST_LISTS, self._most_values))
        document = parse_body(body)
        refuse(self._document_faults(document))
        language = document.get(LANGUAGE)
        if "pairs" in document:
            return PairsRequest(tuple((pair["left"], pair["right"]) for pair in document["pairs"]), language)
        return RankRequest(document["query"], tuple(document["candidates"]), document.get("top", DEFAULT_TOP), language)

    def _document_faults(self, document: Any) -> Iterator[Fault]:
        if not isinstance(document, Object):
            yield Fault("body", f"is {kind_of(document)}, not an object", _FORMS)
            return
        yield from _DOCUMENT_KEYS.faults(document)
        if "pairs" in document:
            for key in _RANK_KEYS:
                if key in document:
                    yield Fault(key, "cannot be sent with 'pairs'", "send one request to score pairs, another to rank")
            faults = list(type_faults(_PAIRS, document, "", _HINTS))
            yield from faults
            if all(fault.path != "pairs" for fault in faults):
                for index, pair in enumerate(document["pairs"]):
                    yield from self._pair_faults(pair, f"pairs.{index}")
        elif "query" in document or "candidates" in document:
            yield from type_faults(_RANK, document, "", _HINTS)
            if "query" in document:
                yield from self._record_faults(document["query"], "query", _query_source(document))
        else:
            yield Fault("body", "has neither 'pairs' nor 'query'", _FORMS)

    def _pair_faults(self, pair: Any, path: str) -> Iterator[Fault]:
        if not isinstance(pair, Object):
            yield Fault(path, f"is {kind_of(pair)}, not an object", 'a pair is {"left": {...}, "right": {...}}')
            return
        yield from _PAIR_KEYS.faults(pair, f"{path}.")
        for side in _SIDES:
            if side in pair:
                yield from self._record_faults(pair[side], f"{path}.{side}", side)
            else:
                yield Fault(f"{path}.{side}", "is required", f"add the {side} record's fields")

    def _record_faults(self, record: Any, path: str, source: str) -> Iterator[Fault]:
        if isinstance(record, Object):
            yield from self._keys.faults(record, f"{path}.")
            if self._fields.isdisjoint(record):
                yield Fault(path, "has no field to compare", f"give at least one of {self._named}")
        yield from type_faults(self._record[source], record, path, self._hints)
