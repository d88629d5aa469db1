"""Words of normal forms, also in scripts that write no blanks between words."""

import pandas as pd
import pytest

from matchwright.core.records import conform_values, normal_forms
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.word_split import count_words, for_ngrams, split_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("acme photo 15.4", ["acme", "photo", "15.4"]),
        ("søren ångström", ["søren", "ångström"]),
        ("मीना वर्मा", ["मीना", "वर्मा"]),
        ("김민수 서울", ["김민수", "서울"]),
        ("李", ["李"]),
        ("東京都 12", ["東", "京", "都", "東京", "京都", "12"]),
        ("型番abc123", ["型", "番", "型番", "abc123"]),
        ("15.4インチ", ["15.4", "イ", "ン", "チ", "イン", "ンチ"]),
        ("コーヒー", ["コ", "ー", "ヒ", "ー", "コー", "ーヒ", "ヒー"]),
        ("か\u3099く", ["か\u3099", "く", "か\u3099く"]),
        ("កុម", ["កុ", "ម", "កុម"]),
        ("ที่", ["ที่"]),
    ],
)
def test_a_run_in_a_script_without_blanks_gives_its_letters_and_pairs_of_letters(text, words):
    assert split_words(text) == words


@pytest.mark.parametrize("text", ["東京都港区", "วิชัยทองล้ำ", "ກຳແພງນະຄອນ", "សុខវណ្ណា", "ကျော်မြင့်", "ガンダム", "李"])
def test_a_text_shares_words_with_the_same_text_and_one_letter_more(text):
    for longer in (text + text[0], text[0] + text):
        shared = set(split_words(text)) & set(split_words(longer))
        assert len(shared) >= len(set(split_words(text))) - 2 > -2
        assert shared


@pytest.mark.parametrize(
    ("text", "words"),
    [("", 0), ("acme photo 15.4", 3), ("김민수", 1), ("佐藤太郎", 1), ("東" * 8, 1), ("東" * 12, 1.5),
     ("東" * 16 + " a", 3), ("東京a", 2), ("ที่" * 8, 1)],
)  # fmt: skip
def test_the_number_of_words_is_estimated_where_words_have_no_blanks(text, words):
    assert count_words(text) == words


@pytest.mark.parametrize(
    ("text", "ngram", "written"),
    [
        ("", 3, ""),
        ("smith york", 3, "smith york"),
        ("liu", 3, "liu"),
        ("li", 3, " li "),
        ("x", 4, " x ."),
        ("李", 3, " 李 "),
        ("李明", 3, " 李 明 "),
        ("김민수 서울", 3, " 김 민 수 서 울 "),
        ("smith 東京", 3, " smith 東 京 "),
        ("か\u3099く", 3, " か\u3099 く "),
        ("อร", 3, " อร "),
        ("วิชัย", 3, " วิชัย "),
        ("मीना", 3, "मीना"),
    ],
)
def test_short_words_are_written_so_that_ngrams_find_them(text, ngram, written):
    assert for_ngrams(text, ngram) == written


def test_the_corpus_counts_the_parts_of_texts_without_blanks(products_spec):
    titles = ["東京電気ポット", "東京電気ケトル", "東京電気毛布", "大阪鍋"] * 3
    normal = normal_forms(conform_values([{"title": title} for title in titles], products_spec, "left"), products_spec)
    corpus = Corpus.fit(pd.DataFrame(normal), products_spec)
    common, rare, unknown = corpus.information("title", ["電気", "毛布", "東京電気毛布"])
    assert common < rare < unknown
