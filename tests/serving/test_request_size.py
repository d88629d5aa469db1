"""The size of a request is counted in its bytes, at the exact limits."""

import pytest

from serving.request_size import SMALL, size_faults

LONGEST = {"pairs": SMALL}


def problems(body: str, most_values: int = 10 * SMALL) -> list[tuple[str, str]]:
    return [(fault.path, fault.problem) for fault in size_faults(body.encode(), LONGEST, most_values)]


@pytest.mark.parametrize(("more", "refused"), [(0, False), (1, True)])
def test_a_list_is_counted_exactly(more, refused):
    body = '{"pairs": [' + ",".join(["0"] * (SMALL + more)) + "]}"
    found = [("pairs", f"has {SMALL + 1} pairs, more than {SMALL}")]
    assert problems(body) == (found if refused else [])


@pytest.mark.parametrize(("less", "refused"), [(0, False), (1, True)])
def test_values_are_counted_at_all_levels(less, refused):
    body = '{"query": {"a": [' + ",".join(["[1]"] * SMALL) + "]}}"
    values = SMALL - 1 + SMALL + 3  # commas, the inner lists, and what is around them
    assert problems(body, values - less) == ([("body", f"has more than {values - 1} values")] if refused else [])


def test_a_list_of_another_key_or_level_has_no_maximum_length():
    numbers = ",".join(["0"] * (SMALL + 5))
    for body in ('{"others": [%s]}', '{"a": {"pairs": [%s]}}', '{"pairs": {"a": [%s]}}', "[[%s]]", '["pairs", [%s]]'):
        assert problems(body % numbers) == []


def test_each_long_list_of_a_document_is_reported():
    numbers = ",".join(["0"] * (SMALL + 1))
    body = f'{{"pairs": [{numbers}], "a": [1, 2], "pairs"\n:\t [{numbers}, 7]}}'
    assert problems(body) == [("pairs", f"has {SMALL + extra} pairs, more than {SMALL}") for extra in (1, 2)]


@pytest.mark.parametrize("text", [r"\"", r"\\", r"\\\"", "]}", "[{,", r"\\\\"])
def test_quotes_and_brackets_inside_texts_change_nothing(text):
    body = '{{"a": "{}", "pairs": [{}]}}'.format(text, ",".join([f'"{text}"'] * (SMALL + 1)))
    assert problems(body) == [("pairs", f"has {SMALL + 1} pairs, more than {SMALL}")]


@pytest.mark.parametrize("body", ["", "]" * 50_000, '"' * 50_001, "," * SMALL, "[" * SMALL, "\\" * 50_000])
def test_a_body_that_is_not_json_has_no_fault_of_size_unless_it_is_large(body):
    assert problems(body) == []


def test_a_short_body_is_not_looked_at():
    assert problems('{"a": [' + "," * (SMALL - 3) + "]}", most_values=1) == []
    assert problems('{"a": [' + "," * (SMALL - 2) + "]}", most_values=1) == [("body", "has more than 1 values")]
