"""What Delta tables need to reach an object store."""

import pytest

from matchwright.object_store import storage_options


def test_a_table_in_an_object_store_gets_the_variables_of_aws_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("MATCHWRIGHT_SIGNING_KEY", "secret")
    options = storage_options("s3://bucket/table")
    assert options is not None
    assert options["AWS_REGION"] == "eu-west-1"
    assert all(name.startswith("AWS_") for name in options)


def test_a_table_in_a_folder_needs_nothing() -> None:
    assert storage_options("/data/table") is None
