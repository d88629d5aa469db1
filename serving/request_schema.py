"""Reading a scoring request: all its faults are named by path, none of its values is repeated."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Any

from matchwright.core.records.conform import LONGEST_VALUE, parse_number
from matchwright.core.spec import MatchSpec
from matchwright.errors import Fault, RequestError
from serving.request_body import Object, parse_body

MOST_PAIRS = 1000
MOST_CANDIDATES = 1000
LONGEST_ID = 256
DEFAULT_TOP = 10
MOST_FAULTS = 50
RECORD_ID, LANGUAGE = "record_id", "language"

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_PLAIN_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_REQUESTS = {"pairs": ("pairs",), "rank": ("query", "candidates", "top")}

Record = Mapping[str, Any]


@dataclass(frozen=True)
class PairsRequest:
    """Pairs to score: field values and an optional ``record_id`` on each side.

    ``language`` is the one wanted for texts.
    """

    pairs: tuple[tuple[Record, Record], ...]
    language: str | None = None


@dataclass(frozen=True)
class RankRequest:
    """A query record, and the keys of the candidates to rank against it; texts in ``language``."""

    query: Record
    candidates: tuple[str, ...]
    top: int
    language: str | None = None


def parse_request(body: bytes, spec: MatchSpec) -> PairsRequest | RankRequest:
    """Parse the body of ``POST /invocations``.

    Raises:
        BodyError: the body is no JSON.
        RequestError: it is no request of this spec; the faults are named with path and hint.
    """
    document = parse_body(body)
    # no further than that: a body may be made of nothing but faults
    faults = list(islice(_document_faults(document, spec), MOST_FAULTS))
    if faults:
        count = f"at least {MOST_FAULTS}" if len(faults) == MOST_FAULTS else len(faults)
        raise RequestError(f"The request has {count} fault(s).", faults)
    language = document.get(LANGUAGE)
    if "pairs" in document:
        return PairsRequest(tuple((pair["left"], pair["right"]) for pair in document["pairs"]), language)
    return RankRequest(document["query"], tuple(document["candidates"]), document.get("top", DEFAULT_TOP), language)


def _document_faults(document: Any, spec: MatchSpec) -> Iterator[Fault]:
    forms = 'send {"pairs": [{"left": {...}, "right": {...}}]} or {"query": {...}, "candidates": [...]}'
    if not isinstance(document, Object):
        yield Fault("body", f"is {_kind(document)}, not an object", forms)
        return
    known = [key for keys in _REQUESTS.values() for key in keys]
    yield from _key_faults(document, "", [*known, LANGUAGE])
    wanted = document.get(LANGUAGE)
    if wanted is not None and not (isinstance(wanted, str) and len(wanted) <= 35 and _LANGUAGE_TAG.fullmatch(wanted)):
        yield Fault(LANGUAGE, "is not a language tag", "give one such as en or de, or leave it out")
    if "pairs" in document:
        for key in _REQUESTS["rank"]:
            if key in document:
                yield Fault(key, "does not go with 'pairs'", "send one request to score pairs, another to rank")
        yield from _pairs_faults(document["pairs"], spec)
    elif "query" in document or "candidates" in document:
        yield from _rank_faults(document, spec)
    else:
        yield Fault("body", "has neither 'pairs' nor 'query'", forms)


def _pairs_faults(pairs: Any, spec: MatchSpec) -> Iterator[Fault]:
    yield from _list_faults(pairs, "pairs", MOST_PAIRS, "pair")
    for index, pair in enumerate(pairs if isinstance(pairs, list) and len(pairs) <= MOST_PAIRS else ()):
        path = f"pairs.{index}"
        if not isinstance(pair, Object):
            yield Fault(path, f"is {_kind(pair)}, not an object", 'a pair is {"left": {...}, "right": {...}}')
            continue
        yield from _key_faults(pair, f"{path}.", ["left", "right"])
        for side in ("left", "right"):
            if side in pair:
                yield from _record_faults(pair[side], f"{path}.{side}", spec)
            else:
                yield Fault(f"{path}.{side}", "is required", f"add the {side} record's fields")


def _rank_faults(document: Object, spec: MatchSpec) -> Iterator[Fault]:
    if "query" in document:
        yield from _record_faults(document["query"], "query", spec)
    else:
        yield Fault("query", "is required", "add the query record's fields")
    if "candidates" in document:
        yield from _candidate_faults(document["candidates"])
    else:
        yield Fault("candidates", "is required", "add the keys of the records to rank")
    top = document.get("top", DEFAULT_TOP)
    if not isinstance(top, int) or isinstance(top, bool) or not 1 <= top <= MOST_CANDIDATES:
        yield Fault("top", "is not a whole number in range", f"give 1 to {MOST_CANDIDATES}")


def _candidate_faults(candidates: Any) -> Iterator[Fault]:
    yield from _list_faults(candidates, "candidates", MOST_CANDIDATES, "candidate")
    keys = candidates if isinstance(candidates, list) and len(candidates) <= MOST_CANDIDATES else []
    for index, key in enumerate(keys):
        path = f"candidates.{index}"
        if not isinstance(key, str):
            yield Fault(path, f"is {_kind(key)}, not a string", "give a record key, source:record_id")
        elif fault := _text_fault(key, path, LONGEST_ID):
            yield fault
        elif not key.startswith(("left:", "right:")) or key.endswith(":"):
            yield Fault(path, "is not a record key", "a key is left: or right: and the record's id")


def _record_faults(record: Any, path: str, spec: MatchSpec) -> Iterator[Fault]:
    if not isinstance(record, Object):
        yield Fault(path, f"is {_kind(record)}, not an object", f"give fields: {', '.join(spec.compared)}")
        return
    columns = {spec.column_of(name): name for name in spec.fields}
    yield from _key_faults(record, f"{path}.", [*spec.compared, RECORD_ID], columns, set(spec.fields))
    if not any(name in record for name in spec.compared):
        yield Fault(path, "has no field to compare", f"give at least one of {', '.join(spec.compared)}")
    for name, value in record.items():
        if name == RECORD_ID:
            yield from _id_faults(value, f"{path}.{name}")
        elif name in spec.compared and value is not None:
            yield from _value_faults(value, f"{path}.{name}", spec.fields[name].kind == "number")


def _value_faults(value: Any, path: str, number: bool) -> Iterator[Fault]:
    expected = "give a number or null" if number else "give a string or null"
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        yield Fault(path, f"is {_kind(value)}", expected)
    elif isinstance(value, float) and not math.isfinite(value):
        yield Fault(path, "is not a finite number", expected)
    elif isinstance(value, str):
        if fault := _text_fault(value, path, LONGEST_VALUE):
            yield fault
        elif number and value.strip() and math.isnan(parse_number(value)):
            yield Fault(path, "has no number in it", expected)


def _id_faults(value: Any, path: str) -> Iterator[Fault]:
    if value is None:
        return
    if not isinstance(value, str):
        yield Fault(path, f"is {_kind(value)}, not a string", "give the record's id as a string, or leave it out")
    elif fault := _text_fault(value, path, LONGEST_ID):
        yield fault


def _text_fault(value: str, path: str, longest: int) -> Fault | None:
    if len(value) > longest:
        return Fault(path, f"is longer than {longest} characters", "shorten it")
    if any("\ud800" <= char <= "\udfff" for char in value):
        return Fault(path, "is not valid Unicode", "send whole characters, not half of a surrogate pair")
    return None


def _list_faults(value: Any, path: str, most: int, what: str) -> Iterator[Fault]:
    if not isinstance(value, list):
        yield Fault(path, f"is {_kind(value)}, not a list", f"give a list with at least one {what}")
    elif not value:
        yield Fault(path, "is empty", f"give at least one {what}")
    elif len(value) > most:
        yield Fault(path, f"has {len(value)} {what}s, more than {most}", "send several requests")


def _key_faults(
    found: Object,
    prefix: str,
    known: list[str],
    columns: Mapping[str, str] | None = None,
    uncompared: frozenset[str] | set[str] = frozenset(),
) -> Iterator[Fault]:
    for name in found.repeated:
        yield Fault(f"{prefix}{_shown(name)}", "stands twice", "send each key once")
    for name in found:
        if name in known:
            continue
        path = f"{prefix}{_shown(name)}"
        meant = (columns or {}).get(name, name)
        close = get_close_matches(name[:64], known, n=1)
        if meant in uncompared and meant not in known:
            yield Fault(path, "is not used for decisions", "leave it out: what is not needed is not taken")
        elif meant in known:
            yield Fault(path, "is a column name of the input table", f"did you mean '{meant}'?")
        elif close:
            yield Fault(path, "is not known", f"did you mean '{close[0]}'?")
        else:
            yield Fault(path, "is not known", f"known are {', '.join(known)}")


def _shown(name: str) -> str:
    # a value sent in the place of a name must not come back either
    return name if _PLAIN_NAME.fullmatch(name) else "(a name that is not repeated here)"


def _kind(value: Any) -> str:
    kinds = {Object: "an object", list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")
