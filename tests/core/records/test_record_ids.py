"""Record ids are kept exactly as given: in records, in pairs, in files of labels and in data frames."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchwright.core.records import conform, conform_values
from matchwright.core.records.conform import id_text
from matchwright.core.spec import MatchSpec
from matchwright.labelling.pair_table import conform_pairs
from matchwright.operations.label_file import read_labels

COMPOSED, DECOMPOSED = "\u00c4\u00d6 7", "A\u0308O\u0308 7"
IDS = ["①", "1", COMPOSED, DECOMPOSED, "a\tb", "a b", "a  b", " a b", "00012", "12", "x" * 5_000, "x" * 5_001]


@pytest.mark.parametrize("given_id", [*IDS, "A/12:3", "x'y\"z", "NULL", "0", "ﬁ", "\u00a01"])
def test_an_id_is_kept_as_it_is(given_id):
    assert id_text(given_id) == given_id


@pytest.mark.parametrize(("number", "text"), [(12, "12"), (12.0, "12"), (np.float64(12), "12"), (12.5, "12.5")])
def test_a_number_is_written_as_a_person_would(number, text):
    assert id_text(number) == text


@pytest.mark.parametrize("nothing", ["", " ", "\t\u00a0"])
def test_white_space_alone_is_no_id(nothing):
    assert id_text(nothing) is None


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip))
def test_every_text_of_characters_stays_itself(text):
    assert id_text(text) == text


def test_ids_that_no_store_can_encode_stay_two_ids():
    assert id_text("a\ud800") != id_text("a\ud801")
    assert id_text("a\ud800").encode()


def test_records_and_pairs_have_the_same_keys(persons_spec: MatchSpec):
    columns = {persons_spec.column_of(name): ["x"] * len(IDS) for name in persons_spec.fields}
    records = conform(pd.DataFrame({persons_spec.record_id: IDS, **columns}), persons_spec, "left")
    assert records["record_id"].tolist() == IDS
    pairs = conform_pairs(pd.DataFrame({"left_id": IDS, "right_id": IDS, "label": "1"}), persons_spec, one_table=False)
    assert set(pairs["left_key"]) == set(records["record_key"]) == {f"left:{name}" for name in IDS}


def test_records_of_a_request_keep_their_ids(persons_spec: MatchSpec):
    records = conform_values([{"record_id": name} for name in IDS] + [{}], persons_spec, "right")
    assert records["record_id"].tolist() == [*IDS, f"given-{len(IDS)}"]


def test_values_that_are_no_ids_still_have_a_normal_form(persons_spec: MatchSpec):
    assert conform_values([{"surname": "a\tﬁ "}], persons_spec, "left")["surname"].tolist() == ["a fi"]


def test_a_file_of_labels_names_records_by_their_own_ids(persons_spec: MatchSpec, tmp_path: Path):
    ids = [name for name in IDS if len(name) < 100]
    pd.DataFrame({"left_id": ids, "right_id": ids, "label": 1}).to_csv(tmp_path / "labels.csv", index=False)
    known = pd.Series([f"{side}:{name}" for side in ("left", "right") for name in ids])
    labels = read_labels([str(tmp_path / "labels.csv")], persons_spec, one_table=False, known=known)
    assert labels.pairs["left_key"].tolist() == [f"left:{name}" for name in ids]
