"""Words learned from labelled pairs: their weights and cross-fitting. The file contains no word in clear text."""

import numpy as np
import pytest
from fixtures.datasets import offers
from hypothesis import given, settings
from hypothesis import strategies as st

from matchwright.core.compare.names import record_comparators
from matchwright.core.compare.pairing import Pairing
from matchwright.core.models.learned_words import LearnedWords, hashed_words
from matchwright.errors import BundleError
from matchwright.training.models.learned_words import FEWEST_MATCHES, fit_words


def pairing(left: list[str | None], right: list[str | None]) -> Pairing:
    columns = [{"text": np.array(side, dtype=object)} for side in (left, right)]
    return Pairing.of(*columns, "text", alike=True)


def test_the_weight_of_an_unshared_word_follows_from_the_labels():
    left, right, labels = offers(400)
    words = fit_words(left, right, labels, np.arange(400), seed=1).words
    with_fresh, with_refill = words.compare(pairing(["item3 fresh", "item3"], ["item3", "item3 refill"]))
    assert with_fresh > 1
    assert with_refill < -1


@given(
    st.lists(st.sampled_from(["item1", "fresh", "refill", "unheard"]), min_size=1, max_size=4),
    st.permutations(range(4)),
)
@settings(deadline=None, max_examples=40)
def test_the_order_of_the_records_does_not_matter(chosen, order):
    left, right, labels = offers(200)
    words = fit_words(left, right, labels, np.arange(200), seed=1).words
    one, other = " ".join(chosen), " ".join(["item1", "fresh", "refill", "x"][index] for index in order)
    assert words.compare(pairing([one], [other]))[0] == words.compare(pairing([other], [one]))[0]


def test_a_pair_is_compared_by_words_that_were_learned_from_other_pairs():
    left, right, labels = offers(300)
    # Each group of pairs has its own word. The words of the fold of the group must not contain this word.
    left = [f"{text} mark{number // 3}" for number, text in enumerate(left)]
    groups = np.arange(300) // 3
    training = fit_words(left, right, labels, groups, seed=1)
    for number in range(len(training.by_fold)):
        inside = np.flatnonzero(training.fold == number)
        marks = hashed_words([f"mark{row // 3}" for row in inside])
        assert not np.isin(marks, training.by_fold[number].keys).any()


def test_a_compound_word_that_is_split_on_one_side_counts_as_shared():
    left, right, labels = offers(400)
    words = fit_words(left, right, labels, np.arange(400), seed=1).words
    same, other = words.compare(pairing(["item3 re fill", "item3"], ["item3 refill", "item3 refill"]))
    assert same > 1
    assert other < -1
    # If both sides have the word, but it is split on one side, the weight of the unshared word does not change.
    left = [f"{text} re fill" if label else text for text, label in zip(left, labels, strict=True)]
    right = [f"{text} refill" if label else text for text, label in zip(right, labels, strict=True)]
    again = fit_words(left, right, labels, np.arange(400), seed=1).words
    assert again.compare(pairing(["item3"], ["item3 refill"]))[0] == pytest.approx(other, abs=0.1)


def test_no_words_are_learned_from_too_few_matches():
    left, right, _ = offers(400)
    few = np.zeros(400, dtype=int)
    few[: FEWEST_MATCHES - 1] = 1
    assert fit_words(left, right, few, np.arange(400), seed=1) is None


def test_a_missing_text_is_missing_evidence():
    left, right, labels = offers(200)
    words = fit_words(left, right, labels, np.arange(200), seed=1).words
    assert np.isnan(words.compare(pairing([None, "item1"], ["item1", None]))).all()


def test_the_file_gives_the_same_evidence_and_contains_no_word(tmp_path):
    left, right, labels = offers(300)
    words = fit_words(left, right, labels, np.arange(300), seed=1).words
    words.save(tmp_path / "words.safetensors")
    again = LearnedWords.load(tmp_path / "words.safetensors")
    tried = pairing(left, right)
    np.testing.assert_array_equal(words.compare(tried), again.compare(tried))
    assert b"refill" not in (tmp_path / "words.safetensors").read_bytes()


def test_a_damaged_file_is_refused(tmp_path):
    (tmp_path / "words.safetensors").write_bytes(b"nothing of the kind")
    with pytest.raises(BundleError, match="learned words"):
        LearnedWords.load(tmp_path / "words.safetensors")


def test_words_are_learned_only_from_fields_without_personal_data(persons_spec, products_spec):
    from matchwright.core.records.whole import impersonal_fields
    from matchwright.core.spec.fields import RecordEvidence

    assert "learned_words" in record_comparators(products_spec)
    persons = persons_spec.model_copy(update={"record": RecordEvidence(fields=("given_name", "surname"))})
    assert impersonal_fields(persons) == ()
    assert "learned_words" not in record_comparators(persons)


def test_a_word_of_one_side_is_never_for_a_match_and_a_shared_word_never_worse():
    """A word that only matches have on one side, and a word that only other pairs share, would break both rules."""
    generator = np.random.default_rng(3)
    labels = generator.integers(2, size=400)
    left = [f"item{n % 40} {'bonus' if label else 'bulk'}" for n, label in enumerate(labels)]
    right = [f"item{n % 40} {'' if label else 'bulk'}" for n, label in enumerate(labels)]
    words = fit_words(left, right, labels, np.arange(400), seed=1).words
    assert (words.left_over <= 0).all()
    assert (words.shared >= words.left_over).all()
    with_bonus, without, shared, one_side = words.compare(
        pairing(["item3 bonus", "item3", "item3 bulk", "item3 bulk"], ["item3", "item3", "item3 bulk", "item3"])
    )
    assert with_bonus <= without
    assert shared >= one_side
