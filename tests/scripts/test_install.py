"""Installation with visible progress. The tests use real pip and a folder of small packages."""

import subprocess
import sys
import venv
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "install.py"


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=True)
    return folder / "bin" / "python"


def wheel(folder: Path, name: str) -> None:
    """Write the smallest package that pip accepts."""
    import zipfile

    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as file:
        info = f"{name}-1.0.dist-info"
        file.writestr(f"{name}.py", "")
        file.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        file.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{info}/RECORD", "")


def install(python: Path, lock: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, python, lock], capture_output=True, text=True, timeout=120)


def test_the_packages_are_counted_and_the_output_of_pip_is_hidden(python: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        wheel(tmp_path, name)
    lock = tmp_path / "requirements.lock"
    lock.write_text(f"# two packages\n--no-index\n--find-links {tmp_path}\none==1.0\ntwo==1.0\n")

    done = install(python, lock)

    assert done.returncode == 0, done.stderr
    assert "installed 2 of 2 packages" in done.stdout
    assert "Collecting" not in done.stdout + done.stderr
    subprocess.run([python, "-c", "import one, two"], check=True)


def test_the_output_of_pip_is_shown_if_pip_fails(python: Path, tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("--no-index\nabsent==1.0\n")

    done = install(python, lock)

    assert done.returncode != 0
    assert "absent==1.0" in done.stderr
