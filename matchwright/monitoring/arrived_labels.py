"""Labels that arrive after the decision: what a reviewer or the business found out."""

import pandas as pd

from matchwright.errors import DataError, Fault


def labels_by_decision(table: pd.DataFrame) -> tuple[dict[str, int], int]:
    """The labels by decision id (1 match, 0 not), and how many decisions have contradicting ones (left out).

    Raises:
        DataError: the table lacks ``decision_id`` or ``label``, or holds other labels.
    """
    missing = [Fault(name, "no such column", "add it") for name in ("decision_id", "label") if name not in table]
    if missing:
        raise DataError("The labels lack a column.", missing)
    values = pd.to_numeric(table["label"], errors="coerce")
    wrong = int((~values.isin((0, 1)) | table["decision_id"].isna()).sum())
    if wrong:
        raise DataError("Labels are 1 (match) or 0.", [Fault("label", f"{wrong} row(s) hold something else, or no id")])
    kinds = values.astype(int).groupby(table["decision_id"]).agg(["min", "max"])
    clear = kinds[kinds["min"] == kinds["max"]]
    return {str(name): int(label) for name, label in clear["min"].items()}, len(kinds) - len(clear)
