"""If the spec says so, training proposes candidates by an embedding and reports on them."""

import pytest

from matchwright.evaluation.candidates.report import embedding_facts
from matchwright.training.datasets.candidates import training_candidates
from matchwright.training.datasets.parts import parts_of
from matchwright.training.datasets.register_pairs import RegisterPairs

PAIR = ["left_key", "right_key"]


@pytest.fixture
def offers_with_embedding(offers):
    """The offers, with a spec that requests the three nearest records by the embedding."""
    spec, frame, corpus, pairs = offers
    candidates = spec.candidates.model_copy(update={"embedding_top_k": 3})
    model = spec.model.model_copy(update={"challengers": ("torch",)})
    return spec.model_copy(update={"candidates": candidates, "model": model}), frame, corpus, pairs


def test_the_embedding_proposes_pairs_and_its_report_counts_only_records_outside_its_training_data(
    offers_with_embedding,
):
    spec, frame, corpus, pairs = offers_with_embedding
    parts = parts_of(frame, pairs, spec)
    used = training_candidates(frame, RegisterPairs.of(frame, pairs), pairs, parts, spec, corpus)
    candidates = used.candidates.pair_keys()
    methods = {row["method"]: row for row in used.report["methods"]}
    assert methods["embedding"]["candidates"] > 0
    assert used.report["embedding_recall_at_k"]["3"] > 0.8
    true = pairs[pairs["label"] == 1]
    same = true["left_key"].map(parts).to_numpy() == true["right_key"].map(parts).to_numpy()
    not_training = same & (true["left_key"].map(parts) != "train").to_numpy()
    assert used.report["true_pairs"] == not_training.sum() > 0
    assert not candidates.duplicated().any()
    assert set(used.candidates.label) == {-1, 0, 1}
    fact = embedding_facts(used.report)
    assert f"{methods['embedding']['true_pairs_alone']:,} true ones proposed by the embedding alone" in fact


def test_candidates_do_not_change_without_an_embedding_or_with_too_few_labels(offers, offers_with_embedding):
    spec, frame, corpus, pairs = offers
    parts = parts_of(frame, pairs, spec)
    given = RegisterPairs.of(frame, pairs)
    assert training_candidates(frame, given, pairs, parts, spec, corpus).candidates is given
    few = pairs[pairs["label"] == 1].head(20)
    given = RegisterPairs.of(frame, few)
    kept = training_candidates(frame, given, few, parts, offers_with_embedding[0], corpus)
    assert kept.candidates is given
    assert kept.report is None


def test_with_complete_labels_the_embedding_proposes_in_the_whole_register(offers_with_embedding):
    spec, frame, corpus, pairs = offers_with_embedding
    true = pairs[pairs["label"] == 1]
    spec = spec.model_copy(update={"labels": "complete"})
    parts = parts_of(frame, true, spec)
    used = training_candidates(frame, RegisterPairs.of(frame, pairs), true, parts, spec, corpus)
    assert set(used.candidates.label) == {0, 1}
    candidates = used.candidates.pair_keys()
    left, right = (candidates[side].map(parts) for side in PAIR)
    assert ((left == "test") & (right == "train")).any()
    assert used.report["pairs_completeness"] > 0.9
