"""The parts of the labelled pairs, as later steps read them."""

import pandas as pd

from matchwright.operations.training_artifacts import Trained


def test_a_part_has_its_own_pairs_comparisons_and_missed_pairs_from_row_0_on():
    pairs = pd.DataFrame({"left_key": list("abcd"), "part": ["train", "test", "train", "test"]})
    comparisons = pd.DataFrame({"surname__exact": [1.0, 0.0, 1.0, 0.5]})
    missed = pd.DataFrame({"left_key": ["e", "f"], "part": ["train", "test"]})
    trained = Trained(
        scorer=None,
        words=None,
        embeddings=None,
        pairs=pairs,
        missed=missed,
        comparisons=comparisons,
        run_id="r",
        mean_contributions={},
        competing=pairs,
    )
    found = trained.part("test")
    pd.testing.assert_frame_equal(found[0], pd.DataFrame({"left_key": ["b", "d"], "part": ["test", "test"]}))
    pd.testing.assert_frame_equal(found[1], pd.DataFrame({"surname__exact": [0.0, 0.5]}))
    pd.testing.assert_frame_equal(found[2], pd.DataFrame({"left_key": ["f"], "part": ["test"]}))
