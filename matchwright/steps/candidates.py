"""Candidates: propose the pairs to score, label them, and report what blocking finds and what it misses."""

import json
import logging
from pathlib import Path
from typing import Any

import pandas as pd

from matchwright.adapters.plots import plot_candidate_recall
from matchwright.core.candidates import propose_without_budget
from matchwright.core.candidates.budget import within_budget
from matchwright.core.candidates.table import RecordTable
from matchwright.core.records import PAIR_KEYS
from matchwright.core.records.frames import read_frame
from matchwright.core.spec import MatchSpec
from matchwright.errors import CandidateError
from matchwright.evaluation.candidates.labels import LabelledCandidates, label_candidates
from matchwright.evaluation.candidates.quality import candidates_per_record, reduction_ratio
from matchwright.evaluation.candidates.report import found_and_cut
from matchwright.files import replacing, write_whole
from matchwright.operations.snapshot import Snapshot
from matchwright.settings import Settings

_log = logging.getLogger(__name__)
SUMMARY, PLOTS = "candidates.json", "plots"
_LABELS = {"match": 1, "no_match": 0, "unknown": -1}


def candidates(
    *, settings: Settings, spec: MatchSpec, snapshot: Path, features: Path, candidates: Path
) -> dict[str, Any]:
    """Propose candidates from the record features and label them from the snapshot's pairs.

    Writes into the folder ``candidates``:
        candidates.parquet  left_key, right_key, label (int8: 1, 0, -1 unknown), proposed_by
        missed.parquet      left_key, right_key, label of the labelled pairs that are not candidates
        plots/              true pairs found, by neighbours and by candidates per record
        candidates.json     the report, which is also returned; written last

    Raises:
        CandidateError: a rule makes too many pairs, or no rule proposes any pair.
    """
    records = read_frame(features / "records.parquet")
    everything = propose_without_budget(records, spec, progress=_log_progress)
    if everything.empty:
        raise CandidateError(
            "No rule proposes any pair.", "look at candidates.rules: are their fields filled in both sources?"
        )
    pairs = Snapshot.read(snapshot).frame("pairs")
    proposed = within_budget(everything, spec.candidates.max_candidates_per_record)
    labelled = label_candidates(proposed, pairs, records["record_key"], spec.labels)
    columns = [*PAIR_KEYS, "label", "proposed_by"]
    _write_frame(candidates / "candidates.parquet", labelled.candidates[columns])
    _write_frame(candidates / "missed.parquet", labelled.missed)
    report = _report(records, everything, labelled, spec)
    _draw(report, candidates / PLOTS)
    write_whole(candidates / SUMMARY, json.dumps(report, indent=1, allow_nan=False) + "\n")
    return report


def _log_progress(done: int, of: int) -> None:
    _log.info("TF-IDF: %s of %s records looked up", f"{done:,}", f"{of:,}")


def _report(
    records: pd.DataFrame, everything: pd.DataFrame, labelled: LabelledCandidates, spec: MatchSpec
) -> dict[str, Any]:
    table, made = RecordTable.of(records), labelled.candidates
    return {
        "records": {"left": len(table.left), "right": 0 if table.one_table else len(table.right)},
        "possible_pairs": table.possible_pairs,
        "reduction_ratio": reduction_ratio(len(made), table.possible_pairs),
        "missed_true_pairs": int((labelled.missed["label"] == 1).sum()),
        "labels": {name: int((made["label"] == label).sum()) for name, label in _LABELS.items()},
        "contradicting_pairs": labelled.contradicting,
        "pairs_without_record": labelled.without_record,
        "candidates_per_record": candidates_per_record(made, records["record_key"]),
        **found_and_cut(everything, made, labelled.true_pairs, spec.candidates),
    }


def _draw(report: dict[str, Any], folder: Path) -> None:
    by_budget = {int(row["budget"]): row for row in report["completeness_by_budget"]}
    if by_budget:
        recall = {int(k): value for k, value in report.get("tfidf_recall_at_k", {}).items()}
        curve = {k: (row["pairs_completeness"], row["lower"], row["upper"]) for k, row in by_budget.items()}
        plot_candidate_recall(recall, curve, folder / "candidates.png")


def _write_frame(path: Path, frame: pd.DataFrame) -> None:
    with replacing(path) as file:
        frame.to_parquet(file, index=False)
