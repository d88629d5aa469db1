"""Reading a spec. All faults are reported together. Each fault has the path of its key and a hint."""

from pathlib import Path

import pytest
import yaml
from fixtures.models import REPOSITORY

from matchwright.core.spec import load_spec, parse_spec, spec_digest, spec_yaml, written_digest
from matchwright.core.spec.deciding import PrecisionConstraints
from matchwright.errors import SpecError

SHIPPED = sorted((REPOSITORY / "specs").glob("*.yaml"))


@pytest.fixture
def raw() -> dict:
    return yaml.safe_load((REPOSITORY / "specs" / "persons.yaml").read_text())


def faults_of(raw: dict) -> dict[str, str]:
    with pytest.raises(SpecError) as caught:
        parse_spec(yaml.safe_dump(raw, sort_keys=True))
    return {fault.path: f"{fault.problem} {fault.hint}" for fault in caught.value.faults}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_spec_is_valid_and_is_read_back_unchanged(path):
    spec = load_spec(path)
    assert spec.name == path.stem
    assert parse_spec(spec_yaml(spec)) == spec


def test_the_national_identifier_is_direct_and_never_compared(persons_spec):
    assert persons_spec.fields["national_id"].pii == "direct"
    assert "national_id" not in persons_spec.compared


def test_the_digest_of_a_spec_depends_on_its_values_and_not_on_its_layout(raw):
    spec = parse_spec(yaml.safe_dump(raw, sort_keys=False))
    assert spec_digest(spec) == spec_digest(load_spec(REPOSITORY / "specs" / "persons.yaml"))
    raw["costs"]["review"] = 2
    assert spec_digest(parse_spec(yaml.safe_dump(raw, sort_keys=False))) != spec_digest(spec)


def test_the_digest_of_a_written_spec_does_not_change_if_later_code_has_more_keys(persons_spec):
    text = spec_yaml(persons_spec)
    assert written_digest(parse_spec(text)) == spec_digest(persons_spec)
    older = parse_spec(text.replace("multiplicity: one_to_one\n", ""))  # a key that later code added
    assert written_digest(older) != spec_digest(older)


def test_a_spec_with_no_format_or_another_format_is_refused_and_the_error_names_the_right_format(raw):
    del raw["format"]
    assert (
        faults_of(raw)["format"]
        == "is required; this version reads format 2 rename the keys below, if any, and set format: 2"
    )
    assert "is 3; this version reads format 2" in faults_of({**raw, "format": 3})["format"]


def test_a_spec_of_format_1_is_refused_with_the_new_name_of_each_key(raw):
    del raw["format"]
    del raw["precision_constraints"]
    raw["floors"] = {"match_precision": 0.99, "no_match_npv": 0.9, "confidence": 0.95}
    raw["model"] |= {"missing_augmentation": 1.0, "context_free": 0.5, "search": {"trials": 5}}
    raw["encoder"] = {"fields": ["surname"]}
    raw["candidates"]["encoder_top_k"] = 2
    raw["calibration"] = {"conformal": {"error": 0.05}}
    raw["fields"]["postcode"]["comparators"] = ["levenshtein", "elsewhere"]
    found = faults_of(raw)
    for old, new in {
        "floors": "rename it to precision_constraints",
        "floors.match_precision": "rename it to precision_constraints.match",
        "floors.no_match_npv": "rename it to precision_constraints.no_match",
        "model.missing_augmentation": "rename it to model.missing_field_augmentation",
        "model.context_free": "rename it to model.context_free_augmentation",
        "candidates.encoder_top_k": "rename it to candidates.embedding_top_k",
        "encoder": "remove the section",
        "model.search": "remove it",
        "calibration.conformal": "remove it",
        "fields.postcode.comparators": "use cross_field",
    }.items():
        assert new in found[old], old
    assert not [fault for fault in found.values() if "unknown key" in fault or "did you mean" in fault]


def test_an_individual_field_must_be_an_identity_field(raw):
    found = faults_of({**raw, "individual": ["given_name", "postcode"]})
    assert "'postcode' is no identity field" in found["individual[1]"]


def test_a_spec_cannot_be_changed(persons_spec):
    with pytest.raises(ValueError, match="frozen"):
        persons_spec.costs.review = 3


def test_all_faults_are_reported_at_once_with_paths_and_hints(raw):
    raw["fields"]["surname"]["kind"] = "nam"
    raw["fields"]["given_name"]["agree_at"] = 0.9
    raw["costs"]["review"] = -1
    raw["candidates"]["rules"].append(["birthday"])
    raw["slices"][0]["field"] = "dob"
    raw["split"]["train"] = 0.9
    raw["reasons"]["texts"]["SURNAME_MATCHES"] = "?"
    del raw["record_id"]
    faults = faults_of(raw)
    assert "'name'" in faults["fields.surname.kind"]
    assert "did you mean 'agrees_at'?" in faults["fields.given_name.agree_at"]
    assert "more than 0" in faults["costs.review"]
    assert "birthday" in faults["candidates.rules.5"]
    assert "choose from date_of_birth" in faults["slices.0.field"]
    assert "add up to 1.3" in faults["split"]
    assert "reasons.texts.SURNAME_MATCHES" in faults
    assert "is required" in faults["record_id"]


@pytest.mark.parametrize(
    ("section", "value", "path"),
    [
        ("candidates", {"rules": [["surname"]], "tfidf": {"fields": ["birthday"]}}, "candidates.tfidf.fields"),
        ("quality", {"fields": {"surname": {"pattern": "("}}}, "quality.fields.surname.pattern"),
        ("model", {"challengers": ["forest"]}, "model.challengers.0"),
        ("golden", [], "golden"),
        ("name", "Not A Name", "name"),
    ],
)
def test_a_fault_has_the_path_of_its_key(raw, section, value, path):
    raw[section] = value
    assert list(faults_of(raw)) == [path]


def test_candidates_by_embedding_need_fitted_embeddings(raw):
    raw["candidates"] = {"rules": [["surname"]], "embedding_top_k": 5}
    assert list(faults_of(raw)) == ["candidates.embedding_top_k"]
    for model in ({"scorer": "torch"}, {"challengers": ["torch"]}, {"embeddings": True}):
        assert parse_spec(yaml.safe_dump({**raw, "model": model})).candidates.embedding_top_k == 5
    raw["model"] = {"scorer": "torch", "embeddings": False}
    assert list(faults_of(raw)) == ["candidates.embedding_top_k"]


def test_the_kind_of_the_scorer_cannot_also_be_a_challenger(raw):
    raw["model"] = {"scorer": "torch", "challengers": ["torch"]}
    assert list(faults_of(raw)) == ["model.challengers"]


def test_a_comparator_for_another_kind_of_field_is_refused_and_the_hint_lists_the_possible_ones(raw):
    raw["fields"]["surname"]["comparators"] = ["relative"]
    assert "choose from jaro_winkler" in faults_of(raw)["fields.surname.comparators"]


@pytest.mark.parametrize(
    ("section", "key", "value", "path"),
    [
        ("fields", "surname", {"kind": "name", "pii": "quasi", "label": "surname", "comparators": 5}, "comparators"),
        ("fields", "surname", {"kind": ["name"], "pii": "quasi", "label": "surname"}, "kind"),
        ("candidates", "rules", [[["surname"]]], "0.0"),
    ],
)
def test_a_value_of_the_wrong_type_is_a_fault_at_its_key(raw, section, key, value, path):
    raw[section][key] = value
    assert f"{section}.{key}.{path}" in faults_of(raw)


@pytest.mark.parametrize(
    ("record", "path", "fault"),
    [
        ({"fields": ["surnam"]}, "record.fields", "'surnam' is not a field of this spec choose from date_of_birth"),
        ({"comparators": ["phonetic"]}, "record.comparators", "'phonetic' is not a comparator of the whole record"),
        ({"comparators": []}, "record.comparators", "is empty name at least one comparator"),
        ({"comparators": ["numbers", "numbers"]}, "record.comparators", "'numbers' is named twice name it once"),
        (
            {"comparators": ["learned_words"], "fields": ["surname"]},
            "record.comparators",
            "'learned_words' reads only fields with pii: none remove it, or let the record read such a field",
        ),
        (
            {"comparators": ["rarest_shared"], "fields": ["surname", "state"]},
            "record.comparators",
            "'rarest_shared' needs a record whose fields all have pii: none remove it, or name under 'fields' those "
            "without personal data",
        ),
    ],
)
def test_a_fault_in_the_evidence_of_the_whole_record_has_a_hint(raw, record, path, fault):
    raw["record"] = record
    found = faults_of(raw)
    assert list(found) == [path]
    assert found[path].startswith(fault)


def test_words_can_be_learned_if_the_record_reads_a_field_without_personal_data(raw):
    raw["record"] = {"comparators": ["learned_words"], "fields": ["surname", "state"]}
    assert parse_spec(yaml.safe_dump(raw)).record.comparators == ("learned_words",)
    raw["record"] = {"comparators": ["learned_words"]}  # it reads all fields
    assert parse_spec(yaml.safe_dump(raw)).record.comparators == ("learned_words",)
    raw["fields"]["state"]["pii"] = "quasi"
    assert list(faults_of(raw)) == ["record.comparators"]


@pytest.mark.parametrize(("listed", "fault"), [([], "is empty"), (["phonetic", "phonetic"], "is named twice")])
def test_the_comparators_of_a_field_are_at_least_one_and_all_different(raw, listed, fault):
    raw["fields"]["surname"]["comparators"] = listed
    assert fault in faults_of(raw)["fields.surname.comparators"]


def test_a_field_cannot_have_the_name_of_the_codes_of_hints(raw):
    raw["fields"]["counterfactual"] = {"kind": "text", "pii": "none", "label": "text"}
    assert faults_of(raw) == {
        "fields.counterfactual": "is a reserved name rename the field and give its column: with 'column'"
    }


@pytest.mark.parametrize("text", ["name: persons\n[a, b]: 1\n", "name: persons\n? {a: b}\n: 1\n"])
def test_a_list_or_mapping_as_a_key_is_a_fault(text):
    with pytest.raises(SpecError, match="line 2: a key is a list or a mapping"):
        parse_spec(text)


def test_a_file_that_is_not_in_utf_8_is_refused_with_the_place_of_the_first_wrong_byte(tmp_path: Path):
    (tmp_path / "latin.yaml").write_bytes("name: café\n".encode("latin-1"))
    with pytest.raises(SpecError, match=r"latin\.yaml cannot be read\.\n  byte 10: is not UTF-8"):
        load_spec(tmp_path / "latin.yaml")


def test_a_repeated_key_is_a_fault():
    with pytest.raises(SpecError, match=r"line 2: key 'name' is given twice"):
        parse_spec("name: persons\nname: people\n")


def test_the_error_for_broken_yaml_has_the_line_number():
    with pytest.raises(SpecError, match="line 2"):
        parse_spec("name: persons\n  fields: [}\n")


def test_the_error_for_an_absent_file_names_the_folder_of_the_examples(tmp_path: Path):
    with pytest.raises(SpecError, match=r"Hint: see specs/"):
        load_spec(tmp_path / "none.yaml")


def test_an_expectation_that_does_not_fit_the_kind_of_its_field_is_a_fault(raw):
    raw["quality"]["fields"]["surname"]["minimum"] = 1
    assert "use pattern, max_length or allowed" in faults_of(raw)["quality.fields.surname.minimum"]


def test_a_spec_without_a_format_lists_no_old_key_that_it_does_not_have(raw):
    del raw["format"]
    raw["candidates"]["encoder_top_k"] = 2
    assert list(faults_of(raw)) == ["format", "candidates.encoder_top_k"]


@pytest.mark.parametrize("share", ["most", None, [0.2]])
def test_a_share_of_the_split_that_is_no_number_is_a_fault(raw, share):
    raw["split"] = {"train": 0.6, "calibrate": share, "test": 0.2}
    assert list(faults_of(raw)) == ["split.calibrate"]


@pytest.mark.parametrize("pair", [5, "identical", {"name": "identical", "left": 3, "right": None, "expect": "match"}])
def test_a_golden_pair_that_is_not_a_pair_of_records_is_a_fault(raw, pair):
    raw["golden"].append(pair)
    place = f"golden.{len(raw['golden']) - 1}"
    assert faults_of(raw)
    assert all(path.startswith(place) for path in faults_of(raw))


@pytest.mark.parametrize(
    ("model", "fitted"),
    [
        ({"scorer": "xgboost"}, False),
        ({"scorer": "xgboost", "challengers": ["torch"]}, True),
        ({"scorer": "torch"}, True),
        ({"scorer": "torch", "embeddings": False}, False),
        ({"scorer": "xgboost", "embeddings": True}, True),
        ({"scorer": "xgboost", "challengers": ["torch"], "embeddings": False}, False),
    ],
)
def test_embeddings_are_fitted_for_a_network_unless_the_spec_says_otherwise(raw, model, fitted):
    raw["model"] = model
    assert parse_spec(yaml.safe_dump(raw)).model.fits_embeddings is fitted


@pytest.mark.parametrize(
    ("match", "no_match", "constrained"), [(0, 0, False), (0.9, 0, True), (0, 0.9, True), (0.9, 0.9, True)]
)
def test_one_band_with_a_precision_constraint_is_enough_for_a_gate(match, no_match, constrained):
    assert PrecisionConstraints(match=match, no_match=no_match).any is constrained
