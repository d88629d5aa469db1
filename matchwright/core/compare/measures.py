"""Measures: the numbers of a text, each with the name of what it says: its unit, or a neighbouring word.

``500 gb drive version 4`` has ``500 gb`` and ``4`` with the names ``drive`` and ``version`` before it. So the 4 is
compared with the version of the other text, and not with any other number.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from matchwright.core.compare.sets import Numbers, Positions, WeightedSets, Words
from matchwright.core.notation.units import UNITS
from matchwright.core.records.columns import numbering
from matchwright.core.records.compound_codes import HYPHEN

_TOKEN = re.compile(r"\d+(?:\.\d+)*|[^\W\d_]+")


@dataclass(frozen=True)
class SharedMeasures:
    """How many names of measures both texts of each pair have, and for how many of them they share a value.

    ``comparable`` is true where both texts have measures.
    """

    named: Numbers
    agreeing: Numbers
    comparable: "np.ndarray[tuple[int], np.dtype[np.bool_]]"

    @classmethod
    def of(cls, texts: Iterable[str], one: Positions, other: Positions) -> "SharedMeasures":
        """The measures that the texts share.

        Args:
            texts: the distinct texts.
            one: the left text of each pair, an index into ``texts``.
            other: the right text of each pair.
        """
        measures = Words.of(map(measures_in, texts))
        numbers = numbering()
        name_of = np.array([numbers[name_of_measure(each)] for each in measures.vocabulary], dtype=np.intp)
        names = Words(name_of[measures.members], measures.starts, list(numbers))
        sets, of_names = (WeightedSets.of(words, np.ones(len(words.vocabulary))) for words in (measures, names))
        both = sets.common(one, other)
        agreeing = np.unique(both // sets.size * of_names.size + name_of[both % sets.size]) if len(both) else both
        return cls(
            of_names.shared(one, other),
            of_names.total(agreeing, len(one)),
            (of_names.mass[one] > 0) & (of_names.mass[other] > 0),
        )


def measures_in(text: str) -> list[str]:
    """The measures of a text, each as its value, a blank and its name.

    A number with a unit has the unit's one name: ``5 lbs`` is ``5 lb``. Any other number is listed once for each word
    next to it: ``version 4 pro`` gives ``4 version_`` and ``4 _pro``. Values have one notation: ``4.0`` is ``4``.
    """
    found: dict[str, None] = {}
    tokens = _TOKEN.findall(text.replace(HYPHEN, " "))
    for index, token in enumerate(tokens):
        if not token[0].isdigit():
            continue
        value = _value(token)
        before = tokens[index - 1] if index else ""
        after = tokens[index + 1] if index + 1 < len(tokens) else ""
        if (unit := UNITS.get(after)) is not None:
            found[f"{value} {unit}"] = None
            continue
        if before and not before[0].isdigit():
            found[f"{value} {before}_"] = None
        if after and not after[0].isdigit():
            found[f"{value} _{after}"] = None
    return list(found)


def name_of_measure(measure: str) -> str:
    """The name of one of :func:`measures_in`."""
    return measure.partition(" ")[2]


def _value(token: str) -> str:
    if token.count(".") > 1:
        return token
    whole, _, part = token.partition(".")
    fraction = part.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")
