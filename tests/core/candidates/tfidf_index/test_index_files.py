"""A saved TF-IDF index: it is the same when it is loaded, and a foreign or damaged one is refused."""

import json

import pandas as pd
import pytest

from matchwright.core.candidates.tfidf_index import TfidfIndex, load_index, save_index
from matchwright.core.spec.blocking import TfidfTopK
from matchwright.errors import CandidateError

SPEC = TfidfTopK(fields=("name",), top_k=2)
PEOPLE = pd.DataFrame({"record_key": ["left:1", "left:2", "left:3"], "name": ["anna smith", None, "hanna smyth"]})
MADE_WITH = "features-1"


@pytest.fixture
def saved(tmp_path):
    folder = tmp_path / "index"
    save_index(TfidfIndex.fit(PEOPLE, SPEC), folder, MADE_WITH)
    return folder


def test_a_loaded_index_gives_the_same_answers_and_can_be_changed(saved):
    loaded, fitted = load_index(saved, SPEC, MADE_WITH), TfidfIndex.fit(PEOPLE, SPEC)
    assert len(loaded) == loaded.fitted_records == 3
    for index in (loaded, fitted):
        index.update(PEOPLE.iloc[:1].assign(name="johanna smith"))
        index.remove(pd.Series(["left:3"]))
    pd.testing.assert_frame_equal(loaded.query(PEOPLE), fitted.query(PEOPLE))


def test_only_the_owner_may_read_it(saved):
    assert saved.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in saved.iterdir()} == {0o600}


def test_the_bytes_follow_from_the_records_and_not_from_the_history(saved, tmp_path):
    changed = TfidfIndex.fit(PEOPLE, SPEC)
    changed.update(pd.DataFrame({"record_key": ["left:0", "left:3"], "name": ["private", "other"]}))
    changed.update(PEOPLE.iloc[2:])
    changed.remove(pd.Series(["left:0"]))
    save_index(changed, tmp_path / "changed", MADE_WITH)
    for file in saved.iterdir():
        assert (tmp_path / "changed" / file.name).read_bytes() == file.read_bytes()


@pytest.mark.parametrize(
    ("spec", "made_with", "fact"),
    [
        (TfidfTopK(fields=("name",), top_k=3), MADE_WITH, "another candidates.tfidf"),
        (SPEC, "features-2", "other record features"),
    ],
)
def test_an_index_of_something_else_is_refused(saved, spec, made_with, fact):
    with pytest.raises(CandidateError, match=fact) as refused:
        load_index(saved, spec, made_with)
    assert "Hint: fit the index anew" in str(refused.value)


@pytest.mark.parametrize("name", ["statistics.npz", "records.parquet"])
@pytest.mark.parametrize("how", ["cut", "lost"])
def test_a_damaged_file_is_refused(saved, name, how):
    file = saved / name
    file.unlink() if how == "lost" else file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(CandidateError, match=f"{name} is damaged"):
        load_index(saved, SPEC, MADE_WITH)


@pytest.mark.parametrize(
    ("manifest", "fact"),
    [("{", "is damaged"), ({"format": 1}, "is damaged"), ({"format": 2}, "has format 2"), ([], "has format None")],
)
def test_a_manifest_that_cannot_be_read_is_refused(saved, manifest, fact):
    (saved / "index.json").write_text(manifest if isinstance(manifest, str) else json.dumps(manifest))
    with pytest.raises(CandidateError, match=fact):
        load_index(saved, SPEC, MADE_WITH)


def test_a_folder_without_an_index_is_told(tmp_path):
    with pytest.raises(CandidateError, match="There is no index"):
        load_index(tmp_path, SPEC, MADE_WITH)
