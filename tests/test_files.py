"""A file or a folder is written completely or not at all."""

import stat
from pathlib import Path

import pytest

from matchwright.files import PRIVATE, replacing, replacing_folder, write_whole


def test_text_and_bytes_replace_the_old_content_and_folders_are_created(tmp_path: Path) -> None:
    path = tmp_path / "new" / "note.txt"
    write_whole(path, "größer\n")
    assert path.read_bytes() == b"gr\xc3\xb6\xc3\x9fer\n"
    write_whole(path, b"\x00\xff")
    assert path.read_bytes() == b"\x00\xff"
    assert list(path.parent.iterdir()) == [path]


def test_after_an_error_there_is_the_old_file_and_no_temporary_file(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    write_whole(path, "old")
    with pytest.raises(TypeError), replacing(path) as file:
        file.writelines([b"half of the new", 7])
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_private_file_is_private_even_if_it_replaces_a_public_file(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    write_whole(path, "public")
    path.chmod(0o644)
    write_whole(path, "secret", PRIVATE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_folder_is_written_whole_and_replaces_the_old_one(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "made"
    for content in ("old", "newer"):
        with replacing_folder(folder) as draft:
            (draft / content).write_text(content)
            assert not (folder / content).exists()
    assert [path.name for path in folder.iterdir()] == ["newer"]
    assert list(folder.parent.iterdir()) == [folder]


def test_after_an_error_there_is_the_old_folder_and_no_temporary_one(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    with replacing_folder(folder) as draft:
        (draft / "old").touch()
    with pytest.raises(FileNotFoundError), replacing_folder(folder) as draft:
        (draft / "missing" / "half").touch()
    assert [path.name for path in folder.iterdir()] == ["old"]
    assert list(tmp_path.iterdir()) == [folder]
