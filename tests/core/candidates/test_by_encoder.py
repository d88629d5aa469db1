"""The encoder's nearest: most true pairs are among them, ranked, in both layouts and in any size of batch."""

import numpy as np
import pandas as pd
import pytest

from matchwright.core.candidates import by_encoder
from matchwright.core.candidates.by_encoder import propose_by_encoder
from matchwright.core.candidates.table import RecordTable, unite


def nearest(features: pd.DataFrame, encoder, top_k: int) -> pd.DataFrame:
    table = RecordTable.of(features)
    return unite(table, [propose_by_encoder(table, encoder, top_k)])


def test_it_proposes_most_true_pairs_and_ranks_them(decision_model, small_world):
    proposed = nearest(small_world.features, decision_model.encoder, top_k=3)
    true = pd.DataFrame({"left_key": small_world.left["record_key"], "right_key": small_world.right["record_key"]})
    true = true[small_world.labels == 1]
    found = true.merge(proposed)
    assert len(found) / len(true) > 0.9
    assert (found["encoder_rank"] == 1).mean() > 0.8
    assert len(proposed) <= 3 * len(true)
    assert set(proposed["encoder_rank"]) == {1, 2, 3}


def test_ranks_follow_the_cosine(decision_model, small_world):
    proposed = nearest(small_world.features, decision_model.encoder, top_k=4).sort_values(["left_key", "encoder_rank"])
    rows = small_world.features.set_index("record_key", drop=False)
    cosine = decision_model.encoder.cosine(rows.loc[proposed["left_key"]], rows.loc[proposed["right_key"]])
    falls = np.diff(cosine)[proposed["left_key"].to_numpy()[1:] == proposed["left_key"].to_numpy()[:-1]]
    assert falls.max() <= 1e-5


@pytest.mark.parametrize("one_table", [False, True])
def test_the_size_of_a_batch_changes_nothing(decision_model, small_world, monkeypatch, one_table):
    records = small_world.features.groupby(small_world.features["record_key"].str[:5]).head(60)
    records = records[records["record_key"].str.startswith("left:")] if one_table else records
    whole = nearest(records, decision_model.encoder, top_k=3)
    monkeypatch.setattr(by_encoder, "CELLS", 7 * 60)
    pd.testing.assert_frame_equal(whole, nearest(records, decision_model.encoder, top_k=3))
    assert (whole["left_key"] < whole["right_key"]).all()


def test_fewer_records_than_wanted_and_records_without_text_are_no_error(decision_model, small_world):
    fields = list(small_world.spec.encoder.fields)
    few = pd.concat([small_world.left.head(2), small_world.right.head(2)], ignore_index=True)
    assert len(nearest(few, decision_model.encoder, top_k=50)) <= 4
    few[fields] = None
    assert nearest(few, decision_model.encoder, top_k=50).empty
    assert nearest(few.head(1), decision_model.encoder, top_k=5).empty
