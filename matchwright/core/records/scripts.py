"""Scripts: which characters of a text are parts of a word, and which of them readers ignore.

The rules follow the character properties of Unicode. A combining mark is a part of its word: the vowel signs of
Devanagari, Bengali, Tamil, Thai, Burmese and Khmer, a virama, a nukta, and the voicing marks of kana. It is left out
only after letters of Latin, Greek, Cyrillic, Hebrew and Arabic. Their readers treat marks as optional: ``José`` is
``jose``, ``Семён`` is ``семен``, and ``й`` is ``и``. Points of Hebrew and harakat of Arabic are marks too.
"""

import unicodedata
from typing import Any

import regex

LONGEST_VALUE = 4_000
"""Characters kept of one value: string comparison is quadratic in length."""

MOST_MARKS = 30
"""Combining marks kept after one letter, as in Unicode's Stream-Safe Text Format (UAX #15).

Normalisation is quadratic in the length of such a run. No word of any language has so many.
"""

PART = 250
"""Characters that are normalised at a time."""

MARKS_ARE_OPTIONAL = r"\p{Latin}\p{Greek}\p{Cyrillic}\p{Hebrew}\p{Arabic}"
"""The scripts in which marks are left out, as a set of characters."""

WITHOUT_BLANKS = (
    r"\p{Han}\p{Hiragana}\p{Katakana}\u30FC\p{Bopomofo}\p{Yi}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
    r"\p{Tai_Le}\p{New_Tai_Lue}\p{Tai_Tham}\p{Tai_Viet}\p{Javanese}\p{Balinese}"
)
"""The scripts that write no blanks between words, as a set of characters. U+30FC is the long vowel of kana."""

# the half-width voicing marks of kana are letters, and become marks
_LONG_RUN = regex.compile(rf"([\p{{M}}\uFF9E\uFF9F]{{{MOST_MARKS}}})[\p{{M}}\uFF9E\uFF9F]+")
# joiners, soft hyphens and other invisible characters, and the stroke that stretches an Arabic word
_INVISIBLE = regex.compile(
    rf"[\p{{Default_Ignorable_Code_Point}}\u0640--\u200B]|(?<=[{WITHOUT_BLANKS}\p{{M}}])\u200B(?=[{WITHOUT_BLANKS}])",
    regex.V1,
)
_OPTIONAL_MARKS = regex.compile(rf"(?<![\p{{M}}[\p{{L}}--[{MARKS_ARE_OPTIONAL}]]])\p{{M}}+", regex.V1)
_ARABIC_SEPARATORS = {"\u066b": ".", "\u066c": ","}
_OTHER_DIGIT = regex.compile(r"[\p{Nd}\u066B\u066C--[0-9]]", regex.V1)
_NOT_LATIN = regex.compile(r"[\p{L}--[\p{Latin}\p{Common}]]", regex.V1)
_GRAPHEME = regex.compile(r"\X")


def compatible(text: str) -> str:
    """The text in Unicode NFKC, at most :data:`LONGEST_VALUE` characters of it.

    A run of combining marks is cut before normalisation. So the time grows with the length and not faster.
    """
    return text[:LONGEST_VALUE] if text.isascii() else _normalised("NFKC", text)


def folded(text: str) -> str:
    """The text without differences that readers ignore.

    These are case, optional marks (see above), the width of letters, ligatures, joiners and other invisible
    characters. A zero width space ends a word only in scripts that write blanks between words. Digits of all scripts
    are 0 to 9. The dotless ``ı`` is ``i``, because both have the capital ``I`` where the language is not known.
    """
    if text.isascii():
        return text[:LONGEST_VALUE].lower()
    plain = _normalised("NFKD", text).casefold().replace("\u0131", "i")
    # a voicing mark of kana that stands alone is a space and a mark
    plain = _INVISIBLE.sub("", plain.replace(" \u3099", "\u3099").replace(" \u309a", "\u309a"))
    return ascii_digits(unicodedata.normalize("NFC", _OPTIONAL_MARKS.sub("", plain)))


def ascii_digits(text: str) -> str:
    """The text with 0 to 9 for the decimal digits of any script: ``١٩٨٠`` and ``१९८०`` are ``1980``.

    The decimal point and the thousands separator of Arabic are ``.`` and ``,``.
    """
    return text if text.isascii() else _OTHER_DIGIT.sub(_digit, text)


def is_latin(text: str) -> bool:
    """Whether the text has no letter of another script than Latin."""
    return text.isascii() or _NOT_LATIN.search(text) is None


def first_letter(text: str) -> str:
    """The first grapheme cluster: a letter with its marks, or a whole syllable of Hangul."""
    if text.isascii():
        return text[:1]
    found = _GRAPHEME.match(text)
    return str(found[0]) if found else ""


def _normalised(form: Any, text: str) -> str:
    if len(text) <= MOST_MARKS:
        return unicodedata.normalize(form, text)
    bounded = _LONG_RUN.sub(r"\1", text[:LONGEST_VALUE])
    # one character may become eighteen, so that a part of the text may be enough
    parts: list[str] = []
    for start in range(0, len(bounded), PART):
        parts.append(unicodedata.normalize(form, bounded[start : start + PART]))
        if sum(map(len, parts)) >= LONGEST_VALUE:
            break
    # once more, for the letters where two parts meet
    return unicodedata.normalize(form, "".join(parts)[:LONGEST_VALUE])


def _digit(found: Any) -> str:
    value = unicodedata.decimal(found[0], None)  # None: a separator, or a digit of a later version of Unicode
    return _ARABIC_SEPARATORS.get(found[0], found[0]) if value is None else str(value)
