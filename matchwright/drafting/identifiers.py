"""Numbers that some register gave to records: whether they may be evidence, decided from the tables and the labels.

A number may be a record's own, so that no two records share it. It may have been assigned by matching, so that it is
the answer and no evidence. It may stand for something else, such as a department. Or it was known before and is shared,
as a tax number is. Only the last two are evidence. In doubt a draft does not compare, and says so at its top.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from matchwright.core.records.normal import squeezed
from matchwright.core.spec import FieldKind
from matchwright.drafting.hints import IDENTIFIERS, PERSON_HINTS
from matchwright.drafting.kinds import MOSTLY, few_values
from matchwright.drafting.profile import Profile
from matchwright.drafting.tables import Labels, Tables

_FEWEST, _ALWAYS = 10, 0.99
_IDENTIFY = frozenset({"email", "phone", "national_id", "network", "person_id", "customer_id"})
_MOST_WORDS, _DIGITS = 12, 0.5
_SHORTEST_DOCUMENT, _LONGEST_HOUSE = 6, 4.5
_FEWEST_RECORDS = 20

_ANSWER = "equal in matching pairs only: was it assigned after matching?"
_ANSWER_NOTICE = (
    "Equal in the matches and in no other pair, as if matching had assigned it. So it is not compared. If it was known "
    "before and will be known for new records, delete compare: false:"
)
_OWN = "every record has its own, so it agrees in no match"
_OWN_NOTICE = "A number of the record itself: no two records that may match share it. So it is not compared:"
_GROUPS = "a number of something else, with few values"
_GROUPS_NOTICE = (
    "A number that many records share, such as that of a department. So it is compared as a category. If it says which "
    "records match, or changes between the tables, add compare: false:"
)
_DOUBT = "records share it: it may be the answer"
_DOUBT_NOTICE = (
    "A number of some register, which records share. Matching may have assigned it, so it is not compared. If it was "
    "known before and will be known for new records, delete compare: false:"
)
_BOOKKEEPING = "when or how the record was written, and not what it is about"
_BOOKKEEPING_NOTICE = (
    "Says when, how or by whom the record was written, and not what it is about. So it is not compared. If it says "
    "something of the thing itself, delete compare: false:"
)
_OFFICIAL_NOTICE = (
    "An official number is strong evidence, and identifies a person alone. So it stays in the lake and is not "
    "compared. If you may use it, delete compare: false. Its features then go to the feature store:"
)


@dataclass(frozen=True)
class Use:
    """Whether an identifier is compared, why, and what the top of the draft says before the names of such columns."""

    compare: bool
    why: str
    notice: str


def told_numbers(hints: Mapping[str, str], profiles: Mapping[str, Profile]) -> dict[str, str]:
    """The hints, with one for each column that is called 'number' alone.

    Short numbers beside a street are house numbers. Long ones in a table of persons may be of a document, which is the
    stricter guess. All others are codes. A hint of a number that the values do not bear out is dropped.
    """
    given = {hint for column, hint in hints.items() if not _is_flag(hint, profiles[column])}

    def told(column: str) -> str:
        profile = profiles[column]
        if "address" in given and "street_number" not in given and profile.length <= _LONGEST_HOUSE:
            return "street_number"
        return "national_id" if PERSON_HINTS & given and profile.length >= _SHORTEST_DOCUMENT else "code"

    supported = {column: "" if _is_flag(hint, profiles[column]) else hint for column, hint in hints.items()}
    return {column: told(column) if hint == "number" else hint for column, hint in supported.items()}


def _is_flag(hint: str, profile: Profile) -> bool:
    """Whether a column only has a few words about a number or an address: ``email_confirmed`` or ``phone_type``."""
    few = few_values(profile) and profile.distinct <= _MOST_WORDS
    return hint in _IDENTIFY and few and profile.with_digit < _DIGITS


def use_of(
    column: str, hint: str, kind: FieldKind, profile: Profile, direct: bool, tables: Tables, labels: Labels | None
) -> Use | None:
    """How an identifier is to be used; None for a column that is none, or about which nothing is to be said.

    Args:
        column: the column.
        hint: the hint of its name.
        kind: its drafted kind.
        profile: its profile.
        direct: whether it identifies a person alone.
        tables: the tables, without words for an empty cell.
        labels: the labelled pairs that training can use.
    """
    if hint == "bookkeeping":
        return Use(False, _BOOKKEEPING, _BOOKKEEPING_NOTICE)
    named = hint in IDENTIFIERS
    # prices, years and codes with a name of their own exist before matching, also where they agree in every match
    # a column called class may hold numbers that are no classes
    no_class = hint == "category" and not few_values(profile)
    unknown = (not hint and (kind == "id_code" or profile.number >= MOSTLY)) or no_class
    if not (named or unknown or hint == "national_id"):
        return None
    values = [_plain(side) for side in tables.values(column)]
    agreement = _agreement(tables, values, labels) if labels is not None else None
    if agreement is not None and hint != "national_id":
        if agreement.is_answer(_pairs_sharing(values) if named or unknown else None):
            return Use(False, _ANSWER, _ANSWER_NOTICE)
        if named and agreement.matches <= 1 - _ALWAYS:
            return Use(False, _OWN, _OWN_NOTICE)
        if named and not few_values(profile):
            return _measured(agreement, direct)
    shared = _is_shared(values)
    if hint == "national_id":
        return Use(False, "", _OFFICIAL_NOTICE) if shared else None
    if named and few_values(profile):
        return Use(True, _GROUPS, _GROUPS_NOTICE)
    if not shared and profile.filled >= _FEWEST_RECORDS and (named or kind == "id_code"):
        return Use(False, _OWN, _OWN_NOTICE)
    return Use(False, _DOUBT, _DOUBT_NOTICE) if named else None


@dataclass(frozen=True)
class _Agreement:
    """The shares of labelled matches and of other pairs in which both records have the same value; NaN if unknown."""

    matches: float
    others: float
    equal_matches: int

    def is_answer(self, pairs_sharing: int | None) -> bool:
        """Whether the value is equal in matches only. Without other pairs, all that share it must be matches."""
        if not self.matches >= _ALWAYS:
            return False
        if np.isnan(self.others):
            return pairs_sharing is not None and self.equal_matches >= _ALWAYS * pairs_sharing
        return self.others <= 1 - _ALWAYS


def _measured(agreement: _Agreement, direct: bool) -> Use:
    shares = f"{agreement.matches:.0%} of the labelled matches"
    if not np.isnan(agreement.others):
        shares += f" and in {agreement.others:.0%} of the other labelled pairs"
    fact = f"A number of some register, equal in {shares}."
    if direct:
        then = "It identifies a person alone, so it is not compared. If you may use it, delete compare: false:"
        return Use(False, f"equal in {shares}", f"{fact} {then}")
    then = "So it is compared. If matching assigned it, or if new records do not have it, add compare: false:"
    return Use(True, f"equal in {shares}", f"{fact} {then}")


def _agreement(tables: Tables, values: Sequence[Sequence[str | None]], labels: Labels) -> _Agreement | None:
    """How often labelled pairs have the same value; None with few matches."""
    known = [
        dict(zip(side[tables.record_id], some, strict=True)) for side, some in zip(tables.sides, values, strict=True)
    ]
    both = [(known[0].get(one), known[-1].get(other)) for one, other in zip(labels.left, labels.right, strict=True)]
    given = np.array([one is not None and other is not None for one, other in both], dtype=bool)
    equal = np.array([one == other for one, other in both], dtype=bool)
    matches, others = (equal[given & flags] for flags in (labels.matches, ~labels.matches))
    if len(matches) < _FEWEST:
        return None
    return _Agreement(_mean(matches), _mean(others) if len(others) >= _FEWEST else np.nan, int(matches.sum()))


def _mean(flags: "np.ndarray[Any, np.dtype[np.bool_]]") -> float:
    return float(flags.mean())


def _pairs_sharing(values: Sequence[Sequence[str | None]]) -> int:
    """How many pairs of records have the same value: in one table, or between two."""
    counts = [Counter(filter(None, side)) for side in values]
    if len(counts) == 1:
        return sum(count * (count - 1) // 2 for count in counts[0].values())
    return sum(count * counts[1][value] for value, count in counts[0].items())


def _is_shared(values: Sequence[Sequence[str | None]]) -> bool:
    """Whether more than a few records share their value with one that they may match."""
    return _pairs_sharing(values) > (1 - _ALWAYS) / 10 * sum(1 for value in chain(*values) if value is not None)


def _plain(side: Sequence[str | None]) -> list[str | None]:
    plain = {value: squeezed(value) for value in set(side) if value is not None}
    return [None if value is None else plain[value] for value in side]
