"""Words by which a table writes an empty cell, such as ``NULL`` or ``n/a``."""

import unicodedata


def plain_word(text: str) -> str:
    """A value as words for 'empty' are compared: in one case, without surrounding blanks."""
    if text.isascii():
        return " ".join(text.split()).lower()
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()
