"""What Splink compares in a table of persons: as in its documentation, and tuned by hand.

Splink adds up the evidence of the comparisons as if they were independent. But members of a household share the surname
and all parts of the address. So with a comparison of each column, many pairs of a household get a probability near 1.
The tuned model has one comparison of surname and address together, as Splink has one of forename and surname.
"""

import splink.comparison_level_library as levels
import splink.comparison_library as comparisons
from splink.comparison_library import CustomComparison

Level = levels.CustomLevel

REVERSED = "(surname_l = given_name_r and surname_r = given_name_l)"
SAME_SURNAME = "(surname_l = surname_r)"
LIKE_SURNAME = "(jaro_winkler_similarity(surname_l, surname_r) >= 0.88)"
NO_SURNAME = "(surname_l is null or surname_r is null)"
SAME_NUMBER = "street_number_l = street_number_r"
LIKE_STREET = "jaro_winkler_similarity(address_1_l, address_1_r) >= 0.88"
PLACE = (
    "(postcode_l = postcode_r or suburb_l = suburb_r or damerau_levenshtein(postcode_l, postcode_r) <= 1"
    " or jaro_winkler_similarity(suburb_l, suburb_r) >= 0.9)"
)
HOME = f"({SAME_NUMBER} and {LIKE_STREET} and (postcode_l = postcode_r or suburb_l = suburb_r))"
MOST_OF_HOME = f"({LIKE_STREET} and ({PLACE} or {SAME_NUMBER}) or {SAME_NUMBER} and {PLACE})"
NO_ADDRESS = " and ".join(f"({name}_l is null or {name}_r is null)" for name in ("address_1", "suburb", "postcode"))
STATE = "state_l = state_r"


def documented():
    """The detailed model of Splink's example on FEBRL 4, whose columns are these.

    It leaves out the other columns of the address, because they are strongly correlated with the postcode.
    """
    return [
        comparisons.NameComparison("given_name").configure(term_frequency_adjustments=True),
        comparisons.NameComparison("surname").configure(term_frequency_adjustments=True),
        comparisons.DateOfBirthComparison("date_of_birth", input_is_string=True),
        comparisons.ExactMatch("street_number").configure(term_frequency_adjustments=True),
        comparisons.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
    ]


def tuned():
    """The best model that was found. See ``settings.py`` for what else was tried."""
    return [given_name(), date_of_birth(), surname_and_address()]


def given_name() -> CustomComparison:
    """A given name, its short forms, its initial, and given name and surname in each other's column."""
    either_is_initial = "(length(given_name_l) = 1 or length(given_name_r) = 1)"
    return CustomComparison(
        output_column_name="given_name",
        comparison_levels=[
            levels.NullLevel("given_name"),
            levels.ExactMatchLevel("given_name").configure(tf_adjustment_column="given_name"),
            Level(REVERSED, "reversed"),
            levels.JaroWinklerLevel("given_name", 0.92),
            Level("list_has_any(forms_l, forms_r)", "short form"),
            levels.JaroWinklerLevel("given_name", 0.88),
            Level("given_name_l = surname_r or surname_l = given_name_r", "in the other column"),
            Level(f"{either_is_initial} and {_same_start(1)}", "initial"),
            Level(_same_start(3), "same start"),
            levels.JaroWinklerLevel("given_name", 0.7),
            Level(_same_start(1), "same first letter"),
            levels.ElseLevel(),
        ],
    )


def date_of_birth() -> CustomComparison:
    """A date of birth, written year-month-day."""

    def same(begin: int, length: int, other: int | None = None) -> str:
        return f"substr(date_of_birth_l, {begin}, {length}) = substr(date_of_birth_r, {other or begin}, {length})"

    return CustomComparison(
        output_column_name="date_of_birth",
        comparison_levels=[
            levels.NullLevel("date_of_birth"),
            levels.ExactMatchLevel("date_of_birth").configure(tf_adjustment_column="date_of_birth"),
            Level(f"{same(1, 4)} and {same(6, 2, 9)} and {same(9, 2, 6)}", "day and month reversed"),
            levels.DamerauLevenshteinLevel("date_of_birth", 1),
            Level(f"{same(1, 7)} or {same(5, 6)}", "another day, or another year"),
            Level(same(1, 4), "same year"),
            levels.ElseLevel(),
        ],
    )


def surname_and_address() -> CustomComparison:
    """Surname and address together, because in a household both are shared."""
    home = f"({HOME} or {MOST_OF_HOME})"
    return CustomComparison(
        output_column_name="surname_and_address",
        comparison_levels=[
            Level(f"{NO_SURNAME} and {NO_ADDRESS}", "unknown").configure(is_null_level=True),
            Level(f"{REVERSED} and {home}", "names reversed, address"),
            Level(REVERSED, "names reversed"),
            Level(f"{SAME_SURNAME} and {HOME}", "surname, address"),
            Level(f"{SAME_SURNAME} and {MOST_OF_HOME}", "surname, most of the address"),
            Level(f"{LIKE_SURNAME} and {home}", "similar surname, address"),
            Level(f"{NO_SURNAME} and {home}", "no surname, address"),
            Level(home, "another surname, address"),
            _by_frequency(Level(f"{SAME_SURNAME} and {PLACE}", "surname, place")),
            Level(f"{LIKE_SURNAME} and {PLACE}", "similar surname, place"),
            _by_frequency(Level(f"{SAME_SURNAME} and {STATE}", "surname, state")),
            _by_frequency(levels.ExactMatchLevel("surname")),
            Level(f"{LIKE_SURNAME} and {STATE}", "similar surname, state"),
            Level(LIKE_SURNAME, "similar surname"),
            Level(f"{NO_SURNAME} and {PLACE}", "no surname, place"),
            Level(NO_SURNAME, "no surname"),
            Level(PLACE, "another surname, place"),
            Level(STATE, "another surname, state"),
            levels.ElseLevel(),
        ],
    )


def _by_frequency(level):
    return level.configure(tf_adjustment_column="surname")


def _same_start(letters: int) -> str:
    return f"substr(given_name_l, 1, {letters}) = substr(given_name_r, 1, {letters})"
