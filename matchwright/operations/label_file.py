"""The file of labels: read with line numbers, checked, and rewritten atomically after every answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

import pandas as pd

from matchwright.adapters.tables.read import read_input_table, row_lines
from matchwright.core.records import PAIR_KEYS, record_key
from matchwright.core.records.conform import id_text
from matchwright.core.spec import MatchSpec
from matchwright.errors import DataError, Fault
from matchwright.files import PRIVATE, replacing
from matchwright.labelling import check_labels
from matchwright.labelling.check import LabelFault
from matchwright.labelling.pair_table import id_column_names, is_unsure, label_of
from matchwright.labelling.session import Answer
from matchwright.training.datasets.pair_columns import (
    is_answered,
    label_column,
    unnamed_labels,
    unread_fault,
    unread_labels,
)

UNSURE = "unsure"
_HEADER = "check its header row"
_NO_RECORD = "check that the tables are the same, and that no spreadsheet rewrote the ids (007 is not 7)"


@dataclass(frozen=True)
class Labels:
    """Labels so far: left_key, right_key, label (1, 0, or missing where a person was unsure) and ``line``.

    ``rewritten`` counts rows whose ids differ from their keys: a spreadsheet turns 007 into 7.
    """

    pairs: pd.DataFrame
    repeated: tuple[LabelFault, ...] = ()
    rewritten: int = 0

    @classmethod
    def nothing(cls) -> "Labels":
        """No label yet."""
        keys = pd.Series([], dtype=object)
        return cls(pd.DataFrame({"left_key": keys, "right_key": keys, "label": pd.array([], "Int8"), "line": keys}))

    @property
    def counts(self) -> tuple[int, int, int]:
        """The number of matches, of non-matches, and of pairs that a person was unsure about."""
        label = self.pairs["label"]
        return int((label == 1).sum()), int((label == 0).sum()), int(label.isna().sum())


def read_labels(
    files: Sequence[str], spec: MatchSpec, *, one_table: bool, known: "pd.Series[str] | None" = None
) -> Labels:
    """Read label files, and check the labels of all of them against each other.

    Rows with an empty label are left out: nobody has answered them yet. A pair occurs once in the result, also if
    it was given in both orders. Messages quote a record's key and nothing else of it. If a file has the columns
    ``left_key`` and ``right_key``, as a sheet of questions does, these name the records and the ids are ignored.

    Args:
        files: CSV, Parquet or Delta with two id columns and one of labels.
        spec: the match spec.
        one_table: both records come from one table.
        known: the keys of all records. If given, every id must be among them.

    Raises:
        DataError: a file cannot be read, a label is neither yes nor no, labels contradict each other, or a record
            does not exist. The faults of all files are listed.
    """
    parts, faults, rewritten = [], [], 0
    for file in files:
        try:
            part, own, other = _read(file, spec, one_table, known)
        except DataError as error:
            name = PurePath(file).name
            faults += [Fault(": ".join(filter(None, (name, f.path))), f.problem, f.hint) for f in error.faults]
            continue
        parts.append(part)
        faults += own
        rewritten += other
    rows = pd.concat(parts, ignore_index=True) if parts else Labels.nothing().pairs
    decided = rows[rows["label"].notna()]
    found = check_labels(decided, one_table=one_table, multiplicity=spec.multiplicity)
    faults += [
        Fault(
            ", ".join(fault.lines),
            f"{fault.kind}: {fault.text}",
            "look at the records again, and correct or remove one",
        )
        for fault in found
        if not fault.harmless
    ]
    if faults:
        raise DataError(f"The labels have {len(faults)} fault(s). No label was used:", faults)
    # a yes or no replaces an earlier "unsure"
    settled = pd.concat([decided, rows[rows["label"].isna()]]).drop_duplicates(PAIR_KEYS)
    return Labels(
        settled.sort_index().reset_index(drop=True),
        tuple(fault for fault in found if fault.harmless and _in_one_file(fault)),
        rewritten,
    )


def with_answers(labelled: Labels, answers: Iterable[Answer]) -> Labels:
    """The labels together with the answers of this session. No answer may contradict a label."""
    return replace(labelled, pairs=pd.concat([labelled.pairs, _answered(answers, "this session")], ignore_index=True))


def _answered(answers: Iterable[Answer], line: str) -> pd.DataFrame:
    rows = [(left, right, None if label == UNSURE else int(label), line) for left, right, label in answers]
    return pd.DataFrame(rows, columns=[*PAIR_KEYS, "label", "line"]).astype({"label": "Int8"})


def conflicts_of(
    answer: Answer, labelled: Labels, answers: Iterable[Answer], spec: MatchSpec, one_table: bool
) -> list[str]:
    """The earlier labels and answers that an answer contradicts, as texts with record keys."""
    if answer[2] == UNSURE:
        return []
    earlier = with_answers(labelled, answers).pairs
    now = _answered([answer], "this answer")
    faults = check_labels(
        pd.concat([earlier[earlier["label"].notna()], now], ignore_index=True),
        one_table=one_table,
        multiplicity=spec.multiplicity,
    )
    return [fault.text for fault in faults if not fault.harmless and "this answer" in fault.lines]


def write_labels(path: Path, labelled: Labels, answers: Iterable[Answer] = ()) -> None:
    """Write labels atomically, in the format of ``pipeline run train --pairs``.

    Without any label the file is removed: readers refuse a table without rows.
    """
    words = [
        UNSURE if label is None else str(label)
        for label in labelled.pairs["label"].astype(object).replace({pd.NA: None})
    ]
    rows = list(
        zip(labelled.pairs["left_key"].astype(str), labelled.pairs["right_key"].astype(str), words, strict=True)
    )
    rows += list(answers)
    if not rows:
        path.unlink(missing_ok=True)
        return
    frame = pd.DataFrame(
        [(_id(left), _id(right), label) for left, right, label in rows], columns=["left_id", "right_id", "label"]
    )
    write_private(path, frame)


def write_private(path: Path, frame: pd.DataFrame, encoding: str = "utf-8") -> None:
    """Write a CSV atomically. Its owner alone can read it: ids and values are personal data."""
    with replacing(path, PRIVATE) as file:
        frame.to_csv(file, index=False, encoding=encoding)


def _read(
    file: str, spec: MatchSpec, one_table: bool, known: "pd.Series[str] | None"
) -> tuple[pd.DataFrame, list[Fault], int]:
    """The labels of one file, its faults, and how many of its rows have rewritten ids."""
    table, name = read_input_table(file), PurePath(file).name
    columns = list(map(str, table.columns))
    ids = next((pair for pair in id_column_names(spec) if set(pair) <= set(columns)), None)
    label = label_column(columns)
    keyed = set(PAIR_KEYS) <= set(columns)
    lacking = [] if ids or keyed else ["two columns of record ids (left_id, right_id)"]
    lacking += [] if label or spec.labels != "partial" else ["a column label"]
    if not label and (unnamed := unnamed_labels(table)):
        raise DataError("A file of labels does not fit.", [unnamed])
    if lacking:
        raise DataError("A file of labels does not fit.", [Fault("", f"lacks {' and '.join(lacking)}", _HEADER)])
    words = table[label] if label else pd.Series(["1"] * len(table))
    sources = ("left", "left" if one_table else "right")
    named = _named(table, (PAIR_KEYS[0], PAIR_KEYS[1]) if keyed else ids, sources, keyed)
    rewritten = 0
    if keyed and ids:
        by_id = _named(table, ids, sources, False)
        # the sheet writes an apostrophe before a value that a spreadsheet would read as a formula
        plain = [tuple(key and key.replace(":'", ":", 1) for key in keys) for keys in by_id]
        rewritten = sum(one != other for one, other in zip(named, plain, strict=True))
    rows, faults = [], []
    lines = row_lines(file) if len(table) else []
    if label and (unread := unread_labels(words)):
        found = unread_fault(label, words.tolist(), unread, lines)
        faults.append(Fault(f"{name}, {label}", found.problem, found.hint))
    all_known = None if known is None else set(known)
    for number, (keys, word) in enumerate(zip(named, words, strict=True)):
        if not is_answered(word):
            continue
        line = f"{name}:{lines[number] if len(lines) == len(table) else number + 2}"
        if None in keys:
            faults.append(Fault(line, "a record id is missing", "leave the id columns as they were written"))
            continue
        unknown = [key for key in keys if all_known is not None and key not in all_known]
        faults += [Fault(line, f"there is no record {key}", _NO_RECORD) for key in unknown]
        if keys[0] == keys[1]:
            faults.append(Fault(line, "it names one record twice", "name two different records"))
        pair = sorted(map(str, keys)) if one_table else keys
        rows.append((*pair, None if is_unsure(word) else label_of(word), line))
    frame = pd.DataFrame(rows, columns=[*PAIR_KEYS, "label", "line"])
    return frame.astype({"label": "Int8"}), faults, rewritten


def _named(
    table: pd.DataFrame, columns: tuple[str, str] | None, sources: tuple[str, str], keyed: bool
) -> list[tuple[str | None, ...]]:
    """The two record keys of every row, None where one is missing."""
    if columns is None:
        return []
    sides = []
    for column, source in zip(columns, sources, strict=True):
        texts = [None if pd.isna(value) else id_text(value) for value in table[column]]
        sides.append([text if keyed or text is None else record_key(source, text) for text in texts])
    return list(zip(*sides, strict=True))


def _in_one_file(fault: LabelFault) -> bool:
    """Whether the repetition is inside one file. A second file may well repeat the labels it was made from."""
    return len({line.rpartition(":")[0] for line in fault.lines}) == 1


def _id(key: str) -> str:
    return key.partition(":")[2]
