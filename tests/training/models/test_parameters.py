"""The list of runs shows only the parameters of the trained kind of scorer."""

from matchwright.core.spec.learning import ModelSpec
from matchwright.training.models.parameters import OF_TREES, parameters_of

SPEC = ModelSpec(depth=4)


def test_trees_have_the_parameters_of_the_spec():
    values = parameters_of("xgboost", SPEC)
    assert values["depth"] == 4
    assert values["embeddings"] is False


def test_a_network_has_its_own_parameters():
    values = parameters_of("torch", SPEC.model_copy(update={"scorer": "torch"}))
    assert set(values) & OF_TREES == {"learning_rate"}
    assert values["learning_rate"] != SPEC.learning_rate
    assert values["embeddings"] is True


def test_the_unsupervised_start_reads_only_the_seed():
    assert parameters_of("fellegi_sunter", SPEC) == {"scorer": "fellegi_sunter", "seed": SPEC.seed}


def test_few_labels_are_learned_by_trees_without_embeddings():
    values = parameters_of("few_labels", SPEC.model_copy(update={"scorer": "torch"}))
    assert values["scorer"] == "few_labels"
    assert "depth" in values
    assert values["embeddings"] is False
