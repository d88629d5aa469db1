"""Groups of comparisons: their contributions and the value that stands for each."""

import numpy as np
import pandas as pd

from matchwright.core.reasons import group_contributions, group_values

SCORED = ("surname__jaro_winkler", "surname__phonetic", "postcode__levenshtein", "postcode__exact")


def test_the_value_of_a_group_is_its_first_comparison_whatever_else_was_compared():
    compared = pd.DataFrame(
        {
            "surname__jaro_winkler": [0.9, 0.2],
            "surname__phonetic": [1.0, 0.0],
            "surname__missing": [0.0, 0.0],  # a scorer does not read it
            "postcode__levenshtein": [0.75, np.nan],
            "postcode__exact": [0.0, np.nan],
            "postcode__missing": [0.0, 1.0],
        },
        dtype=np.float32,
    )
    found = group_values(compared, SCORED)
    expected = pd.DataFrame({"surname": [0.9, 0.2], "postcode": [0.75, np.nan]}, dtype=np.float32)
    pd.testing.assert_frame_equal(found, expected)
    pd.testing.assert_frame_equal(group_values(compared[::-1], SCORED), expected[::-1].reset_index(drop=True))
    assert found.columns.tolist() == group_contributions(np.zeros((2, 4)), SCORED).columns.tolist()
