"""What is measured on the neighbours of a pair."""

import numpy as np
import pytest
from fixtures.neighbours import EVIDENCE, HOUSEHOLD

from matchwright.core.models.neighbours import Register, measure_names

MATCH, NONE = 3.0, -5.0
UNKNOWN = (np.nan,) * len(EVIDENCE)


def measured(pair: str, log_odds: dict[str, float], alike: dict[str, tuple] | None = None) -> dict[str, float]:
    """The measures of a pair such as ``ab``, in a register with these candidates."""
    given = {pair: NONE} | log_odds
    evidence = [(*each, 1.0, 2.0) if each else UNKNOWN for each in (dict(alike or {}).get(key) for key in given)]
    odds = np.array(list(given.values()))
    register = Register.of(
        [key[0] for key in given],
        [key[1] for key in given],
        odds,
        odds,
        np.array(evidence, dtype=np.float32),
        EVIDENCE,
        HOUSEHOLD,
    )
    return dict(zip(measure_names(EVIDENCE), register.measures(np.array([0]))[0].tolist(), strict=True))


def test_a_common_partner_makes_a_path_as_strong_as_its_weaker_link():
    found = measured("ab", {"ac": 2.0, "bc": 5.0, "ad": 1.0, "bd": 1.5})
    assert found["path"] == 2.0
    assert found["expected_common"] == pytest.approx(0.8749 + 0.5977, abs=1e-3)
    assert (found["partners_most"], found["partners_least"]) == (2, 2)
    assert (found["partners_nearest"], found["partners_farthest"]) == (5.0, 1.0)


def test_a_partner_of_one_record_that_is_far_from_the_other_speaks_against_the_pair():
    found = measured("ab", {"ac": MATCH, "bc": -2.0})
    assert (found["against_most"], found["against_least"]) == (2.0, -3.0)
    assert (found["nearest_most"], found["nearest_least"]) == (3.0, -2.0)
    assert found["expected_unshared_most"] == pytest.approx(0.9526 * 0.8808, abs=1e-3)
    assert found["partners_mean"] == -2.0


def test_a_third_record_that_is_no_candidate_of_the_other_record_is_far_from_it():
    found = measured("ab", {"ac": MATCH})
    assert found["path"] == found["partners_mean"] == found["nearest_least"] == -9.0


def test_without_partners_nothing_is_known_of_them():
    found = measured("ab", {"ac": -1.0})
    assert found["nearest_most"] == -1.0
    assert np.isnan([found["partners_mean"], found["partners_nearest"], found["nearest__surname"]]).all()


def test_the_score_of_the_pair_itself_is_in_no_measure_but_its_log_odds():
    others = {"ac": 2.0, "bc": 0.5, "ad": -1.0, "bd": 4.0, "cd": 1.0}
    alike = {"ab": (0.2, 1.0, 1.0), "ad": (0.2, 1.0, 1.0)}
    low, high = (measured("ab", {"ab": own, **others}, alike) for own in (-4.0, 6.0))
    assert {name for name in low if low[name] != high[name] and not np.isnan(low[name])} == {"own", "unlimited"}


def test_partners_say_how_alike_the_other_record_is_to_them_field_by_field():
    alike = {"bc": (0.4, 1.0, np.nan), "bd": (0.9, np.nan, np.nan)}
    found = measured("ab", {"ac": MATCH, "bc": -1.0, "ad": MATCH, "bd": 1.0}, alike)
    # d is a partner of both records, and how alike it is to a is not known
    assert (found["nearest__given_name"], found["farthest__given_name"]) == pytest.approx((0.9, 0.4))
    assert (found["nearest__surname"], found["farthest__surname"]) == (1.0, 1.0)
    assert np.isnan(found["nearest__street"])


def test_housemates_share_what_a_household_shares_and_are_no_match():
    home = (0.1, 1.0, 1.0)
    others = {"ac": NONE, "ad": NONE, "be": NONE, "ae": NONE, "ce": MATCH, "af": NONE}
    alike = {"ac": home, "ad": home, "be": home, "af": (0.1, 0.2, 1.0)}
    found = measured("ab", others, alike)
    assert (found["housemates_most"], found["housemates_fewest"]) == (2, 1)
    assert found["housemates_common"] == 0
    assert found["housemates_matching"] == 1  # c and e moved together with the person
    together = measured("ab", others, alike | {"ae": home})
    assert together["housemates_common"] == 1


def test_a_pair_of_one_household_does_not_count_itself():
    found = measured("ab", {"ac": NONE}, {"ab": (0.1, 1.0, 1.0), "ac": (0.1, 1.0, 1.0)})
    assert (found["housemates_most"], found["housemates_fewest"]) == (1, 0)


def test_how_rare_the_values_are_is_read_as_it_is():
    found = measured("ab", {"ac": 1.0}, {"ab": (1.0, 1.0, 1.0)})
    assert (found["commoner__given_name"], found["rarer__given_name"]) == (1.0, 2.0)
