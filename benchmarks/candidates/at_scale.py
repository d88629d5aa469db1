"""TF-IDF candidates of large registers: true pairs found, time and memory, with and without a limit on look-ups.

    python -m benchmarks.candidates --records 1000000 [--records-right 100000]

The persons are those of ``matchwright synth``: each has one record in each register, with errors. The peer is
sparse_dot_topn without a limit. We use the same library, but in a large register with longer n-grams, and with a limit
on the records that the n-grams of one record may lead to. The peer gets a sample of the left records against the whole
other register, and its time is scaled. Time is processor time of all threads, which depends least on other load.
Compare the ratios of one run. Memory is the peak of the process, including the registers.
"""

import resource
import sys
import time

import joblib
import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sklearn.feature_extraction.text import TfidfVectorizer
from sparse_dot_topn import sp_matmul_topn

from matchwright.core.candidates.table import Positions, Proposal, RecordTable
from matchwright.core.candidates.tfidf import propose_by_tfidf
from matchwright.core.candidates.tfidf_index.texts import joined_text
from matchwright.core.records.normal import words
from matchwright.core.spec.blocking import TfidfTopK
from matchwright.evaluation.wilson import wilson_interval
from matchwright.synthesis import load_options, plan_register, record_values

FIELDS = ("given_name", "surname", "address_1", "suburb", "date_of_birth")
SAMPLE = 2_000
"""The number of left records with a true pair that the peer looks up."""
SPEC = TfidfTopK(fields=FIELDS, top_k=5, min_similarity=0.2)


def measure(left: int, right: int, console: Console) -> None:
    """Print the table for registers of ``left`` and ``right`` persons."""
    console.print(f"making registers of {left:,} and {right:,} persons")
    table = RecordTable.of(registers(left, right))
    proposal, work = _ours(table, console)
    peak = _peak_gigabytes()
    sample = np.sort(np.random.default_rng(1).choice(len(table.right), min(SAMPLE, len(table.right)), replace=False))
    console.print(f"asking the peer for {len(sample):,} of the records")
    vectors, index, vectors_work = _vectors(table)
    exact, exact_work = _without_limit(vectors[table.left[sample]], index)
    first = len(table.left)
    ours = proposal.left[proposal.right - first == proposal.left]
    whole_exact = exact_work * len(table.left) / len(sample)
    bounded = proposal.bounded
    limited = (
        "none, because the registers are small"
        if bounded is None
        else f"{bounded.most:,} records per record, n-grams of {bounded.ngram}"
    )
    result = Table(title=f"TF-IDF top {SPEC.top_k}: {left:,} x {len(table.right):,} persons; limit: {limited}")
    for column in ("method", "looked up", "true pairs found", "pairs", "processor seconds", "x ours"):
        result.add_column(column, justify="left" if column == "method" else "right")
    found = _share(len(ours), len(table.right))
    result.add_row("ours", f"{left:,}", found, f"{len(proposal.left):,}", f"{work:.0f}", "1.0")
    of_sample = _share(int(np.isin(sample, ours).sum()), len(sample))
    result.add_row("ours, of the sample", f"{len(sample):,}", of_sample, "", "", "")
    scaled = whole_exact + vectors_work
    result.add_row(
        "sparse_dot_topn, no limit",
        f"{len(sample):,}",
        _share(_hits(exact, sample), len(sample)),
        f"{exact.nnz:,}",
        f"{scaled:.0f} for all",
        f"{scaled / work:.1f}",
    )
    console.print(result)
    console.print(f"peak memory of the process after our part: {peak:.1f} GB")


def registers(left: int, right: int, seed: int = 1) -> pd.DataFrame:
    """Record features of both registers: ``left`` persons, and the first ``right`` of them again in the same order."""
    options = load_options("usual").model_copy(update={"overlap": 1.0})
    register = plan_register(options, 2 * left, seed, two_tables=True)
    rows = np.concatenate([np.flatnonzero(~register.right), np.flatnonzero(register.right)[:right]])
    values = record_values(register, options, seed, rows)
    features = {field: [words(value) if value else None for value in values[field]] for field in FIELDS}
    keys = [f"left:{n:08d}" for n in range(left)] + [f"right:{n:08d}" for n in range(right)]
    return pd.DataFrame({"record_key": keys, **features}, dtype=object)


def _ours(table: RecordTable, console: Console) -> tuple[Proposal, float]:
    """Our candidates, and the processor seconds they take. Progress is a bar, or lines without a terminal."""
    columns = TextColumn("looking up"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console, disable=not console.is_terminal) as shown:
        task = shown.add_task("", total=len(table.left))

        def report(done: int, of: int) -> None:
            shown.update(task, completed=done, total=of, refresh=True)
            if not console.is_terminal:
                console.print(f"{done:,} of {of:,} records looked up")

        began = time.process_time()
        return propose_by_tfidf(table, SPEC, report), time.process_time() - began


def _vectors(table: RecordTable) -> tuple[object, object, float]:
    """The vectors of all records, the index of the right ones, and the processor seconds it took."""
    began = time.process_time()
    vectorizer = TfidfVectorizer(
        analyzer="char", ngram_range=(SPEC.ngram,) * 2, sublinear_tf=True, lowercase=False, dtype=np.float32
    )
    vectors = vectorizer.fit_transform(joined_text(table.features, SPEC.fields))
    index = vectors[table.right].T.tocsr()
    return vectors, index, time.process_time() - began


def _without_limit(queries: object, index: object) -> tuple[object, float]:
    began = time.process_time()
    found = sp_matmul_topn(
        queries, index, top_n=SPEC.top_k, threshold=SPEC.min_similarity, sort=True, n_threads=joblib.cpu_count()
    )
    return found, time.process_time() - began


def _hits(nearest: object, sample: Positions) -> int:
    rows = np.repeat(sample, np.diff(nearest.indptr))
    return int((nearest.indices == rows).sum())


def _share(found: int, of: int) -> str:
    lower, upper = wilson_interval(found, of)
    return f"{found / of:.4f} ({lower:.4f} to {upper:.4f})"


def _peak_gigabytes() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e9 if sys.platform == "darwin" else 1e6)
