"""Records with their true pairs, to find candidates in: FEBRL 4, or a folder of Parquet files."""

from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pandas as pd

from benchmarks.problems.labelled import SPECS
from matchwright.adapters.example_data.febrl import febrl4
from matchwright.core.candidates.pairs import canonical_pairs
from matchwright.core.candidates.rules import propose_by_rules
from matchwright.core.candidates.table import RecordTable
from matchwright.core.records import conform, normal_forms, record_features, record_key
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec, load_spec
from matchwright.errors import CandidateError

RULE_LIMIT = 1_000_000


@dataclass(frozen=True)
class Problem:
    """Record features by key, and the true pairs."""

    name: str
    spec: MatchSpec
    table: RecordTable
    true_pairs: pd.DataFrame


def load_febrl(spec_file: Path | None) -> Problem:
    """FEBRL 4 with ``specs/persons.yaml``."""
    spec = load_spec(spec_file or SPECS / "persons.yaml")
    left, right, links = febrl4()
    pairs = keyed(links["left_id"], links["right_id"], "right")
    return Problem("FEBRL 4", spec, features_of(spec, {"left": left, "right": right}), pairs)


def load_folder(folder: Path, spec_file: Path | None) -> Problem:
    """A folder of two tables with labelled pairs, or of one table with the column ``entity``."""
    if (folder / "records.parquet").is_file():
        records = pd.read_parquet(folder / "records.parquet")
        identifier = str(records.columns[0])
        groups = records.groupby("entity")[identifier].agg(list)
        links = pd.DataFrame([pair for group in groups for pair in combinations(group, 2)], columns=["left", "right"])
        tables, other = {"left": records.drop(columns="entity")}, "left"
    else:
        tables = {
            side: pd.read_parquet(folder / f"table{name}.parquet") for side, name in (("left", "A"), ("right", "B"))
        }
        identifier, other = "id", "right"
        labelled = pd.concat(pd.read_parquet(folder / f"{part}.parquet") for part in ("train", "valid", "test"))
        links = labelled.loc[labelled["label"] == 1, ["lid", "rid"]].set_axis(["left", "right"], axis=1)
    spec = load_spec(spec_file) if spec_file else plain_spec(folder.name, identifier, tables["left"])
    table = features_of(spec, tables)
    spec = spec if spec_file else spec.model_copy(update={"candidates": affordable(table, spec)})
    return Problem(folder.name, spec, table, keyed(links["left"], links["right"], other))


def plain_spec(name: str, identifier: str, table: pd.DataFrame) -> MatchSpec:
    """A spec that takes every column as text."""
    columns = [str(column) for column in table.columns if column != identifier]
    fields = {column: {"kind": "text", "pii": "none", "label": column} for column in columns}
    candidates = {
        "rules": [[column] for column in columns],
        "tfidf": {"fields": columns, "top_k": 10, "min_similarity": 0.05},
        "max_pairs_per_rule": RULE_LIMIT,
    }
    costs = {"false_match": 1, "missed_match": 1, "review": 1}
    document = {
        "format": 2,
        "name": "benchmark",
        "version": 1,
        "description": name,
        "record_id": identifier,
        "fields": fields,
    }
    return MatchSpec.model_validate({**document, "candidates": candidates, "costs": costs})


def affordable(table: RecordTable, spec: MatchSpec) -> object:
    """The spec's candidates without the rules that are refused because they make too many pairs."""

    def allowed(rule: tuple[str, ...]) -> bool:
        try:
            propose_by_rules(table, spec.candidates.model_copy(update={"rules": (rule,)}))
        except CandidateError:
            return False
        return True

    return spec.candidates.model_copy(update={"rules": tuple(filter(allowed, spec.candidates.rules))})


def features_of(spec: MatchSpec, tables: dict[str, pd.DataFrame]) -> RecordTable:
    """Record features of one or two input tables."""
    conformed = pd.concat([conform(frame, spec, side) for side, frame in tables.items()], ignore_index=True)
    return RecordTable.of(record_features(conformed, spec, Corpus.fit(normal_forms(conformed, spec), spec)))


def keyed(left: pd.Series, right: pd.Series, other: str) -> pd.DataFrame:
    """The record keys of pairs of ids, without duplicates."""
    keys = {
        "left_key": [record_key("left", str(i)) for i in left],
        "right_key": [record_key(other, str(i)) for i in right],
    }
    return canonical_pairs(pd.DataFrame(keys, dtype=object)).drop_duplicates()
