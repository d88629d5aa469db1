"""Tests run on a copy of the tree. They run in a fork of a process that has imported the large libraries."""

import importlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

LIBRARIES = ("pandas", "sklearn.isotonic", "xgboost", "pyarrow.parquet", "duckdb", "sqlalchemy", "mlflow", "fastapi",
             "hypothesis", "pydantic_settings", "recordlinkage", "onnxruntime")  # fmt: skip
"""Libraries that most tests import. A fork inherits the imported libraries, which saves seconds for each mutant."""

PASSED, NO_TESTS, TIMED_OUT = 0, 5, -1


def warm() -> None:
    """Import the large libraries. None of them starts a computation."""
    for name in LIBRARIES:
        importlib.import_module(name)


def copy_tree(root: Path, to: Path) -> Path:
    """Copy the files of the tree that git tracks or could add."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=root, capture_output=True, check=True
    )
    for name in listed.stdout.decode().splitlines():
        if (root / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, to / name)
    return to


def run_tests(tree: Path, tests: list[str], mark: str, seconds: float, log: Path) -> int:
    """Run pytest in the tree until the first failure. Return its exit status, or ``TIMED_OUT`` if it takes too long."""
    pid = os.fork()
    if pid == 0:
        os.setsid()
        os._exit(_pytest(tree, tests, mark, log))
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return TIMED_OUT


def _pytest(tree: Path, tests: list[str], mark: str, log: Path) -> int:
    """Run pytest in the fork. This process and its children import modules from the copy of the tree."""
    os.chdir(tree)
    sys.path[:] = [str(tree), *(entry for entry in sys.path if Path(entry or ".", "matchwright").exists() is False)]
    os.environ |= {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    sys.dont_write_bytecode = True
    with log.open("wb") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    base = log.with_suffix(".state")
    try:
        options = ["-x", "-q", "-p", "no:cacheprovider", "--strict-markers", f"--basetemp={base}", "-m", mark]
        return int(pytest.main([*options, "--rootdir", str(tree), *tests]))
    finally:
        sys.stdout.flush()
        shutil.rmtree(base, ignore_errors=True)
