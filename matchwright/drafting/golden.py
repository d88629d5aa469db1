"""Golden pairs of a draft, from made-up values. None of them occurs in the data."""

from collections.abc import Iterable, Sequence

from matchwright.drafting.fields import DraftField

Value = str | float
Golden = tuple[dict[str, Value], dict[str, Value]]
"""The values of two records that have nothing in common."""

# One record takes the first value of a list that is not in the data, the other record the last one.
_BY_HINT: dict[str, Sequence[Value]] = {
    "given_name": ("marianne", "ottoline", "wilfrida", "osric", "leopold", "bertrand"),
    "relative": ("leopoldine", "ottokar", "wilfried", "ansgar", "marieluise", "berthold"),
    "further_name": ("leopoldine", "ottokar", "wilfried", "ansgar", "marieluise", "berthold"),
    "surname": ("testwell", "mockworth", "sampleton", "fixturely", "stubbs-demo", "quibble"),
    "full_name": ("marianne testwell", "ottoline mockworth", "leopold stubbs-demo", "bertrand quibble"),
    "authors": ("marianne testwell, osric sampleton", "ottoline mockworth", "leopold stubbs-demo", "bertrand quibble"),
    "city": ("mockville", "stubton", "sampleford", "demo-on-sea", "nowhere falls", "fakebury"),
    "email": ("marianne@mock.example", "osric@stub.example", "b.quibble@fake.test", "leo@demo.test"),
    "phone": ("+00 555 0100", "+00 555 0101", "+00 777 9998", "+00 777 9999"),
    "year": ("2999", "2998", "2871", "2870"),
    "postcode": ("ZZ299", "ZZ298", "QX601", "QX600"),
    "street_number": ("12x", "14x", "970y", "980y"),
    "venue": ("mock letters", "journal of samples", "fake transactions", "proceedings of nothing"),
}
_BY_KIND: dict[str, Sequence[Value]] = {
    "name": ("mockwell", "sampleby", "stubton", "fakenham-demo", "quibbleson", "zzyzx"),
    "text": (
        "sample amber lantern with folding handle ls-7731",
        "mock oak bench in three parts mb-5520",
        "fictional tin whistle for seven players",
        "imaginary granite teapot tall gq40",
    ),
    "id_code": ("ls-7731-x", "mb-5520-y", "qz40-8", "w9-0064"),
    "number": (39.917, 41.233, 811.577, 907.301),
    "date": ("1980-02-14", "1979-06-05", "1981-10-21", "1934-11-30", "1932-04-17", "1933-07-08"),
    "address": ("1977x example street", "2044x sample road", "31q mock avenue", "34q nowhere lane"),
    "category": ("example kind", "sample kind", "fictional sort", "imaginary sort"),
    "geo": ("10.52031, 20.51702", "11.20317, 21.11032", "-30.20714, -60.71133", "-31.22718, -61.12093"),
}

_YEARS_BEFORE = 130
"""Where all made-up dates occur in the data, the year of a golden date is so many years earlier, or more."""


def golden_values(fields: Iterable[DraftField], known: Iterable[set[str]]) -> Golden:
    """Made-up values of two records for the compared fields. ``known`` are each field's values in the data."""
    one: dict[str, Value] = {}
    other: dict[str, Value] = {}
    for field, seen in zip(fields, known, strict=True):
        if field.compare:
            choices = _choices(field)
            half = len(choices) // 2
            taken = {*one.values(), *other.values()}
            one[field.name] = _first_unseen(choices[:half], seen, taken)
            other[field.name] = _first_unseen(choices[: half - 1 : -1], seen, taken)
    return one, other


def _choices(field: DraftField) -> Sequence[Value]:
    fitting = _BY_HINT.get(field.hint)
    return fitting if fitting and field.kind in ("name", "text", "category", "id_code") else _BY_KIND[field.kind]


def _first_unseen(choices: Sequence[Value], seen: set[str], taken: set[Value]) -> Value:
    """The first choice that is not in the data, if possible not in another field either; else the first, changed."""
    unseen = [choice for choice in choices if not seen & {str(choice), str(choice).replace("-", "")}]
    if unseen:
        return next((choice for choice in unseen if choice not in taken), unseen[0])
    last = choices[0]
    if isinstance(last, float):
        return last + 0.00013
    if choices[0] in _BY_KIND["date"]:  # a register of many persons has every day of a century
        year, day = int(str(last)[:4]), str(last)[4:]
        return next(f"{before}{day}" for before in range(year - _YEARS_BEFORE, 0, -1) if f"{before}{day}" not in seen)
    return f"{last} unreal"
