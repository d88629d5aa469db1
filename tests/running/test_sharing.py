"""A slow fixture is made once, also if several workers want it at the same time."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fixtures.sharing import Shared


def test_two_who_want_the_same_get_what_one_of_them_made(tmp_path: Path) -> None:
    calls = []

    def make() -> dict[str, int]:
        calls.append(1)
        return {"made": len(calls)}

    with ThreadPoolExecutor(2) as workers:
        wanted = [workers.submit(Shared(tmp_path).value, "model", make) for _ in range(4)]
    assert [each.result() for each in wanted] == [{"made": 1}] * 4


def test_a_folder_that_was_left_half_filled_is_filled_anew(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        Shared(tmp_path).folder("bundle", fail)
    made = Shared(tmp_path).folder("bundle", lambda folder: (folder / "whole").touch())
    assert [path.name for path in made.iterdir()] == ["whole"]
