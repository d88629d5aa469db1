"""Parse JSON strictly: UTF-8, no NaN, no repeated key, no very long number and no deep nesting."""

import json
import math
from collections import Counter
from typing import Any

from matchwright.errors import Fault, RequestError

_LONGEST_INTEGER = 18


class Object(dict[str, Any]):
    """A JSON object that remembers its repeated keys."""

    repeated: tuple[str, ...] = ()


class BodyError(RequestError):
    """A body that is not JSON."""


def parse_body(body: bytes) -> Any:
    """The JSON document in ``body``. Its objects are :class:`Object`.

    Raises:
        BodyError: the body is not UTF-8, not JSON, or nested too deeply.
    """
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer)
    except UnicodeDecodeError:
        fault = Fault("body", "is not UTF-8", "encode the request in UTF-8")
    except RecursionError:
        fault = Fault("body", "is nested too deeply", "a request has at most four levels")
    except json.JSONDecodeError as error:
        fault = Fault("body", f"is not JSON at line {error.lineno}, column {error.colno}", "send one JSON object")
    raise BodyError("The request cannot be read.", [fault])


def _object(pairs: list[tuple[str, Any]]) -> Object:
    found = Object(pairs)
    if len(found) < len(pairs):
        found.repeated = tuple(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
    return found


def _constant(_: str) -> float:
    return math.nan  # JSON has no such number: the schema reports it with its path


def _integer(text: str) -> int | float:
    return int(text) if len(text) <= _LONGEST_INTEGER else float(text)
