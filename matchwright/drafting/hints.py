"""What the name of a column hints at. The values must support a hint."""

import re
import unicodedata

_WORD_END = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_NAME = re.compile(r"[^a-z0-9]+")
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ł": "l", "đ": "d"})

_HINTS: tuple[tuple[str, str], ...] = (
    ("truth", r"^(entity|cluster|group|match|truth|gold|duplicate|dup|golden)(_?(id|no|number|key|record))?$"),
    ("email", r"e_?mail|(^|_)mail(_|$)"),
    ("phone", r"phone|mobile|(^|_)(tel|fax|cell|handy)(_|$)|telef"),
    ("network", r"(^|_)ip(_?addr\w*)?$|(^|_)mac_addr|user_?name|login|device_?id"),
    (
        "national_id",
        r"soc\w*_?sec|(^|_)(ssn|nin|nino|nhs|nif|dni|cpf|mrn|tin|iban|bsn|pesel|aadhaar)(_|$)|national_?id|passport"
        r"|tax_?(id|no|num)|medicare|driv\w*_?licen|licen[cs]e_?(no|num|id)|credit_?card|card_?(no|num)"
        r"|account_?(no|num|id)|insurance_?(no|num|id)|patient_?(id|no)|citizen|personal_?(id|no|num)",
    ),
    ("birth", r"birth|(^|_)(dob|yob|born)(_|$)|geburt|naissance|nacim|(^|_)age$"),
    ("gender", r"gender|(^|_)sex$|geschlecht"),
    ("given_name", r"given|first_?name|fore_?name|middle_?name|nick_?name|(^|_)(fname|first|vorname|prenom|nombre)$"),
    ("surname", r"sur_?name|last_?name|family_?name|maiden|(^|_)(lname|last|nachname|apellidos?|cognome)$"),
    (
        "full_name",
        r"full_?name|(person|customer|patient|contact|employee|student|owner|client|member|holder)s?_?name"
        r"|^(person|customer|patient|contact|employee|student|owner)$",
    ),
    ("street_number", r"(street|house|building|unit|flat|haus)_?(no|nr|num|number|nummer)(_|$)"),
    ("url", r"(^|_)(url|uri|link|web_?site|homepage)(_|$)"),
    ("address", r"addr|(^|_)(street|road|strasse|rue|calle|avenue)|(^|_)line_?\d$"),
    ("postcode", r"post_?code|postal|(^|_)(zip|plz|cap)(_|$)|zip_?code"),
    ("city", r"(^|_)(city|suburb|town|locality|municipality|place|village|ort|ville|ciudad)(_|$)"),
    ("region", r"(^|_)(state|province|region|county|country|nation|district|land)(_|$)"),
    ("geo", r"coord|(^|_)(geo|lat_?lon\w*|lat_?lng|position|location)(_|$)"),
    ("authors", r"author|artist|director|composer|creator|performer|actor|editor"),
    ("year", r"(^|_)(year|yr|jahr|annee)(_|$)"),
    ("date", r"date|(^|_)(datum|day)(_|$)|_at$|_on$|released"),
    ("price", r"price|(^|_)(cost|amount|msrp|preis|prix|fee|salary|total)(_|$)"),
    (
        "quantity",
        r"weight|height|width|length|depth|(^|_)(abv|rating|score|size|count|qty|quantity|duration|time)(_|$)",
    ),
    (
        "code",
        r"model|(^|_)(code|sku|mpn|ean|gtin|upc|isbn|issn|doi|asin|serial|ref|vin|isrc|no|nr)(_|$)"
        r"|part_?(no|num)|_number$|^number$|_id$",
    ),
    (
        "category",
        r"categor|genre|(^|_)(type|style|brand|kind|class|venue|journal|conference|status|currency|colou?r|language)(_|$)"
        r"|manufact|(^|_)(maker|vendor|publisher|label|factory|brewery|company|producer|supplier|department)(_|$)",
    ),
    ("title", r"title|headline|(^|_)(song|album|product|item)(_|$)"),
    ("prose", r"desc|content|comment|(^|_)(notes?|abstract|summary|text|remarks?|features?|bio|details?)(_|$)|spec"),
    ("name", r"name"),
)
_COMPILED = tuple((hint, re.compile(pattern)) for hint, pattern in _HINTS)
_RECORD_ID = re.compile(r"^(id|(rec|record|row|unique|source)_?(id|key|no|number)|key|uuid|guid|index|pk)$")

PERSON_HINTS = frozenset({"given_name", "surname", "full_name", "birth", "gender", "national_id"})
"""Hints of columns that only tables of persons have."""


def plain_name(column: str) -> str:
    """A column's name in lower case letters, digits and single underscores; may be empty."""
    spaced = _WORD_END.sub("_", column)
    decomposed = unicodedata.normalize("NFKD", spaced.casefold().translate(_LETTERS))
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _NOT_NAME.sub("_", plain).strip("_")


def hint_of(column: str) -> str:
    """The hint of a column's name (``surname``, ``price`` ...); empty without one."""
    plain = plain_name(column)
    return next((hint for hint, pattern in _COMPILED if pattern.search(plain)), "")


def names_a_record(column: str) -> bool:
    """Whether the name is usual for a column of record ids."""
    return bool(_RECORD_ID.match(plain_name(column)))
