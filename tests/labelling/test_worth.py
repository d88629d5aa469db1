"""What a person who labels is told of the labels given so far."""

import pytest

from matchwright.labelling import worth_of


@pytest.mark.parametrize(
    ("same", "different", "said"),
    [
        (0, 50, "8 more answers 'same'"),
        (50, 6, "2 more answers 'not the same'"),
        (20, 30, "100 labels and more make a usable one"),
        (60, 60, "from 1,000 on there are pairs to spare"),
        (400, 600, "Enough to train, calibrate and judge"),
    ],
)
def test_it_says_what_they_are_good_for_and_what_more_would_be(same, different, said):
    assert said in worth_of(same, different)
