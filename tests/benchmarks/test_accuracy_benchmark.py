"""The accuracy benchmark: it runs what it can, names what it cannot run, and compares versions on the same pairs."""

import sys

import numpy as np
import pandas as pd
import pytest
from fixtures.models import REPOSITORY

from benchmarks import accuracy
from benchmarks.benchmark_data import PARTS
from benchmarks.predictions import Predictions, changes_since, mean_f1, read_predictions, write_predictions
from matchwright.errors import DataError

TRUTH = np.array([True, False] * 100)


def run(monkeypatch, *options):
    monkeypatch.setattr(sys, "argv", ["accuracy", *map(str, options)])
    accuracy.main()


def write_shop(folder):
    """Two shops that sell 60 articles. Each has every article, and most names have a fault."""
    folder.mkdir(parents=True)
    generator = np.random.default_rng(1)
    words = ["".join(generator.choice(list("abcdefgh"), 6)) for _ in range(300)]
    names = [" ".join(generator.choice(words, 4, replace=False)) for _ in range(240)]
    for number, part in enumerate(PARTS):
        rows = []
        for article in range(number * 80, number * 80 + 80):
            rows += [(names[article], names[article][:-3], 1), (names[article], names[(article + 7) % 240], 0)]
        table = pd.DataFrame(rows, columns=["left_name", "right_name", "label"])
        table.assign(left_price="1", right_price="1").to_parquet(folder / f"{part}.parquet")
    return folder


@pytest.mark.parametrize("files", [{}, {"broken": b"no parquet"}])
def test_nothing_to_run_is_a_failure_in_one_line_without_a_traceback(tmp_path, monkeypatch, capsys, files):
    for name, content in files.items():
        (tmp_path / name).mkdir()
        for part in PARTS:
            (tmp_path / name / f"{part}.parquet").write_bytes(content)
    with pytest.raises(SystemExit) as ended:
        run(monkeypatch, "--data", tmp_path)
    assert ended.value.code == 2
    shown = capsys.readouterr().out
    assert "Traceback" not in shown
    assert ("broken" if files else "No benchmark set found") in shown


def test_a_set_that_no_spec_fits_is_named_and_fails(tmp_path, monkeypatch, capsys):
    write_shop(tmp_path / "shop")
    with pytest.raises(SystemExit) as ended:
        run(monkeypatch, "--data", tmp_path, "--spec", REPOSITORY / "specs/persons.yaml")
    assert ended.value.code == 2
    shown = capsys.readouterr().out
    assert "shop: No given spec has its columns." in shown
    assert "--inferred drafts one" in shown


def test_a_version_is_saved_and_the_same_version_differs_by_nothing(tmp_path, monkeypatch, capsys):
    write_shop(tmp_path / "sets" / "shop")
    kept = tmp_path / "before.json"
    command = ["--data", tmp_path / "sets", "--inferred", "--seeds", 1]
    run(monkeypatch, *command, "--save", kept)
    assert mean_f1(read_predictions(kept)["shop"]["alone"]) > 0.8
    run(monkeypatch, *command, "--against", kept)
    assert "since before.json, alone: +0.0 (+0.0 to +0.0)" in capsys.readouterr().out


def predictions(wrong):
    predicted = TRUTH.copy()
    predicted[:wrong] = ~predicted[:wrong]
    return [Predictions(predicted, TRUTH, 0.9)]


def test_the_interval_of_a_change_is_of_the_same_pairs_for_both_versions():
    change = changes_since({"alone": predictions(12)}, {"alone": predictions(4)})["alone"]
    low, high = (float(value) for value in change.partition("(")[2].rstrip(")").split(" to "))
    assert 0 < low < high < 10
    assert changes_since({"alone": predictions(4)}, {"alone": predictions(4)}) == {"alone": "+0.0 (+0.0 to +0.0)"}


def test_predictions_of_other_pairs_and_files_that_are_none_are_refused(tmp_path):
    with pytest.raises(DataError, match="other test pairs"):
        changes_since({"alone": predictions(1)}, {"alone": [Predictions(TRUTH[:50], TRUTH[:50], 0.9)]})
    write_predictions(tmp_path / "kept.json", {"shop": {"alone": predictions(3)}})
    np.testing.assert_array_equal(
        read_predictions(tmp_path / "kept.json")["shop"]["alone"][0].predicted, predictions(3)[0].predicted
    )
    (tmp_path / "other.json").write_text('{"shop": 3}', encoding="utf-8")
    with pytest.raises(DataError, match="cannot be read"):
        read_predictions(tmp_path / "other.json")


def test_faults_of_a_set_are_named_and_other_sets_still_run(tmp_path, monkeypatch, capsys):
    write_shop(tmp_path / "good")
    for name, change in {
        "labels": lambda table: table.assign(label=2),
        "unlabelled": lambda table: table.drop(columns="label"),
        "one_class": lambda table: table.assign(label=0),
    }.items():
        folder = write_shop(tmp_path / name)
        change(pd.read_parquet(folder / "test.parquet")).to_parquet(folder / "test.parquet")
    with pytest.raises(SystemExit) as ended:
        run(monkeypatch, "--data", tmp_path, "--inferred", "--seeds", 1)
    assert ended.value.code == 1
    shown = " ".join(capsys.readouterr().out.split())
    for fault in (
        "labels: This is no benchmark set. test.parquet: label has other values than 0 and 1",
        "unlabelled: This is no benchmark set. test.parquet: no column label",
        "one_class: This is no benchmark set. test.parquet: has not both matches and other pairs",
        "good (good): alone",
        "3 of 4 sets could not be run",
    ):
        assert fault in shown


def test_what_cannot_be_saved_or_compared_is_said_before_anything_runs(tmp_path, monkeypatch, capsys):
    write_shop(tmp_path / "sets" / "shop")
    write_predictions(tmp_path / "other.json", {"another": {"alone": predictions(3)}})
    for option in (("--save", tmp_path / "absent" / "kept.json"), ("--against", tmp_path / "other.json")):
        with pytest.raises(SystemExit) as ended:
            run(monkeypatch, "--data", tmp_path / "sets", *option)
        assert ended.value.code == 2
    shown = " ".join(capsys.readouterr().out.split())
    assert "There is no folder" in shown
    assert "other.json has predictions of none of these sets" in shown
