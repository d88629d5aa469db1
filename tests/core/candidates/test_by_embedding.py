"""Candidates by embedding: they include most true pairs. They have ranks. The batch size does not change them."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

from matchwright.core.candidates import by_embedding, propose_candidates
from matchwright.core.candidates.by_embedding import propose_by_embedding
from matchwright.core.candidates.table import RecordTable, unite
from matchwright.core.models.network import Embeddings, TextEmbedding, embedded_fields
from matchwright.core.models.network.ngrams import BUCKETS


@pytest.fixture(scope="module")
def embeddings(persons_spec) -> Embeddings:
    """Embeddings of the names and the suburb. They have random factors and a random table instead of fitted ones."""
    random, columns = np.random.default_rng(1), np.arange(0, BUCKETS, 3)
    factors = random.uniform(0.8, 1.2, len(columns)).astype(np.float32)
    table = np.abs(random.normal(0, 0.05, (len(columns), 16))).astype(np.float32)  # no cosine is below 0
    one = TextEmbedding(columns, np.full(len(columns), 2.0, np.float32), factors, table, rarest=3.0, words=False)
    return Embeddings(dict.fromkeys(embedded_fields(persons_spec), one))


@pytest.fixture(scope="module")
def nearest(embeddings, persons_spec):
    def found(features: pd.DataFrame, top_k: int) -> pd.DataFrame:
        table = RecordTable.of(features)
        proposal = propose_by_embedding(table, partial(embeddings.record_vectors, spec=persons_spec), top_k)
        return unite(table, [proposal]).frame(table)

    return found


def test_most_true_pairs_are_proposed_and_ranked(nearest, small_world):
    proposed = nearest(small_world.features, top_k=3)
    true = pd.DataFrame({"left_key": small_world.left["record_key"], "right_key": small_world.right["record_key"]})
    true = true[small_world.labels == 1]
    found = true.merge(proposed)
    assert len(found) / len(true) > 0.9
    assert (found["embedding_rank"] == 1).mean() > 0.8
    assert len(proposed) <= 3 * len(true)
    assert set(proposed["embedding_rank"]) == {1, 2, 3}


def test_candidates_are_ranked_by_the_mean_cosine_of_the_fields(nearest, embeddings, small_world, persons_spec):
    proposed = nearest(small_world.features, top_k=4).sort_values(["left_key", "embedding_rank"])
    rows = small_world.features.set_index("record_key", drop=False)
    sides = (
        {name: rows.loc[proposed[key], name].to_numpy(dtype=object) for name in embeddings.fields}
        for key in ("left_key", "right_key")
    )
    mean = np.nan_to_num(list(embeddings.cosines(*sides, persons_spec))).mean(axis=0)
    falls = np.diff(mean)[proposed["left_key"].to_numpy()[1:] == proposed["left_key"].to_numpy()[:-1]]
    assert falls.max() <= 1e-5
    assert falls.min() < -0.1


@pytest.mark.parametrize("one_table", [False, True])
def test_the_batch_size_does_not_change_the_candidates(nearest, small_world, monkeypatch, one_table):
    records = small_world.features.groupby(small_world.features["record_key"].str[:5]).head(60)
    records = records[records["record_key"].str.startswith("left:")] if one_table else records
    expected = nearest(records, top_k=3)
    monkeypatch.setattr(by_embedding, "ROWS", 7)
    pd.testing.assert_frame_equal(expected, nearest(records, top_k=3))
    assert (expected["left_key"] < expected["right_key"]).all()
    assert len(expected) >= 60 * 3 / (1 + one_table)


def test_few_records_and_records_without_text_are_not_an_error(nearest, embeddings, small_world):
    few = pd.concat([small_world.left.head(2), small_world.right.head(2)], ignore_index=True)
    assert 2 <= len(nearest(few, top_k=50)) <= 4
    assert nearest(few.head(1), top_k=5).empty
    few[list(embeddings.fields)] = None
    assert nearest(few, top_k=50).empty


def test_a_spec_with_an_embedding_adds_its_nearest_records_to_the_other_candidates(
    nearest, embeddings, small_world, persons_spec
):
    candidates = persons_spec.candidates.model_copy(update={"embedding_top_k": 2, "tfidf": None})
    spec = persons_spec.model_copy(update={"candidates": candidates})
    embed = partial(embeddings.record_vectors, spec=persons_spec)
    by_rules = propose_candidates(small_world.features, spec)
    found = propose_candidates(small_world.features, spec, embed)
    assert set(pairs_of(found)) == {*pairs_of(by_rules), *pairs_of(nearest(small_world.features, top_k=2))}
    assert len(found) > len(by_rules)


def pairs_of(candidates: pd.DataFrame) -> list[tuple[str, str]]:
    return list(candidates[["left_key", "right_key"]].itertuples(index=False, name=None))
