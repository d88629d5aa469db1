"""Which values of the tables mean an empty cell: words for it that are more frequent than a real value would be."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from matchwright.core.notation import Order
from matchwright.core.notation.dates import read_date
from matchwright.core.notation.missing import plain_word
from matchwright.drafting.empty_words import ALSO_NAMES, ALSO_REGIONS, EMPTY_WORDS, is_placeholder_code, placeholder_day
from matchwright.drafting.hints import hint_of
from matchwright.drafting.tables import Tables

OFTEN = 0.05
"""A word in this share of a column's values is missing there, whatever the other columns hold."""

SOMETIMES = 0.01
"""A word in this share of the values of several columns is missing in all of them."""

_FEWEST = 3
_TIMES_MORE = 3
"""A placeholder is so many times more frequent than the most frequent other value."""

_MOSTLY = 0.5
_NAMES = frozenset({"given_name", "further_name", "relative", "surname", "full_name", "authors", "name", "title"})
_OF_PERSONS = frozenset({"given_name", "further_name", "relative", "surname", "full_name"})
_SHORTEST = 3
_MEASURED = 2_000
_LONGEST = 40
_ORDERS: tuple[Order, ...] = ("day_first", "month_first")


@dataclass(frozen=True)
class MissingWords:
    """The words of a draft: those of several columns, those of single columns, and how often each occurs.

    ``own`` has the whole list of a column whose list is not ``everywhere``. ``counts`` are of the words by column.
    ``kept`` are words of ``everywhere`` that may be real values in a column, with their counts.
    """

    everywhere: tuple[str, ...]
    own: dict[str, tuple[str, ...]]
    counts: dict[str, dict[str, int]]
    kept: dict[str, dict[str, int]]


NO_WORDS = MissingWords((), {}, {}, {})


@dataclass(frozen=True)
class _Column:
    name: str
    hint: str
    rows: int
    counts: Counter[str]
    words: dict[str, int]
    share: dict[str, float]
    """The share of a word in the values of the table in which it is most frequent."""
    top: int
    """How often the most frequent value occurs that is no word for 'empty'."""


def find_missing(tables: Tables) -> MissingWords:
    """The words and placeholders that are over-represented in the columns of the tables."""
    columns = [_column(name, tables.values(name)) for name in tables.columns]
    spread = _spread(columns)
    chosen = {column.name: _chosen(column, spread) for column in columns}
    placeholders = {column.name: _placeholders(column) for column in columns}
    in_columns = Counter(word for words in chosen.values() for word in words)
    everywhere = [word for word, count in in_columns.most_common() if count > 1]
    written = _written(columns)
    own: dict[str, tuple[str, ...]] = {}
    for column in columns:
        kept = [word for word in everywhere if word in chosen[column.name] or word not in column.words]
        extra = [word for word in chosen[column.name] if word not in everywhere]
        if extra or len(kept) < len(everywhere) or placeholders[column.name]:
            own[column.name] = (*(written[word] for word in (*kept, *extra)), *placeholders[column.name])
    counts = {
        column.name: {
            **{written[word]: column.words[word] for word in chosen[column.name]},
            **placeholders[column.name],
        }
        for column in columns
    }
    kept_values = {
        column.name: {
            written[word]: column.words[word]
            for word in everywhere
            if word in column.words and word not in chosen[column.name]
        }
        for column in columns
    }
    return MissingWords(tuple(written[word] for word in everywhere), own, counts, kept_values)


def without_missing(tables: Tables, missing: MissingWords) -> Tables:
    """The tables with None for every value that means an empty cell."""
    if not any(missing.counts.values()):
        return tables
    sides = []
    for side in tables.sides:
        blanked = side.copy()
        for column in tables.columns:
            if missing.counts[column]:
                is_missing = _matcher(missing.own.get(column, missing.everywhere))
                values = side[column].tolist()
                gone = {value for value in set(values) if value is not None and is_missing(value)}
                blanked[column] = [None if value in gone else value for value in values]
        sides.append(blanked)
    return replace(tables, sides=tuple(sides))


def _matcher(words: Iterable[str]) -> "_Matcher":
    listed = list(words)
    return _Matcher(frozenset(map(plain_word, listed)), frozenset(filter(None, map(placeholder_day, listed))))


@dataclass(frozen=True)
class _Matcher:
    words: frozenset[str]
    days: frozenset[str]

    def __call__(self, value: str) -> bool:
        return plain_word(value) in self.words or (bool(self.days) and placeholder_day(value) in self.days)


def _column(name: str, sides: Sequence[Sequence[str | None]]) -> _Column:
    counts = [Counter(value for value in side if value is not None) for side in sides]
    together: Counter[str] = sum(counts, Counter())
    words: dict[str, int] = defaultdict(int)
    share: dict[str, float] = defaultdict(float)
    top = 0
    for value, count in together.items():
        word = plain_word(value) if len(value) <= _LONGEST else ""
        if word in EMPTY_WORDS:
            words[word] += count
        elif placeholder_day(value[:_LONGEST]) is None and not is_placeholder_code(value[:_LONGEST]):
            top = max(top, count)
    for side in counts:
        total = side.total()
        found: Counter[str] = Counter()
        for value, count in side.items():
            found[plain_word(value) if len(value) <= _LONGEST else ""] += count
        for word in words:
            if total:
                share[word] = max(share[word], found[word] / total)
    return _Column(name, hint_of(name), together.total(), together, dict(words), dict(share), top)


def _spread(columns: Sequence[_Column]) -> Counter[str]:
    """In how many columns each word is sometimes a value, if it is so at least three times in all of them."""
    counts: Counter[str] = Counter()
    spread: Counter[str] = Counter()
    for column in columns:
        for word, share in column.share.items():
            if share >= SOMETIMES:
                counts[word] += column.words[word]
                spread[word] += 1
    return Counter({word: number for word, number in spread.items() if counts[word] >= _FEWEST})


def _chosen(column: _Column, spread: Counter[str]) -> list[str]:
    chosen = []
    for word, count in sorted(column.words.items(), key=lambda item: (-item[1], item[0])):
        if column.hint == "region" and word in ALSO_REGIONS:
            continue
        share = column.share[word]
        alone = count >= _FEWEST and (share >= OFTEN or (share >= SOMETIMES and count > _TIMES_MORE * column.top))
        # a surname may be Null, and a band may be called None
        could_be_a_name = column.hint in _NAMES and word in ALSO_NAMES
        of_several = spread[word] > 1 and ((share >= SOMETIMES and count > 1) or not could_be_a_name)
        no_name = column.hint in _OF_PERSONS and count >= _FEWEST and _is_no_name(word)
        if alone or of_several or no_name:
            chosen.append(word)
    return chosen


def _is_no_name(word: str) -> bool:
    """Whether nobody is called so. A short word may be an initial or the name itself, such as Ng."""
    return word not in ALSO_NAMES and len(word) >= _SHORTEST


def _placeholders(column: _Column) -> dict[str, int]:
    """Placeholder dates and codes that are far more frequent than any other value, with their counts."""
    values = list(column.counts)
    sample = values[:: max(1, -(-len(values) // _MEASURED))]
    found: Counter[str] = Counter()
    dated = sum(map(_looks_like_a_date, sample)) >= _MOSTLY * len(sample)
    for value, count in column.counts.items():
        if len(value) > _LONGEST:
            continue
        day = placeholder_day(value) if dated else None
        if day is not None:
            found[day] += count
        elif is_placeholder_code(value):
            found[value] += count
    coded = dated or sum(2 * sum(c.isdigit() for c in value) >= len(value) for value in sample) >= _MOSTLY * len(sample)
    # a day that is known as a placeholder needs no share of a large table: real days are all about equally frequent
    least = max(_FEWEST, 0 if dated else SOMETIMES * column.rows, _TIMES_MORE * column.top + 1)
    return {value: count for value, count in found.most_common() if coded and count >= least}


def _looks_like_a_date(value: str) -> bool:
    return any(read_date(value, order) for order in _ORDERS)


def _written(columns: Sequence[_Column]) -> dict[str, str]:
    """The most frequent spelling of each word."""
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for column in columns:
        if column.words:
            for value, count in column.counts.items():
                if len(value) <= _LONGEST and (word := plain_word(value)) in column.words:
                    spellings[word][value] += count
    return {word: min(found, key=lambda value: (-found[value], value)) for word, found in spellings.items()}
