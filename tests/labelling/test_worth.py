"""The message about the use of the labels so far."""

import pytest

from matchwright.labelling import worth_of


@pytest.mark.parametrize(
    ("same", "different", "message"),
    [
        (0, 50, "8 more answers 'same'"),
        (50, 6, "2 more answers 'not the same'"),
        (20, 30, "A usable one takes 100 labels or more"),
        (60, 60, "From 1,000 labels on, calibration has pairs of its own"),
        (400, 600, "enough to train, calibrate and test"),
    ],
)
def test_the_message_says_what_the_labels_are_enough_for_and_how_many_more_are_useful(same, different, message):
    assert message in worth_of(same, different)
