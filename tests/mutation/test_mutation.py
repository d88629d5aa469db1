"""The mutation run: which faults it plants, which tests it asks, and what it says of survivors."""

from pathlib import Path

import pytest
import yaml
from mutation.__main__ import ACCEPTED, ROOT, Result, report, sample
from mutation.mirror import mirrored_tests, modules_of
from mutation.operators import Mutant, mutants
from mutation.trial import NO_TESTS, PASSED, TIMED_OUT, run_tests


def changes(source: str) -> set[str]:
    return {f"{mutant.original} -> {mutant.changed}" for mutant in mutants("module.py", source.encode())}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a < b", {"a < b -> (a <= b)", "a < b -> (a > b)"}),
        ("a == b", {"a == b -> (a != b)"}),
        ("a and b", {"a and b -> (a or b)"}),
        ("not a", {"not a -> (a)"}),
        ("min(a)", {"min -> max", "min(a) -> pass"}),
        ("x = one.left, two.right", {"one.left -> one.right", "two.right -> two.left"}),
        ("x = a + b", {"a + b -> (a - b)"}),
        ("x = 3", {"3 -> 4", "3 -> (2)"}),
        ("x = 1.5, 0.0", {"1.5 -> 3.0", "0.0 -> 1.0"}),
        ("x = True", {"True -> False"}),
        ("def f():\n    return x", {"return x -> return None"}),
        ("def f():\n    raise E", {"raise E -> pass"}),
        # what is text, a path or a type stays as it is
        ("x = 'a' + b", set()),
        ("x = f'{a + 1}'", set()),
        ("x = folder / NAME", set()),
        ("def f(a: int = 1 | 2) -> 'list[3]': ...", {"1 -> 2", "1 -> (0)", "2 -> 3", "2 -> (1)", "1 | 2 -> (1 & 2)"}),
        ("Value = int | None", set()),
    ],
)
def test_what_may_become_what(source, expected):
    assert changes(source) == expected


def test_a_mutant_changes_one_place_and_is_named_without_its_line():
    source = "# é\ndef f(a):\n    return a < 1\n".encode()
    (mutant,) = [each for each in mutants("m.py", source) if each.changed == "(a <= 1)"]
    assert mutant.applied(source).decode() == "# é\ndef f(a):\n    return (a <= 1)\n"
    assert (mutant.line, mutant.name) == (3, "m.py::f: a < 1 -> (a <= 1) in: return a < 1")


def test_a_sample_is_the_same_for_the_same_seed():
    only = ("matchwright/governance",)
    assert sample(ROOT, only, 9, seed=1) == sample(ROOT, only, 9, seed=1) != sample(ROOT, only, 9, seed=2)
    everything = sample(ROOT, only, 10_000, seed=1)
    assert len({mutant.name for mutant in everything}) > 40
    for mutant in everything:
        compile(mutant.applied((ROOT / mutant.path).read_bytes()), mutant.path, "exec")


def test_every_module_that_can_be_mutated_has_mirrored_tests():
    for path in modules_of(ROOT):
        if mutants(str(path), (ROOT / path).read_bytes()):
            tests = mirrored_tests(str(path), ROOT)
            assert tests
            assert all((ROOT / test).exists() for test in tests)


def test_a_survivor_without_a_reason_and_too_few_killed_will_not_do():
    one = Mutant("m.py", "f", 3, 0, 1, "a", "b", "a")
    killed, survived = [Result(one, "killed")] * 9, Result(one, "survived")
    assert report([*killed, survived], {one.name: "cannot be told"})[1]
    text, enough = report([*killed, survived], {})
    assert not enough
    assert "m.py:3 m.py::f: a -> b" in text
    assert "10 mutants: 9 killed, 0 timed out, 1 survived, 0 not tried (90% seen" in text
    assert not report([killed[0], survived], {one.name: "cannot be told"})[1]


def test_a_mutant_whose_tests_fail_without_it_was_not_tried():
    one = Mutant("m.py", "f", 3, 0, 1, "a", "b", "a")
    text, enough = report([*[Result(one, "killed")] * 9, Result(one, "not tried")], {})
    assert not enough
    assert "1 not tried (90% seen" in text


def test_every_accepted_mutant_is_one_that_there_is():
    accepted = yaml.safe_load(ACCEPTED.read_text(encoding="utf-8"))
    there = {mutant.name for path in modules_of(ROOT) for mutant in mutants(str(path), (ROOT / path).read_bytes())}
    assert set(accepted) <= there
    assert all(accepted.values())


@pytest.mark.parametrize(
    ("test", "status"),
    [("assert True", PASSED), ("assert False", 1), ("import time; time.sleep(60)", TIMED_OUT), (None, NO_TESTS)],
)
def test_tests_pass_fail_or_take_too_long(tmp_path: Path, test: str | None, status: int):
    text = f"def test():\n    {test}\n" if test else ""
    (tmp_path / "test_one.py").write_text(text)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    slow: slow\n")
    seconds = 1.5 if status == TIMED_OUT else 60
    assert run_tests(tmp_path, ["test_one.py"], "not slow", seconds, tmp_path / "log") == status
