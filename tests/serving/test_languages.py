"""The language of reasons, and the hint about the changes that would decide a review."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from matchwright.core.bundle import load_bundle
from matchwright.core.bundle.manifest import file_digest
from serving.app import create_app
from serving.languages import accepted_languages
from serving.runtime import Runtime
from serving.service import Service

ADDRESS = {"street_number": "12", "street": "example street", "suburb": "mockville", "postcode": "2999"}
PERSON = {"given_name": "marianne", "surname": "testwell", "date_of_birth": "19800214", "state": "nsw"}
REVIEWED = {"pairs": [{"left": ADDRESS | PERSON, "right": ADDRESS | {"state": "nsw"}}]}
"""An address does not confirm an identity."""


@pytest.fixture(scope="module")
def client(
    trained_bundle: Path, verify_key: bytes, tmp_path_factory: pytest.TempPathFactory, module_secrets: None
) -> TestClient:
    """An endpoint whose spec has German names of fields and no other German texts."""
    bundle = load_bundle(trained_bundle, verify_key)
    runtime = Runtime(bundle, lambda _: lambda keys: pytest.fail("pairs need no feature store"))
    return TestClient(create_app(Service(tmp_path_factory.mktemp("log"), runtime)))


def test_a_review_has_a_hint_about_the_change_that_would_decide_it(client: TestClient) -> None:
    (decision,) = client.post("/invocations", json=REVIEWED).json()["decisions"]
    assert decision["band"] == "review"
    hint = decision["hint"]
    assert hint["code"] == "COUNTERFACTUAL_MATCH"
    assert hint["codes"]
    assert all(code.endswith(("_AGREES", "_DISAGREES")) for code in hint["codes"])
    assert hint["text"].startswith("It would be ")
    same = {"left": ADDRESS | PERSON, "right": ADDRESS | PERSON}
    (settled,) = client.post("/invocations", json={"pairs": [same]}).json()["decisions"]
    assert (settled["band"], settled["hint"]) == ("match", None)


@pytest.mark.parametrize(
    ("requested", "header", "language"),
    [
        ({}, None, "en"),
        ({"language": "de"}, None, "de"),
        ({"language": "de-AT"}, None, "de"),
        ({"language": "de"}, "en", "de"),  # the language in the body has priority over the header
        ({"language": "fr"}, None, "en"),
        ({}, "fr, de;q=0.8, en;q=0.5", "de"),
        ({}, "fr", "en"),
        ({}, "*", "en"),
        ({}, ";;q=x,,", "en"),
    ],
)
def test_texts_are_in_the_requested_language_or_in_the_language_of_the_bundle(
    client: TestClient, requested: dict, header: str | None, language: str
) -> None:
    headers = {} if header is None else {"accept-language": header}
    response = client.post("/invocations", json=REVIEWED | requested, headers=headers)
    body = response.json()
    assert (response.status_code, body["language"], response.headers["content-language"]) == (200, language, language)
    (decision,) = body["decisions"]
    german = decision["hint"]["text"].startswith(("Ein Treffer wäre", "Kein Treffer wäre"))
    assert german == (language == "de")
    texts = [reason["text"] for reason in decision["reasons"]]
    english = client.post("/invocations", json=REVIEWED, headers={"accept-language": "en"}).json()["decisions"][0]
    assert (texts == [reason["text"] for reason in english["reasons"]]) == (language == "en")
    assert [reason["code"] for reason in decision["reasons"]] == [reason["code"] for reason in english["reasons"]]


def test_the_answer_has_the_version_of_its_texts(client: TestClient, trained_bundle: Path) -> None:
    texts = client.post("/invocations", json=REVIEWED | {"language": "de"}).json()["texts"]
    assert texts == {"version": 1, "digest": file_digest(trained_bundle / "reasons.yaml")}


@pytest.mark.parametrize("language", [7, "", "no language", "x" * 36])
def test_an_invalid_language_tag_is_a_fault(client: TestClient, language: object) -> None:
    response = client.post("/invocations", json=REVIEWED | {"language": language})
    assert response.status_code == 422
    assert [fault["path"] for fault in response.json()["faults"]] == ["language"]


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ("", []),
        ("de", ["de"]),
        ("en;q=0.5, de-AT, fr;q=0.7", ["de-AT", "fr", "en"]),
        ("de;q=0, en", ["en"]),
        ("*, de;q=0.1", ["de"]),
        ("de;q=x, en;q=2, fr;q=nan, it", ["it"]),
    ],
)
def test_the_preferred_language_comes_first(header: str, tags: list[str]) -> None:
    assert accepted_languages(header) == tags
