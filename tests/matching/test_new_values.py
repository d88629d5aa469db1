"""Values that the register of a bundle lacks, in matched tables: rare where few records have them, else not known."""

import numpy as np
import pandas as pd
import pytest

from matchwright.core.candidates import CandidatePairs, RecordTable
from matchwright.core.records import record_features
from matchwright.core.spec.vocabulary import LIMIT
from matchwright.matching.scoring import RegisterScoring
from matchwright.matching.working_folder import WorkingFolder

NEW = "quibblewitz"


def limit_in_tables(model, small_world, folder, named, size=1_000):
    """The most that the register says of two records of which only an equal surname and state are known.

    ``named`` records of the tables have that surname, which the corpus lacks.
    """
    records = small_world.records.copy()
    others = [name for name in model.spec.compared if name not in ("surname", "state")]
    chosen = records.index[:named]
    records.loc[chosen, others] = None
    records.loc[chosen, ["surname", "state"]] = [NEW, "nsw"]
    table = RecordTable.of(record_features(records, model.spec, model.corpus), one_table=True)
    rows = np.flatnonzero(table.features["surname"] == NEW)
    assert len(rows) == named
    others = np.arange(len(rows), len(rows) + 50, dtype=np.int32)
    left, right = np.append(rows[0], others).astype(np.int32), np.append(rows[1], others + 100).astype(np.int32)
    pairs = CandidatePairs(left, right, np.ones(len(left), dtype=np.int64), ("rule",), {})
    scoring = RegisterScoring(model, table, pairs, WorkingFolder(folder), size)
    scoring.score()
    return scoring.comparisons(np.arange(1))[LIMIT][0]


@pytest.fixture(scope="module")
def alone(limited_model, small_world):
    """What the register says of the same two records, with one of the register and without."""
    values = pd.DataFrame({"surname": [NEW], "state": ["nsw"]})
    row = small_world.records.iloc[:1].reset_index(drop=True)
    row[list(limited_model.spec.compared)] = None
    record = record_features(row.assign(**values), limited_model.spec, limited_model.corpus)
    return {given: limited_model.compare(record, record, of_register=given)[LIMIT][0] for given in (True, False)}


@pytest.mark.parametrize(("named", "rare"), [(2, True), (3, False), (12, False)])
@pytest.mark.parametrize("size", [1_000, 7])
def test_a_value_of_two_records_is_rare_and_one_of_more_is_not_known(
    limited_model, small_world, alone, tmp_path, named, rare, size
):
    assert alone[False] < alone[True]
    assert limit_in_tables(limited_model, small_world, tmp_path, named, size) == alone[rare]
