"""Golden pairs of a draft: made-up values that do not occur in the data, and that the spec accepts."""

import numpy as np
import pandas as pd

from matchwright.core.spec import parse_spec
from matchwright.drafting import infer_spec

USUAL = ["1980-02-14", "1979-06-05", "1981-10-21", "1934-11-30", "1932-04-17", "1933-07-08"]


def test_a_register_that_has_every_made_up_date_gets_other_days():
    generator = np.random.default_rng(1)
    days = pd.date_range("1930-01-01", "2005-12-31").strftime("%Y-%m-%d").to_numpy()
    people = pd.DataFrame(
        {
            "id": [f"p{number}" for number in range(600)],
            "surname": [f"name{number}" for number in generator.integers(0, 200, 600)],
            "date_of_birth": np.r_[USUAL, generator.choice(days, 594)],
        }
    )
    spec = parse_spec(infer_spec(people, None, None, "people"))
    dates = {record["date_of_birth"] for pair in spec.golden for record in (pair.left, pair.right)}
    assert len(dates) == 2
    assert not dates & set(people["date_of_birth"])
