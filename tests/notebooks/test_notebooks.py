"""The notebooks that are kept with their outputs: they run, and their outputs fit every reader."""

import shutil
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PLACES_OF_A_MACHINE = ("/tmp/", "/home/", "/root/", "/work", "/Users/", "/var/", "file://", "http://", "0x")
LARGEST = 1_000_000

notebooks = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def texts(notebook):
    """What a reader may read in the outputs: all but the pictures."""
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
def test_the_outputs_show_tables_plots_and_no_noise(path):
    outputs = [output for cell in code_cells(nbformat.read(path, as_version=4)) for output in cell.outputs]
    kinds = {kind for output in outputs for kind in output.get("data", {})}
    assert {"text/html", "image/png"} <= kinds
    assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]


@notebooks
def test_nothing_tells_of_the_machine_it_ran_on(path):
    notebook = nbformat.read(path, as_version=4)
    found = {index for text in texts(notebook) for index in PLACES_OF_A_MACHINE if index in text}
    assert not found
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert dict(notebook.metadata.language_info) == {"name": "python"}
    assert not [cell.id for cell in notebook.cells if cell.metadata]


@notebooks
def test_it_is_small_enough_to_read_in_a_browser(path):
    assert path.stat().st_size < LARGEST


@pytest.mark.slow
@notebooks
def test_it_runs_from_its_own_folder(path, tmp_path, monkeypatch):
    copy = shutil.copy(path, tmp_path)
    done = execute(copy, ROOT / "notebooks", monkeypatch)
    kept = nbformat.read(path, as_version=4)
    assert [cell.source for cell in done.cells] == [cell.source for cell in kept.cells]
    # the same cells speak, in the same forms; figures may move with the code
    assert _forms(done) == _forms(kept)


@pytest.mark.slow
@notebooks
def test_its_beginning_runs_from_the_root_as_well(path, tmp_path, monkeypatch):
    notebook = nbformat.read(path, as_version=4)
    last = next(index for index, cell in enumerate(notebook.cells) if "load_spec(" in cell.source)
    notebook.cells = notebook.cells[: last + 1]
    nbformat.write(notebook, tmp_path / path.name)
    assert code_cells(execute(tmp_path / path.name, ROOT, monkeypatch))[-1].outputs


def _forms(notebook):
    return {
        cell.id: [sorted(output.get("data", {output.get("name"): ""})) for output in cell.outputs]
        for cell in code_cells(notebook)
    }
