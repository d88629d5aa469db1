"""The names of the months in several languages, with their usual abbreviations."""

import unicodedata

_NAMES = (
    # English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Swedish, Turkish
    "january jan januar jänner janvier janv enero ene gennaio gen janeiro januari stycznia sty ocak",
    "february feb febr februar feber février févr fév febrero febbraio fevereiro fev februari lutego lut şubat",
    "march mar märz mär mrz mars marzo março maart mrt marca mart",
    "april apr avril avr abril abr aprile kwietnia kwi nisan",
    "may mai mayo maggio mag maio mei maja maj mayıs",
    "june jun juni juin junio giugno giu junho czerwca cze haziran",
    "july jul juli juillet juil julio luglio lug julho lipca lip temmuz",
    "august aug août aou agosto ago augustus sierpnia sie augusti ağustos",
    "september sep sept septembre septiembre set settembre setembro września wrz eylül",
    "october oct oktober okt octobre octubre ottobre ott outubro out października paź ekim",
    "november nov novembre noviembre novembro listopada lis kasım",
    "december dec dezember dez décembre déc diciembre dic dicembre dezembro grudnia gru aralık",
)


def month_of(name: str) -> int | None:
    """The number of the month that a word names (``Feb``, ``février``); None if it names none."""
    return _MONTHS.get(_plain(name))


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold().replace("ı", "i"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


_MONTHS = {_plain(name): number for number, names in enumerate(_NAMES, start=1) for name in names.split()}
