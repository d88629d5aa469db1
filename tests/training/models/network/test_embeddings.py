"""Embeddings: important words get weight, cross-fitting is correct, and the file contains no text."""

import numpy as np
import pandas as pd
import pytest
from fixtures.datasets import offers
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save

from matchwright.core.compare.pairing import Pairing
from matchwright.core.models.network import Embeddings, embedded_fields
from matchwright.core.models.network.ngrams import BUCKETS, SMALLEST_COUNT
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.fields import RecordEvidence
from matchwright.errors import BundleError
from matchwright.training.models.network.embeddings import FEWEST_PER_CLASS, fit_embeddings

TEXT = st.text(max_size=30) | st.sampled_from(["item1 new", "item1", "item1 refill", "", " ", "\ud800", "东京 タワー"])


@pytest.fixture(scope="module")
def titles(products_spec) -> MatchSpec:
    """The spec of the products. Only the title is compared."""
    fields = {"title": products_spec.fields["title"]}
    return products_spec.model_copy(update={"fields": fields, "record": None})


def columns(texts) -> dict[str, np.ndarray]:
    return {"title": np.array(texts, dtype=object)}


def fitted(left, right, labels, spec, groups=None):
    bare = pd.DataFrame({"title__missing": np.zeros(len(left), dtype=np.float32)})
    groups = np.arange(len(left)) if groups is None else groups
    return fit_embeddings(columns(left), columns(right), bare, labels, groups, spec)


def pairing(left, right) -> Pairing:
    return Pairing.of(columns(left), columns(right), "title", alike=False)


@pytest.fixture(scope="module")
def cross_fitted(titles):
    return fitted(*offers(600), titles)


@pytest.fixture(scope="module")
def learned(cross_fitted):
    return cross_fitted.whole.fields["title"]


def test_the_weight_of_a_word_follows_from_the_labels(learned):
    with_fresh, with_refill = learned.cosine(
        pairing(["item3 model1 fresh", "item3 model1"], ["item3 model1", "item3 model1 refill"])
    )
    assert with_fresh > with_refill + 0.1


@given(one=TEXT, other=TEXT)
@settings(deadline=None, max_examples=60)
def test_the_order_of_the_records_does_not_matter(learned, one, other):
    forward, backward = (learned.cosine(pairing([a], [b]))[0] for a, b in ((one, other), (other, one)))
    np.testing.assert_array_equal(forward, backward)
    assert np.isnan(forward) or 0 <= forward <= 1


@given(order=st.permutations(range(8)), size=st.integers(1, 8))
@settings(deadline=None, max_examples=30)
def test_the_cosine_of_a_pair_does_not_depend_on_other_pairs(learned, order, size):
    left, right, _ = offers(8, seed=4)
    all_pairs = learned.cosine(pairing(left, right))
    chosen = list(order[:size])
    some_pairs = learned.cosine(pairing([left[row] for row in chosen], [right[row] for row in chosen]))
    np.testing.assert_array_equal(some_pairs, all_pairs[chosen])


def test_equal_texts_have_a_cosine_of_one_and_missing_texts_have_no_cosine(learned):
    same = learned.cosine(pairing(["item1 fresh", "never seen before"], ["item1 fresh", "never seen before"]))
    np.testing.assert_allclose(same, 1, atol=1e-6)
    assert np.isnan(learned.cosine(pairing([None, "item1", " "], ["item1", None, "item1"]))).all()
    assert learned.cosine(pairing([], [])).shape == (0,)


def test_a_pair_is_compared_by_embeddings_that_were_not_fitted_on_it(titles):
    """The labels are random. So only an embedding that was fitted on a pair can know its label."""
    left, right, _ = offers(400)
    labels = np.random.default_rng(7).integers(2, size=400)
    left = [f"{text} mark{number // 4} tag{number // 4}" for number, text in enumerate(left)]
    right = [f"{text} sign{number // 4}" for number, text in enumerate(right)]
    labels = np.repeat(labels[::4], 4)
    cross_fitted = fitted(left, right, labels, titles, groups=np.arange(400) // 4)
    with_own_pair = cross_fitted.whole.fields["title"].cosine(pairing(left, right))
    without_own_pair = cross_fitted.compare(columns(left), columns(right), np.arange(400), titles)[
        "title__learned_cosine"
    ]
    gap = [cosine[labels == 1].mean() - cosine[labels == 0].mean() for cosine in (with_own_pair, without_own_pair)]
    assert gap[0] > 0.1
    assert abs(gap[1]) < gap[0] / 3


def test_fitting_again_gives_the_same_bytes_and_the_file_contains_no_word(cross_fitted, titles, tmp_path):
    again = fitted(*offers(600), titles)
    assert again.losses == cross_fitted.losses
    for name, one in (("one", cross_fitted), ("two", again)):
        one.whole.save(tmp_path / name)
    content = (tmp_path / "one").read_bytes()
    assert content == (tmp_path / "two").read_bytes()
    assert b"refill" not in content


def test_written_embeddings_are_read_back_unchanged(cross_fitted, titles, tmp_path):
    cross_fitted.whole.save(tmp_path / "embeddings.safetensors")
    read = Embeddings.load(tmp_path / "embeddings.safetensors", titles)
    left, right, _ = offers(100, seed=2)
    for read_back, original in zip(read.fields.values(), cross_fitted.whole.fields.values(), strict=True):
        np.testing.assert_array_equal(read_back.cosine(pairing(left, right)), original.cosine(pairing(left, right)))


def test_rare_words_have_no_parameters(titles):
    left, right, labels = offers(300)
    left[:2] = ["zzyzx zzyzx"] * 2
    once = fitted(left, right, labels, titles).whole.fields["title"]
    left[:2] = ["qwqwq qwqwq"] * 2  # another word in the same texts
    other = fitted(left, right, labels, titles).whole.fields["title"]
    assert SMALLEST_COUNT > 1
    np.testing.assert_array_equal(once.columns, other.columns)


def test_too_few_pairs_of_a_class_give_no_embedding(titles):
    left, right, _ = offers(400)
    few = (np.arange(400) < FEWEST_PER_CLASS - 1).astype(int)
    assert fitted(left, right, few, titles) is None
    assert fitted(left, right, 1 - few, titles) is None


def test_fields_without_a_text_have_no_embedding(titles):
    _, right, labels = offers(300)
    assert fitted([None] * 300, right, labels, titles) is None


def test_words_are_used_only_of_fields_without_personal_data_and_direct_identifiers_are_not_read(
    persons_spec, products_spec
):
    assert embedded_fields(products_spec) == {"title": True, "category": True, "record": True}
    assert embedded_fields(persons_spec) == {"given_name": False, "surname": False, "suburb": False}
    fields = {**persons_spec.fields}
    fields["surname"] = fields["surname"].model_copy(update={"pii": "direct"})
    stricter = persons_spec.model_copy(update={"fields": fields, "record": RecordEvidence(fields=("given_name",))})
    assert embedded_fields(stricter) == {"given_name": False, "suburb": False}


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"title.columns": np.array([5, 3])}, "embedding of title cannot be read"),
        ({"title.columns": np.array([3, 2 * BUCKETS])}, "embedding of title cannot be read"),
        ({"title.importance": np.array([1, np.nan], dtype=np.float32)}, "embedding of title cannot be read"),
        ({"title.table": np.ones((3, 4), dtype=np.float32)}, "embedding of title cannot be read"),
        ({"title.rarest": None}, "embedding of title cannot be read"),
        ({"brand.columns": np.array([1])}, "for brand, which the spec does not embed"),
    ],
)
def test_a_damaged_file_or_a_file_with_another_field_is_refused(titles, tmp_path, changes, fault):
    sound = {
        "title.columns": np.array([3, 5]),
        "title.frequency": np.ones(2, dtype=np.float32),
        "title.importance": np.ones(2, dtype=np.float32),
        "title.table": np.ones((2, 4), dtype=np.float32),
        "title.rarest": np.array([2.0]),
    }
    path = tmp_path / "embeddings.safetensors"
    path.write_bytes(save(sound))
    assert list(Embeddings.load(path, titles).fields) == ["title"]
    path.write_bytes(save({name: array for name, array in {**sound, **changes}.items() if array is not None}))
    with pytest.raises(BundleError, match=fault):
        Embeddings.load(path, titles)


def test_a_file_of_another_format_is_refused(titles, tmp_path):
    path = tmp_path / "embeddings.safetensors"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(BundleError, match="cannot be read"):
        Embeddings.load(path, titles)
    path.write_bytes(save({}))
    with pytest.raises(BundleError, match="for no field"):
        Embeddings.load(path, titles)
