"""What a register says, as few weighted rows."""

import numpy as np
import pytest
from fixtures.two_name_register import two_name_register

from matchwright.training.register_evidence.comparer import CountedComparer
from matchwright.training.register_evidence.register import Register
from matchwright.training.register_evidence.rows import counted_rows, sampled_rows
from matchwright.training.register_evidence.sample import sample_pairs


@pytest.fixture(scope="module", params=["two tables", "one table"])
def register(request):
    world = two_name_register(one_table=request.param == "one table")
    everyone = np.ones(len(world.frame), bool)
    values = np.column_stack(
        [world.corpus.value_information(name, world.frame[name].to_numpy()) for name in world.spec.compared]
    )
    return world, Register.of(world.frame, world.matches, everyone, world.spec), values


@pytest.mark.parametrize("fields", [(0,), (1,), (0, 2), (0, 1, 2)])
def test_counted_rows_have_every_pair_of_the_register(register, fields):
    world, pairs, values = register
    found = counted_rows(pairs, np.isin(np.arange(3), fields)[None], values)
    names = [list(world.spec.compared)[field] for field in fields]
    left, right = (world.frame[world.frame["record_key"].isin(keys)] for keys in (world.left, world.right))
    both = left.merge(right, on=names, suffixes=("_left", "_right"))
    both = both[both["record_key_left"] != both["record_key_right"]]
    assert found.total.sum() == len(both)
    assert found.matches.sum() == (both["entity_left"] == both["entity_right"]).sum()
    assert (found.agree == np.isin(np.arange(3), fields)).all()


def test_sampled_rows_keep_the_weights_of_the_pairs(register):
    world, pairs, values = register
    sample = sample_pairs(pairs, CountedComparer(world.frame, world.spec, world.corpus).disagreement, seed=1)
    found = sampled_rows(sample, values, sample.match.astype(float))
    assert (found.total / found.unit).sum() == pytest.approx(sample.weight.sum())
    assert (found.matches / found.unit).sum() == pytest.approx(sample.weight[sample.match].sum())
    assert len(found.unit) < len(sample.left)
