"""The register that a user states: its keys, and their faults."""

import pytest

from matchwright.errors import SettingsError
from matchwright.stated_register import StatedRegister, stated_register


def test_a_register_is_stated_by_its_keys_or_as_json() -> None:
    expected = StatedRegister(left_records=500, right_records=700)
    assert stated_register({"left_records": 500, "right_records": 700}) == expected
    assert stated_register('{"left_records": 500, "right_records": 700}') == expected
    assert stated_register(expected) == expected


def test_stating_the_size_alone_does_not_restate_the_prior() -> None:
    assert stated_register({"left_records": 500, "right_records": 700}).restate_prior is False


def test_all_faults_are_reported_together() -> None:
    given = {"left_records": 0, "right_records": "many", "matches": 20, "restate_prior": False, "size": 5}
    with pytest.raises(SettingsError, match=r"The stated register has 4 fault\(s\)") as refused:
        stated_register(given)
    assert [fault.path for fault in refused.value.faults] == [
        f"stated_register.{key}" for key in ("left_records", "right_records", "matches", "size")
    ]
    assert all(fault.hint for fault in refused.value.faults)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"matches": 20}, "has no effect unless restate_prior is true"),
        ({"matches": 350_000, "restate_prior": True}, "is not less than the number of pairs"),
        ({"matches": 0, "restate_prior": True}, "greater than 0"),
        ({"matches": float("nan"), "restate_prior": True}, "finite number"),
    ],
)
def test_a_number_of_matches_that_cannot_be_used_is_a_fault(given: dict, problem: str) -> None:
    with pytest.raises(SettingsError, match=problem) as refused:
        stated_register({"left_records": 500, "right_records": 700, **given})
    assert [fault.path for fault in refused.value.faults] == ["stated_register.matches"]


def test_text_that_is_no_json_is_a_fault() -> None:
    with pytest.raises(SettingsError, match="stated_register: Invalid JSON"):
        stated_register("500 and 700")
