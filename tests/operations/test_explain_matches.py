"""Why two records of a run did or did not come together."""

import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from fixtures.keys import keys_of_the_suite

from matchwright.adapters.lake.delta import read_table
from matchwright.core.bundle import load_bundle, use_on
from matchwright.core.decide.bands import Bands
from matchwright.errors import MatchingError, SettingsError
from matchwright.operations.match_tables.explain import explain_pair, explain_record
from matchwright.operations.match_tables.inputs import input_files
from matchwright.operations.match_tables.match import match_tables
from matchwright.operations.match_tables.options import MatchOptions
from matchwright.operations.match_tables.outputs import COMPARED, FREQUENCIES
from matchwright.secrets import VERIFY_KEY, secret
from matchwright.stated_register import StatedRegister


@pytest.fixture(scope="module")
def bundle(register_run):
    """Of one table in which a person has several records. Its scorer has two stages, and neighbours change scores."""
    with keys_of_the_suite():
        return load_bundle(register_run.work / "bundle", secret(VERIFY_KEY))


@pytest.fixture(scope="module")
def inputs(register_run):
    return input_files({"left": str(register_run.work.parent / "records.csv")})


@pytest.fixture(scope="module")
def run(bundle, inputs, tmp_path_factory):
    """A run in which weak matches make chains."""
    folder = tmp_path_factory.mktemp("explained") / "run"
    return folder, match_tables(weak(bundle), inputs, folder, MatchOptions(reasons="all", tables="none"))


BANDS = ("match", "review", "no_match")


def weak(bundle):
    """The bundle with a low threshold for a match."""
    bands = Bands(review_from=bundle.model.bands.review_from, match_from=0.3)
    return replace(bundle, model=replace(bundle.model, bands=bands))


@pytest.fixture(scope="module")
def compared(run):
    """All compared pairs of the run by key."""
    keys = np.sort(read_table(str(run[0] / "clusters"))["record_key"].to_numpy(dtype=object))
    frame = pd.read_parquet(run[0] / COMPARED)
    return frame.assign(left_key=keys[frame["left"]], right_key=keys[frame["right"]])


@pytest.fixture(scope="module")
def pairs(run):
    return read_table(str(run[0] / "pairs"))


def some(frame, count=6):
    return frame.sample(min(count, len(frame)), random_state=1)[["left_key", "right_key"]].itertuples(index=False)


def said(explained):
    return "\n".join(explained.lines())


def test_every_compared_pair_gets_the_decision_that_the_run_made(run, bundle, inputs, compared, pairs):
    by_neighbours = compared[compared["proposed_by"] == "neighbours"]
    changed = compared[(compared["added"] != 0) & (compared["proposed_by"] != "neighbours")]
    kept = pairs.set_index(["left_key", "right_key"])
    assert len(by_neighbours)
    for chosen in (by_neighbours, changed, *(compared[compared["band"] == band] for band in BANDS)):
        for one, other in some(chosen):
            found = explain_pair(run[0], (other, one), weak(bundle), inputs)
            row = compared[(compared["left_key"] == one) & (compared["right_key"] == other)].iloc[0]
            assert (found.notes, found.alone, found.rules) == ((), None, None)  # a note says that scores differ
            assert found.pair.score == round(float(row["score"]), 6)
            assert found.pair.band == row["band"]
            assert found.proposed_by == tuple(row["proposed_by"].split("|"))
            assert all(reason.text for reason in found.reasons)
            if (one, other) in kept.index:
                assert "|".join(reason.code for reason in found.reasons) == kept.at[(one, other), "codes"]


def test_without_bundle_and_tables_the_run_says_what_it_kept(run, compared, pairs):
    review = pairs[pairs["band"] == "review"].iloc[0]
    found = explain_pair(run[0], (review["left_key"], review["right_key"]))
    assert (found.pair.score, found.pair.band) == (review["score"], "review")
    assert [reason.code for reason in found.reasons] == review["codes"].split("|")
    rejected = compared[compared["band"] == "no_match"].iloc[0]
    found = explain_pair(run[0], (rejected["left_key"], rejected["right_key"]))
    assert found.pair.band == "no_match"
    assert found.reasons == ()
    assert "did not come together: their pair is no match" in said(found)
    assert f"Score: {found.pair.score:.6f}, no_match (review from" in said(found)


def test_records_in_one_cluster_have_the_strongest_path_and_a_weakest_link(run, pairs):
    clusters = read_table(str(run[0] / "clusters")).set_index("record_key")
    several = clusters[clusters["cluster_size"] > 2].index.tolist()
    linked = set(zip(pairs.loc[pairs["joined"], "left_key"], pairs.loc[pairs["joined"], "right_key"], strict=True))
    through = next(
        (one, other)
        for one in several
        for other in several
        if one < other and clusters.at[one, "cluster_id"] == clusters.at[other, "cluster_id"]
        if (one, other) not in linked
    )
    found = explain_pair(run[0], through)
    assert found.together
    assert (found.path[0][0], found.path[-1][1]) == through
    assert all(tuple(sorted(link[:2])) in linked for link in found.path)
    assert min(link[2] for link in found.path) >= found.one.weakest[2] == clusters.at[through[0], "weakest_link"]
    text = said(found)
    assert "came together" in text
    assert "through other records" in text
    assert "The strongest path between them" in text
    assert len(found.one.members) == clusters.at[through[0], "cluster_size"]


def test_a_match_that_a_chain_does_not_join_is_explained_by_the_evidence_between_the_clusters(run, pairs):
    assert run[1]["not_joined"]["chain"] > 0
    for one, other in some(pairs[pairs["not_joined_because"] == "chain"], 20):
        found = explain_pair(run[0], (one, other))
        sizes = len(found.one.members) * len(found.other.members)
        assert found.between.speak_for + found.between.speak_against + found.between.unseen == sizes
        assert found.between.speak_for + found.between.speak_against >= 1
        assert not found.together
        assert "so the chain was cut" in said(found)
        assert f"Between their two clusters {found.between.speak_for} pairs speak for a match" in said(found)


def test_a_pair_that_was_not_compared_names_what_kept_each_rule_from_it(run, bundle, inputs, compared):
    keys = sorted({*compared["left_key"], *compared["right_key"]})
    known = set(zip(compared["left_key"], compared["right_key"], strict=True))
    strangers = next((keys[0], other) for other in keys[1:] if (keys[0], other) not in known)
    found = explain_pair(run[0], strangers, weak(bundle), inputs)
    assert (found.pair, found.proposed_by) == (None, ())
    assert len(found.rules) == len(bundle.model.spec.candidates.rules)
    assert all(outcome.differ or outcome.missing for outcome in found.rules)
    assert all({*outcome.differ, *outcome.missing} <= set(outcome.rule) for outcome in found.rules)
    assert found.alone.band == "no_match"
    assert "tfidf" in found.other_methods
    text = said(found)
    assert "their pair was not compared" in text
    assert "Proposed by: no rule." in text
    assert "tfidf: the records are not near enough\n" in text
    assert "Score as a pair alone, if it had been compared" in text
    assert "Proposed by: no method." in said(explain_pair(run[0], strangers))


def test_a_pair_that_the_budget_cut_off_is_not_said_to_be_proposed_by_nothing(bundle, inputs, tmp_path, compared):
    candidates = bundle.model.spec.candidates.model_copy(update={"max_candidates_per_record": 2})
    spec = bundle.model.spec.model_copy(update={"candidates": candidates})
    narrow = replace(bundle, model=replace(bundle.model, spec=spec))
    summary = match_tables(narrow, inputs, tmp_path / "run", MatchOptions(tables="none"))
    assert summary["cut_by_budget"] == summary["budget"]["pairs"] > 0
    assert summary["budget"]["worst_pairs"] > 0
    kept = pd.read_parquet(tmp_path / "run" / COMPARED)
    by_rule = compared[compared["proposed_by"].str.startswith("rule:")]
    inside = set(zip(kept["left"], kept["right"], strict=True))
    gone = next(row for row in by_rule.itertuples() if (row.left, row.right) not in inside)
    text = said(explain_pair(tmp_path / "run", (gone.left_key, gone.right_key), narrow, inputs))
    first = gone.proposed_by.split("|")[0].removeprefix("rule:")
    assert f"Proposed by: {first}" in text
    assert "But the budget of 2 candidates for a record cut it off." in text
    assert "or the budget of 2 candidates cut it off" in said(
        explain_pair(tmp_path / "run", (gone.left_key, gone.right_key))
    )


def test_a_record_is_shown_with_its_cluster_its_matches_and_its_reviews(run, pairs, compared):
    key = pairs.loc[pairs["band"] == "review", "left_key"].iloc[0]
    found = explain_record(run[0], key.removeprefix("left:"))
    own = pairs[(pairs["left_key"] == key) | (pairs["right_key"] == key)]
    assert {(pair.left, pair.right) for pair in found.pairs} == set(zip(own["left_key"], own["right_key"], strict=True))
    assert [pair.score for pair in found.pairs] == sorted(own["score"], reverse=True)
    all_of_it = compared[(compared["left_key"] == key) | (compared["right_key"] == key)]
    assert found.compared == len(all_of_it)
    rejected = all_of_it[all_of_it["band"] == "no_match"]
    assert found.nearest.score == pytest.approx(rejected["score"].max(), abs=1e-6)
    text = said(found)
    assert text.startswith(f"{key} is ")
    assert f"For people: {(own['band'] == 'review').sum()}" in text
    assert f"It was compared with {len(all_of_it)} records." in text


def test_a_record_alone_is_said_to_be_alone(run):
    clusters = read_table(str(run[0] / "clusters"))
    key = clusters.loc[clusters["cluster_size"] == 1, "record_key"].iloc[0]
    text = said(explain_record(run[0], key))
    assert text.startswith(f"{key} is alone: it joined no other record.\n  Matches: ")
    assert "joined\n" not in text


def test_the_bundle_and_the_tables_must_be_those_of_the_run(run, bundle, inputs, register_run, tmp_path):
    keys = ("r00001", "r00002")
    other = tmp_path / "records.csv"
    other.write_text((register_run.work.parent / "records.csv").read_text() + "r9999999\n")
    with pytest.raises(SettingsError) as error:
        explain_pair(run[0], keys, replace(bundle, digest="0" * 64), input_files({"left": str(other)}))
    assert {fault.path for fault in error.value.faults} == {"bundle", "left table"}
    with pytest.raises(SettingsError, match="left table: is not named"):
        explain_pair(run[0], keys, bundle, [])
    right = input_files({"right": str(other)})
    with pytest.raises(SettingsError, match="right table: the run had none"):
        explain_pair(run[0], keys, bundle, [*inputs, *right])


def test_a_run_of_another_version_is_explained_with_a_note(run, bundle, inputs, compared):
    # a certain score stays at its limit
    one, other = next(some(compared[compared["score"].between(0.2, 0.95)]))
    own = replace(bundle, model=replace(weak(bundle).model, prior_shift=-1.5))
    found = explain_pair(run[0], (one, other), own, inputs)
    assert "another version of Matchwright or of its libraries made the run" in found.notes[0]


STATED = StatedRegister(left_records=20_000, right_records=20_000, restate_prior=True)


@pytest.mark.parametrize("stated", [None, STATED])
def test_a_run_with_restated_scores_is_explained_with_them(bundle, inputs, tmp_path, stated):
    options = MatchOptions(tables="none", restate_prior=stated is None)
    summary = match_tables(use_on(bundle, stated), inputs, tmp_path / "run", options)
    assert summary["prior_shift"] is not None
    pairs = read_table(str(tmp_path / "run/pairs"))
    for one, other in some(pairs[pairs["score"] < 0.999]):
        found = explain_pair(tmp_path / "run", (one, other), bundle, inputs)
        assert found.notes == ()
        assert found.reasons


def test_records_that_the_run_does_not_have_are_an_error(run):
    with pytest.raises(MatchingError, match="has no record left:nobody") as error:
        explain_record(run[0], "left:nobody")
    assert "left:ID for records.csv" in error.value.hint
    with pytest.raises(MatchingError, match="Both keys name left:r00001"):
        explain_pair(run[0], ("r00001", "left:r00001"))


def test_an_incomplete_run_or_a_folder_without_one_is_an_error(run, bundle, inputs, tmp_path):
    with pytest.raises(MatchingError, match="There is no run in"):
        explain_record(tmp_path, "r00001")
    shutil.copytree(run[0], tmp_path / "killed")
    (tmp_path / "killed/summary.json").unlink()
    with pytest.raises(MatchingError, match="is not complete"):
        explain_record(tmp_path / "killed", "r00001")
    (tmp_path / "damaged").mkdir()
    shutil.copytree(run[0], tmp_path / "damaged", dirs_exist_ok=True)
    (tmp_path / "damaged" / FREQUENCIES).write_bytes(b"PAR1")
    with pytest.raises(MatchingError, match=r"frequencies\.parquet cannot be read"):
        explain_pair(tmp_path / "damaged", ("r00000", "r00001"), weak(bundle), inputs)
    (tmp_path / "damaged" / COMPARED).write_bytes(b"PAR1")
    with pytest.raises(MatchingError, match="cannot be read"):
        explain_record(tmp_path / "damaged", "r00001")
