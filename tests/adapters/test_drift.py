"""The report of Evidently, the figures from this report, and the workspace with its runs."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import wasserstein_distance

from matchwright.adapters.drift import Measured, RunIdentity, measure, save_run
from matchwright.core.spec import MatchSpec
from matchwright.monitoring.figures import counts_missing
from matchwright.monitoring.verdict import Window, reach_verdict
from matchwright.supervisor import free_port

TIMESTAMP = datetime(2026, 3, 1, 12)
IDENTITY = RunIdentity("persons", "a1" * 32, "2026-03-01", "2026-03-02")


def pairs(rows: int, seed: int, matching: float = 0.4, shift: float = 0.0) -> pd.DataFrame:
    """Comparisons of random pairs. ``matching`` is the share of true pairs. ``shift`` makes their surnames differ."""
    rng = np.random.default_rng(seed)
    true = rng.random(rows) < matching
    surname = np.where(true, 1 - shift * rng.random(rows), 0.8 * rng.random(rows))
    street = np.where(true, rng.beta(8, 2, rows), rng.beta(2, 4, rows))
    street[rng.random(rows) < 0.1] = np.nan
    score = np.clip(0.6 * surname + 0.4 * np.nan_to_num(street, nan=0.5) - 0.15 * ~true, 0, 1)
    return pd.DataFrame(
        {
            "surname__jaro_winkler": surname,
            "surname__missing": 0.0,
            "street__levenshtein": street,
            "street__missing": np.isnan(street).astype(float),
            "state__exact": 1.0,
            "score": score,
            "band": np.select([score > 0.75, score > 0.45], ["match", "review"], "no_match"),
            "label": true.astype(float),
        }
    )


@pytest.fixture(scope="module")
def reference() -> pd.DataFrame:
    return pairs(4000, seed=0).astype({"surname__jaro_winkler": "float32", "label": int})


def measured(reference: pd.DataFrame, decisions: pd.DataFrame, spec: MatchSpec) -> Measured:
    return measure(reference, decisions, spec, timestamp=TIMESTAMP, metadata=IDENTITY.metadata)


def status(found: Measured, spec: MatchSpec) -> str:
    return reach_verdict(found.figures, (), spec, IDENTITY.bundle, Window()).status


def test_the_figures_are_the_figures_of_evidently(reference: pd.DataFrame, persons_spec: MatchSpec) -> None:
    decisions = pairs(2000, seed=1, shift=0.5).drop(columns="label")
    found = measured(reference, decisions, persons_spec)
    figures = found.figures
    surname = next(shift for shift in figures.comparisons if shift.name == "surname__jaro_winkler")
    unit = reference["surname__jaro_winkler"].std(ddof=0)
    expected = wasserstein_distance(reference["surname__jaro_winkler"], decisions["surname__jaro_winkler"]) / unit
    assert surname.distance == pytest.approx(expected, rel=1e-4)
    assert surname.current_mean == pytest.approx(decisions["surname__jaro_winkler"].mean())
    street = next(shift for shift in figures.comparisons if shift.name == "street__levenshtein")
    assert street.missing.current == pytest.approx(decisions["street__levenshtein"].isna().mean())
    assert street.missing.reference == pytest.approx(reference["street__levenshtein"].isna().mean())
    assert {band: shift.current for band, shift in figures.bands.items()} == pytest.approx(
        {band: (decisions["band"] == band).mean() for band in ("match", "review", "no_match")}
    )
    assert figures.performance is None
    plain = [metric["metric_name"] for metric in found.snapshots["drift"].dict()["metrics"]]
    assert any(name.startswith("ValueDrift(column=surname__jaro_winkler") for name in plain)
    assert status(found, persons_spec) == "alarm"


@pytest.mark.parametrize("rows", [150, 12_000])
def test_without_a_shift_the_verdict_is_ok_for_few_and_for_many_decisions(
    rows: int, reference: pd.DataFrame, persons_spec: MatchSpec
) -> None:
    found = measured(reference, pairs(rows, seed=2), persons_spec)
    assert status(found, persons_spec) == "ok"
    assert found.figures.decisions == rows
    assert found.figures.sampled == min(rows, persons_spec.monitoring.sample)


def test_a_very_small_change_of_a_constant_comparison_gives_no_alarm(
    reference: pd.DataFrame, persons_spec: MatchSpec
) -> None:
    decisions = pairs(2000, seed=3)
    decisions.loc[:19, "state__exact"] = 0.9
    found = measured(reference, decisions, persons_spec)
    state = next(shift for shift in found.figures.comparisons if shift.name == "state__exact")
    assert state.distance == pytest.approx(0.001 / 0.05)
    assert status(found, persons_spec) == "ok"


def test_a_field_without_any_value_is_measured_as_missing(reference: pd.DataFrame, persons_spec: MatchSpec) -> None:
    decisions = pairs(1000, seed=4).assign(street__levenshtein=np.nan, street__missing=2.0)
    figures = measured(reference, decisions, persons_spec).figures
    street = next(shift for shift in figures.comparisons if shift.name == "street__levenshtein")
    assert (street.distance, street.missing.current) == (None, 1.0)
    sides = next(shift for shift in figures.comparisons if shift.name == "street__missing")
    assert sides.missing.current == 1.0
    assert sides.missing.reference == pytest.approx((reference["street__missing"] > 0).mean())
    reached = reach_verdict(figures, (), persons_spec, IDENTITY.bundle, Window())
    assert "street is lost" in reached.headline
    assert "both sides" in reached.headline


def test_abstentions_count_in_the_bands_but_not_as_lost_fields(
    reference: pd.DataFrame, persons_spec: MatchSpec
) -> None:
    decisions = pairs(1000, seed=5)
    numbers = decisions.columns.difference(["band", "label"])
    decisions.loc[:299, numbers] = np.nan
    decisions.loc[:299, "band"] = "review"
    figures = measured(reference, decisions, persons_spec).figures
    assert figures.bands["review"].current > 0.3
    for shift in figures.comparisons:
        if not counts_missing(shift.name):
            assert abs(shift.missing.change) < 0.05, shift.name


def test_labels_show_wrong_decisions(reference: pd.DataFrame, persons_spec: MatchSpec) -> None:
    decisions = pairs(3000, seed=6)
    decisions.loc[decisions.index % 3 > 0, "label"] = np.nan
    right = measured(reference, decisions, persons_spec)
    assert right.figures.performance.labelled == 1000
    assert right.figures.performance.f1 == pytest.approx(right.figures.performance.f1_reference, abs=0.02)
    wrong = decisions.assign(label=np.where(decisions.index % 9 == 0, 1 - decisions["label"], decisions["label"]))
    found = measured(reference, wrong, persons_spec)
    assert found.figures.performance.f1 < right.figures.performance.f1 - 0.1
    assert status(found, persons_spec) == "alarm"


def test_labels_of_reviewed_pairs_are_compared_with_the_reviewed_pairs_of_the_reference(
    reference: pd.DataFrame, persons_spec: MatchSpec
) -> None:
    decisions = pairs(4000, seed=7)
    decisions.loc[decisions["band"] != "review", "label"] = np.nan
    performance = measured(reference, decisions, persons_spec).figures.performance
    assert performance.f1 == pytest.approx(performance.f1_reference, abs=0.06)


def test_a_window_without_decisions_has_no_figures(reference: pd.DataFrame, persons_spec: MatchSpec) -> None:
    found = measured(reference, pairs(0, seed=8), persons_spec)
    assert (found.figures.decisions, found.snapshots) == (0, {})


def runs_of(workspace: Path) -> list[dict]:
    return [json.loads(path.read_text()) for path in sorted(workspace.glob("*/snapshots/*.json"))]


def test_a_window_that_is_monitored_twice_gives_one_run_in_one_project(
    tmp_path: Path, reference: pd.DataFrame, persons_spec: MatchSpec
) -> None:
    from evidently.ui.workspace import Workspace

    unlabelled = measured(reference, pairs(300, seed=9).assign(label=np.nan), persons_spec)
    labelled = measured(reference, pairs(300, seed=9), persons_spec)
    first = save_run(str(tmp_path), unlabelled, persons_spec, IDENTITY, "OK")
    again = save_run(str(tmp_path), labelled, persons_spec, IDENTITY, "OK, with labels")
    assert first.runs["drift"] == again.runs["drift"]
    assert sorted(run["name"] for run in runs_of(tmp_path)) == [
        "OK, with labels (drift)",
        "OK, with labels (performance)",
    ]
    workspace = Workspace(str(tmp_path))
    (project,) = workspace.list_projects()
    assert (project.name, str(project.id)) == ("persons", again.project)
    assert workspace.get_run(project.id, again.runs["drift"]).timestamp == TIMESTAMP
    titles = [panel.title for panel in project.dashboard.model().panels]
    assert {"Band shares", "Score", "Share of comparisons that moved"} <= set(titles)
    assert not [path for path in tmp_path.rglob(".*") if path.is_file()]


def test_the_run_contains_the_series_of_every_panel(
    tmp_path: Path, reference: pd.DataFrame, persons_spec: MatchSpec
) -> None:
    save_run(str(tmp_path), measured(reference, pairs(300, seed=10), persons_spec), persons_spec, IDENTITY, "OK")
    series = [
        (location["metric"]["params"], location["param"], set(run["tags"]))
        for run in runs_of(tmp_path)
        for result in run["metric_results"].values()
        for part in (result, result.get("share") or {})
        if (location := part.get("metric_value_location"))
    ]
    (board,) = tmp_path.glob("*/dashboard.json")
    for panel in json.loads(board.read_text())["panels"]:
        for value in panel["values"]:
            assert any(
                parameters["type"] == value["metric"]
                and tags >= set(value["tags"])
                and {key: str(each) for key, each in {**parameters, **where}.items()}.items()
                >= value["metric_labels"].items()
                for parameters, where, tags in series
            ), (panel["title"], value)


@pytest.mark.slow
def test_a_service_stores_each_window_once(tmp_path: Path, reference: pd.DataFrame, persons_spec: MatchSpec) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [Path(sys.executable).with_name("evidently"), "ui", "--workspace", tmp_path, "--port", str(port)]
    environment = {**os.environ, "DO_NOT_TRACK": "1"}
    service = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        _wait_for(f"{address}/api/version")
        found = measured(reference, pairs(300, seed=11), persons_spec)
        first = save_run(address, found, persons_spec, IDENTITY, "OK")
        again = save_run(address, found, persons_spec, IDENTITY, "OK")
        assert first == again
        with urllib.request.urlopen(f"{address}/api/projects/{first.project}/snapshots") as answer:
            assert sorted(run["tags"] for run in json.load(answer)) == [["drift"], ["performance"]]
        with urllib.request.urlopen(f"{address}/api/v2/dashboards/{first.project}") as answer:
            assert "Band shares" in answer.read().decode()
    finally:
        service.terminate()
        service.wait(20)


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(url).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
