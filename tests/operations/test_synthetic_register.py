"""A register in a folder: the same bytes for the same seed, whole or not at all, with the truth beside it."""

import json
from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from matchwright.core.records import conform
from matchwright.core.spec import load_spec
from matchwright.errors import SynthesisError
from matchwright.operations import synthetic_register
from matchwright.operations.synthetic_register import make_register
from matchwright.synthesis import Options, plan_register, record_values

PERSONS = Path(__file__).parents[2] / "specs" / "persons.yaml"


def content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_the_folder_has_records_truth_pairs_and_a_description(tmp_path: Path) -> None:
    made = make_register(tmp_path / "made", Options(), 2_000, seed=1)
    assert set(content(made.folder)) == {"records.parquet", "truth.parquet", "pairs.parquet", "synthesis.json"}
    records, truth, pairs = (pd.read_parquet(made.folder / f"{name}.parquet") for name in ("records", "truth", "pairs"))
    assert records["rec_id"].is_unique
    assert truth["rec_id"].equals(records["rec_id"])
    grouped = truth.groupby("entity")["rec_id"].agg(list)
    expected = {frozenset(pair) for group in grouped for pair in combinations(group, 2)}
    assert {frozenset(pair) for pair in pairs.itertuples(index=False)} == expected
    description = json.loads((made.folder / "synthesis.json").read_text())
    assert description["counts"] == {
        "records": 2_000,
        "entities": truth["entity"].nunique(),
        "households": truth["household"].nunique(),
        "pairs": len(expected),
    }
    assert (description["seed"], description["options"]) == (1, Options().model_dump())
    assert set(description["versions"]) == {"matchwright", "faker", "nicknames", "numpy", "pyarrow"}


def test_two_tables_have_pairs_from_one_to_the_other(tmp_path: Path) -> None:
    folder = make_register(tmp_path / "made", Options(overlap=0.5), 2_000, seed=1, two_tables=True).folder
    left, right, truth, pairs = (
        pd.read_parquet(folder / f"{name}.parquet") for name in ("records_left", "records_right", "truth", "pairs")
    )
    entity = truth.set_index(["table", "rec_id"])["entity"]
    assert Counter(truth["table"]) == {"left": len(left), "right": len(right)}
    expected = set(entity["left"]) & set(entity["right"])
    assert len(pairs) == len(expected)
    assert set(entity["left"][pairs["left_id"]]) == expected
    assert (entity["left"][pairs["left_id"]].to_numpy() == entity["right"][pairs["right_id"]].to_numpy()).all()


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(tmp_path: Path) -> None:
    one, again, other = (
        content(make_register(tmp_path / name, Options(), 1_000, seed).folder)
        for name, seed in (("one", 7), ("again", 7), ("other", 8))
    )
    assert one == again
    assert one["records.parquet"] != other["records.parquet"]


def test_blocks_of_any_size_write_what_is_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    register = plan_register(Options(), 1_000, seed=1)
    whole = pd.DataFrame(record_values(register, Options(), 1, register.side(False)))
    for size in (1_000_000, 64):
        monkeypatch.setattr(synthetic_register, "ROW_GROUP", size)
        folder = make_register(tmp_path / str(size), Options(), 1_000, seed=1).folder
        assert pd.read_parquet(folder / "records.parquet").drop(columns="rec_id").equals(whole)


def test_the_shipped_spec_for_persons_reads_a_register(tmp_path: Path) -> None:
    folder = make_register(tmp_path / "made", Options(), 500, seed=1).folder
    conformed = conform(pd.read_parquet(folder / "records.parquet"), load_spec(PERSONS), "left")
    assert len(conformed) == 500
    assert conformed["date_of_birth"].notna().mean() > 0.9


def test_a_register_is_replaced_only_on_request(tmp_path: Path) -> None:
    make_register(tmp_path / "made", Options(), 100, seed=1)
    before = content(tmp_path / "made")
    with pytest.raises(SynthesisError, match="exists already"):
        make_register(tmp_path / "made", Options(), 100, seed=2)
    assert content(tmp_path / "made") == before
    make_register(tmp_path / "made", Options(), 100, seed=2, force=True)
    assert content(tmp_path / "made") != before
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


def test_a_folder_of_other_files_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter").write_text("kept")
    with pytest.raises(SynthesisError, match="holds no synthetic register"):
        make_register(tmp_path / "thesis", Options(), 100, seed=1, force=True)
    assert content(tmp_path / "thesis") == {"chapter": b"kept"}


def test_nothing_is_left_of_a_register_that_could_not_be_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> np.ndarray:
        raise OSError("no space left on device")

    monkeypatch.setattr(synthetic_register, "_pairs", broken)
    with pytest.raises(OSError, match="no space"):
        make_register(tmp_path / "made", Options(), 100, seed=1)
    assert list(tmp_path.iterdir()) == []
