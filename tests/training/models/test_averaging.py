"""Several boosted models averaged as one."""

import numpy as np
import pytest

from matchwright.core.models.files import read_scorer, write_scorer
from matchwright.training.models.averaging import averaged
from matchwright.training.models.scorer import train_scorer


@pytest.fixture(scope="module")
def pairs(decision_model, small_world):
    return decision_model.compare(small_world.left, small_world.right)


@pytest.fixture(scope="module")
def trained(pairs, small_world):
    half = np.arange(len(pairs)) % 2 == 0

    def train(**changes):
        spec, labels = small_world.spec.model.model_copy(update=changes), np.asarray(small_world.labels)
        return train_scorer(pairs[half], labels[half], pairs[~half], labels[~half], spec).scorer

    return train


def test_log_odds_and_contributions_are_the_means_of_the_models(pairs, trained):
    models = [trained(seed=seed) for seed in (1, 2, 3)]
    booster = averaged([model.booster for model in models])
    whole = type(models[0])(booster, models[0].names, models[0].neutral)
    one_by_one = [model.explain(pairs) for model in models]
    found = whole.explain(pairs)
    np.testing.assert_allclose(found.log_odds, np.mean([one.log_odds for one in one_by_one], axis=0), atol=1e-4)
    np.testing.assert_allclose(
        found.contributions, np.mean([one.contributions for one in one_by_one], axis=0), atol=1e-4
    )


def test_a_scorer_that_averages_depends_less_on_its_seed_and_is_read_back(pairs, trained, tmp_path):
    def difference(average_of):
        one, other = (trained(seed=seed, average_of=average_of) for seed in (1, 2))
        return np.abs(one.log_odds(pairs) - other.log_odds(pairs)).mean()

    assert difference(4) < difference(1)
    scorer = trained(average_of=3)
    write_scorer(scorer, tmp_path)
    np.testing.assert_array_equal(read_scorer(tmp_path).log_odds(pairs), scorer.log_odds(pairs))
