"""Which tests run on one worker."""

from dataclasses import dataclass

import pytest
from running.groups import group_of, pytest_collection_modifyitems


@dataclass
class Item:
    """As much of a collected test as grouping looks at."""

    nodeid: str
    fixturenames: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.markers: list[pytest.MarkDecorator] = []

    def add_marker(self, marker: pytest.MarkDecorator) -> None:
        self.markers.append(marker)


def test_tests_of_a_file_stay_together_and_tests_of_the_demo_do_wherever_they_are():
    files = ["tests/core/test_bands.py::test_a[x@y]", "tests/core/test_bands.py::test_b"]
    assert {group_of(Item(node)) for node in files} == {"tests/core/test_bands.py"}
    assert {group_of(Item(node, ("tmp_path", "demo"))) for node in ("a.py::test", "b.py::test")} == {"demo"}


def test_long_groups_begin_first_and_the_others_keep_their_order():
    items = [Item("a.py::1"), Item("b.py::2", ("trained_run", "run")), Item("c.py::3", ("demo",)), Item("a.py::4")]
    pytest_collection_modifyitems(items)
    assert [item.nodeid for item in items] == ["c.py::3", "b.py::2", "a.py::1", "a.py::4"]
    assert [item.markers[0].args for item in items] == [("demo",), ("trained_run",), ("a.py",), ("a.py",)]
