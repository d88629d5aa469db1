"""The TF-IDF index: its answers follow from its records and from what it was fitted with, and from nothing else."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchwright.core.candidates.tfidf_index import TfidfIndex, index, ngrams, statistics
from matchwright.core.candidates.tfidf_index import block as blocks
from matchwright.core.records.word_split import for_ngrams
from matchwright.core.spec.blocking import TfidfTopK
from matchwright.errors import CandidateError

SPEC = TfidfTopK(fields=("name",), top_k=3, max_lookups_per_record=100)
WORDS = st.lists(st.sampled_from(["anna", "anne", "hanna", "smith", "smyth", "jones", "李明", "x"]), max_size=3)
NAMES = st.one_of(st.none(), WORDS.map(" ".join))
RECORDS = st.dictionaries(st.integers(0, 30).map("left:{:02d}".format), NAMES, min_size=1, max_size=20)
QUERIES = {
    "right:1": "anna smith",
    "right:2": "hannah smythe",
    "right:3": None,
    "left:03": "jones x",
    "left:99": "李明",
}

in_either_search = given(names=RECORDS, changed=RECORDS, exact=st.booleans())
examples = settings(max_examples=25, deadline=None)


def features(names: dict[str, str | None]) -> pd.DataFrame:
    keys = sorted(names)
    return pd.DataFrame({"record_key": keys, "name": [names[key] for key in keys]}, dtype=object)


@contextmanager
def search(exact: bool, block: int = 4, spare: int = 0, few: int = blocks.FEW) -> Iterator[None]:
    """An exact or a bounded search, with blocks so small that a few records have many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(statistics, "EXACT_WORK", 10**10 if exact else 0)
        patch.setattr(statistics, "BOUNDED_WORK", 0)
        patch.setattr(ngrams, "MOST_TEXTS", block)
        patch.setattr(index, "TEXTS", block)
        patch.setattr(index, "TAIL", block)
        patch.setattr(index, "SPARE", spare)
        patch.setattr(blocks, "FEW", few)
        yield


def fit(names: dict[str, str | None]) -> TfidfIndex:
    return TfidfIndex.fit(features(names), SPEC)


def without_history(other: TfidfIndex, names: dict[str, str | None]) -> TfidfIndex:
    """An index of these records with the statistics of another one."""
    fresh = fit(names)
    return TfidfIndex.of(SPEC, other.statistics, fresh.keys, fresh.texts())


def answers(asked: TfidfIndex) -> pd.DataFrame:
    return asked.query(features(QUERIES))


@examples
@in_either_search
def test_after_changes_the_answers_are_those_of_an_index_without_history(names, changed, exact):
    with search(exact):
        changing = fit(names)
        answers(changing)
        changing.update(features(changed))
        pd.testing.assert_frame_equal(answers(changing), answers(without_history(changing, names | changed)))
        removed = [key for number, key in enumerate(names) if number % 2]
        assert changing.remove(pd.Series(removed, dtype=object)) == len(removed)
        left = {key: name for key, name in (names | changed).items() if key not in removed}
        assert list(changing.keys) == sorted(left)
        pd.testing.assert_frame_equal(answers(changing), answers(without_history(changing, left)))


@examples
@in_either_search
def test_an_update_that_is_removed_again_changes_no_answer(names, changed, exact):
    added = {key.replace("left", "right"): name for key, name in changed.items()}
    with search(exact):
        changing = fit(names)
        before = answers(changing)
        changing.update(features(added))
        changing.remove(pd.Series(list(added)))
        pd.testing.assert_frame_equal(answers(changing), before)


@examples
@in_either_search
def test_the_order_of_updates_does_not_matter(names, changed, exact):
    with search(exact):
        together, one_by_one = fit(names), fit(names)
        together.update(features(changed))
        for key in reversed(list(changed)):
            one_by_one.update(features({key: changed[key]}))
        pd.testing.assert_frame_equal(answers(together), answers(one_by_one))


@examples
@given(names=RECORDS, exact=st.booleans(), block=st.integers(2, 30), spare=st.integers(0, 5))
def test_the_size_of_blocks_changes_no_answer(names, exact, block, spare):
    with search(exact):
        expected = answers(fit(names))
    with search(exact, block, spare, few=block // 2):
        pd.testing.assert_frame_equal(answers(fit(names)), expected)


def plainly(names: dict[str, str | None]) -> pd.DataFrame:
    """The nearest records of each record, by definition and without any index."""
    parts = {key: Counter(of_length(for_ngrams(name or "", 3), 3)) for key, name in names.items()}
    records = Counter(part for counts in parts.values() for part in counts)
    rarity = {part: np.log((1 + len(names)) / (1 + count)) + 1 for part, count in records.items()}
    vectors = {}
    for key, counts in parts.items():
        weights = {part: (1 + np.log(count)) * rarity[part] for part, count in counts.items()}
        length = np.sqrt(sum(weight**2 for weight in weights.values()))
        vectors[key] = {part: weight / length for part, weight in weights.items()}
    rows = []
    for one in sorted(names):
        alike = {
            other: np.float32(
                sum(weight * vectors[other].get(part, 0.0) for part, weight in sorted(vectors[one].items()))
            )
            for other in names
            if other != one
        }
        near = sorted((key for key in alike if alike[key] > SPEC.min_similarity), key=lambda key: (-alike[key], key))
        rows += [(one, key, rank, alike[key]) for rank, key in enumerate(near[: SPEC.top_k], 1)]
    return pd.DataFrame(rows, columns=["record_key", "found_key", "rank", "similarity"])


def of_length(text: str, length: int) -> list[str]:
    return [text[start : start + length] for start in range(len(text) - length + 1)]


@settings(max_examples=50, deadline=None)
@given(names=RECORDS)
def test_the_answers_of_an_exact_search_are_those_of_the_definition(names):
    with search(exact=True):
        found = fit(names).query(features(names))
    expected = plainly(names)
    assert list(zip(found["record_key"], found["rank"], strict=True)) == list(
        zip(expected["record_key"], expected["rank"], strict=True)
    )
    np.testing.assert_allclose(found["similarity"], expected["similarity"].astype(float), rtol=1e-6)
    parted = expected.groupby("record_key")["similarity"].transform(
        lambda each: each.round(5).duplicated(keep=False).any()
    )
    pd.testing.assert_series_equal(
        found.loc[~parted.astype(bool), "found_key"], expected.loc[~parted.astype(bool), "found_key"]
    )


def test_of_equally_similar_texts_those_of_smaller_keys_come_first():
    """The texts differ, and each has one rare n-gram of its own."""
    names = {f"left:{n}": f"smith {letter * 3}" for n, letter in enumerate("hgfedcba")}
    with search(exact=True):
        found = fit(names).query(features({"right:1": "smith"}))
        assert list(found["found_key"]) == ["left:0", "left:1", "left:2"]
        assert found["similarity"].nunique() == 1


def test_a_bounded_search_compares_the_rare_ngrams_of_a_record_with_whole_records():
    """Three of the texts have the n-gram ``commo``, which is more than may be looked up."""
    names = {"left:1": "commoabcde", "left:2": "commoxyzuv", "left:3": "commo"}
    with search(exact=False):
        fitted = fit(names)
        statistics_of_two = replace(fitted.statistics, most=2)
        bounded = TfidfIndex.of(SPEC, statistics_of_two, fitted.keys, fitted.texts())
        found = bounded.query(features({"right:1": "commoabcde"}))
    common, rare = 1.0, np.log(4 / 2) + 1  # all three records have the one, and one record has each of the others
    length = np.sqrt(common**2 + 5 * rare**2)
    assert list(found["found_key"]) == ["left:1"]
    np.testing.assert_allclose(found["similarity"], [2 * rare / np.sqrt(2) / length], rtol=1e-6)


def test_a_record_that_was_added_is_found_by_ngrams_that_no_fitted_record_has():
    with search(exact=False):
        changing = fit({f"left:{n:02d}": f"common words {n}" for n in range(20)})
        changing.update(features({"left:50": "qvwxyz"}))
        found = changing.query(features({"right:1": "qvwxyz again"}))
    assert found["found_key"].iloc[0] == "left:50"


def test_similarity_is_the_cosine_of_the_angle_between_the_weights_of_ngrams():
    alike = fit({"left:1": "anna", "left:2": "hanna"}).query(features({"right:1": "anna", "right:2": "bob"}))
    rare = np.log(3 / 2) + 1  # of two records, one has the n-gram; both have the others
    expected = [1.0, np.sqrt(2) / np.sqrt(rare**2 + 2)]
    assert list(alike["found_key"]) == ["left:1", "left:2"]
    np.testing.assert_allclose(alike["similarity"], expected, rtol=1e-6)


def test_an_index_can_be_emptied_and_filled_again():
    changing = fit({"left:1": "anna"})
    assert changing.remove(pd.Series(["left:1", "left:2", "left:1"])) == 1
    assert answers(changing).empty
    changing.update(features({"left:2": "anna smith"}))
    assert list(answers(changing)["found_key"]) == ["left:2", "left:2"]


def test_repeated_keys_are_refused():
    repeated = pd.concat([features({"left:1": "anna"})] * 2)
    with pytest.raises(CandidateError, match=r"1 record key\(s\) repeat"):
        fit({"left:1": "anna"}).update(repeated)
