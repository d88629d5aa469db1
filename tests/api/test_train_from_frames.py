"""Training from DataFrames. It uses the same pipeline as the command."""

import os
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
from filelock import FileLock
from fixtures.keys import ENVIRONMENT

import matchwright
from matchwright.api.train import Training
from matchwright.core.spec import MatchSpec
from matchwright.errors import DataError, PipelineError

Tables = tuple[pd.DataFrame, pd.DataFrame]
CANARY = "qzcanarysurname"


@pytest.fixture(scope="module")
def pairs(febrl: Tables) -> pd.DataFrame:
    ids = febrl[0]["rec_id"]
    return pd.DataFrame({"left_id": ids, "right_id": ids.str.replace("-org", "-dup-0")})


class Trained(NamedTuple):
    """A home in which a model was trained once, the result, and the printed lines."""

    home: Path
    result: Training
    shown: list[str]


@pytest.fixture(scope="module")
def trained(
    persons_spec: MatchSpec, febrl: Tables, pairs: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory
) -> Trained:
    home = tmp_path_factory.mktemp("face") / "home"
    return Trained(home, *train(home, persons_spec, febrl, pairs))


def train(home: Path, spec: MatchSpec, febrl: Tables, pairs: pd.DataFrame) -> tuple[Training, list[str]]:
    """Train without keys, like the process of a notebook. Training makes keys in the home and uses them.

    Return the result and the printed lines.
    """
    left, right = (table.set_index("rec_id") for table in febrl)
    left.loc["rec-3-org", "surname"] = CANARY
    with pytest.MonkeyPatch.context() as environment, redirect_stdout(StringIO()) as shown:
        for name in ENVIRONMENT:
            environment.delenv(name, raising=False)
        result = matchwright.train(spec, left, right, pairs, home=home)
        assert not set(ENVIRONMENT) & set(os.environ)
    return result, shown.getvalue().splitlines()


@pytest.mark.slow
def test_a_training_registers_a_version_that_can_be_loaded(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    home, result, shown = trained
    for name in ENVIRONMENT:
        monkeypatch.delenv(name)
    steps = [line.split()[1] for line in shown if line.split()[0] == "done"]
    assert (steps[0], steps[-1].rpartition("-")[0] or steps[-1]) == ("ingest", "register")
    assert (result.name, result.version) == ("persons", "1")
    assert result.passed == result.gates["passed"].all()
    assert result.metrics.columns.tolist() == ["value", "lower", "upper"]
    assert 0.8 < result.metrics.loc["f1", "lower"] <= result.metrics.loc["f1", "value"] <= 1
    assert (result.artefacts["evaluation"] / "plots" / "reliability.png").is_file()
    assert matchwright.load_bundle("models:/persons/1", home=home).digest == result.bundle.digest
    assert not set(ENVIRONMENT) & set(os.environ)


@pytest.mark.slow
def test_a_repeated_training_reuses_its_steps_and_its_version(
    trained: Trained, persons_spec: MatchSpec, febrl: Tables, pairs: pd.DataFrame
) -> None:
    again, shown = train(trained.home, persons_spec, febrl, pairs)

    reused = [line.split()[1] for line in shown if line.split()[0] == "kept"]
    assert {"ingest", "features", "candidates", "train", "evaluate"} <= set(reused)
    assert again.version == "1"


@pytest.mark.slow
def test_runs_and_frames_contain_no_value_and_no_table(trained: Trained) -> None:
    home = trained.home
    assert [path.name for path in (home / "frames").iterdir()] == [".lock"]
    texts = [path for path in (home / "runs").rglob("*") if path.suffix in {".log", ".json", ".html", ".md"}]
    assert len(texts) > 10
    assert not [path for path in texts if CANARY in path.read_text(encoding="utf-8")]


def test_tables_that_do_not_fit_are_refused_before_any_file_is_written(
    persons_spec: MatchSpec, febrl: Tables, pairs: pd.DataFrame, tmp_path: Path
) -> None:
    left, right = febrl
    with pytest.raises(DataError, match="do not fit spec 'persons'") as refused:
        matchwright.train(
            persons_spec,
            left.rename(columns={"surname": "surnames"}),
            right.assign(suburb=[[name] for name in right["suburb"]]),
            pairs.rename(columns={"left_id": "left_ids"}),
            home=tmp_path / "home",
        )
    faults = {fault.path: fault for fault in refused.value.faults}
    assert set(faults) == {"records.surname", "records_right.suburb", "pairs.left_id, right_id"}
    assert faults["records.surname"].hint == "did you mean 'surnames'?"
    assert all(fault.hint for fault in faults.values())
    assert not (tmp_path / "home").exists()


def test_a_second_training_in_the_same_home_is_refused(
    persons_spec: MatchSpec, febrl: Tables, pairs: pd.DataFrame, tmp_path: Path
) -> None:
    (tmp_path / "frames").mkdir()
    with (
        FileLock(tmp_path / "frames" / ".lock"),
        pytest.raises(PipelineError, match="Another training runs in this home"),
    ):
        matchwright.train(persons_spec, *febrl, pairs, home=tmp_path)
