"""The patterns of a column's profile."""

import time

import pytest

from matchwright.drafting.profile import profile_of


@pytest.mark.parametrize(
    ("value", "is_address"),
    [("ann@post.example", True), ("a.b+c@x.y.z", True), ("ann@post", False), ("@post.example", False),
     ("ann@.example", False), ("ann@post.", False), ("ann@post.example x", False), ("a@b@post.example", False)],
)  # fmt: skip
def test_an_email_address_has_one_at_sign_and_a_domain_with_a_dot(value, is_address):
    assert profile_of([[value]]).email == is_address


@pytest.mark.parametrize(
    "part", ["@", ".", "a.", "@.", "1", "1,", "1.", " 1", "-", "st ", "stra", "www.", "\u0301", "+1 ("]
)
def test_the_time_for_a_long_value_grows_no_faster_than_its_length(part):
    def seconds(length: int) -> float:
        values = [["a@1" + part * (length // len(part)) + "@" + str(number) for number in range(4)]]
        times = []
        for _ in range(5):
            start = time.process_time()
            profile_of(values)
            times.append(time.process_time() - start)
        return min(times)

    assert seconds(40_000) < 3 * seconds(20_000)
