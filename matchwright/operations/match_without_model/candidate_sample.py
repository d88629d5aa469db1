"""The candidates of a start, a random sample of them compared, and the fields that may be asked as witnesses."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from matchwright.adapters.quality import validate_records
from matchwright.core.candidates import RecordTable
from matchwright.core.candidates.table import Positions
from matchwright.core.compare import compare
from matchwright.core.compare.names import context_names
from matchwright.core.records import PAIR_KEYS, normal_forms, record_features
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.rows import rows_of
from matchwright.core.spec import MatchSpec
from matchwright.matching.partitions import Progress, Report
from matchwright.matching.working_folder import WorkingFolder
from matchwright.operations.match_tables.inputs import MatchInput
from matchwright.operations.match_tables.proposed import proposed_candidates
from matchwright.operations.match_tables.register import read_inputs
from matchwright.training.datasets.candidate_sets import with_context
from matchwright.training.without_labels.witnesses import Numbers, Witness

MOST_COMPARED = 300_000
"""The most candidates that weights and precision are estimated from. More would not change them."""


@dataclass(frozen=True)
class CandidateSample:
    """Candidates of the tables, drawn at random, with their comparisons row by row.

    ``proposed`` is the number of all candidates, and ``features`` are of all records.
    """

    spec: MatchSpec
    records: pd.DataFrame
    features: pd.DataFrame
    corpus: Corpus
    pairs: pd.DataFrame
    comparisons: pd.DataFrame
    proposed: int

    def left_out(self, log_odds: Numbers) -> list[Witness]:
        """The fields that are not compared, as witnesses: their values are equal, or not."""
        return [
            Witness(name, log_odds, self._equal(name)) for name, field in self.spec.fields.items() if not field.compare
        ]

    def _equal(self, field: str) -> Numbers:
        values = self.records.set_index("record_key")[field]
        plain = values.astype("string").str.casefold().str.replace(r"[\W_]+", "", regex=True)
        one, other = (plain.reindex(self.pairs[key]).fillna("").to_numpy(dtype=object) for key in PAIR_KEYS)
        return np.where((one != "") & (other != ""), (one == other).astype(np.float64), np.nan)


def candidate_sample(
    spec: MatchSpec, inputs: Sequence[MatchInput], working: Path, one_table: bool, report: Report
) -> CandidateSample:
    """Propose the candidates of the tables, and compare a sample of them.

    The candidates are kept in the working folder of the run, so matching does not look for them again.

    Raises:
        DataError: tables do not fit the spec (all faults are listed).
        CandidateError: a rule would make too many pairs.
    """
    report(Progress("reading and validating", 0, 0, 0.0))
    records = validate_records(read_inputs(spec, inputs), spec, batch="start").records
    corpus = Corpus.fit(normal_forms(records, spec), spec)
    features = record_features(records, spec, corpus)
    table = RecordTable.of(features, one_table=one_table)
    report(Progress("proposing candidates", 0, 0, 0.0))
    pairs, _ = proposed_candidates(WorkingFolder(working), table, spec, None, report)
    kept = np.sort(np.random.default_rng(spec.model.seed).permutation(len(pairs))[:MOST_COMPARED])
    chosen = _with_keys(table, pairs.left[kept], pairs.right[kept])
    report(Progress("comparing a sample of the candidates", 0, 0, 0.0))
    left, right = (rows_of(features, chosen[key]) for key in PAIR_KEYS)
    comparisons = compare(left, right, spec, corpus)
    if context_names(spec):  # the keys of all candidates take much memory
        everything = _with_keys(table, pairs.left, pairs.right)
        comparisons = with_context(comparisons, chosen, everything, features, spec, corpus)
    return CandidateSample(spec, records, features, corpus, chosen, comparisons, len(pairs))


def _with_keys(table: RecordTable, left: Positions, right: Positions) -> pd.DataFrame:
    return pd.DataFrame({"left_key": table.keys[left], "right_key": table.keys[right]})
