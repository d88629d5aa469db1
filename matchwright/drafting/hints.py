"""What the name of a column hints at. The values must support a hint.

The words are in ``words.yaml``, per language, and in ``identifier_words.yaml``.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import yaml

HINTS = (
    *(
        "truth",
        "bookkeeping",
        "email",
        "phone",
        "network",
        "national_id",
        "person_id",
        "customer_id",
        "birth",
        "death",
        "gender",
    ),
    *("given_name", "further_name", "relative"),
    *("surname", "full_name", "street_number", "url", "address", "postcode", "city", "region", "geo", "authors"),
    *(
        "year",
        "date",
        "price",
        "quantity",
        "number",
        "code",
        "identifier",
        "category",
        "company",
        "title",
        "prose",
        "name",
    ),
)
"""All hints. Of two phrases with as many words, that of the first hint counts."""

PERSON_HINTS = frozenset(
    {"given_name", "further_name", "relative", "surname", "full_name", "birth", "death", "gender", "national_id"}
    | {"person_id"}
)
"""Hints of columns that only tables of persons have."""

IDENTIFIERS = frozenset({"person_id", "customer_id", "identifier"})
"""Hints of numbers that some register gave to a record, or to what it is about."""

_REAL_CODES = IDENTIFIERS | {
    "truth",
    "bookkeeping",
    "email",
    "phone",
    "network",
    "national_id",
    "code",
    "postcode",
    "url",
}
"""Hints that hold although the name ends with ``id``: an ``isbn_id`` is a code, and a ``city_id`` is no city."""

_FURTHER_NAME = "further_name"
_NAME_HINTS = ("given_name", "surname", "full_name")
_NOT_OF_PERSONS = ("price", "authors", "company", "title")
"""Hints of columns beside which a name alone is rather that of a thing."""

_WORD_END = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ORDINALS = {"1": "first", "2": "second"}
_ORDINAL = re.compile(r"(?<![a-z0-9])(?:(1)_?st|(2)_?nd)(?![a-z0-9])")
_ALONE = re.compile(r"(?<!\S)[a-zа-яα-ω](?: [a-zа-яα-ω])+(?!\S)")
_NOT_NAME = re.compile(r"[^a-z0-9]+")
_NO_BLANKS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\u1100-\u11ff]")
"""Letters of Chinese, Japanese and Korean, Korean also after its syllables are parted."""
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ł": "l", "đ": "d", "ı": "i", "'": "", "’": ""})
_LATIN = str.maketrans(
    dict(zip("абвгґдезиіклмнопрстуфыэαβγδεζηικλμνοπρστυφω", "abvggdeziiklmnoprstufyeavgdeziiklmnoprstyfo", strict=True))
    | {"є": "ye", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya"}
    | {"ъ": "", "ь": "", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "ђ": "dj", "џ": "dz"}
    | {"θ": "th", "ξ": "x", "χ": "ch", "ψ": "ps", "ς": "s"}
)
"""Cyrillic and Greek in Latin letters, for the names of fields."""
_RECORD_ID = re.compile(r"^(id|(rec|record|row|unique|source)_?(id|key|no|number)|key|uuid|guid|index|pk|identifier)$")
_ROW_NUMBER = re.compile(
    r"^(unnamed(_\d+)*|(index_)?level_\d+|index|row(_?(number|no|names?))?|l_?p|lfd(_?nr)?|laufende_(nummer|nr)|s(r|l)?_?no"
    r"|n_ord|volgnr|zeile|lop_?nr|lope_?nr)$"
)


@dataclass(frozen=True)
class _Phrase:
    words: tuple[str, ...]
    hint: str
    form: str
    """``=`` fits a whole name, ``*`` its end, and an empty form any place."""

    def fits(self, words: tuple[str, ...]) -> bool:
        length = len(self.words)
        if self.form == "=":
            return words == self.words
        starts = range(len(words) - length + 1) if not self.form else [len(words) - length]
        return any(start >= 0 and words[start : start + length] == self.words for start in starts)


def plain_name(column: str) -> str:
    """A column's name in lower case Latin letters, digits and single underscores; may be empty."""
    return _NOT_NAME.sub("_", _simplified(column).translate(_LATIN)).strip("_")


def words_of(column: str) -> tuple[str, ...]:
    """The words of a column's name in any script, in lower case, without accents, signs and digits.

    Letters that stand alone are one abbreviation: ``D.O.B.`` is ``dob``.
    """
    named = _ORDINAL.sub(lambda found: _ORDINALS[found[1] or found[2]], _simplified(column))
    letters = "".join(char if unicodedata.category(char)[0] in "LM" else " " for char in named)
    whole = _ALONE.sub(lambda found: found[0].replace(" ", ""), " ".join(letters.split()))
    # Arabic writes the article and the word together
    return tuple(word.removeprefix("ال") if len(word) > 4 else word for word in whole.split())


def hint_of(column: str, but: str = "") -> str:
    """The hint of a column's name (``surname``, ``price`` ...), other than ``but``; empty without one."""
    known = _phrases()
    words = tuple(_singular(word) for word in words_of(column))
    fitting = [phrase for word in dict.fromkeys(words) for phrase in known.get(word, ()) if phrase.fits(words)]
    fitting = [phrase for phrase in fitting if phrase.hint != but]
    named = min(fitting, key=_rank, default=None)
    numbers = len(words) > 1 and (words[0] == "id" or any(phrase.hint == "identifier" for phrase in fitting))
    if numbers and (named is None or (named.hint not in _REAL_CODES)):
        return "identifier"
    if not fitting and _NO_BLANKS.search("".join(words)):
        fitting = list(_inside("".join(words)))
    return min(fitting, key=_rank).hint if fitting else ""


def hints_of(columns: Iterable[str]) -> dict[str, str]:
    """The hint of each column. The word for a name alone is a surname beside given names, and the other way round.

    Beside a date of birth and no other name, it is a full name. A word for a further name that also names a thing, such
    as the German ``Titel``, does so where nothing else is about a person.
    """
    hints = {column: hint_of(column) for column in columns}
    if not (PERSON_HINTS - {_FURTHER_NAME} | {"name"}) & set(hints.values()):
        further = [column for column, hint in hints.items() if hint == _FURTHER_NAME]
        hints |= {column: other for column in further if (other := hint_of(column, but=_FURTHER_NAME))}
    names = [column for column, hint in hints.items() if hint == "name"]
    given, surname = ("given_name" in hints.values(), "surname" in hints.values())
    if len(names) == 1 and given != surname:
        hints[names[0]] = "surname" if given else "given_name"
    elif len(names) == 1 and "birth" in hints.values() and not {*_NOT_OF_PERSONS, *_NAME_HINTS} & set(hints.values()):
        hints[names[0]] = "full_name"
    return hints


def names_a_record(column: str) -> bool:
    """Whether the name is usual for a column of record ids."""
    return bool(_RECORD_ID.match(plain_name(column)))


def names_a_row(column: str) -> bool:
    """Whether the name is usual for row numbers that a tool writes: ``Unnamed: 0``, ``index``, or no name at all."""
    return bool(_ROW_NUMBER.match(plain_name(column)) if plain_name(column) else not words_of(column))


def _simplified(column: str) -> str:
    spaced = _WORD_END.sub("_", column)
    decomposed = unicodedata.normalize("NFKD", spaced.casefold().translate(_LETTERS))
    # decomposing may give capitals: "№" becomes "No"
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()


@cache
def _phrases() -> dict[str, list[_Phrase]]:
    """Every phrase, by its last word. A phrase of several words also stands as one word."""
    languages: dict[str, dict[str, str]] = _read("words.yaml")
    written = [
        (hint, phrase) for hints in languages.values() for hint, text in hints.items() for phrase in _listed(text)
    ]
    found: dict[str, list[_Phrase]] = {}
    for hint, phrase in (*written, *_numbers_of_somebody()):
        form = phrase[0] if phrase[0] in "=*" else ""
        words = words_of(phrase)
        for form_of_words in {words, ("".join(words),)}:
            found.setdefault(form_of_words[-1], []).append(_Phrase(form_of_words, hint, form))
    return found


def _numbers_of_somebody() -> Iterator[tuple[str, str]]:
    """Phrases for numbers of persons, customers and goods, each with its hint."""
    words: dict[str, str] = _read("identifier_words.yaml")
    pairs = (("person_id", "person", "number"), ("customer_id", "customer", "number"), ("code", "thing", "code"))
    for hint, whose, number in pairs:
        for one, other in product(_listed(words[whose]), _listed(words[number])):
            yield hint, f"{one} {other}"
            yield hint, f"{other} {one}"


def _read(name: str) -> Any:
    return yaml.safe_load((Path(__file__).parent / name).read_text(encoding="utf-8"))


def _listed(text: str) -> list[str]:
    return [phrase.strip() for phrase in text.split(",")]


def _singular(word: str) -> str:
    known = _phrases()
    forms = (word, word.removesuffix("s"), word.removesuffix("es"))
    return next((form for form in forms if form in known), word)


def _inside(text: str) -> Iterator[_Phrase]:
    """Phrases of two or more characters inside a name without blanks."""
    for phrases in _phrases().values():
        for phrase in phrases:
            word = "".join(phrase.words)
            if len(unicodedata.normalize("NFC", word)) > 1 and _NO_BLANKS.search(word) and word in text:
                yield phrase


def _rank(phrase: _Phrase) -> tuple[int, int, int]:
    unspaced = len("".join(phrase.words)) if _NO_BLANKS.search(phrase.words[0]) else 0
    return -len(phrase.words), -unspaced, HINTS.index(phrase.hint)
