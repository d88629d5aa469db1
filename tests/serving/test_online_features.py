"""The online store for ranking. It is opened in advance if it is configured. Scoring of pairs does not need it."""

import threading
from pathlib import Path

import pytest
from fixtures.stores import Stores

from matchwright.core.bundle import Bundle
from serving.online_features import online_store_configured
from serving.request_schema import PairsRequest, RankRequest
from serving.runtime import Runtime

CANARY = "zebediahcanary"


def test_a_store_that_was_opened_in_advance_is_not_opened_again(bundle: Bundle, stores: Stores) -> None:
    opened = []

    def open_store(_: Bundle):
        opened.append(threading.current_thread().name)
        return stores.read

    runtime = Runtime(bundle, open_store)
    warming = threading.Thread(target=runtime.warm_up, name="warm-up")
    warming.start()
    warming.join()
    candidates = ("right:rec-1-dup-0", "right:rec-2-dup-0")
    answers = runtime.answer(RankRequest({"surname": "testwell"}, candidates, 2))
    assert opened == ["warm-up"]
    assert [answer.mode for answer in answers] == ["full", "full"]


def test_if_opening_in_advance_fails_only_the_error_class_is_logged_and_serving_continues(
    bundle: Bundle, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: Bundle):
        raise ConnectionError(f"redis://user:{CANARY}@store")

    runtime = Runtime(bundle, broken)
    runtime.warm_up()
    assert "ConnectionError" in caplog.text
    assert CANARY not in caplog.text
    assert runtime.answer(PairsRequest((({"surname": "testwell"}, {"surname": "testwell"}),)))[0].decision


@pytest.mark.parametrize(
    ("variables", "files", "configured"),
    [
        ({}, [], False),
        ({"MATCHWRIGHT_FEATURES__ONLINE": "redis"}, [], True),
        ({"MATCHWRIGHT_FEATURES__REGISTRY_URI": "postgresql://store/registry"}, [], True),
        ({}, ["features/registry.db"], True),
    ],
)
def test_an_online_store_counts_as_configured_by_a_setting_or_by_an_existing_registry(
    variables, files, configured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHWRIGHT_HOME", str(tmp_path))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).touch()
    assert online_store_configured() is configured
