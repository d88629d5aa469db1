"""The notebooks are stored with their outputs. They can be run, and their outputs can be shown to any reader."""

import shutil
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MACHINE_PATHS_AND_ADDRESSES = ("/tmp/", "/home/", "/root/", "/work", "/Users/", "/var/", "file://", "http://", "0x")
MAX_BYTES = 1_000_000

notebooks = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def texts(notebook):
    """Yield all texts in the outputs. Images are not texts."""
    for cell in code_cells(notebook):
        for output in cell.outputs:
            yield output.get("text", "")
            for kind, content in output.get("data", {}).items():
                if not kind.startswith("image/"):
                    yield content


def execute(path, folder, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "notebooks"))
    from refresh import executed

    return executed(path, folder)


def test_there_is_a_notebook():
    assert NOTEBOOKS


@notebooks
def test_every_cell_was_run_once_in_order(path):
    cells = code_cells(nbformat.read(path, as_version=4))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))


@notebooks
def test_the_outputs_have_tables_and_plots_and_no_errors(path):
    outputs = [output for cell in code_cells(nbformat.read(path, as_version=4)) for output in cell.outputs]
    kinds = {kind for output in outputs for kind in output.get("data", {})}
    assert {"text/html", "image/png"} <= kinds
    assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]


@notebooks
def test_a_notebook_contains_no_paths_or_addresses_of_a_machine(path):
    notebook = nbformat.read(path, as_version=4)
    found = {index for text in texts(notebook) for index in MACHINE_PATHS_AND_ADDRESSES if index in text}
    assert not found
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert dict(notebook.metadata.language_info) == {"name": "python"}
    assert not [cell.id for cell in notebook.cells if cell.metadata]


@notebooks
def test_a_notebook_is_small_enough_for_a_browser(path):
    assert path.stat().st_size < MAX_BYTES


@pytest.mark.slow
@notebooks
def test_a_notebook_runs_in_its_own_folder(path, tmp_path, monkeypatch):
    copy = shutil.copy(path, tmp_path)
    done = execute(copy, ROOT / "notebooks", monkeypatch)
    stored = nbformat.read(path, as_version=4)
    assert [cell.source for cell in done.cells] == [cell.source for cell in stored.cells]
    # The same cells have outputs of the same kinds. The figures may change with the code.
    assert _kinds_of_outputs(done) == _kinds_of_outputs(stored)


@pytest.mark.slow
@notebooks
def test_the_first_cells_of_a_notebook_also_run_in_the_root_folder(path, tmp_path, monkeypatch):
    notebook = nbformat.read(path, as_version=4)
    last = next(index for index, cell in enumerate(notebook.cells) if "load_spec(" in cell.source)
    notebook.cells = notebook.cells[: last + 1]
    nbformat.write(notebook, tmp_path / path.name)
    assert code_cells(execute(tmp_path / path.name, ROOT, monkeypatch))[-1].outputs


def _kinds_of_outputs(notebook):
    return {
        cell.id: [sorted(output.get("data", {output.get("name"): ""})) for output in cell.outputs]
        for cell in code_cells(notebook)
    }
