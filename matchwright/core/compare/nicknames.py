"""Short forms of given names (``Bill`` for ``William``), from the English table of the ``nicknames`` package."""

from functools import cache

from matchwright.core.compare.pairing import Pairing
from matchwright.core.compare.strings import Comparison


def nickname(pairing: Pairing) -> Comparison:
    """1 where the names are equal or one is a known short form of the other, else 0; NaN where a side is missing."""
    return pairing.each(lambda left, right: list(map(_same_name, left, right)), same=1.0)


def _same_name(one: str, other: str) -> bool:
    # most names have no short form, and then looking them up is all there is to do
    forms = _short_forms()
    return one == other or other in forms.get(one, ()) or one in forms.get(other, ())


@cache
def _short_forms() -> dict[str, set[str]]:
    """The short forms of each name that has some, in lower case as normal forms are."""
    from nicknames import NickNamer

    lookup: dict[str, set[str]] = NickNamer().nickname_lookup
    return lookup
