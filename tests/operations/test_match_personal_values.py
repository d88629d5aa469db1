"""No value of a record is in what a run writes or says, but for the input tables with their clusters."""

import json
import logging
from itertools import product

import pandas as pd
import pytest
from fixtures.keys import keys_of_the_suite

from matchwright.adapters.lake.delta import read_table
from matchwright.core.bundle import load_bundle
from matchwright.errors import QualityError
from matchwright.operations.match_tables.explain import explain_pair, explain_record
from matchwright.operations.match_tables.inputs import input_files
from matchwright.operations.match_tables.match import match_tables
from matchwright.operations.match_tables.options import MatchOptions
from matchwright.operations.match_tables.outputs import COMPARED, FREQUENCIES
from matchwright.secrets import VERIFY_KEY, secret

CANARIES = {
    "given_name": "Quixwenna",
    "surname": "Zorbathrax",
    "street_number": "98761",
    "address_1": "Vexillium Crook",
    "address_2": "Flumdrell Yard",
    "suburb": "Gnarlbyford",
    "postcode": "98762",
    "state": "qxz",
    "date_of_birth": "19171231",
    "soc_sec_id": "9876543",
}
"""Values that no table, spec or text has by chance."""

PARTS = ["quixwenna", "zorbathrax", "98761", "vexillium", "flumdrell", "gnarlbyford", "98762", "qxz", "9876543"]
PARTS += ["19171231", "1917-12-31", "31.12.1917", "uncanny"]


@pytest.fixture(scope="module")
def bundle(trained_bundle):
    with keys_of_the_suite():
        return load_bundle(trained_bundle, secret(VERIFY_KEY))


@pytest.fixture(scope="module")
def tables(febrl, bundle, tmp_path_factory):
    """Tables with canaries: in a match, in pairs that are less alike, and in rows that go to quarantine."""
    folder, sides = tmp_path_factory.mktemp("planted"), []
    for source, table in zip(("left", "right"), febrl, strict=True):
        columns = {field: bundle.model.spec.column_of(field) for field in bundle.model.spec.fields}
        rows = []
        for number, (field, given) in enumerate(product([None, *CANARIES], range(2))):
            values = {columns.get(name, name): value for name, value in CANARIES.items()}
            if field is not None and source == "right":
                values[columns.get(field, field)] = None  # one value is missing on the other side
            rows.append({**values, "rec_id": f"canary-{number if given else 0}-{source}"})
        rows.append({**rows[-1], "rec_id": f"canary-date-{source}", "date_of_birth": "uncanny"})
        planted = pd.DataFrame(rows)[[name for name in table.columns if name in rows[0]]]
        sides.append(pd.concat([table, planted], ignore_index=True))
    files = {source: folder / f"{source}.csv" for source in ("left", "right")}
    for side, file in zip(sides, files.values(), strict=True):
        side.to_csv(file, index=False)
    return {source: str(file) for source, file in files.items()}


@pytest.fixture(scope="module")
def run(bundle, tables, tmp_path_factory):
    """A run with its logs."""
    folder, said = tmp_path_factory.mktemp("canaries") / "run", []
    handler = logging.Handler(logging.DEBUG)
    handler.emit = lambda record: said.append(logging.Formatter().format(record))
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        options = MatchOptions(reasons="all", join_from=0.5)
        summary = match_tables(bundle, input_files(tables), folder, options, report=lambda p: said.append(str(p)))
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    return folder, summary, said


def found_in(text):
    return [part for part in PARTS if part in text.lower()]


def test_the_canaries_are_where_they_may_be(run):
    """Else this test shows nothing."""
    folder, summary, _ = run
    assert set(found_in((folder / "left_with_clusters.csv").read_text())) >= {"zorbathrax", "uncanny", "9876543"}
    keys = pd.concat([read_table(str(folder / "pairs"))[key] for key in ("left_key", "right_key")])
    assert keys.str.contains("canary").sum() > 10
    assert summary["quarantined"] > 10


def test_no_page_and_no_file_of_figures_has_one(run):
    folder, _, _ = run
    pages = [path for path in folder.iterdir() if path.suffix in (".html", ".json", ".yaml")]
    expected = {"report.html", "quality.html", "summary.json", "run.json", "quality.json", "spec.yaml"}
    assert {page.name for page in pages} == expected
    for page in pages:
        assert found_in(page.read_text(encoding="utf-8")) == [], page.name


@pytest.mark.parametrize("table", ["pairs", "clusters", "review", "quarantine", COMPARED, FREQUENCIES])
def test_no_table_has_one_nor_the_log_of_its_writes(run, table):
    path = run[0] / table
    frame = pd.read_parquet(path) if path.is_file() else read_table(str(path))
    assert len(frame)
    assert found_in(frame.to_csv()) == []
    for log in path.glob("_delta_log/*.json"):
        assert found_in(log.read_text()) == []


def test_no_line_of_the_log_and_no_progress_has_one(run):
    _, _, said = run
    assert len(said) > 10
    assert found_in("\n".join(said)) == []


def test_no_other_file_is_left(run):
    known = {"pairs", "clusters", "review", "quarantine", COMPARED, FREQUENCIES, ".lock", "report.html", "quality.html"}
    known |= {
        "spec.yaml",
        "summary.json",
        "run.json",
        "quality.json",
        "left_with_clusters.csv",
        "right_with_clusters.csv",
    }
    assert {path.name for path in run[0].iterdir()} == known


def test_no_explanation_has_one(run, bundle, tables):
    folder, inputs = run[0], input_files(tables)
    pairs = read_table(str(folder / "pairs"))
    planted = pairs[pairs["left_key"].str.contains("canary") | pairs["right_key"].str.contains("canary")]
    texts = [
        "\n".join(explain_pair(folder, (row.left_key, row.right_key), bundle, inputs).lines())
        for row in planted.head(12).itertuples()
    ]
    stranger = planted["left_key"].iloc[0], "right:rec-10-dup-0"
    texts += ["\n".join(explain_pair(folder, stranger, bundle, inputs).lines())]
    texts += ["\n".join(explain_record(folder, key).lines()) for key in planted["left_key"].head(5)]
    assert all("_AGREES: " in text for text in texts[:12])
    assert found_in("\n".join(texts)) == []


def test_no_error_about_tables_beyond_the_limits_has_one(bundle, tmp_path):
    rows = pd.DataFrame([CANARIES] * 200).assign(rec_id="one")
    rows.to_csv(tmp_path / "records.csv", index=False)
    with pytest.raises(QualityError) as error:
        match_tables(bundle, input_files({"left": str(tmp_path / "records.csv")}), tmp_path / "run")
    assert found_in(str(error.value)) == []
    assert found_in(json.dumps((tmp_path / "run/quality.json").read_text())) == []
    assert found_in((tmp_path / "run/quality.html").read_text()) == []
