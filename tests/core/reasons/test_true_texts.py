"""What a reason says of two values is true of them, whatever the values are.

Pairs of values are generated from one typing error up to other values. The text of each level is checked against the
values themselves. A text that claims anything else needs a check of its own here.
"""

import re

import numpy as np
import pytest
from fixtures.models import REPOSITORY

from matchwright.core.compare import compare
from matchwright.core.reasons import Catalogue, evidence
from matchwright.core.reasons.evidence import not_identical
from matchwright.core.records import normal_forms, record_features
from matchwright.core.records.conform import conform_values
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import load_spec

PAIRS = 400
WORDS = ("mill", "court", "anna", "smith", "jones", "grill", "data", "north", "12", "7b", "bill", "william")
LETTERS = "abcdegilmnorst0123456789"
SPECS = {path.stem: load_spec(path) for path in sorted((REPOSITORY / "specs").glob("*.yaml"))}
CASES = [(name, field) for name, spec in SPECS.items() for field in spec.compared]


def of_kind(kind, generator):
    """A value."""
    if kind == "number":
        return float(generator.integers(1, 500))
    if kind == "date":
        year, month, day = generator.integers(1930, 2010), generator.integers(1, 13), generator.integers(1, 29)
        return f"{year}-{month:02}-{day:02}"
    if kind in ("id_code", "category"):
        return "".join(generator.choice(list(LETTERS), 5))
    return " ".join(generator.choice(WORDS, generator.integers(1, 6)))


def altered(value, kind, generator):
    """The same value, one with up to three errors, one with other words, or another one; sometimes none."""
    way = generator.integers(8)
    if way == 0 or value is None:
        return None
    if way == 1:
        return value
    if kind == "number":
        return value * float(generator.choice([1.02, 1.2, 1.6, 9.0]))
    if kind == "date":
        parts = [int(part) + int(generator.integers(-1, 2)) * (way % 3 != 2) for part in value.split("-")]
        return (
            f"{parts[0]}-{np.clip(parts[1], 1, 12):02}-{np.clip(parts[2], 1, 28):02}"
            if way < 6
            else of_kind(kind, generator)
        )
    if way == 2:
        return " ".join(reversed(value.split()))
    if way == 3:
        return " ".join([*value.split()[1:], str(generator.choice(WORDS))])
    if way == 4:
        return of_kind(kind, generator)
    letters = list(value)
    for _ in range(generator.integers(1, 4)):
        letters[generator.integers(len(letters))] = str(generator.choice(list(LETTERS)))
    return "".join(letters)


def is_missing(value):
    return value is None or value != value


def words(value):
    return set(str(value).split())


CLAIMS = {
    r"nearly the same\.$": lambda one, other: one != other,
    r"share their words\.$": lambda one, other: words(one) == words(other),
    r"share some of their words\.$": lambda one, other: bool(words(one) & words(other)) and one != other,
    r"similar but not the same\.$": lambda one, other: one != other,
    r"agrees?\.$": lambda one, other: words(one) == words(other),
    r"(differ|differs|far apart|different years|different cuisines)(\.$|, or )": lambda one, other: one != other,
    r"missing( on one or both sides)?\.$": lambda one, other: is_missing(one) or is_missing(other),
}
"""What a text may say of two values, and when it is true. The first pattern that is found counts."""


@pytest.mark.parametrize(("name", "field"), CASES)
def test_the_text_of_each_level_is_true_of_the_values(name, field):
    spec, generator = SPECS[name], np.random.default_rng(7)
    kind = spec.fields[field].kind
    left = [of_kind(kind, generator) for _ in range(PAIRS)]
    right = [altered(value, kind, generator) for value in left]
    alone = spec.model_copy(update={"record": None})
    sides = [conform_values([{field: value} for value in values], alone, "left") for values in (left, right)]
    corpus = Corpus.fit(normal_forms(sides[0], alone), alone)
    features = [record_features(side, alone, corpus) for side in sides]
    compared = compare(*features, alone, corpus)
    levels, differ, catalogue = evidence(compared, alone)[field], not_identical(compared)[field], Catalogue.of(spec)
    seen = set()
    for level, nearly, one, other in zip(levels, differ, *(side[field] for side in features), strict=True):
        text = catalogue.text(f"{field.upper()}_{level}", nearly=bool(nearly) and level == "AGREES")
        claim = next((true for pattern, true in CLAIMS.items() if re.search(pattern, text)), None)
        assert claim is not None, f"nothing here checks {text!r}"
        assert claim(one, other), (text, one, other)
        seen.add(level)
    assert {"AGREES", "DISAGREES", "MISSING"} <= seen
