"""Words and placeholders by which tables of several languages write an empty cell."""

import re

from matchwright.core.notation import Order
from matchwright.core.notation.dates import read_date
from matchwright.core.notation.missing import plain_word

_WORDS = (
    # of programs
    r"null|<null>|(null)|[null]|nil|none|na|n/a|#n/a|n.a.|n.a|nan|#null!|\n|undefined|empty|(empty)|(blank)|blank|void",
    r"-|--|---|–|—|?|??|???|.|..|...|*|/|//|_|x|xx|xxx|tbd|tba|no data|no value",
    # English, German, French, Spanish
    r"unknown|unk|not known|not available|not applicable|not given|not provided|not specified|missing|unspecified",
    r"unbekannt|nicht bekannt|keine angabe|keine angaben|ohne angabe|k.a.|k. a.|k.a|nicht vorhanden|leer|entfällt",
    r"inconnu|inconnue|non renseigné|non renseignée|non disponible|non communiqué|nd|n.d.|n/d|n.c.|néant|vide|aucun",
    r"desconocido|desconocida|no disponible|no consta|sin datos|sin dato|ninguno|ninguna|nulo|s/d|vacío",
    # Italian, Portuguese, Dutch, Polish, Czech
    r"sconosciuto|sconosciuta|non disponibile|non noto|nessuno|nessuna|desconhecido|desconhecida|não informado",
    r"não disponível|sem informação|vazio|onbekend|niet bekend|geen|n.v.t.|leeg|brak|brak danych|nieznany|nieznana",
    r"nieznane|neznámý|neznámá|neuvedeno",
    # Swedish, Norwegian, Danish, Finnish, Hungarian, Romanian, Turkish
    r"okänd|okänt|ukjent|ukendt|saknas|mangler|tuntematon|ismeretlen|necunoscut|bilinmiyor|yok",
    # Russian, Ukrainian, Greek, Arabic, Hebrew, Hindi, Chinese, Japanese, Korean, Vietnamese, Indonesian
    r"неизвестно|неизвестен|нет|нет данных|невідомо|άγνωστο|غير معروف|لا يوجد|לא ידוע|अज्ञात",
    r"不明|未知|不详|不詳|无|無|なし|未定|없음|미상|không rõ|không có|tidak diketahui|tidak ada",
)
EMPTY_WORDS = frozenset(plain_word(word) for words in _WORDS for word in words.split("|"))
"""Words for 'empty', as :func:`~matchwright.core.notation.missing.plain_word` gives them."""

ALSO_NAMES = frozenset(
    {
        "null",
        "none",
        "na",
        "nan",
        "nil",
        "nd",
        "yok",
        "brak",
        "leer",
        "void",
        "blank",
        "empty",
        "missing",
        "nulo",
        "geen",
    }
    | {"leeg", "vide", "nessuno", "无", "無", "なし"}
)
"""Words that are also names of persons, places or things, such as the surname Null."""

ALSO_REGIONS = frozenset({"na", "nd", "nc", "unk"})
"""Words that are also codes of countries and states, such as Namibia and North Dakota."""

_DAYS = frozenset(
    {"1900-01-01", "1901-01-01", "1800-01-01", "1970-01-01", "0001-01-01", "1111-11-11", "1899-12-30", "1899-12-31"}
    | {"9999-12-31", "9999-01-01", "2999-12-31", "2099-12-31", "2100-01-01"}
)
_CODE = re.compile(r"[\d\s()./+-]+")
_COUNTED = frozenset({"123456789", "1234567890", "0123456789"})


def placeholder_day(text: str) -> str | None:
    """The placeholder that a date is, such as 1900-01-01; None if it is none."""
    orders: tuple[Order, ...] = ("day_first", "month_first")
    for order in orders:
        read = read_date(text, order)
        if read is not None:
            day = read if "-" in read else f"{read[:4]}-{read[4:6]}-{read[6:]}"
            if day in _DAYS:
                return day
    return None


def is_placeholder_code(text: str) -> bool:
    """Whether a code has only zeros or only nines (``00000``, ``999-999-9999``), or counts up."""
    digits = re.sub(r"\D", "", text)
    if "." in text or len(digits) < 4 or not _CODE.fullmatch(text):
        return False
    return set(digits) in ({"0"}, {"9"}) or digits in _COUNTED
