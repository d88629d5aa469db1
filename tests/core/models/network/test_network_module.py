"""The network in PyTorch: its pair score is monotone, and an unfitted embedding changes no cosine."""

import numpy as np
import pytest
import torch

from matchwright.core.compare.pairing import Pairing
from matchwright.core.models.network.fields import text_pairing, texts_of
from matchwright.core.models.network.module import FARTHEST, EmbeddingModule, PairHead
from matchwright.core.models.network.ngrams import BUCKETS, inverse_frequencies, occurrences, weighted
from matchwright.training.models.network.texts import PairTexts

RISES, FALLS, FREE = 1, -1, 0


@pytest.fixture(scope="module")
def head() -> PairHead:
    """A pair head that was not fitted, for comparisons with a mean of 0 and a standard deviation of about 1."""
    torch.manual_seed(3)
    random = np.random.default_rng(3)
    comparisons = random.normal(size=(500, 3)).astype(np.float32)
    return PairHead(comparisons, random.integers(0, 2, 500).astype(np.float64), [RISES, FALLS, FREE])


def scores(head: PairHead, rows: list[list[float]]) -> list[float]:
    return head(torch.tensor(rows)).tolist()


@pytest.mark.parametrize(("column", "direction"), [(0, RISES), (1, FALLS)])
def test_the_score_moves_with_a_comparison_in_its_direction_only(head, column, direction):
    steps = np.linspace(-4, 4, 30)
    for other in (-2.0, 0.0, 2.0):
        rows = np.full((len(steps), 3), other)
        rows[:, column] = steps
        changes = np.diff(scores(head, rows.astype(np.float32).tolist()))
        assert (changes * direction >= 0).all()
        assert (changes * direction > 0).any()


def test_a_value_far_from_the_mean_counts_as_five_standard_deviations(head):
    mean, scale = head.mean.tolist(), head.scale.tolist()

    def at(deviations: float) -> float:
        return scores(head, [[mean[0] + deviations / scale[0], mean[1], mean[2]]])[0]

    assert FARTHEST == 5
    assert at(4.9) < at(5.0)
    assert at(5.1) == at(6.0) == at(1e6) == pytest.approx(at(5.0), abs=1e-5)
    assert at(-5.1) == at(-1e6) == pytest.approx(at(-5.0), abs=1e-5)


def test_a_comparison_with_one_value_in_training_is_not_divided_by_zero():
    torch.manual_seed(3)
    constant = PairHead(np.ones((50, 1), np.float32), np.tile([0.0, 1.0], 25), [RISES])
    assert constant.scale.tolist() == [1.0]
    assert np.isfinite(scores(constant, [[1.0], [2.0], [float("nan")]])).all()


def test_the_departure_of_an_embedding_is_the_sum_of_the_squares_of_all_its_parameters():
    embedding = EmbeddingModule(4, torch.Generator().manual_seed(1))
    with torch.no_grad():
        embedding.importance.fill_(2.0)
        embedding.table.fill_(3.0)
    assert embedding.departure().item() == 4 * 2**2 + embedding.table.numel() * 3**2


def test_the_log_odds_of_a_missing_cosine_are_the_intercept():
    embedding = EmbeddingModule(1, torch.Generator().manual_seed(1))
    slope, intercept = embedding.reading.tolist()
    read = embedding.read(torch.tensor([1.0, 0.0, float("nan")])).tolist()
    assert read == [slope + intercept, intercept, intercept]


def test_a_text_has_the_trigrams_of_its_words_with_a_space_at_each_end():
    found = occurrences(["abcd", "ab cd", "", "abcd"], words=False)
    assert np.diff(found.indptr).tolist() == [4, 4, 0, 4]  # such as " ab", "abc", "bcd" and "cd "
    assert found.shape == (4, BUCKETS)
    assert (found[0] != found[3]).nnz == 0


@pytest.mark.parametrize(("words", "width"), [(False, BUCKETS), (True, 2 * BUCKETS)])
def test_no_texts_have_no_rows_and_all_columns(words, width):
    assert occurrences([], words).shape == (0, width)


def test_words_have_columns_of_their_own_behind_those_of_trigrams():
    found = occurrences(["ab cd", "ab"], words=True)
    assert found.shape == (2, 2 * BUCKETS)
    behind = [int((found[row].indices >= BUCKETS).sum()) for row in range(2)]
    assert behind == [2, 1]


def test_rare_words_weigh_more_and_very_rare_words_share_one_weight():
    texts = ["pan"] * 6 + ["pot"] * 3 + ["lid"] * 2
    found = occurrences(texts, words=False)
    weights, kept, rarest = inverse_frequencies(found)
    of_word = {word: weights[occurrences([word], words=False).indices].max() for word in ("pan", "pot", "lid")}
    assert of_word["pan"] < of_word["pot"] < of_word["lid"]
    assert of_word["lid"] == pytest.approx(rarest, abs=1e-4)
    assert kept[occurrences(["pot"], words=False).indices].all()
    assert not kept[occurrences(["lid"], words=False).indices].any()


@pytest.mark.parametrize("words", [False, True])
def test_each_text_has_a_vector_of_length_one(words):
    found = occurrences(["steel pan", "pan", ""], words)
    lengths = np.sqrt(weighted(found, np.full(found.shape[1], 2.0, np.float32)).power(2).sum(axis=1))
    np.testing.assert_allclose(np.asarray(lengths).ravel(), [1, 1, 0], atol=1e-6)


@pytest.mark.parametrize("words", [False, True])
def test_training_and_serving_give_the_same_cosine_also_with_rare_words(words):
    left = np.array(["steel pan", "steel pan", "copper pot", "steel lid", "pan"] * 3 + ["zinc", None], dtype=object)
    right = np.array(["steel pan", "steel pot", "steel pot", "zinc lid", "pot"] * 3 + ["zinc", "pan"], dtype=object)
    pairing = Pairing.of({"title": left}, {"title": right}, "title", alike=True)
    texts = PairTexts.of(pairing, words)
    module = EmbeddingModule(len(texts.columns), torch.Generator().manual_seed(1))
    with torch.no_grad():
        module.importance.uniform_(-0.2, 0.2, generator=torch.Generator().manual_seed(2))
    trained = module(texts.batch(np.arange(len(left)), torch.device("cpu"))).detach().numpy()
    served = texts.embedding(module).cosine(pairing)
    assert float(texts.common_rest.max()) > 0  # the last pairs share a word that is too rare for parameters
    np.testing.assert_allclose(np.clip(trained, 0, 1), served, atol=2e-3)
    assert np.isnan(trained[-1])


def test_the_embedding_of_the_whole_record_reads_the_texts_of_each_side(products_spec):
    left = {name: np.array([f"left {name}"], dtype=object) for name in products_spec.compared}
    right = {name: np.array([f"right {name}"], dtype=object) for name in products_spec.compared}
    numbers = [name for name, field in products_spec.compared.items() if field.kind == "number"]
    left |= dict.fromkeys(numbers, np.array([1.0]))
    right |= dict.fromkeys(numbers, np.array([2.0]))
    pairing = text_pairing(left, right, "record", products_spec)
    assert pairing.left.tolist() == texts_of(left, "record", products_spec).tolist()
    assert pairing.right.tolist() == texts_of(right, "record", products_spec).tolist()
    assert pairing.left[0].startswith("left")
    assert pairing.right[0].startswith("right")
