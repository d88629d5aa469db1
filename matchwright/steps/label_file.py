"""The file of labels: read with line numbers, checked, written whole after every answer."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

import pandas as pd

from matchwright.adapters.tables import read_input_table
from matchwright.core.labelling import check_labels
from matchwright.core.labelling.check import LabelFault
from matchwright.core.labelling.session import Answer
from matchwright.core.records import record_key
from matchwright.core.records.conform import clean_text
from matchwright.core.spec import MatchSpec
from matchwright.errors import DataError, Fault
from matchwright.steps.pair_table import LABEL_COLUMNS, id_column_names, is_unsure, label_of

UNSURE = "unsure"


@dataclass(frozen=True)
class Judged:
    """Labels so far: left_key, right_key, label (1, 0, or missing: a person was unsure) and ``line``."""

    pairs: pd.DataFrame
    repeated: tuple[LabelFault, ...] = ()

    @classmethod
    def nothing(cls) -> "Judged":
        """No label yet."""
        keys = pd.Series([], dtype=object)
        return cls(pd.DataFrame({"left_key": keys, "right_key": keys, "label": pd.array([], "Int8"), "line": keys}))

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many match, how many do not, and of how many a person was unsure."""
        label = self.pairs["label"]
        return int((label == 1).sum()), int((label == 0).sum()), int(label.isna().sum())


def read_labels(
    files: Sequence[str], spec: MatchSpec, *, one_table: bool, known: "pd.Series[str] | None" = None
) -> Judged:
    """Read label files, and check the labels of all of them against each other.

    Rows whose label is empty are not answered yet and left out. A pair stands once in the result, whichever
    way round it was given. Nothing of a record but its key is ever quoted.

    Args:
        files: CSV or Parquet with two id columns and one of labels.
        spec: the match spec.
        one_table: both records come from one table.
        known: the keys of all records, where ids are to be checked.

    Raises:
        DataError: labels contradict each other, are no labels, or name records that do not exist; all are listed.
    """
    parts, faults = [], []
    for file in files:
        part, own = _read(file, spec, one_table, known)
        parts.append(part)
        faults += own
    if not parts:
        return Judged.nothing()
    rows = pd.concat(parts, ignore_index=True)
    decided = rows[rows["label"].notna()]
    found = check_labels(decided, one_table=one_table, multiplicity=spec.multiplicity)
    faults += [
        Fault(
            ", ".join(fault.lines), f"{fault.kind}: {fault.text}", "look at the records again, and mend or remove one"
        )
        for fault in found
        if not fault.harmless
    ]
    if faults:
        raise DataError(f"The labels have {len(faults)} fault(s):", faults)
    # a decision settles an earlier doubt
    settled = pd.concat([decided, rows[rows["label"].isna()]]).drop_duplicates(["left_key", "right_key"])
    return Judged(
        settled.sort_index().reset_index(drop=True),
        tuple(fault for fault in found if fault.harmless and _in_one_file(fault)),
    )


def conflicts_of(
    answer: Answer, judged: Judged, answers: Iterable[Answer], spec: MatchSpec, one_table: bool
) -> list[str]:
    """What an answer contradicts among those before it, named by record keys."""
    before = pd.DataFrame(
        [(left, right, int(label), "this session") for left, right, label in answers if label != UNSURE],
        columns=["left_key", "right_key", "label", "line"],
    )
    earlier = pd.concat([judged.pairs[judged.pairs["label"].notna()], before], ignore_index=True)
    if answer[2] == UNSURE:
        return []
    now = pd.DataFrame([(answer[0], answer[1], int(answer[2]), "this answer")], columns=list(before.columns))
    faults = check_labels(
        pd.concat([earlier, now], ignore_index=True), one_table=one_table, multiplicity=spec.multiplicity
    )
    return [fault.text for fault in faults if not fault.harmless and "this answer" in fault.lines]


def write_labels(path: Path, judged: Judged, answers: Iterable[Answer] = ()) -> None:
    """Write labels as ``pipeline run train --pairs`` takes them; the file is there whole or as it was."""
    words = [
        UNSURE if label is None else str(label) for label in judged.pairs["label"].astype(object).replace({pd.NA: None})
    ]
    rows = list(zip(judged.pairs["left_key"].astype(str), judged.pairs["right_key"].astype(str), words, strict=True))
    rows += list(answers)
    frame = pd.DataFrame(
        [(_id(left), _id(right), label) for left, right, label in rows], columns=["left_id", "right_id", "label"]
    )
    write_private(path, frame)


def write_private(path: Path, frame: pd.DataFrame) -> None:
    """Write a CSV that its owner alone can read: ids and values are personal data. Whole, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        frame.to_csv(file, index=False)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _read(
    file: str, spec: MatchSpec, one_table: bool, known: "pd.Series[str] | None"
) -> tuple[pd.DataFrame, list[Fault]]:
    table = read_input_table(file)
    columns = list(map(str, table.columns))
    ids = next((pair for pair in id_column_names(spec) if set(pair) <= set(columns)), None)
    label = next((name for name in LABEL_COLUMNS if name in columns), None)
    name = PurePath(file).name
    if ids is None or (label is None and spec.labels == "partial"):
        what = "two columns of record ids (left_id, right_id)" if ids is None else "a column label"
        raise DataError("A file of labels does not fit.", [Fault(name, f"has not {what}", "see its header row")])
    rows, faults = [], []
    words = table[label] if label else pd.Series(["1"] * len(table))
    all_known = None if known is None else set(known)
    for number, (left, right, word) in enumerate(zip(table[ids[0]], table[ids[1]], words, strict=True), start=2):
        if pd.isna(word) or not str(word).strip():
            continue
        line = f"{name}:{number}"
        if label_of(word) is None and not is_unsure(word):
            faults.append(Fault(line, "its label is neither yes nor no", "write 1, 0 or unsure, or leave it empty"))
        elif pd.isna(left) or pd.isna(right):
            faults.append(Fault(line, "a record id is absent", "leave the id columns as they were written"))
        else:
            keys = (
                record_key("left", clean_text(left) or ""),
                record_key("left" if one_table else "right", clean_text(right) or ""),
            )
            absent = [key for key in keys if all_known is not None and key not in all_known]
            faults += [Fault(line, f"there is no record {key}", "see that the tables are the same") for key in absent]
            pair = sorted(keys) if one_table else keys
            rows.append((*pair, None if is_unsure(word) else label_of(word), line))
    frame = pd.DataFrame(rows, columns=["left_key", "right_key", "label", "line"])
    return frame.astype({"label": "Int8"}), faults


def _in_one_file(fault: LabelFault) -> bool:
    """A file of labels repeats what it was made from, and that is no slip of anybody's."""
    return len({line.rpartition(":")[0] for line in fault.lines}) == 1


def _id(key: str) -> str:
    return key.partition(":")[2]
