"""One typing error in a text: by hand, by ear or by a scanner."""

from collections.abc import Callable

_LETTERS, _DIGITS = "abcdefghijklmnopqrstuvwxyz", "0123456789"
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890")
_BESIDE = {row[n]: row[max(n - 1, 0) : n] + row[n + 1 : n + 2] for row in _ROWS for n in range(len(row))}
_SOUNDS = (("ph", "f"), ("ck", "k"), ("gh", "g"), ("ie", "y"), ("ea", "ee"), ("ai", "ay"), ("oo", "u"), ("ou", "ow"),
           ("tt", "t"), ("ll", "l"), ("nn", "n"), ("ss", "s"), ("c", "k"), ("s", "z"), ("y", "i"), ("v", "w"),
           ("l", "ll"), ("n", "nn"), ("t", "tt"), ("e", "a"), ("a", "e"))  # fmt: skip
_SHAPES = (("rn", "m"), ("cl", "d"), ("vv", "w"), ("m", "rn"), ("d", "cl"), ("w", "vv"), ("o", "0"), ("l", "1"),
           ("i", "l"), ("s", "5"), ("b", "6"), ("z", "2"), ("g", "9"), ("e", "c"), ("h", "b"), ("u", "v"), ("n", "h"),
           ("0", "o"), ("1", "l"), ("5", "s"), ("8", "b"), ("6", "b"), ("2", "z"), ("7", "1"), ("9", "g"), ("3", "8"),
           ("4", "a"))  # fmt: skip


def mistype(value: str, kind: str, place: float, choice: float) -> str:
    """The text with one error. A kind that cannot occur in it gives way to a substitution.

    Args:
        value: at least one character.
        kind: a key of :data:`KINDS`.
        place: where, from 0 to 1.
        choice: which of the errors that are possible there, from 0 to 1.
    """
    made = KINDS[kind](value, place, choice)
    return _substitution(value, place, choice) if made == value else made


def _substitution(value: str, place: float, choice: float) -> str:
    at = int(place * len(value))
    others = _alphabet(value[at]).replace(value[at], "")
    return value[:at] + others[int(choice * len(others))] + value[at + 1 :]


def _transposition(value: str, place: float, choice: float) -> str:
    at = int(place * (len(value) - 1))
    return value[:at] + value[at + 1 : at + 2] + value[at : at + 1] + value[at + 2 :]


def _deletion(value: str, place: float, choice: float) -> str:
    at = int(place * len(value))
    return value[:at] + value[at + 1 :] if len(value) > 1 else value


def _insertion(value: str, place: float, choice: float) -> str:
    at = int(place * len(value))
    alphabet = _alphabet(value[at])
    return value[:at] + alphabet[int(choice * len(alphabet))] + value[at:]


def _keyboard(value: str, place: float, choice: float) -> str:
    at = int(place * len(value))
    beside = _BESIDE.get(value[at], "")
    return value[:at] + beside[int(choice * len(beside))] + value[at + 1 :] if beside else value


def _phonetic(value: str, place: float, choice: float) -> str:
    return _replaced(value, place, choice, _SOUNDS)


def _optical(value: str, place: float, choice: float) -> str:
    return _replaced(value, place, choice, _SHAPES)


def _replaced(value: str, place: float, choice: float, replacements: tuple[tuple[str, str], ...]) -> str:
    possible = [(old, new) for old, new in replacements if old in value]
    if not possible:
        return value
    old, new = possible[int(choice * len(possible))]
    at = value.find(old, int(place * len(value)))
    at = value.find(old) if at < 0 else at
    return value[:at] + new + value[at + len(old) :]


def _alphabet(character: str) -> str:
    return _DIGITS if character.isdigit() else _LETTERS


KINDS: dict[str, Callable[[str, float, float], str]] = {
    "substitution": _substitution,
    "transposition": _transposition,
    "deletion": _deletion,
    "insertion": _insertion,
    "keyboard": _keyboard,
    "phonetic": _phonetic,
    "optical": _optical,
}
"""All kinds, by the names of the keys of :class:`~matchwright.synthesis.options.TypingErrors`."""
