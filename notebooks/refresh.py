"""Run the notebooks of this folder again and keep their outputs: ``python notebooks/refresh.py``."""

from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parent
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def executed(notebook: Path, folder: Path) -> nbformat.NotebookNode:
    """The notebook as a fresh kernel runs it in ``folder``, without times and versions of this machine."""
    content = nbformat.read(notebook, as_version=4)
    client = NotebookClient(
        content,
        timeout=600,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,  # what a cell prints is one output, however slowly it comes
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()
    content.metadata = nbformat.from_dict(METADATA)
    return content


if __name__ == "__main__":
    for path in sorted(FOLDER.glob("*.ipynb")):
        nbformat.write(executed(path, FOLDER), path)
        print(f"Ran {path.name}")
