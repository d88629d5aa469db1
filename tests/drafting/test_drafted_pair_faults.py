"""What a draft says of labelled pairs that training cannot use, and what it counts instead."""

import numpy as np
import pandas as pd
import pytest

from matchwright.core.spec import MatchSpec, parse_spec
from matchwright.drafting import draft_spec, draft_text
from matchwright.drafting.enough import FEWEST_OF_EACH
from matchwright.drafting.rules import matches as labelled
from matchwright.errors import DataError

ROWS = 200
FIRST = ["karl", "adele", "lena", "gustav", "quirin", "hanna", "osric", "wilfrida"]


def persons(prefix: str, rows: int = ROWS) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": [f"{prefix}{n}" for n in range(rows)],
            "given_name": [f"{FIRST[n % 8]}{chr(97 + n // 8 % 3)}" for n in range(rows)],
            "surname": [f"testwell{chr(97 + n % 23)}{chr(97 + n % 19)}" for n in range(rows)],
            "street": [f"Feldweg {n % 24}" for n in range(rows)],
            "city": [["Altheim", "Neudorf", "Steinau"][n % 3] for n in range(rows)],
        }
    )


def pairs(left: str = "L", right: str = "R", matches: int = 150, others: int = 150) -> pd.DataFrame:
    """Labelled pairs: n with n is a match, and n with n + 24 (of the same first name and address) is none."""
    rows = [(f"{left}{n}", f"{right}{n}", "1") for n in range(matches)]
    rows += [(f"{left}{n % ROWS}", f"{right}{(n + 24) % ROWS}", "0") for n in range(others)]
    return pd.DataFrame(rows, columns=["left_id", "right_id", "label"])


def drafted(labels: pd.DataFrame, *tables: pd.DataFrame) -> tuple[str, MatchSpec]:
    """The top of a draft, and its spec. The first pair stands on line 2 of its file."""
    given = tables or (persons("L"), persons("R"))
    text = draft_text(
        draft_spec(*given, *[None] * (2 - len(given)), labels, pair_lines=lambda: range(2, len(labels) + 2))
    )
    return text.partition("\nname: ")[0], parse_spec(text)


def refusal(labels: pd.DataFrame, left: pd.DataFrame, right: pd.DataFrame) -> str:
    with pytest.raises(DataError) as refused:
        draft_spec(left, right, labels)
    return str(refused.value)


def test_pairs_without_faults_are_not_mentioned() -> None:
    assert "pairs:" not in drafted(pairs())[0]


def test_misspelt_ids_are_counted_with_their_lines_and_whether_training_refuses_them() -> None:
    labels = pairs()
    labels.loc[[3, 7], "left_id"] = ["L3x", None]
    top, _ = drafted(labels)
    assert "pairs: 2 of 300 rows name a record that is not in its table (lines 5, 9). Training leaves them out." in top
    labels.loc[[8, 9], "right_id"] = ["R 8", "r9"]
    top, _ = drafted(labels)
    assert "pairs: 4 of 300 rows name a record that is not in its table (lines 5, 9, 10, 11). In 2 of them" in top
    assert "the ids differ in case, blanks or leading zeros only. Training refuses more than 1% of such rows" in top
    assert "or raise quality.labels.max_unknown_id_share" in top
    assert "R 8" not in top


def test_contradicting_labels_are_named_with_both_lines() -> None:
    labels = pd.concat([pairs(), pd.DataFrame([("L4", "R4", "no")], columns=["left_id", "right_id", "label"])])
    top, _ = drafted(labels.reset_index(drop=True))
    assert (
        "pairs: 1 pair is labelled as a match and as none: line 6 says 1 and line 302 says 0. Training refuses" in top
    )


def test_in_one_table_a_pair_has_no_order_and_matches_are_passed_on() -> None:
    table = persons("L")
    labels = pairs("L", "M").replace(r"M(\d+)", r"L\1", regex=True)
    labels["right_id"] = ["L" + str((int(value[1:]) + 1) % ROWS) for value in labels["right_id"]]
    extra = [("L1", "L0", "0"), ("L5", "L7", "0"), ("L9", "L9", "1")]
    labels = pd.concat([labels, pd.DataFrame(extra, columns=labels.columns)], ignore_index=True)
    top, _ = drafted(labels, table)
    assert "1 pair is labelled as a match and as none: line 2 says 1 and line 302 says 0" in top
    assert "rows name one record twice (line 304)" in top
    assert "are labelled as no match, although other matches make their records one" in top


def test_repeated_pairs_count_once_so_a_draft_does_not_refuse_its_own_labels() -> None:
    labels = pd.concat([pairs(matches=30, others=30)] * 4, ignore_index=True)
    top, spec = drafted(labels)
    assert "pairs: 180 of 240 rows repeat a pair with the same label (lines 62, 63, 64, 65, 66 ...)" in top
    assert spec.quality.labels.min_positives == 15
    assert (
        "30 matches and 30 other pairs are few. Training learns from them, but about 9 and 9 are left to test on" in top
    )


def test_rows_without_a_label_are_said_where_training_refuses_so_many() -> None:
    labels = pairs()
    labels.loc[range(12), "label"] = None
    assert "no label" not in drafted(labels)[0]
    labels.loc[range(30), "label"] = ""
    assert "pairs: 30 of 300 rows have no label. Training refuses more than 5% of such rows" in drafted(labels)[0]


def test_ids_of_the_other_table_are_called_exchanged() -> None:
    said = refusal(pairs("R", "L"), persons("L"), persons("R"))
    assert "100% of the left ids are in 'id' of the right table, and 100% of the right ids in that of the left" in said
    assert "so left and right are exchanged" in said
    assert "Hint: give the tables in the other order" in said
    labels = pairs()
    labels.loc[[4], ["left_id", "right_id"]] = ["R4", "L4"]
    top, _ = drafted(labels)
    assert (
        "pairs: 1 of 300 rows name a record of the right table as the left one, and the other way round (line 6)" in top
    )


def test_exchanged_tables_that_share_their_ids_are_told_by_their_values() -> None:
    left = persons("")
    right = persons("").assign(id=[str((n + 50) % ROWS) for n in range(ROWS)])
    labels = pairs("", "")
    labels["right_id"] = [str((int(value) + 50) % ROWS) for value in labels["right_id"]]
    assert "exchanged" not in drafted(labels, left, right)[0]
    said = refusal(labels, right, left)
    assert "% of their values, and in 100% if the tables are exchanged" in said


@pytest.mark.parametrize(("each", "said"), [(10, "too few to train on"), (FEWEST_OF_EACH, "are few"), (100, "")])
def test_few_labels_are_said_with_what_to_expect_of_them(each: int, said: str) -> None:
    top, spec = drafted(pairs(matches=each, others=each))
    assert spec.labels == ("none" if each < FEWEST_OF_EACH else "partial")
    assert (said in top) if said else ("other pairs" not in top)


def test_other_pairs_drawn_at_random_are_said_to_be_no_candidates() -> None:
    numbers = np.random.default_rng(5).permutation(ROWS)
    others = [(f"L{n}", f"R{m}", "0") for n, m in enumerate(numbers) if n % 3 != m % 3]
    labels = pd.concat([pairs(others=0), pd.DataFrame(others, columns=["left_id", "right_id", "label"])])
    top, _ = drafted(labels.reset_index(drop=True))
    assert f"of the {len(others)} pairs that are labelled as no match agree in a candidate rule, and the others" in top
    assert "Training uses candidates alone and needs 5 of each kind, so it may refuse these labels" in top


def test_a_sample_of_the_labelled_matches_is_called_one(monkeypatch) -> None:
    monkeypatch.setattr(labelled, "_MOST_MATCHES", 100)
    text = draft_text(draft_spec(persons("L"), persons("R"), pairs(matches=ROWS)))
    assert "measured on a sample of 100 of the 200 labelled matches" in text
    assert "of 200 labelled matches: 95% interval" in text


def test_other_pairs_that_look_alike_may_be_candidates_although_no_rule_finds_them() -> None:
    """The most similar texts find them: they have a long title in common, but for one word."""
    words = [f"{one}{two}word" for one in "abcdefgh" for two in "klmnopq"]
    titles = [" ".join(words[(n * 5 + k) % len(words)] for k in range(6)) for n in range(50)]
    left = pd.DataFrame(
        {"id": [f"L{n}" for n in range(100)], "title": [f"{titles[n % 50]} left{n}" for n in range(100)]}
    )
    right = pd.DataFrame(
        {"id": [f"R{n}" for n in range(100)], "title": [f"{titles[n % 50]} right{n}" for n in range(100)]}
    )
    rows = [(f"L{n}", f"R{n}", "1") for n in range(100)] + [(f"L{n}", f"R{(n + 50) % 100}", "0") for n in range(100)]
    top, _ = drafted(pd.DataFrame(rows, columns=["left_id", "right_id", "label"]), left, right)
    assert "agree in a candidate rule" not in top
