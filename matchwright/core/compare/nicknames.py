"""Short forms of given names (``Bill`` for ``William``), from the English table of the ``nicknames`` package."""

from functools import cache

from matchwright.core.compare.pairing import Pairing
from matchwright.core.compare.strings import Comparison


def nickname(pairing: Pairing) -> Comparison:
    """1 where the names are equal or one is a known short form of the other, else 0; NaN where a side is missing."""
    return pairing.each(_same_names, same=1.0)


def _same_names(left: list[str], right: list[str]) -> list[float]:
    # most names have no short form, and then looking them up is all there is to do
    forms = _short_forms()
    return [
        one == other or (one in forms and other in forms[one]) or (other in forms and one in forms[other])
        for one, other in zip(left, right, strict=True)
    ]


@cache
def _short_forms() -> dict[str, set[str]]:
    """The short forms of each name that has some, in lower case as normal forms are."""
    from nicknames import NickNamer

    lookup: dict[str, set[str]] = NickNamer().nickname_lookup
    return lookup
