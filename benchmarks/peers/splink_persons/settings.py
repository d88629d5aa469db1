"""Three settings of Splink 5 for a table of persons, and what was tried to find them.

They were chosen on registers of other seeds than the benchmark's. This is F1 in percent on 100,000 records of seed 7:
at a probability of one half, at the best threshold, and of the clusters.

===========================================================================  =====  =====  ========
model                                                                        half   best   clusters
===========================================================================  =====  =====  ========
``ForenameSurnameComparison``, date, street number, postcode                 56.06  88.63     71.10
``documented``: ``NameComparison`` twice, date, street number, postcode      59.13  92.93     76.39
names and date as documented, one comparison of the whole address            59.72  95.27     82.89
one comparison of surname and address, own levels of given name and date     97.98  98.00     98.21
the same, with ten times as many pairs for the u probabilities               97.97  98.04     98.20
and placeholders of dates are missing                                        98.05  98.06     98.28
and short forms of given names                                               98.31  98.32     98.42
the same, trained with term frequencies                                      98.31  98.32     98.42
the same, with a third training block                                        98.31  98.33     98.42
the same, m probabilities from true labels in place of training              98.29  98.30     98.38
and names in each other's column: ``tuned``                                  98.33  98.35     98.44
the same, and flats and names of houses (``address_2``)                      97.28  97.55     95.98
the same with six rules and a smaller training block                         98.17  98.19     98.39
the same with six rules and two smaller training blocks                      95.45  98.02     96.36
===========================================================================  =====  =====  ========

All have the rules of ``tuned`` if nothing else is said, so ``documented`` has more than its example. A comparison of
each column of the address was worse: 92.17 at the best threshold in place of 96.11 with one comparison, on 20,000
records of seed 5. Clusters are those at the best of several probabilities, which is 0.5 in all of the lower rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from comparisons import documented, tuned
from splink import block_on


@dataclass(frozen=True)
class Setting:
    """A way to use Splink."""

    comparisons: Callable[[], list]
    rules: Sequence
    training_blocks: Sequence[Sequence[str]]
    """The columns that are equal in the pairs of each training session."""
    training_pairs: float | None
    """The most pairs of a training session, about."""
    join_from: float
    """The probability from which on a pair joins its records. It was chosen on the registers of other seeds."""


SIX_RULES = [
    block_on("date_of_birth"),
    block_on("given_name", "surname"),
    block_on("surname", "postcode"),
    block_on("given_name", "postcode"),
    block_on("street_number", "address_1", "postcode"),
    block_on("substr(given_name, 1, 1)", "surname", "substr(date_of_birth, 1, 4)"),
]
MORE_RULES = [
    *SIX_RULES,
    block_on("given_name", "suburb"),
    block_on("surname", "suburb"),
    block_on("given_name", "address_1"),
    block_on("street_number", "address_1", "suburb"),
    block_on("street_number", "substr(address_1, 1, 4)", "substr(given_name, 1, 1)"),
    block_on("substr(given_name, 1, 2)", "substr(surname, 1, 2)", "substr(date_of_birth, 1, 4)"),
    block_on("substr(given_name, 1, 3)", "substr(surname, 1, 3)", "postcode"),
    block_on("given_name", "substr(date_of_birth, 1, 7)"),
    "l.given_name = r.surname and l.surname = r.given_name",
]
BLOCKS = [("given_name", "surname"), ("date_of_birth",)]
SMALLER_BLOCKS = [("given_name", "surname", "state"), ("date_of_birth",)]

SETTINGS = {
    "documented": Setting(documented, MORE_RULES, BLOCKS, None, 0.99),
    "tuned": Setting(tuned, MORE_RULES, BLOCKS, None, 0.5),
    "fast": Setting(tuned, SIX_RULES, SMALLER_BLOCKS, 1e6, 0.5),
}
SURE_RULES = [
    block_on("given_name", "surname", "date_of_birth"),
    block_on("date_of_birth", "postcode", "street_number"),
]
"""Pairs that agree in these are taken for matches, to estimate how many there are; and they are about
:data:`SURE_SHARE` of all matches, by judgement as in Splink's examples."""
SURE_SHARE = 0.7
