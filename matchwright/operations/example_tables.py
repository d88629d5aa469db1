"""The example data as files, for the commands that read files."""

from matchwright.adapters.example_data.febrl import febrl4
from matchwright.files import replacing
from matchwright.operations.inputs import RECORDS, RECORDS_RIGHT
from matchwright.settings import Settings

FOLDER = "demo"


def example_tables(settings: Settings) -> dict[str, str]:
    """Write the two tables of FEBRL 4 as CSV to the home's folder ``demo``.

    Returns:
        The paths of ``left.csv`` and ``right.csv``, by the options that they are given to.
    """
    folder = settings.folder(FOLDER)
    left, right, _ = febrl4()
    paths = {RECORDS: folder / "left.csv", RECORDS_RIGHT: folder / "right.csv"}
    for path, table in zip(paths.values(), (left, right), strict=True):
        with replacing(path) as file:
            table.to_csv(file, index=False)
    return {option: str(path) for option, path in paths.items()}
