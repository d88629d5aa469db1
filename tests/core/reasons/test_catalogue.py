"""Texts of reasons and hints: default texts, texts of the spec, and translations."""

import hashlib
import re
from pathlib import Path

import pytest
import yaml
from fixtures.models import REPOSITORY

from matchwright.core.compare.names import comparison_names
from matchwright.core.reasons import Catalogue, Hint, groups_of
from matchwright.core.reasons.catalogue import _templates
from matchwright.core.spec import MatchSpec, load_spec, parse_spec, spec_yaml
from matchwright.errors import BundleError, SpecError


def with_reasons(spec: MatchSpec, **reasons) -> MatchSpec:
    raw = yaml.safe_load(spec_yaml(spec))
    raw["reasons"] = reasons
    return parse_spec(yaml.safe_dump(raw))


def test_every_code_of_every_group_has_a_text(persons_spec):
    texts = Catalogue.of(persons_spec).texts
    for group in groups_of(tuple(comparison_names(persons_spec))):
        for level in ("AGREES", "PARTLY_AGREES", "DISAGREES", "MISSING"):
            assert texts[f"{group.name.upper()}_{level}"]


def test_both_languages_have_the_same_templates_with_the_same_placeholders():
    def shape(node):
        if isinstance(node, dict):
            return {key: shape(value) for key, value in node.items()}
        return sorted(set(re.findall(r"\{(\w+)\}", node.lower())))

    templates = _templates()
    assert shape(templates["en"]) == shape(templates["de"])


def test_a_translation_uses_its_own_texts_first_and_then_templates_with_its_labels(persons_spec):
    german = {"SURNAME_LABEL": "Nachname", "POSTCODE_AGREES": "Die Postleitzahlen sind gleich."}
    spec = with_reasons(persons_spec, texts={"STATE_AGREES": "Same state."}, translations={"de": german})
    catalogue = Catalogue.of(spec)
    assert catalogue.text("SURNAME_AGREES", "de") == "Nachname: stimmt überein."
    assert catalogue.text("POSTCODE_AGREES", "de") == "Die Postleitzahlen sind gleich."
    assert catalogue.text("STATE_AGREES", "en") == "Same state."
    assert catalogue.text("STATE_AGREES", "de") == "State: stimmt überein."


def test_a_language_without_templates_falls_back_to_the_texts_of_the_spec(persons_spec):
    catalogue = Catalogue.of(with_reasons(persons_spec, translations={"fr": {"STATE_AGREES": "Même état."}}))
    assert catalogue.text("STATE_AGREES", "fr") == "Même état."
    assert catalogue.text("STATE_DISAGREES", "fr") == "State differs."
    assert catalogue.text("STATE_DISAGREES", "xx") == "State differs."


@pytest.mark.parametrize(
    ("requested", "language"),
    [(["de"], "de"), (["de-AT"], "de"), (["DE"], "de"), (["fr", "de"], "de"), (["fr"], "en"), ([], "en")],
)
def test_the_first_requested_language_with_texts_is_used(persons_spec, requested, language):
    assert Catalogue.of(with_reasons(persons_spec)).language_for(requested) == language


def test_a_built_in_language_needs_no_key_in_the_spec(persons_spec):
    catalogue = Catalogue.of(with_reasons(persons_spec))
    assert catalogue.languages == ("en", "de")
    assert catalogue.text("STREET_NUMBER_DISAGREES", "de") == "Street number: weicht ab."
    german = Catalogue.of(with_reasons(persons_spec, language="de", texts={"STATE_AGREES": "Gleiches Land."}))
    assert german.languages == ("de", "en")
    assert german.text("STATE_AGREES") == "Gleiches Land."
    assert (german.text("STATE_AGREES", "en"), german.language_for(["fr"])) == ("State agrees.", "de")


@pytest.mark.parametrize("name", ["persons", "products", "offers", "papers", "restaurants", "software"])
def test_the_shipped_specs_have_german_names_for_their_fields(name):
    spec = load_spec(REPOSITORY / "specs" / f"{name}.yaml")
    german = spec.reasons.translations["de"]
    assert {f"{field.upper()}_LABEL" for field in spec.compared} <= set(german)
    assert set(spec.reasons.texts) <= set(german)
    catalogue = Catalogue.of(spec)
    english = [catalogue.text(code) for code in catalogue.texts if "_AGREES" in code or "_DISAGREES" in code]
    assert not {catalogue.text(code, "de") for code in catalogue.texts} & set(english)


def test_different_texts_have_different_digests(persons_spec, tmp_path: Path):
    one, other = (
        Catalogue.of(with_reasons(persons_spec, texts={"STATE_AGREES": text})) for text in ("Same.", "Alike.")
    )
    assert one.digest != other.digest
    one.save(tmp_path / "reasons.yaml")
    assert Catalogue.load(tmp_path / "reasons.yaml").digest == one.digest
    assert hashlib.sha256((tmp_path / "reasons.yaml").read_bytes()).hexdigest() == one.digest


def test_a_hint_is_a_sentence_in_each_language(persons_spec):
    spec = with_reasons(persons_spec, translations={"de": {"DATE_OF_BIRTH_LABEL": "Geburtsdatum"}})
    catalogue = Catalogue.of(spec)
    hint = Hint("match", ("surname", "date_of_birth"), ("PARTLY_AGREES", "MISSING"))
    assert hint.code == "COUNTERFACTUAL_MATCH"
    assert hint.codes == ("SURNAME_AGREES", "DATE_OF_BIRTH_AGREES")
    assert catalogue.hint_text(hint) == (
        "It would be a match if surname (now similar) and date of birth (now missing) agreed."
    )
    assert catalogue.hint_text(hint, "de") == (
        "Ein Treffer wäre es bei Übereinstimmung von surname (bisher ähnlich) und Geburtsdatum (bisher ohne Angabe)."
    )
    settled = Hint("no_match", ("date_of_birth",), ("MISSING",))
    assert (
        catalogue.hint_text(settled, "de")
        == "Kein Treffer wäre es bei Abweichung in Geburtsdatum (bisher ohne Angabe)."
    )
    assert (settled.code, settled.codes) == ("COUNTERFACTUAL_NO_MATCH", ("DATE_OF_BIRTH_DISAGREES",))


def test_a_written_catalogue_is_read_back_unchanged(persons_spec, tmp_path: Path):
    spec = with_reasons(persons_spec, version=3, language="de", translations={"en": {"STATE_AGREES": "Same."}})
    catalogue = Catalogue.of(spec)
    catalogue.save(tmp_path / "reasons.yaml")
    assert Catalogue.load(tmp_path / "reasons.yaml") == catalogue
    assert catalogue.text("STATE_DISAGREES") == "State: weicht ab."


@pytest.mark.parametrize(
    "content", ["version: one\n", "version: 1\ntexts: {SURNAME_AGREES: Same.}\n", "- no mapping\n"]
)
def test_an_incomplete_or_damaged_catalogue_is_refused(tmp_path: Path, content: str):
    (tmp_path / "reasons.yaml").write_text(content)
    with pytest.raises(BundleError, match="reason catalogue cannot be read"):
        Catalogue.load(tmp_path / "reasons.yaml")


@pytest.mark.parametrize(
    ("reasons", "path"),
    [
        ({"texts": {"TITLE_MATCHES": "?"}}, "reasons.texts.TITLE_MATCHES"),
        ({"texts": {"TITLE_LABEL": "?"}}, "reasons.texts.TITLE_LABEL"),
        ({"texts": {"COUNTERFACTUAL_MATCH": "Ask."}}, "reasons.texts.COUNTERFACTUAL_MATCH"),
        ({"translations": {"de": {"TITLE_MATCHES": "?"}}}, "reasons.translations.de.TITLE_MATCHES"),
        ({"language": "German"}, "reasons.language"),
    ],
)
def test_a_text_for_an_unknown_code_is_reported_with_its_path(products_spec, reasons, path):
    with pytest.raises(SpecError) as found:
        with_reasons(products_spec, **reasons)
    assert [fault.path for fault in found.value.faults] == [path]


@pytest.mark.parametrize(
    "code", ["TITLE_NUMBERS_DISAGREES", "MODEL_CROSS_FIELD_AGREES", "RECORD_CODES_AGREES", "CONTEXT_AGREES"]
)
def test_a_code_of_any_kind_of_evidence_can_have_a_text(products_spec, code):
    assert Catalogue.of(with_reasons(products_spec, texts={code: "Words."})).text(code) == "Words."
