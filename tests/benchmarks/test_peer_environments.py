"""The environments of peers: made once for a list of versions, and made again where that failed or changed."""

import subprocess
from pathlib import Path

import pytest

from benchmarks.peers import environment as environments
from benchmarks.peers.environment import PeerError, environment
from benchmarks.peers.process import run


@pytest.fixture
def peer(tmp_path):
    folder = tmp_path / "splink_persons"
    folder.mkdir()
    (folder / "requirements.txt").write_text("splink==5.0.0\n")
    return folder


@pytest.fixture
def commands(monkeypatch):
    ran = []

    def ran_well(command, **_):
        ran.append(command)
        if "venv" in command:
            Path(command[-1]).mkdir(parents=True, exist_ok=True)

    monkeypatch.setattr(environments.subprocess, "run", ran_well)
    return ran


def test_an_environment_is_made_once_for_the_same_versions(peer, commands, tmp_path):
    first, again = (environment(peer, tmp_path / "made") for _ in range(2))
    assert first == again
    assert len(commands) == 2  # the environment, and its packages
    assert commands[1][0] == str(first)
    (peer / "requirements.txt").write_text("splink==5.0.1\n")
    assert environment(peer, tmp_path / "made") != first


def test_an_environment_whose_packages_were_not_installed_is_made_again(peer, commands, monkeypatch, tmp_path):
    made = environments.subprocess.run

    def fail_to_install(command, **options):
        made(command, **options)
        if "pip" in command:
            raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(environments.subprocess, "run", fail_to_install)
    for _ in range(2):
        with pytest.raises(PeerError, match="were not installed"):
            environment(peer, tmp_path / "made")
    assert len(commands) == 4


def test_a_process_that_fails_is_no_measurement():
    assert run(["true"], {}).wall > 0
    with pytest.raises(PeerError, match="false ended with code 1"):
        run(["false"], {})
