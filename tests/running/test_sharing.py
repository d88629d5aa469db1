"""A slow fixture is made once, even if several workers need it at the same time."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fixtures.sharing import Shared


def test_a_value_that_several_workers_need_at_the_same_time_is_made_once(tmp_path: Path) -> None:
    calls = []

    def make() -> dict[str, int]:
        calls.append(1)
        return {"made": len(calls)}

    with ThreadPoolExecutor(2) as workers:
        requests = [workers.submit(Shared(tmp_path).value, "model", make) for _ in range(4)]
    assert [each.result() for each in requests] == [{"made": 1}] * 4


def test_a_folder_that_was_only_partly_filled_is_filled_again(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        Shared(tmp_path).folder("bundle", fail)
    made = Shared(tmp_path).folder("bundle", lambda folder: (folder / "whole").touch())
    assert [path.name for path in made.iterdir()] == ["whole"]
