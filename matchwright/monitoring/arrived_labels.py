"""Labels that arrive after the decision, from a reviewer or from the business."""

import pandas as pd

from matchwright.errors import DataError, Fault


def labels_by_decision(table: pd.DataFrame) -> tuple[dict[str, int], int]:
    """The labels (1 match, 0 not) by decision id, and the number of decisions with contradicting labels.

    Decisions with contradicting labels are left out.

    Raises:
        DataError: the table lacks ``decision_id`` or ``label``, a label is not 1 or 0, or an id is missing.
    """
    missing = [Fault(name, "no such column", "add it") for name in ("decision_id", "label") if name not in table]
    if missing:
        raise DataError("The labels lack a column.", missing)
    values = pd.to_numeric(table["label"], errors="coerce")
    wrong = int((~values.isin((0, 1)) | table["decision_id"].isna()).sum())
    if wrong:
        fault = Fault("label", f"{wrong} row(s) have another label or no decision id", "correct or remove these rows")
        raise DataError("Labels must be 1 (match) or 0.", [fault])
    kinds = values.astype(int).groupby(table["decision_id"]).agg(["min", "max"])
    clear = kinds[kinds["min"] == kinds["max"]]
    return {str(name): int(label) for name, label in clear["min"].items()}, len(kinds) - len(clear)
