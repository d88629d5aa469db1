"""Snapshots that cannot be read."""

from pathlib import Path

import pytest

from matchwright.errors import LakeError
from matchwright.operations.snapshot import Snapshot


def test_a_file_that_is_not_a_snapshot_is_refused(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text('{"tables": 3}')
    with pytest.raises(LakeError, match="is not a snapshot"):
        Snapshot.read(tmp_path / "s.json")


def test_a_table_that_is_not_in_the_snapshot_is_refused() -> None:
    with pytest.raises(LakeError, match="names no table 'pairs'"):
        Snapshot(spec_name="persons", spec_digest="0", tables={}, origin="").frame("pairs")
