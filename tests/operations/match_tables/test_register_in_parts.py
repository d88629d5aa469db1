"""A register whose records are prepared in parts, elsewhere, is planned as one that is prepared here."""

import json

import numpy as np
import pandas as pd
import pytest
from fixtures.keys import keys_of_the_suite

from matchwright.adapters.lake.delta import read_table
from matchwright.core.bundle import load_bundle
from matchwright.core.candidates.rules import propose_by_rules
from matchwright.errors import DataError, QualityError
from matchwright.matching.coded import hashes_of
from matchwright.operations.match_tables.inputs import MatchInput, input_files
from matchwright.operations.match_tables.match import identity_of
from matchwright.operations.match_tables.options import MatchOptions
from matchwright.operations.match_tables.register import register_of
from matchwright.operations.match_tables.register_in_parts import register_in_parts
from matchwright.operations.match_tables.run_folder import InputTable, opened_run
from matchwright.secrets import VERIFY_KEY, secret


class Elsewhere:
    """Records that are kept in a list, part by part."""

    def prepare(self, parts, prepare):
        made = [prepare(part) for part in parts]
        self.features = [features for _, features in made]
        return [facts for facts, _ in made]

    def hashes(self, names, key):
        self.asked = list(names)
        every = pd.concat([features for features in self.features if len(features)], ignore_index=True)
        return {name: hashes_of(every[name], key) for name in names}

    def place(self, positions, frequencies):
        self.positions, self.frequencies = positions, frequencies


@pytest.fixture
def bundle(trained_bundle):
    with keys_of_the_suite():
        return load_bundle(trained_bundle, secret(VERIFY_KEY))


@pytest.fixture
def files(febrl, tmp_path):
    left, right = (table.head(250).copy() for table in febrl)
    left.loc[left.index[30], "rec_id"] = left["rec_id"].iloc[31]
    right.loc[right.index[4], "rec_id"] = None
    (tmp_path / "left").mkdir()
    for number in range(3):
        left.iloc[number * 100 : number * 100 + 100].to_parquet(tmp_path / f"left/{number}.parquet")
    right.to_csv(tmp_path / "right.csv", index=False)
    return {"left": str(tmp_path / "left"), "right": str(tmp_path / "right.csv")}


def registers(bundle, inputs, tmp_path, **options):
    """The register that is prepared here, the one in parts, and where its records are."""
    identity, records = identity_of(bundle, inputs, MatchOptions(**options)), Elsewhere()
    with opened_run(tmp_path / "here", identity) as run, opened_run(tmp_path / "parts", identity) as other:
        one_table = len(inputs) == 1
        here = register_of(run, bundle, inputs, one_table)
        return here, register_in_parts(other, bundle, inputs, one_table, records), records


def test_tables_in_files(bundle, files, tmp_path):
    here, parts, _records = registers(bundle, input_files(files), tmp_path, tables="none")
    assert parts.quality == here.quality
    assert parts.quality.tables["records"].quarantined == 3
    assert parts.table.keys.tolist() == here.table.keys.tolist()
    for side in ("left", "right"):
        np.testing.assert_array_equal(getattr(parts.table, side), getattr(here.table, side))
    quarantine = [read_table(str(tmp_path / run / "quarantine")) for run in ("here", "parts")]
    pd.testing.assert_frame_equal(*quarantine)
    assert json.loads((tmp_path / "parts/quality.json").read_text()) == json.loads(
        (tmp_path / "here/quality.json").read_text()
    )
    proposals = [propose_by_rules(each.table, bundle.model.spec.candidates).proposals for each in (here, parts)]
    for one, other in zip(*proposals, strict=True):
        assert sorted(zip(one.left, one.right, strict=True)) == sorted(zip(other.left, other.right, strict=True))


def test_the_features_of_each_record_are_at_its_position(bundle, files, tmp_path):
    here, parts, records = registers(bundle, input_files(files), tmp_path, tables="none")
    features = pd.concat(records.features, ignore_index=True)
    placed = features[records.positions >= 0]
    order = np.argsort(records.positions[records.positions >= 0])
    assert placed["record_key"].iloc[order].tolist() == here.table.keys.tolist()
    assert records.frequencies.shape[0] == len(here.table.keys)
    values = set(here.table.features["surname"].dropna())
    assert not values & set(parts.table.features["surname"].dropna())


def test_a_table_in_memory_is_in_parts_too(bundle, febrl, tmp_path):
    table = febrl[0].head(300)
    given = MatchInput(InputTable(source="left", name="left", digest="0"), lambda: table.copy())
    here, parts, _ = registers(bundle, [given], tmp_path, tables="none")
    assert parts.table.one_table
    assert parts.table.keys.tolist() == here.table.keys.tolist()


def test_a_column_that_the_run_would_add_is_refused(bundle, files, tmp_path):
    table = pd.read_csv(files["right"], dtype=str).assign(cluster_id="x")
    table.to_csv(files["right"], index=False)
    inputs = input_files(files)
    with (
        opened_run(tmp_path / "run", identity_of(bundle, inputs, MatchOptions())) as run,
        pytest.raises(DataError, match="the run would add"),
    ):
        register_in_parts(run, bundle, inputs, False, Elsewhere())


def test_tables_beyond_the_limits_stop_and_the_report_is_written(bundle, files, tmp_path):
    table = pd.read_csv(files["right"], dtype=str)
    table["rec_id"] = "same"
    table.to_csv(files["right"], index=False)
    inputs = input_files(files)
    with (
        opened_run(tmp_path / "run", identity_of(bundle, inputs, MatchOptions(tables="none"))) as run,
        pytest.raises(QualityError, match="quality limits"),
    ):
        register_in_parts(run, bundle, inputs, False, Elsewhere())
    assert (tmp_path / "run/quality.html").exists()


def test_tables_without_rows_are_refused(bundle, tmp_path):
    (tmp_path / "left").mkdir()
    pd.DataFrame({"rec_id": []}).to_parquet(tmp_path / "left/0.parquet")
    inputs = input_files({"left": str(tmp_path / "left")})
    with (
        opened_run(tmp_path / "run", identity_of(bundle, inputs, MatchOptions(tables="none"))) as run,
        pytest.raises(DataError, match="has no rows"),
    ):
        register_in_parts(run, bundle, inputs, True, Elsewhere())
