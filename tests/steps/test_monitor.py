"""The monitoring step. It makes a verdict, a page and an Evidently run from the decision log of serving."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer import Typer
from typer.testing import CliRunner

from matchwright.commands import monitoring
from matchwright.core.bundle import Manifest, load_bundle
from matchwright.core.bundle.manifest import MANIFEST, REFERENCE, REQUIRED, SIGNATURE, bundle_digest, file_digest
from matchwright.core.models.files import BOOSTED_FILE
from matchwright.core.spec import MatchSpec, spec_yaml
from matchwright.errors import BundleError, DataError
from matchwright.monitoring.verdict import Verdict
from matchwright.settings import Settings
from matchwright.steps.monitor import monitor, read_verdict
from serving.answers import Answer, respond
from serving.decision_log import DecisionLog, LoggedDecision

START = datetime(2026, 3, 1, 6, tzinfo=UTC)
CANARY = "Zz Quillfeather 0419"


def pairs(rows: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    true = rng.random(rows) < 0.4
    surname = np.where(true, rng.beta(9, 1, rows), rng.beta(2, 3, rows))
    score = np.clip(surname + rng.normal(0, 0.05, rows), 0, 1)
    band = np.select([score > 0.8, score > 0.7], ["match", "review"], "no_match")
    columns = {"surname__jaro_winkler": surname, "surname__missing": 0.0, "state__exact": true.astype(float)}
    return pd.DataFrame({**columns, "score": score, "band": band, "label": true.astype(int)})


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A signed bundle with only three comparisons in its reference, so that monitoring is quick. It cannot decide."""
    folder = tmp_path_factory.mktemp("bundle")
    files = (*REQUIRED, BOOSTED_FILE)
    for name in files:
        (folder / name).write_text("-")
    pairs(3000, seed=0).to_parquet(folder / REFERENCE, index=False)
    manifest = Manifest(
        name="persons", version="1", spec_digest="", code_digest="", data_versions={}, parent=None,
        feature_version="", feature_service="", files={name: file_digest(folder / name) for name in files},
    ).content()  # fmt: skip
    (folder / MANIFEST).write_bytes(manifest)
    (folder / SIGNATURE).write_bytes(Ed25519PrivateKey.from_private_bytes(bytes(range(32))).sign(manifest))
    return folder


def decided(frame: pd.DataFrame, by: Path, start: datetime = START, **changes) -> list[LoggedDecision]:
    numbers = frame.drop(columns=["score", "band", "label"]).astype(object)
    rows = numbers.where(numbers.notna(), None).to_dict("records")
    digest = bundle_digest((by / MANIFEST).read_bytes())
    return [
        LoggedDecision(
            **{
                "decision_id": f"{start:%d}-{number}",
                "time": (start + timedelta(seconds=number)).isoformat(),
                "name": "persons",
                "bundle": digest,
                "mode": "full",
                "kind": "pair",
                "pair": None,
                "score": float(score),
                "band": band,
                "reasons": (),
                "comparisons": comparisons,
                **changes,
            }
        )
        for number, (comparisons, score, band) in enumerate(zip(rows, frame["score"], frame["band"], strict=True))
    ]


class Watch:
    """An environment with a decision log, and methods that monitor it like a user."""

    def __init__(self, settings: Settings, spec: MatchSpec, bundle: Path, folder: Path) -> None:
        self.settings, self.spec, self.bundle, self.folder = settings, spec, bundle, folder

    def log(self, decisions: list[LoggedDecision], day: datetime = START) -> None:
        DecisionLog(self.settings.decision_log_folder).write(decisions, now=day)

    def run(self, **window) -> tuple[dict, Verdict]:
        paths = {"report": self.folder / "drift.html", "verdict": self.folder / "verdict.json"}
        result = monitor(settings=self.settings, spec=self.spec, bundle=self.bundle, **paths, **window)
        return result, read_verdict(paths["verdict"])

    def written(self) -> str:
        """Return all text that monitoring wrote. The decision log is not included."""
        kept = self.settings.decision_log_folder
        files = [*self.folder.rglob("*"), *self.settings.home.rglob("*")]
        return "\n".join(path.read_text() for path in files if path.is_file() and kept not in path.parents)

    def runs(self) -> list[Path]:
        return sorted(Path(self.settings.drift_workspace).glob("*/snapshots/*.json"))


@pytest.fixture
def watch(settings: Settings, persons_spec: MatchSpec, bundle: Path, tmp_path: Path) -> Watch:
    (tmp_path / "out").mkdir()
    return Watch(settings, persons_spec, bundle, tmp_path / "out")


def test_a_normal_window_is_ok_and_has_a_verdict_a_page_and_a_run(watch: Watch) -> None:
    watch.log(decided(pairs(1000, seed=1), watch.bundle))
    result, verdict = watch.run()
    assert (result["status"], verdict.status, result["decisions"]) == ("ok", "ok", 1000)
    page = Path(result["report"]).read_text()
    assert page.index('id="verdict"') < page.index("<h2>")
    embedded = page.split('id="verdict">')[1].split("</script>")[0]
    assert Verdict.model_validate_json(embedded) == verdict
    assert "http" not in page.replace(embedded, "")
    assert len(page) < 40_000
    assert Path(result["full_report"]).stat().st_size > 1_000_000
    assert f'href="{Path(result["full_report"]).name}"' in page
    assert (watch.folder / "verdict.txt").read_text() == verdict.text()
    (run,) = watch.runs()
    assert result["address"] == f"/projects/{run.parents[1].name}/reports/{run.stem}"


def test_monitoring_the_same_window_again_adds_no_run_but_another_window_does(watch: Watch) -> None:
    tomorrow = START + timedelta(days=1)
    watch.log(decided(pairs(200, seed=2), watch.bundle))
    first, _ = watch.run(since="2026-03-01", until="2026-03-02")
    watch.log(decided(pairs(200, seed=3), watch.bundle, tomorrow), day=tomorrow)
    again, _ = watch.run(since="2026-03-01", until="2026-03-02")
    assert first["run"] == again["run"]
    assert len(watch.runs()) == 1
    _, both = watch.run()
    assert both.figures.decisions == 400
    assert len(watch.runs()) == 2


def test_labels_that_contradict_decisions_raise_an_alarm(watch: Watch, tmp_path: Path) -> None:
    frame = pairs(1500, seed=4)
    decisions = decided(frame, watch.bundle)
    watch.log(decisions)
    labels = frame["label"].where(np.random.default_rng(1).random(len(frame)) > 0.2, 1 - frame["label"])
    table = pd.DataFrame({"decision_id": [decision.decision_id for decision in decisions], "label": labels})
    table.to_parquet(tmp_path / "labels.parquet")
    result, verdict = watch.run(labels=str(tmp_path / "labels.parquet"))
    assert result["status"] == "alarm"
    assert verdict.findings[0].cause == "performance"
    assert verdict.headline.startswith("ALARM: F1 fell from 0.8")
    assert len(watch.runs()) == 2


def test_the_status_for_no_or_too_few_decisions_is_not_enough_data(watch: Watch) -> None:
    result, verdict = watch.run()
    assert (result["status"], result["run"], result["full_report"]) == ("not_enough_data", "", "")
    assert "matchwright status" in verdict.next_steps[0]
    watch.log(decided(pairs(30, seed=5), watch.bundle))
    assert watch.run()[0]["status"] == "not_enough_data"


def test_decisions_of_another_bundle_are_reported_and_ignored(watch: Watch) -> None:
    watch.log(decided(pairs(200, seed=6), watch.bundle))
    watch.log(decided(pairs(50, seed=7), watch.bundle, START + timedelta(hours=2), bundle="cd" * 32))
    _, verdict = watch.run()
    assert verdict.figures.decisions == 200
    assert verdict.window.notes == ("50 decisions by other bundles are left out: cdcdcdcdcdcd (50).",)


def test_verdict_report_and_run_contain_no_personal_value(watch: Watch) -> None:
    watch.log(decided(pairs(300, seed=8), watch.bundle))
    (file,) = watch.settings.decision_log_folder.rglob("*.jsonl")
    lines = file.read_text().splitlines()
    for number, planted in enumerate(
        (
            {"surname": CANARY},
            {CANARY: 1},
            {"mode": CANARY},
            {"band": CANARY},
            {"pair": CANARY},
            {"bundle": CANARY},
            {"reasons": [CANARY]},
            {"comparisons": {CANARY: CANARY, "surname__jaro_winkler": CANARY}},
        )
    ):
        lines[number] = json.dumps({**json.loads(lines[number]), **planted})
    file.write_text("\n".join(lines) + "\n")
    result, verdict = watch.run()
    assert result["status"] == "alarm"
    assert "keys that a decision log must not have" in verdict.text()
    assert "surname" in verdict.text()
    written = watch.written()
    assert CANARY not in written
    assert CANARY.replace(" ", "") not in written
    assert "Quillfeather" not in json.dumps(result)


def test_a_damaged_bundle_or_one_of_another_spec_is_refused(
    watch: Watch, products_spec: MatchSpec, tmp_path: Path
) -> None:
    watch.spec = products_spec
    with pytest.raises(BundleError, match="'persons'"):
        watch.run()
    watch.bundle = tmp_path
    with pytest.raises(BundleError):
        watch.run()


def test_a_missing_log_is_an_error(watch: Watch) -> None:
    with pytest.raises(DataError):
        watch.run(decisions=watch.folder / "nowhere")


def test_decisions_of_a_real_bundle_raise_an_alarm_only_after_a_field_is_lost(
    settings: Settings, trained_bundle: Path, verify_key: bytes, small_world, tmp_path: Path
) -> None:
    loaded = load_bundle(trained_bundle, verify_key)
    rows = np.random.default_rng(9).integers(0, len(small_world.left), 800)
    left, right = (side.iloc[rows].reset_index(drop=True) for side in (small_world.left, small_world.right))
    born = [column for column in left if column.startswith("date_of_birth")]
    watch = Watch(settings, small_world.spec, trained_bundle, tmp_path)
    for day, records in enumerate((left, left.assign(**dict.fromkeys(born)))):
        answers = [Answer("pair", decision) for decision in loaded.model.decide(records, right)]
        when = START + timedelta(days=day)
        watch.log([replace(line, time=when.isoformat()) for line in respond(answers, loaded)[1]], day=when)
    assert watch.run(until="2026-03-02")[0]["status"] == "ok"
    result, verdict = watch.run(since="2026-03-02")
    assert result["status"] == "alarm"
    assert verdict.headline == (
        "ALARM: date_of_birth is lost: missing in 100% of decisions (was 6%), mostly on one side."
    )
    assert verdict.next_steps[0].startswith("Upstream feed lost 'date_of_birth'")


def test_the_command_shows_the_verdict_and_has_the_exit_code_of_the_verdict(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Typer()
    monitoring.register(app)
    monkeypatch.setenv("MATCHWRIGHT_HOME", str(watch.settings.home))
    spec = watch.folder / "spec.yaml"
    spec.write_text(spec_yaml(watch.spec))
    arguments = ["--spec", str(spec), "--bundle", str(watch.bundle)]
    watch.settings.home.mkdir(parents=True, exist_ok=True)
    nothing = CliRunner().invoke(app, arguments)
    assert (nothing.exit_code, "NOT ENOUGH DATA" in nothing.output) == (3, True)
    watch.log(decided(pairs(300, seed=10), watch.bundle))
    normal = CliRunner().invoke(app, arguments)
    assert (normal.exit_code, "OK: no change that matters" in normal.output) == (0, True)
    lost = pairs(300, seed=11).assign(surname__jaro_winkler=np.nan, surname__missing=1.0)
    later = START + timedelta(days=1)
    watch.log(decided(lost, watch.bundle, later), day=later)
    alarm = CliRunner().invoke(app, [*arguments, "--since", "2026-03-02"])
    assert (alarm.exit_code, "surname is lost" in alarm.output) == (2, True)
