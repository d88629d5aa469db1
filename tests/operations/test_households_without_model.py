"""Twins, and a father and a son of one name, are told from matches without labels, and the estimate knows of them."""

import datetime
import random
from pathlib import Path

import pandas as pd
import pytest
from fixtures.keys import keys_of_the_suite

from matchwright.adapters.lake.delta import read_table
from matchwright.operations.match_tables.inputs import input_files
from matchwright.operations.match_tables.options import MatchOptions
from matchwright.operations.match_without_model.estimate import estimate_sentences, worth_sentence
from matchwright.operations.match_without_model.match import Suggestions, match_without_model

OPTIONS = MatchOptions(tables="none")
GIVEN = [
    "anna",
    "maria",
    "jurgen",
    "hans",
    "uwe",
    "sabine",
    "klaus",
    "petra",
    "wolfgang",
    "stefan",
    "monika",
    "andreas",
    "birgit",
    "thomas",
    "karin",
    "gunter",
]
SURNAMES = [
    "muller",
    "schmidt",
    "schneider",
    "fischer",
    "weber",
    "wagner",
    "becker",
    "schulz",
    "hoffmann",
    "koch",
    "bauer",
    "richter",
    "klein",
    "wolf",
]
ENDINGS = ["", "er", "mann", "ing", "ke", "feld"]
STREETS = ["main street", "station road", "garden lane", "school road", "village green", "church place"]
TOWNS = ["cologne", "munich", "berlin", "hamburg", "leipzig", "bremen"]


@pytest.fixture(scope="module", autouse=True)
def keys():
    """The keys that sign and verify the bundles of this module."""
    with keys_of_the_suite():
        yield


def households(draw: random.Random, count: int) -> "list[list[dict]]":
    """Of 100 households, 4 have twins, 5 a father and a son of one name, 10 a couple, and the others one person."""
    made = []
    for _ in range(count):
        one = {
            "given_name": draw.choice(GIVEN),
            "surname": draw.choice(SURNAMES) + draw.choice(ENDINGS),
            "date_of_birth": datetime.date(1940, 1, 1) + datetime.timedelta(days=draw.randrange(15_000)),
            "phone": f"0{draw.randrange(10**8, 10**9)}",
            "street": f"{draw.choice(STREETS)} {draw.randrange(1, 180)}",
            "postcode": f"{draw.randrange(10_000, 99_999)}",
            "town": draw.choice(TOWNS),
        }
        another = {"given_name": draw.choice([name for name in GIVEN if name[:2] != one["given_name"][:2]])}
        years = {"date_of_birth": one["date_of_birth"] + datetime.timedelta(days=draw.randrange(8_000, 13_000))}
        kind = draw.random()
        members = [one]
        if kind < 0.04:
            members.append({**one, **another})
        elif kind < 0.09:
            members.append({**one, **years})
        elif kind < 0.19:
            members.append({**one, **another, **years})
        made.append(members)
    return made


def misspelt(draw: random.Random, text: str) -> str:
    at = draw.randrange(1, len(text) - 1)
    return text[:at] + text[at + 1 :]


def copied(draw: random.Random, person: dict) -> dict:
    """A second record of a person, with typing errors, at times after a move."""
    copy = {
        name: misspelt(draw, value) if name in ("given_name", "surname", "street") and draw.random() < 0.2 else value
        for name, value in person.items()
    }
    return copy | {"phone": f"0{draw.randrange(10**8, 10**9)}"} if draw.random() < 0.3 else copy


def register(count: int, copies: float, seed: int) -> pd.DataFrame:
    """Records, each with its person and its household, neither of which a run sees."""
    draw = random.Random(seed)
    rows = []
    for household, members in enumerate(households(draw, count)):
        for member, person in enumerate(members):
            records = [person, *([copied(draw, person)] if draw.random() < copies else [])]
            rows += [{**record, "person": f"{household}-{member}", "household": household} for record in records]
    draw.shuffle(rows)
    return pd.DataFrame(rows).astype({"date_of_birth": str}).assign(id=[f"r{n}" for n in range(len(rows))])


def suggested(folder: Path, table: pd.DataFrame) -> tuple[pd.DataFrame, Suggestions]:
    """The pairs of a run, with the truth of each, and what the run says."""
    given = folder / "given.csv"
    table.drop(columns=["person", "household"]).to_csv(given, index=False)
    found = match_without_model(input_files({"left": str(given)}), folder / "run", OPTIONS, code_digest="code")
    pairs, truth = read_table(str(folder / "run" / "pairs")), table.set_index("left:" + table["id"])
    for name in ("person", "household"):
        one, other = (truth.loc[pairs[key], name].to_numpy() for key in ("left_key", "right_key"))
        pairs[f"same_{name}"] = one == other
    return pairs, found


@pytest.fixture(scope="module")
def families(tmp_path_factory) -> tuple[pd.DataFrame, Suggestions]:
    return suggested(tmp_path_factory.mktemp("families"), register(700, 0.35, 5))


def test_members_of_a_household_are_suggested_at_most_and_never_joined(families):
    pairs, _ = families
    joined = pairs[pairs["joined"]]
    assert len(joined) > 150
    assert joined["same_person"].mean() > 0.98
    twins = pairs[pairs["same_household"] & ~pairs["same_person"]]
    assert len(twins) > 20, "they go to review"
    assert (twins["score"] < 0.3).mean() > 0.9


def test_the_estimate_is_not_told_by_a_phone_that_the_household_shares(families):
    pairs, found = families
    for share, chosen in ((found.estimate.suggested, pairs), (found.estimate.joined, pairs[pairs["joined"]])):
        assert share is not None
        right = chosen["same_person"].mean()
        assert share.middle <= right + 0.06
        assert share.low - 0.05 <= right <= share.high + 0.05


def test_no_more_is_suggested_than_was_measured(families):
    pairs, _ = families
    assert len(pairs) < 700
    assert pairs["same_person"].mean() > 0.5


def test_a_table_of_households_without_duplicates_gets_no_figure_and_joins_nothing(tmp_path):
    pairs, found = suggested(tmp_path, register(700, 0.0, 6))
    assert not pairs["joined"].any()
    assert found.estimate.suggested is None
    assert (pairs["score"] <= 0.5).all()
    said = " ".join([*estimate_sentences(found.estimate), worth_sentence(found.estimate)])
    assert "their scores are no probabilities" in said.lower()
    assert "--join-from" not in said
