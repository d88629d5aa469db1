"""The decisions that the demo shows, from an endpoint with a real bundle."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from matchwright.core.bundle import load_bundle
from matchwright.core.spec import MatchSpec
from pipelines.demo import _examples
from serving.runtime import Runtime
from serving.service import Service

UNLIKE = {"left": {"surname": "testwell", "state": "vic"}, "right": {"surname": "placeholder", "state": "nsw"}}


@pytest.fixture
def endpoint(trained_bundle: Path, verify_key: bytes, tmp_path: Path) -> SimpleNamespace:
    runtime = Runtime(load_bundle(trained_bundle, verify_key), lambda _: pytest.fail("pairs need no store"))
    service = Service(tmp_path, runtime)
    return SimpleNamespace(invoke=lambda payload: service.invoke(json.dumps(payload).encode()))


def test_the_demo_shows_a_golden_match_and_a_golden_non_match(
    endpoint: SimpleNamespace, persons_spec: MatchSpec
) -> None:
    shown = {example.decision["band"]: example.name for example in _examples(endpoint, persons_spec, [UNLIKE])}

    assert shown["match"].startswith("golden pair: ")
    assert shown["no_match"].startswith("golden pair: ")


def test_the_demo_of_a_spec_without_golden_pairs_shows_none(endpoint: SimpleNamespace, persons_spec: MatchSpec) -> None:
    shown = _examples(endpoint, persons_spec.model_copy(update={"golden": ()}), [UNLIKE])

    assert [example.name for example in shown if example.name != "a test pair for review"] == []
