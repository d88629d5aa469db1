"""What no decision may do: gain by losing an agreement, lose by losing a disagreement, or lose by agreeing more.

Every shipped spec is tested with a small model that is trained on made-up records, and persons also on FEBRL 4. So is
every kind of scorer that training makes. Competing candidates are held fixed.

Two things are exempt, because they compare words and not values: fields of kind ``text``, and the whole record as one
text. A value that disagrees with its own field may have words in common with the rest of the other record.

A field disagrees if its level of evidence says so, and if no other comparison finds its value in another way: names
that are swapped, a short form of a name, or a value in a text of the other record.
"""

import numpy as np
import pytest
from fixtures.made_records import KINDS, MadeWorld, made_world
from fixtures.models import REPOSITORY

from matchwright.core.compare.names import CONTEXT, RECORD, constraints, field_of
from matchwright.core.reasons import evidence
from matchwright.core.spec import load_spec
from matchwright.core.spec.vocabulary import IN_ANOTHER_WAY

SPECS = {path.stem: load_spec(path) for path in sorted((REPOSITORY / "specs").glob("*.yaml"))}
FIELDS = {
    name: [field for field, section in spec.compared.items() if section.kind != "text"] for name, spec in SPECS.items()
}
WORLDS = [*(f"{name}, xgboost" for name in SPECS), *(f"persons, {kind}" for kind in KINDS[1:]), "products, torch"]
WORLDS += ["papers, fellegi_sunter", "FEBRL 4, xgboost", "FEBRL 4 with register evidence, xgboost"]
CASES = [(world, field) for world in WORLDS for field in FIELDS.get(world.partition(",")[0], FIELDS["persons"])]
SIDES = ("left", "right")

ROUNDING = 1e-6
"""Scores have six decimals."""
ROUNDING_OF_LOG_ODDS = 1e-5
"""Scorers compute in 32 bits."""
FEWEST = 20
"""With fewer pairs a test would show little."""


@pytest.fixture(scope="module")
def worlds():
    """The worlds that were made so far, by name."""
    return {}


@pytest.fixture
def world(request, worlds):
    name = request.param
    if name not in worlds:
        worlds[name] = with_gaps(make(name, request))
    return worlds[name]


def make(name, request):
    spec, _, kind = name.partition(", ")
    if spec in SPECS:
        return made_world(SPECS[spec], kind)
    small = request.getfixturevalue("small_world")
    model = "limited_model" if spec.endswith("register evidence") else "decision_model"
    return MadeWorld(small.left, small.right, request.getfixturevalue(model))


def with_gaps(world):
    """A third of the fields are missing, on either side."""
    generator = np.random.default_rng(5)
    left, right = world.left, world.right
    for field in world.model.spec.compared:
        left = blanked(left, field, generator.random(len(left)) < 0.17)
        right = blanked(right, field, generator.random(len(right)) < 0.17)
    return MadeWorld(left, right, world.model)


def fields_of(records, field):
    return [name for name in records.columns if name.partition("__")[0] == field]


def blanked(records, field, rows):
    changed = records.copy()
    for name in fields_of(records, field):
        changed[name] = changed[name].mask(rows, np.nan if changed[name].dtype.kind == "f" else None)
    return changed


def copied(records, others, field, rows):
    """The records with the other side's values of a field."""
    changed = records.copy()
    for name in fields_of(records, field):
        changed[name] = changed[name].mask(rows, others[name])
    return changed


def with_side(world, side, records):
    return {"left": world.left, "right": world.right, side: records}


def compared(world, held=(), **sides):
    """The comparisons, with those of the groups ``held`` as they were before."""
    before = world.model.compare(world.left, world.right, SIDES)
    if not sides:
        return before
    after = world.model.compare(sides["left"], sides["right"])
    return after.assign(**{name: before[name] for name in before if field_of(name) in (CONTEXT, *held)})


def agreeing(world, field):
    return ((world.left[field] == world.right[field]) & world.left[field].notna()).to_numpy()


def disagreeing(world, field):
    before = compared(world)
    chosen = evidence(before, world.model.spec)[field] == "DISAGREES"
    for name in before:
        if field_of(name) == field and name.partition("__")[2] in IN_ANOTHER_WAY:
            chosen &= ~(before[name].to_numpy() > 0)
    return chosen


def assert_never(direction, world, after, rows):
    """Neither the scores nor the log-odds of the chosen pairs move in a direction: 1 is up, -1 is down."""
    assert rows.sum() >= FEWEST
    before, model = compared(world), world.model
    change = direction * (model.scorer.log_odds(after) - model.scorer.log_odds(before))[rows]
    assert change.max() <= ROUNDING_OF_LOG_ODDS
    change = direction * (model.score(after) - model.score(before))[rows]
    assert change.max() <= ROUNDING


def test_every_field_of_every_shipped_spec_is_tried_except_texts():
    tried = {(world.partition(",")[0], field) for world, field in CASES}
    for name, spec in SPECS.items():
        texts = {field for field, section in spec.compared.items() if section.kind == "text"}
        assert {field for world, field in tried if world == name} == set(spec.compared) - texts
    assert {kind for world in WORLDS for kind in [world.partition(", ")[2]]} == set(KINDS)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(("world", "field"), CASES, indirect=["world"])
def test_a_blanked_field_that_was_identical_never_raises_the_score(world, field, side):
    rows = agreeing(world, field)
    changed = with_side(world, side, blanked(getattr(world, side), field, rows))
    assert_never(1, world, compared(world, [RECORD], **changed), rows)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(("world", "field"), CASES, indirect=["world"])
def test_a_blanked_field_that_disagreed_never_lowers_the_score(world, field, side):
    rows = disagreeing(world, field)
    changed = with_side(world, side, blanked(getattr(world, side), field, rows))
    assert_never(-1, world, compared(world, [RECORD], **changed), rows)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(("world", "field"), CASES, indirect=["world"])
def test_a_disagreeing_field_that_becomes_identical_never_lowers_the_score(world, field, side):
    rows = disagreeing(world, field)
    other = world.right if side == "left" else world.left
    changed = with_side(world, side, copied(getattr(world, side), other, field, rows))
    assert_never(-1, world, compared(world, [RECORD], **changed), rows)


BY_LETTERS = ("ngram_cosine", "token_sort", "token_set")
"""Comparisons of whole records by letters: without a word, the rest may be a little more alike."""

WHOLE_RECORDS = [
    (world, field)
    for world, field in CASES
    for name, _, kind in [world.partition(", ")]
    if kind == "xgboost" and name in SPECS and SPECS[name].record
]


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(("world", "field"), WHOLE_RECORDS, indirect=["world"])
def test_records_are_never_more_alike_by_their_words_without_a_field_that_was_identical(world, field, side):
    """Words are found in the whole record, so this holds for what a pair keeps of it."""
    changed = with_side(world, side, blanked(getattr(world, side), field, agreeing(world, field)))
    before, after = compared(world), compared(world, **changed)
    names = [name for name in before if field_of(name) == RECORD and name.partition("__")[2] not in BY_LETTERS]
    assert names
    for name, direction in zip(names, constraints(names), strict=True):
        rows = agreeing(world, field) & before[name].notna().to_numpy() & after[name].notna().to_numpy()
        assert rows.any()
        assert (direction * (after[name] - before[name]))[rows].max() <= ROUNDING_OF_LOG_ODDS, name
