"""``matchwright match`` on a whole table, with a model that was trained on another one."""

import json
import os
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

import matchwright
from benchmarks.peers.process import Taken, gigabytes, run
from benchmarks.whole_tables.figures import Measured, measured
from matchwright.adapters.lake.delta import read_table
from matchwright.core.spec import MatchSpec, parse_spec
from matchwright.drafting import infer_spec
from matchwright.operations.synthetic_register import RECORDS, make_register
from matchwright.synthesis import load_options

TRAINING, TRAINING_SEED = 20_000, 1
SHOWN = 2_000
"""True pairs that the draft sees."""
LEFT = "left:"

EQUALITY_RULES = (
    ("date_of_birth",),
    ("given_name", "surname"),
    ("surname", "postcode"),
    ("given_name", "postcode"),
    ("street_number", "address_1", "postcode"),
    ("given_name__initial", "surname", "date_of_birth__year"),
)
"""The rules of Splink's setting *fast*."""

SPAN = ("proposing candidates", "comparing and scoring", "deciding", "clustering")
"""The stages from the loaded table to its clusters."""


@dataclass(frozen=True)
class Trained:
    """A bundle that was trained on a register of its own, its spec, and what draft and training took."""

    folder: Path
    bundle: Path
    spec: MatchSpec
    taken: Taken


def trained(folder: Path, records: int, *, equality_rules: bool = False, most_records: int | None = None) -> Trained:
    """A bundle with a drafted spec; with ``equality_rules`` its candidates come from :data:`EQUALITY_RULES` alone.

    ``most_records`` bounds how many records have their candidates compared; None for the default of the spec.
    """
    made = make_register(folder / "training", load_options("usual"), records, TRAINING_SEED).folder
    begun, used = time.monotonic(), _processor()
    table, pairs = pd.read_parquet(made / RECORDS[False][0]), pd.read_parquet(made / "pairs.parquet")
    shown = pairs.sample(min(SHOWN, len(pairs)), random_state=0).assign(label=1)
    spec: MatchSpec = parse_spec(infer_spec(table, None, shown, "register"))
    spec = spec.model_copy(update={"labels": "complete"})
    if most_records is not None:
        spec = spec.model_copy(update={"split": spec.split.model_copy(update={"most_records": most_records})})
    if equality_rules:
        candidates = spec.candidates.model_copy(
            update={"rules": EQUALITY_RULES, "tfidf": None, "common_neighbours": False}
        )
        spec = spec.model_copy(update={"candidates": candidates})
    bundle = matchwright.train(spec, table, pairs=pairs, home=folder / "home").bundle.folder
    return Trained(folder, bundle, spec, Taken(time.monotonic() - begun, _processor() - used, _peak_of_steps()))


def _processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _peak_of_steps() -> float:
    """The most memory that a step of training took, in GB: each is a process of its own."""
    return gigabytes(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


def deduplicated(model: Trained, records: Path, truth: "pd.Series[int]", workers: int) -> Measured:
    """The figures of ``matchwright match``, which runs in a process of its own."""
    out = model.folder / "matched"
    command = [
        str(Path(sys.executable).with_name("matchwright")),
        "match",
        "--bundle",
        str(model.bundle),
        "--out",
        str(out),
    ]
    command += ["--records", str(records), "--tables", "none", "--restate-prior"]
    command += ["--join-from", "0.5", "--workers", str(workers)]
    taken = run(command, {**os.environ, "MATCHWRIGHT_HOME": str(model.folder / "home"), "OMP_NUM_THREADS": "1"})
    summary = json.loads((out / "summary.json").read_text())
    compared, span = summary["funnel"]["compared_pairs"], sum(summary["seconds"][stage] for stage in SPAN)
    pairs = read_table(str(out / "pairs"))
    ids = {f"{side}_id": pairs[f"{side}_key"].str.removeprefix(LEFT) for side in ("left", "right")}
    return measured(truth, pd.DataFrame(ids).assign(score=pairs["score"]), clusters_of(out), compared, taken, span)


def clusters_of(out: Path) -> "pd.Series[str]":
    """The cluster of each record of a run with one table, by record id."""
    clusters = read_table(str(out / "clusters"))
    return clusters.set_index(clusters["record_key"].str.removeprefix(LEFT))["cluster_id"]
