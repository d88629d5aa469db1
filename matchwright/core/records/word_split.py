"""Splitting a normal form into the words that are compared and counted."""

from itertools import pairwise

import regex

from matchwright.core.records.compound_codes import HYPHEN
from matchwright.core.records.scripts import WITHOUT_BLANKS

# a word sign or a syllable in one character, so that a word is often shorter than an n-gram
_SIGN = r"\p{Han}\p{Hiragana}\p{Katakana}\u30FC\p{Bopomofo}\p{Yi}\p{Hangul}"

LETTERS_PER_WORD = 8
"""With no more letters, a text without blanks is taken for one word: names of persons seldom have more."""

_ANY_WITHOUT_BLANKS = regex.compile(rf"[{WITHOUT_BLANKS}]")
_PIECE = regex.compile(rf"[{WITHOUT_BLANKS}][{WITHOUT_BLANKS}\p{{M}}]*|[^\s{WITHOUT_BLANKS}]+")
_LETTER = regex.compile(rf"[{WITHOUT_BLANKS}]\p{{M}}*")
_SIGNS = regex.compile(rf"[{_SIGN}]\p{{M}}*")
_ANY_OTHER = regex.compile(rf"[{WITHOUT_BLANKS}\p{{Hangul}}]")


def split_words(text: str) -> list[str]:
    """The words of a normal form, in order.

    Words end at blanks, and so do the parts of a code. Some scripts write no blanks between words: Han, kana, Thai,
    Lao, Khmer, Burmese and a few others. A run of letters in such a script gives each letter and each pair of
    neighbouring letters (overlapping bigrams). A letter has its marks. So ``東京都 12`` is ``東``, ``京``, ``都``,
    ``東京``, ``京都`` and ``12``.
    """
    return split_codes(text.replace(HYPHEN, " "))


def split_codes(text: str) -> list[str]:
    """As :func:`split_words`, but the parts of a code stay together: ``qx-40t-e`` is one word."""
    if text.isascii() or not _ANY_WITHOUT_BLANKS.search(text):
        return text.split()
    words: list[str] = []
    for piece in _PIECE.findall(text):
        letters = _LETTER.findall(piece)
        words += [*letters, *map("".join, pairwise(letters))] if letters else [piece]
    return words


def count_words(text: str) -> float:
    """About how many words a text has: in a script without blanks between words, one for every eight letters."""
    if text.isascii() or not _ANY_WITHOUT_BLANKS.search(text):
        return len(text.split())
    letters = [len(_LETTER.findall(piece)) for piece in _PIECE.findall(text)]
    return sum(max(count / LETTERS_PER_WORD, 1) for count in letters)


def for_ngrams(text: str, ngram: int) -> str:
    """The text so that character n-grams of length ``ngram`` also find short words.

    A Chinese, Japanese or Korean name often has two or three characters, fewer than an n-gram of three needs to find
    a similar one. So their characters are written apart: with three characters an n-gram then has one of them or two
    neighbours. Texts in a script without blanks between words, and texts that are shorter than an n-gram, get blanks
    at both ends.
    """
    text = text.replace(HYPHEN, " ")
    if len(text) >= ngram and (text.isascii() or not _ANY_OTHER.search(text)):
        return text
    if not text:
        return ""
    apart = " ".join(_SIGNS.sub(r" \g<0> ", text).split())
    # blanks in a row count as one
    return f" {apart} ".ljust(ngram, ".")
