"""Who may import whom, as a test."""

import os
from pathlib import Path

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parents[1]


def test_nothing_imports_upwards_or_sideways(capsys) -> None:
    where = Path.cwd()
    os.chdir(ROOT)
    try:
        status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None)
    finally:
        os.chdir(where)

    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out
