"""Candidates: propose the pairs to score, label them, and report what blocking finds and what it misses."""

import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import Any

from matchwright.adapters.plots import plot_candidate_recall
from matchwright.core.candidates import CandidatePairs, RecordTable, pairs_within_budget, propose_pairs
from matchwright.core.records import PAIR_KEYS
from matchwright.core.records.frames import read_frame
from matchwright.core.spec import MatchSpec
from matchwright.errors import CandidateError
from matchwright.evaluation.candidates.labels import LabelledPositions, label_positions, positions_of
from matchwright.evaluation.candidates.quality import reduction_ratio
from matchwright.evaluation.candidates.register_report import RegisterReport
from matchwright.files import replacing, write_whole
from matchwright.operations.snapshot import Snapshot
from matchwright.settings import Settings

WRITTEN_AT_ONCE = 1_000_000
"""Candidates that are written at a time."""

_log = logging.getLogger(__name__)
SUMMARY, PLOTS = "candidates.json", "plots"
_LABELS = {"match": 1, "no_match": 0, "unknown": -1}


def candidates(
    *, settings: Settings, spec: MatchSpec, snapshot: Path, features: Path, candidates: Path
) -> dict[str, Any]:
    """Propose candidates from the record features and label them from the snapshot's pairs.

    In a register of more than ``split.most_records`` records, a rule that would make too many pairs is narrowed, as
    where whole tables are matched. In a smaller one it is a fault of the spec.

    Writes into the folder ``candidates``:
        candidates.parquet  left_key, right_key, label (int8: 1, 0, -1 unknown), proposed_by
        missed.parquet      left_key, right_key, label of the labelled pairs that are not candidates
        plots/              true pairs found, by neighbours and by candidates per record
        candidates.json     the report, which is also returned; written last

    Raises:
        CandidateError: no rule proposes any pair, or a rule makes too many, and no feature makes its blocks small.
    """
    table = RecordTable.of(read_frame(features / "records.parquet"))
    large = len(table.keys) > spec.split.most_records
    everything = propose_pairs(table, spec, progress=_log_progress, narrow=large)
    for one in everything.narrowed:
        _log.warning("%s", one)
    if not len(everything):
        raise CandidateError(
            "No rule proposes any pair.", "look at candidates.rules: are their fields filled in both sources?"
        )
    pairs = Snapshot.read(snapshot).frame("pairs")
    made = pairs_within_budget(everything, spec.candidates.max_candidates_per_record, table.one_table)
    labelled = label_positions(made, table, pairs, spec.labels)
    _write_candidates(candidates / "candidates.parquet", made, table, labelled)
    with replacing(candidates / "missed.parquet") as file:
        labelled.missed.to_parquet(file, index=False)
    report = _report(table, everything, made, labelled, spec)
    _draw(report, candidates / PLOTS)
    write_whole(candidates / SUMMARY, json.dumps(report, indent=1, allow_nan=False) + "\n")
    return report


def _log_progress(done: int, of: int) -> None:
    _log.info("TF-IDF: %s of %s records looked up", f"{done:,}", f"{of:,}")


def _report(
    table: RecordTable,
    everything: CandidatePairs,
    made: CandidatePairs,
    labelled: LabelledPositions,
    spec: MatchSpec,
) -> dict[str, Any]:
    true = labelled.labelled_pairs[labelled.labelled_pairs["label"] == 1]
    found = RegisterReport(everything, made, table, *positions_of(true, table))
    return {
        "records": {"left": len(table.left), "right": 0 if table.one_table else len(table.right)},
        "possible_pairs": table.possible_pairs,
        "reduction_ratio": reduction_ratio(len(made), table.possible_pairs),
        "missed_true_pairs": int((labelled.missed["label"] == 1).sum()),
        "labels": {name: int((labelled.label == label).sum()) for name, label in _LABELS.items()},
        "contradicting_pairs": labelled.contradicting,
        "pairs_without_record": labelled.without_record,
        "candidates_per_record": found.candidates_per_record,
        **found.found_and_cut(spec.candidates),
        "narrowed": [asdict(one) for one in everything.narrowed],
        "bounded": None if everything.bounded is None else asdict(everything.bounded),
    }


def _draw(report: dict[str, Any], folder: Path) -> None:
    by_budget = {int(row["budget"]): row for row in report["completeness_by_budget"]}
    if by_budget:
        recall = {int(k): value for k, value in report.get("tfidf_recall_at_k", {}).items()}
        curve = {k: (row["pairs_completeness"], row["lower"], row["upper"]) for k, row in by_budget.items()}
        plot_candidate_recall(recall, curve, folder / "candidates.png")


def _write_candidates(path: Path, made: CandidatePairs, table: RecordTable, labelled: LabelledPositions) -> None:
    """Write the candidates with the keys of their records, a part at a time."""
    import pyarrow as pa
    from pyarrow import parquet

    text = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema({**dict.fromkeys(PAIR_KEYS, pa.string()), "label": pa.int8(), "proposed_by": text})
    with replacing(path) as file, parquet.ParquetWriter(file, schema) as writer:
        for start in range(0, len(made), WRITTEN_AT_ONCE):
            part = made.take(slice(start, start + WRITTEN_AT_ONCE))
            columns = {
                "left_key": pa.array(table.keys[part.left], pa.string()),
                "right_key": pa.array(table.keys[part.right], pa.string()),
                "label": labelled.label[start : start + WRITTEN_AT_ONCE],
                "proposed_by": pa.array(part.proposed_by, pa.string()).dictionary_encode(),
            }
            writer.write_table(pa.table(columns, schema=schema))
