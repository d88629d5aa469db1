"""The candidates step. It makes labelled candidates and their report from a snapshot and record features."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from matchwright.core.records import normal_forms, record_features
from matchwright.core.records.corpus import Corpus
from matchwright.core.spec import MatchSpec
from matchwright.errors import CandidateError
from matchwright.operations.snapshot import Snapshot
from matchwright.settings import Settings
from matchwright.steps.candidates import candidates
from matchwright.steps.ingest import ingest


def prepare(
    folder: Path,
    settings: Settings,
    spec: MatchSpec,
    records: pd.DataFrame,
    right: pd.DataFrame | None,
    pairs: pd.DataFrame,
) -> dict[str, Path]:
    """Ingest tables and write their record features to a folder, like the features step."""
    files = {}
    for name, table in (("records", records), ("records_right", right), ("pairs", pairs)):
        if table is not None:
            files[name] = str(folder / f"{name}.parquet")
            table.to_parquet(files[name])
    paths = {name: folder / name for name in ("snapshot", "features", "candidates")}
    snapshot = ingest(settings=settings, spec=spec, snapshot=paths["snapshot"], **files)
    conformed = snapshot.frame("records")
    paths["features"].mkdir()
    features = record_features(conformed, spec, Corpus.fit(normal_forms(conformed, spec), spec))
    features.to_parquet(paths["features"] / "records.parquet")
    return paths


@pytest.fixture
def persons(tmp_path, settings, persons_spec, febrl):
    left, right = febrl
    links = pd.DataFrame({"left_id": left["rec_id"], "right_id": left["rec_id"].str.replace("-org", "-dup-0")})
    return prepare(tmp_path, settings, persons_spec, left, right, links)


def test_candidates_of_two_sources_include_the_true_pairs_and_few_other_pairs(persons, settings, persons_spec):
    report = candidates(settings=settings, spec=persons_spec, **persons)
    table = pd.read_parquet(persons["candidates"] / "candidates.parquet")
    assert list(table.columns) == ["left_key", "right_key", "label", "proposed_by"]
    assert table["label"].dtype == np.int8
    assert table["left_key"].str.startswith("left:").all()
    assert table["right_key"].str.startswith("right:").all()
    assert report == json.loads((persons["candidates"] / "candidates.json").read_text())
    assert report["pairs_completeness"] > 0.995
    assert report["reduction_ratio"] > 0.98
    assert report["labels"]["match"] + report["missed_true_pairs"] == 800 == report["true_pairs"]
    assert report["labels"]["unknown"] == 0
    assert {row["method"] for row in report["methods"]} == set("|".join(table["proposed_by"]).split("|"))
    assert list(report["tfidf_recall_at_k"]) == ["1", "2", "3", "5"]
    by_budget = report["completeness_by_budget"]
    assert by_budget[-1]["pairs_completeness"] == report["pairs_completeness"]
    assert by_budget[-1]["budget"] == report["budget"]["most_used"] <= 1000
    assert [row["pairs_completeness"] for row in by_budget] == sorted(row["pairs_completeness"] for row in by_budget)
    assert by_budget[0]["candidates"] <= 800


def test_true_pairs_that_the_budget_removes_are_counted_as_missed(persons, settings, persons_spec):
    """One rule gives no order, so the budget keeps the first by key. TF-IDF would put the true pairs first."""
    wide = persons_spec.candidates.model_copy(update={"rules": (("postcode",),), "tfidf": None})
    narrow = wide.model_copy(update={"max_candidates_per_record": 1})
    whole, report = (
        candidates(settings=settings, spec=persons_spec.model_copy(update={"candidates": rules}), **persons)
        for rules in (wide, narrow)
    )
    table = pd.read_parquet(persons["candidates"] / "candidates.parquet")
    assert table["left_key"].is_unique
    assert report["budget"]["candidates_cut"] == whole["candidates"] - len(table) > 0
    assert report["budget"]["true_pairs_cut"] == report["missed_true_pairs"] - whole["missed_true_pairs"] > 0
    assert len(report["completeness_by_budget"]) == 1


def test_the_same_inputs_give_the_same_files(persons, settings, persons_spec):
    candidates(settings=settings, spec=persons_spec, **persons)
    first = {file.name: file.read_bytes() for file in persons["candidates"].rglob("*.*")}
    candidates(settings=settings, spec=persons_spec, **persons)
    assert {file.name: file.read_bytes() for file in persons["candidates"].rglob("*.*")} == first
    assert sorted(first) == ["candidates.json", "candidates.parquet", "candidates.png", "missed.parquet"]


def test_the_report_contains_no_record(persons, settings, persons_spec):
    candidates(settings=settings, spec=persons_spec, **persons)
    report = (persons["candidates"] / "candidates.json").read_text()
    features = pd.read_parquet(persons["features"] / "records.parquet")
    assert "rec-" not in report
    assert not [surname for surname in features["surname"].dropna().unique() if f'"{surname}"' in report]


def test_true_pairs_that_no_rule_finds_are_written_to_a_separate_file(persons, settings, persons_spec):
    narrow = persons_spec.candidates.model_copy(update={"rules": (("date_of_birth",),), "tfidf": None})
    spec = persons_spec.model_copy(update={"candidates": narrow})
    report = candidates(settings=settings, spec=spec, **persons)
    missed = pd.read_parquet(persons["candidates"] / "missed.parquet")
    assert len(missed) == report["missed_true_pairs"] > 0
    assert set(missed["label"]) == {1}
    assert report["pairs_completeness"] == pytest.approx(1 - len(missed) / 800)
    assert "tfidf_recall_at_k" not in report


def test_a_single_table_is_deduplicated(tmp_path, settings, persons_spec, febrl):
    single_table = pd.concat(febrl, ignore_index=True)
    links = pd.DataFrame({"left_id": febrl[0]["rec_id"].str.replace("-org", "-dup-0"), "right_id": febrl[0]["rec_id"]})
    paths = prepare(tmp_path, settings, persons_spec, single_table, None, links)
    report = candidates(settings=settings, spec=persons_spec, **paths)
    table = pd.read_parquet(paths["candidates"] / "candidates.parquet")
    assert (table["left_key"] < table["right_key"]).all()
    assert report["records"] == {"left": 1600, "right": 0}
    assert report["possible_pairs"] == 1600 * 1599 // 2
    assert report["pairs_completeness"] > 0.995


def offers(prefix: str) -> pd.DataFrame:
    words = ["kettle", "toaster", "grinder", "blender", "juicer", "mixer"]
    return pd.DataFrame(
        {
            "id": [f"{prefix}{n}" for n in range(6)],
            "title": [f"acme {word} {n}{n}00" for n, word in enumerate(words)],
            "brand": "acme",
            "modelno": None,
            "price": "10",
            "category": "kitchen",
        }
    )


def test_with_partial_labels_a_pair_without_a_label_is_unknown(tmp_path, settings, products_spec):
    tfidf = products_spec.candidates.tfidf.model_copy(update={"top_k": 1})
    spec = products_spec.model_copy(update={"candidates": products_spec.candidates.model_copy(update={"tfidf": tfidf})})
    pairs = pd.DataFrame([("a0", "b0", 1), ("a1", "b1", 0), ("a2", "b5", 1)], columns=["left_id", "right_id", "label"])
    paths = prepare(tmp_path, settings, spec, offers("a"), offers("b"), pairs)
    report = candidates(settings=settings, spec=spec, **paths)
    assert report["labels"] == {"match": 1, "no_match": 1, "unknown": 4}
    missed = pd.read_parquet(paths["candidates"] / "missed.parquet")
    assert missed.to_dict("records") == [{"left_key": "left:a2", "right_key": "right:b5", "label": 1}]
    assert report["pairs_completeness"] == 0.5


def test_rules_that_propose_no_pair_are_an_error_with_a_hint(persons, settings, persons_spec):
    features = pd.read_parquet(persons["features"] / "records.parquet")
    features.assign(date_of_birth=None).to_parquet(persons["features"] / "records.parquet")
    narrow = persons_spec.candidates.model_copy(update={"rules": (("date_of_birth",),), "tfidf": None})
    with pytest.raises(CandidateError, match="Hint: look at"):
        candidates(settings=settings, spec=persons_spec.model_copy(update={"candidates": narrow}), **persons)


def test_pairs_of_quarantined_records_are_counted_but_not_as_missed(persons, settings, persons_spec):
    features = pd.read_parquet(persons["features"] / "records.parquet")
    removed = Snapshot.read(persons["snapshot"]).frame("pairs")["left_key"].iloc[0]
    features[features["record_key"] != removed].to_parquet(persons["features"] / "records.parquet")
    report = candidates(settings=settings, spec=persons_spec, **persons)
    assert report["pairs_without_record"] == 1
    assert report["true_pairs"] == 799


def test_a_rule_that_makes_too_many_pairs_is_a_fault_in_a_small_register_and_is_narrowed_in_a_large_one(
    persons, settings, persons_spec
):
    rules = persons_spec.candidates.model_copy(update={"rules": (("state",),), "max_pairs_per_rule": 20_000})
    small = persons_spec.model_copy(update={"candidates": rules})
    with pytest.raises(CandidateError, match="state"):
        candidates(settings=settings, spec=small, **persons)
    large = small.model_copy(update={"split": small.split.model_copy(update={"most_records": 1_000})})
    report = candidates(settings=settings, spec=large, **persons)
    (narrowed,) = report["narrowed"]
    assert narrowed["rule"] == "rule:state"
    assert narrowed["kept"] <= 20_000 < narrowed["pairs"]
