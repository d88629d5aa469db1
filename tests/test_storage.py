"""A device that is full or read-only: the error says so, whatever a library made of it."""

import errno
import os
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from matchwright.errors import FeatureStoreError, LakeError, SettingsError, StorageError
from matchwright.files import write_whole
from matchwright.home import require_writable
from matchwright.secrets import ensure_local_secrets
from matchwright.settings import load_settings
from matchwright.storage import nearly_full, storage_error, storage_reported

HOME = Path("/project/.matchwright")
FULL = "No space is left on the device that holds /project/.matchwright."


def hidden(cause: BaseException, *, shown: bool = True) -> Exception:
    """An error of our own with ``cause`` behind another error, as libraries leave it."""
    try:
        try:
            try:
                raise cause
            except BaseException as error:
                raise RuntimeError("a library failed") from error
        except RuntimeError as error:
            raise FeatureStoreError("The feature store failed.") from (error if shown else None)
    except FeatureStoreError as error:
        return error


@pytest.mark.parametrize(
    "cause",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        OSError(errno.EFBIG, "File too large"),
        sqlite3.OperationalError("database or disk is full"),
        LakeError("Lake table x cannot be written.", "the lake says: IO error: No space left on device (os error 28)"),
    ],
    ids=lambda cause: str(cause)[:20],
)
@pytest.mark.parametrize("shown", [True, False])
def test_a_full_device_is_found_behind_other_errors(cause: Exception, shown: bool) -> None:
    for error in (cause, hidden(cause, shown=shown), ExceptionGroup("several", [cause])):
        found = storage_error(error, HOME)
        assert found is not None
        assert found.fact == FULL
        assert "make room, then run the same command again" in found.hint


@pytest.mark.parametrize(
    "cause",
    [
        OSError(errno.EROFS, "Read-only file system"),
        sqlite3.OperationalError("attempt to write a readonly database"),
        PermissionError(errno.EACCES, "Permission denied", str(HOME / "lake")),
    ],
    ids=lambda cause: str(cause)[:20],
)
def test_a_device_that_cannot_be_written_is_found_too(cause: Exception) -> None:
    found = storage_error(hidden(cause), HOME)
    assert found is not None
    assert found.fact == "/project/.matchwright cannot be written: it is read-only."


@pytest.mark.parametrize(
    "other",
    [
        OSError(errno.ENOENT, "No such file"),
        PermissionError(errno.EACCES, "Permission denied", "/elsewhere/table.csv"),
        sqlite3.OperationalError("database is locked"),
        ValueError("full"),
    ],
    ids=lambda other: str(other)[:20],
)
def test_another_error_stays_as_it_is(other: Exception) -> None:
    assert storage_error(hidden(other), HOME) is None
    with pytest.raises(type(other)), storage_reported(HOME):
        raise other


def test_a_file_on_another_device_is_named_itself() -> None:
    error = OSError(errno.ENOSPC, "No space left on device", "/elsewhere/labels.csv")
    assert storage_error(error, HOME).fact == "No space is left on the device that holds /elsewhere/labels.csv."


def test_an_error_of_the_device_is_reported_once() -> None:
    with pytest.raises(StorageError) as raised, storage_reported(Path("/outer")), storage_reported(HOME):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert raised.value.fact == FULL


def test_the_errors_of_sqlalchemy_are_searched(tmp_path: Path) -> None:
    with create_engine(f"sqlite:///{tmp_path / 'a.db'}").connect() as connection:
        connection.execute(text("PRAGMA max_page_count = 2"))
        connection.execute(text("CREATE TABLE a (b TEXT)"))
        with pytest.raises(StorageError, match="No space is left"), storage_reported(HOME):
            connection.execute(text("INSERT INTO a VALUES (:b)"), {"b": "x" * 50_000})


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))


def test_a_file_that_may_not_grow_is_reported_with_its_home_and_leaves_nothing(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from matchwright.files import write_whole\n"
        "from matchwright.storage import storage_reported\n"
        "home = Path(sys.argv[1])\n"
        "with storage_reported(home): write_whole(home / 'run.json', 'x' * 1000)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], preexec_fn=limited, capture_output=True, text=True, check=False
    )
    assert f"StorageError: No space is left on the device that holds {tmp_path}." in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_so_without_a_traceback_and_the_same_command_goes_on_with_room(tmp_path: Path) -> None:
    home = tmp_path / "home"
    command = [sys.executable, "-c", "from matchwright.cli import main; main()", "pipeline", "run", "release"]
    settings = {**os.environ, "MATCHWRIGHT_HOME": str(home)}
    settings = {key: value for key, value in settings.items() if not key.endswith(("_KEY",))}
    spec = Path(__file__).parents[1] / "specs" / "persons.yaml"

    def run(**options) -> str:
        done = subprocess.run(
            [*command, "--spec", str(spec)], env=settings, capture_output=True, text=True, check=False, **options
        )
        assert done.returncode == 1
        return done.stderr

    said = run(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)))
    assert said.startswith(f"Error: No space is left on the device that holds {home}.\nHint: make room")
    assert [path.name for path in home.iterdir()] == []
    assert "No space" not in run()
    assert (home / "secrets.env").is_file()


def test_a_failed_write_names_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"run\.json"):
        write_whole(tmp_path / "run.json", "x")
    assert list(tmp_path.iterdir()) == []


def test_keys_that_could_not_be_written_leave_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    with pytest.raises(OSError, match="No space"):
        ensure_local_secrets(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_free_space_of_a_device_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not nearly_full(tmp_path)
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1000}))
    assert nearly_full(tmp_path)


@pytest.mark.parametrize(
    ("below", "problem"), [("", "is a file and not a folder"), ("home", "lies below .*, which is a file")]
)
def test_a_home_that_is_a_file_is_refused(tmp_path: Path, below: str, problem: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match=f"home: {problem}"):
        load_settings("local", home=tmp_path / "file" / below)


def test_a_home_that_cannot_be_written_is_refused_before_anything_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_writable(tmp_path / "new" / "home")
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != tmp_path)
    with pytest.raises(StorageError, match=f"{tmp_path} is read-only"):
        require_writable(tmp_path / "new" / "home")


def test_a_ledger_that_cannot_be_written_can_be_read(tmp_path: Path) -> None:
    from matchwright.adapters.ledger import Entry, Ledger

    file = tmp_path / "ledger.db"
    Ledger(f"sqlite:///{file}").append(
        Entry(action="approved", model="persons", version="1", digest="ab" * 32, actor="ada")
    )
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")  # nobody else may write now
        assert Ledger(f"sqlite:///{file}").verify_chain() == 1
