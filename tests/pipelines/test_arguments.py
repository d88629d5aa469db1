"""The parameters of a pipeline, and the digests that prevent outdated cached results."""

import re
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from fixtures.graphs import logistic

from matchwright.core.spec import load_spec, parse_spec
from matchwright.errors import DataError, PipelineError, ScorerError
from matchwright.settings import load_settings, overrides_of
from pipelines import digests
from pipelines.arguments import arguments_of

SPEC = Path("specs/persons.yaml")


def test_a_spec_is_passed_as_text_with_the_same_content() -> None:
    arguments, name = arguments_of("train", SPEC, {})

    assert name == "persons"
    assert parse_spec(arguments["spec"]) == load_spec(SPEC)


def test_a_changed_comment_does_not_change_the_arguments_and_a_changed_setting_does(tmp_path: Path) -> None:
    text = SPEC.read_text()
    (tmp_path / "commented.yaml").write_text("# another comment\n" + text)
    (tmp_path / "changed.yaml").write_text(text.replace("depth: 3", "depth: 4"))

    plain = arguments_of("train", SPEC, {})[0]["spec"]

    assert arguments_of("train", tmp_path / "commented.yaml", {})[0]["spec"] == plain
    assert arguments_of("train", tmp_path / "changed.yaml", {})[0]["spec"] != plain


def test_a_pipeline_gets_only_its_own_parameters() -> None:
    assert set(arguments_of("release", SPEC, {"version": "3", "labels": ""})[0]) == {"code_digest", "name", "version"}


@pytest.mark.parametrize(
    ("pipeline", "given", "message"),
    [
        (
            "monitor",
            {"records": "no.csv", "since": "24h"},
            r"'monitor' does not take --records\.\nHint: it takes --since",
        ),
        ("train", {"pairs": "p.csv", "version": "3"}, r"'train' does not take --version\.\nHint: it takes --pairs"),
        (
            "release",
            {"records_right": "b.csv", "scorer": "a.onnx"},
            r"'release' does not take --records-right, --scorer\.",
        ),
    ],
)
def test_an_option_of_another_pipeline_is_refused(pipeline: str, given: dict[str, str], message: str) -> None:
    with pytest.raises(PipelineError, match=message):
        arguments_of(pipeline, SPEC, given)


def test_the_arguments_have_the_full_path_and_the_digest_of_an_input_file(tmp_path: Path) -> None:
    file = tmp_path / "records.csv"
    given = {"records": str(file), "pairs": "s3://bucket/pairs.csv"}
    file.write_text("rec_id\n1\n")
    first = arguments_of("train", SPEC, given)[0]
    file.write_text("rec_id\n2\n")
    second = arguments_of("train", SPEC, given)[0]

    assert first["records"] == second["records"] == str(file)
    assert first["data_digest"] != second["data_digest"]


def test_matching_needs_the_records_and_takes_its_own_options(tmp_path: Path) -> None:
    file = tmp_path / "left.csv"
    file.write_text("rec_id\n1\n")
    options = {"target": "leads", "join_from": "0.8", "link_and_dedupe": "true", "version": "2"}
    arguments, name = arguments_of("match", SPEC, {"records": str(file), **options}, "prod")

    assert name == "persons"
    assert {key: arguments[key] for key in options} == options
    assert (arguments["records"], arguments["records_right"]) == (str(file), "")
    with pytest.raises(DataError, match="--records: is not given"):
        arguments_of("match", SPEC, {"records_right": str(file)})
    with pytest.raises(PipelineError, match=r"'train' does not take --target\."):
        arguments_of("train", SPEC, {"target": "leads"})


def test_all_missing_files_are_listed_in_one_error() -> None:
    with pytest.raises(DataError) as caught:
        arguments_of("train", SPEC, {"records": "no.csv", "pairs": "nor.csv"})

    assert [fault.path for fault in caught.value.faults] == ["--records", "--pairs"]


def test_a_table_may_be_a_folder_and_its_digest_is_that_of_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "left.parquet"
    folder.mkdir()
    (folder / "part-0.parquet").write_bytes(b"one")
    given = {"records": str(folder), "pairs": "s3://bucket/pairs.csv"}

    assert arguments_of("train", SPEC, given)[0]["records"] == str(folder)
    first = digests.data_digest([str(folder)])
    assert digests.data_digest([str(folder)]) == first
    (folder / "part-0.parquet").write_bytes(b"two")
    second = digests.data_digest([str(folder)])
    (folder / "part-0.parquet").rename(folder / "part-1.parquet")
    assert len({first, second, digests.data_digest([str(folder)])}) == 3


def test_the_digest_of_a_delta_table_is_that_of_its_current_version(tmp_path: Path) -> None:
    table = tmp_path / "left"
    write_deltalake(str(table), pa.table({"id": ["1"]}))
    first = digests.data_digest([str(table)])
    write_deltalake(str(table), pa.table({"id": ["2"]}), mode="overwrite")
    second = digests.data_digest([str(table)])
    DeltaTable(str(table)).vacuum(0, dry_run=False, enforce_retention_duration=False)

    assert first != second
    assert digests.data_digest([str(table)]) == second, "the stale file was part of no version that is read"
    next((table / "_delta_log").glob("*0.json")).write_text("damaged")
    assert digests.data_digest([str(table)]) != second, "the step that reads the table reports it"


def test_a_scorer_cannot_be_a_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="--scorer: no such file"):
        arguments_of("train", SPEC, {"scorer": str(tmp_path)})


@pytest.mark.parametrize("environment", ["dev", "staging", "prod", "elsewhere"])
def test_only_the_environment_local_trains_without_tables(environment: str) -> None:
    assert arguments_of("train", SPEC, {}, "local")[0]["records"] == ""
    with pytest.raises(DataError) as refused:
        arguments_of("train", SPEC, {}, environment)
    assert {fault.path: fault.problem for fault in refused.value.faults} == {
        "--records": "is not given",
        "--pairs": "is not given",
    }
    assert arguments_of("monitor", SPEC, {"since": "24h"}, environment)[0]["since"] == "24h"


def test_a_training_without_labels_needs_no_pairs_in_any_environment(tmp_path: Path) -> None:
    spec = tmp_path / "unsupervised.yaml"
    spec.write_text(re.sub(r"(?m)^labels: \w+", "labels: none", SPEC.read_text()))
    given = {"records": "s3://bucket/left.csv"}

    assert arguments_of("train", spec, given, "prod")[0]["records"] == "s3://bucket/left.csv"
    with pytest.raises(DataError, match="--pairs: are given, but the spec says labels: none"):
        arguments_of("train", spec, {**given, "pairs": "s3://bucket/pairs.csv"}, "prod")


def test_a_file_in_an_object_store_always_counts_as_changed() -> None:
    assert digests.data_digest(["s3://bucket/a.csv"]) != digests.data_digest(["s3://bucket/a.csv"])


def test_the_digest_changes_if_two_files_are_swapped(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a")
    (tmp_path / "b.csv").write_text("b")
    a, b = str(tmp_path / "a.csv"), str(tmp_path / "b.csv")

    assert len({digests.data_digest(order) for order in ([a, b], [b, a], [a, "", b], [a], [])}) == 5


def test_the_code_digest_changes_with_the_code_and_with_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    before = digests.code_digest()
    assert digests.code_digest() == before

    monkeypatch.setattr(digests, "_version", lambda name: "9.9")
    assert digests.code_digest() != before


def test_the_code_digest_does_not_change_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [name for name, _ in digests._sources()]

    assert "matchwright/core/decide/decision.py" in names
    assert "components/context.py" in names
    assert not any(name.startswith(("matchwright/commands", "matchwright/cli.py")) for name in names)


def test_an_unknown_pipeline_is_refused() -> None:
    with pytest.raises(PipelineError, match="choose from train, release, match, monitor"):
        arguments_of("fly", SPEC, {})


def test_a_step_process_loads_the_same_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = load_settings("prod")
    endpoint = loaded.endpoint.model_copy(update={"port": 9999, "subnets": ("a", "b")})
    expected = loaded.model_copy(update={"home": tmp_path, "user": "engineer", "endpoint": endpoint})

    for name, value in overrides_of(expected, "prod").items():
        monkeypatch.setenv(name, value)

    assert load_settings("prod") == expected


def scorer_file(folder: Path, names: str, weights: tuple[float, ...] = (1.0, 2.0)) -> Path:
    (folder / "scorer.onnx").write_bytes(logistic(weights, properties={"comparisons": names}))
    return folder / "scorer.onnx"


def test_a_changed_scorer_changes_only_the_digest_of_the_scorer(tmp_path: Path) -> None:
    names = "surname__jaro_winkler,postcode__levenshtein"
    inputs = {"scorer": str(scorer_file(tmp_path, names)), "returns": "probability"}
    first = arguments_of("train", SPEC, inputs)[0]
    scorer_file(tmp_path, names, (1.0, 3.0))
    second = arguments_of("train", SPEC, inputs)[0]

    assert first["scorer"] == str(tmp_path / "scorer.onnx")
    assert first["returns"] == "probability"
    assert {key for key in first if first[key] != second[key]} == {"scorer_digest"}


def test_the_comparison_names_of_a_scorer_are_passed_as_text(tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("surname__jaro_winkler\npostcode__levenshtein\n")
    inputs = {"scorer": str(scorer_file(tmp_path, "")), "comparisons": str(tmp_path / "names.txt")}

    assert arguments_of("train", SPEC, inputs)[0]["comparisons"] == "surname__jaro_winkler,postcode__levenshtein"


def test_a_scorer_that_does_not_fit_the_spec_is_refused_before_any_step(tmp_path: Path) -> None:
    with pytest.raises(ScorerError, match="no comparison surname__jaro"):
        arguments_of("train", SPEC, {"scorer": str(scorer_file(tmp_path, "surname__jaro, postcode__levenshtein"))})


def test_a_scorer_in_an_object_store_is_not_read_before_its_step() -> None:
    assert arguments_of("train", SPEC, {"scorer": "s3://bucket/scorer.onnx"})[0]["scorer"] == "s3://bucket/scorer.onnx"


def test_an_option_about_a_scorer_needs_a_scorer(tmp_path: Path) -> None:
    with pytest.raises(ScorerError, match="--returns: it is given without --scorer"):
        arguments_of("train", SPEC, {"returns": "log_odds"})


def test_an_absent_scorer_and_its_absent_file_of_names_are_listed_in_one_error() -> None:
    with pytest.raises(DataError) as caught:
        arguments_of("train", SPEC, {"scorer": "no.onnx", "comparisons": "no.txt"})

    assert [fault.path for fault in caught.value.faults] == ["--scorer", "--comparisons"]


def test_no_location_has_the_same_digest_in_every_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty, full = tmp_path / "empty", tmp_path / "full"
    for folder in (empty, full):
        folder.mkdir()
    (full / "table.csv").write_text("id\n1\n")
    found = []
    for folder in (empty, full):
        monkeypatch.chdir(folder)
        found.append(digests.data_digest([""]))
    assert found[0] == found[1]
    assert digests.data_digest([str(empty)]) != digests.data_digest([str(full)])
