"""A run in an object store: a reader never takes a part of it for the whole, and a prefix belongs to one run."""

import boto3
import pandas as pd
import pytest

from matchwright.adapters.lake.delta import frame_digest, read_table, write_table
from matchwright.adapters.lake.store import Store
from matchwright.errors import LakeError, MatchingError
from matchwright.operations.match_tables import to_object_store
from matchwright.operations.match_tables.complete_run import run_in
from matchwright.operations.match_tables.run_folder import InputTable, RunIdentity, opened_run
from matchwright.operations.match_tables.to_object_store import TABLES, match_to_object_store

IDENTITY = RunIdentity(
    bundle="b" * 64,
    spec="persons",
    inputs=(InputTable(source="left", name="left.csv", digest="d" * 64),),
    options={"tables": "csv"},
    features="f" * 64,
)
SUMMARY = {"run": "abc", "reviews": 1}
FILES = ("report.html", "compared.parquet", "left_with_clusters.csv")


class Stopped(Exception):
    pass


@pytest.fixture
def matching(monkeypatch):
    """Match tables into an object store, with a matching that takes no time. Its answer is how often it was done."""
    done = []

    def match_tables(bundle, inputs, folder, options, report):
        with opened_run(folder, IDENTITY) as run:
            if not run.is_complete:
                done.append(folder)
                for name in TABLES:
                    frame = pd.DataFrame({"record_key": ["left:1", "left:2"], "table": [name, name]})
                    write_table(str(folder / name), frame, frame_digest(frame))
                for name in FILES:
                    (folder / name).write_text(f"content of {name}")
                run.finish(SUMMARY)
            run.clear()
            return run.summary()

    monkeypatch.setattr(to_object_store, "match_tables", match_tables)
    monkeypatch.setattr(to_object_store, "identity_of", lambda *_: IDENTITY)
    return done


def content(address: str) -> dict[str, bytes]:
    """The content of every object below an address."""
    bucket, _, prefix = address.removeprefix("s3://").partition("/")
    client = boto3.client("s3")
    keys = [found["Key"] for found in client.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])]
    return {
        key.removeprefix(prefix): client.get_object(Bucket=bucket, Key=key)["Body"].read()
        for key in keys
        if not key.endswith("/")
    }


def test_a_run_is_published_with_its_tables_and_files_and_not_run_again(matching, object_store, tmp_path):
    address = f"{object_store}/runs/one"
    assert match_to_object_store(None, [], address, tmp_path / "runs") == SUMMARY
    run = run_in(address)
    assert run.identity == IDENTITY
    assert run.summary() == SUMMARY
    assert [set(run.table(name)["table"]) for name in TABLES] == [{name} for name in TABLES]
    published = content(address)
    assert {name for name in published if name.count("/") == 1} == {
        f"/{name}" for name in ("run.json", "summary.json", *FILES)
    }
    assert list((tmp_path / "runs").iterdir()) == []
    assert (tmp_path / "runs").stat().st_mode & 0o077 == 0
    assert match_to_object_store(None, [], f"{address}/", tmp_path / "runs") == SUMMARY
    assert len(matching) == 1
    assert content(address) == published


def test_a_run_that_stops_at_any_object_is_not_complete_and_publishes_the_same_again(
    matching, object_store, tmp_path, monkeypatch
):
    steps = [(Store, "put")] + [(to_object_store, "write_table")] * 4 + [(Store, "copy")] * 4
    points = (0, 2, 5, len(steps) - 1)
    for stops_at in points:
        address, runs = f"{object_store}/stopped/{stops_at}", tmp_path / str(stops_at)
        left = iter(range(stops_at))
        with monkeypatch.context() as patch:
            for owner, name in set(steps):
                patch.setattr(owner, name, stopping(getattr(owner, name), left))
            with pytest.raises(Stopped):
                match_to_object_store(None, [], address, runs)
        with pytest.raises(MatchingError, match=r"is not complete|There is no run"):
            run_in(address)
        before = content(address)
        assert match_to_object_store(None, [], address, runs) == SUMMARY
        after = content(address)
        assert {name: after[name] for name in before} == before
        assert {name: after[f"/{name}"] for name in FILES} == {name: f"content of {name}".encode() for name in FILES}
        assert len(read_table(f"{address}/pairs")) == 2
        assert len([name for name in after if "_delta_log" in name]) == len(TABLES)
    assert len(matching) == len(points)


def stopping(own, left):
    def call(*arguments):
        if next(left, None) is None:
            raise Stopped
        return own(*arguments)

    return call


def test_a_prefix_of_another_run_or_of_other_files_is_refused(matching, object_store, tmp_path):
    other = IDENTITY.model_copy(update={"bundle": "c" * 64})
    Store(f"{object_store}/other").put("run.json", other.content().encode())
    with pytest.raises(MatchingError, match=r"other holds another run: its bundle differ.*\nHint: name another folder"):
        match_to_object_store(None, [], f"{object_store}/other", tmp_path)
    Store(f"{object_store}/files").put("notes.txt", b"mine")
    with pytest.raises(MatchingError, match="holds files that no run wrote"):
        match_to_object_store(None, [], f"{object_store}/files", tmp_path)
    Store(f"{object_store}/damaged").put("run.json", b"{")
    with pytest.raises(MatchingError, match=r"run\.json cannot be read"):
        match_to_object_store(None, [], f"{object_store}/damaged", tmp_path)
    assert matching == []


def test_a_store_that_cannot_be_written_is_told_before_the_work(matching, object_store, tmp_path):
    with pytest.raises(LakeError, match="no-such-bucket/run cannot be reached"):
        match_to_object_store(None, [], "s3://no-such-bucket/run", tmp_path)
    with pytest.raises(LakeError, match="unknown://place cannot be reached"):
        match_to_object_store(None, [], "unknown://place", tmp_path)
    assert matching == []
    with pytest.raises(MatchingError, match="There is no run in s3://"):
        run_in(f"{object_store}/nothing")
