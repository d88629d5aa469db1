"""A list of runs shows the values that the trained kind went by, and no others."""

from matchwright.core.spec.learning import ModelSpec
from matchwright.training.parameters import OF_TREES, parameters_of

SPEC = ModelSpec(depth=4)


def test_trees_go_by_the_spec():
    values = parameters_of("xgboost", SPEC)
    assert values["depth"] == 4
    assert values["embeddings"] is False


def test_a_network_has_none_of_the_trees_values():
    values = parameters_of("torch", SPEC.model_copy(update={"scorer": "torch"}))
    assert set(values) & OF_TREES == {"learning_rate"}
    assert values["learning_rate"] != SPEC.learning_rate
    assert values["embeddings"] is True


def test_a_cold_start_reads_next_to_nothing_of_the_section():
    assert parameters_of("fellegi_sunter", SPEC) == {"scorer": "fellegi_sunter", "seed": SPEC.seed}


def test_few_labels_are_learned_by_trees_without_embeddings():
    values = parameters_of("few_labels", SPEC.model_copy(update={"scorer": "torch"}))
    assert values["scorer"] == "few_labels"
    assert "depth" in values
    assert values["embeddings"] is False
