"""Every command of the README, run in its order on one machine."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from fixtures.models import REPOSITORY

from matchwright.supervisor import free_port

pytestmark = [pytest.mark.end_to_end, pytest.mark.slow]

RUNNING_THIS = "make test"
"""Left out: it is what runs this test."""

PORTS = {"8090": "ENDPOINT__PORT", "5050": "INTERFACES__MLFLOW_PORT", "8050": "INTERFACES__EVIDENTLY_PORT"}


def commands() -> list[str]:
    blocks = re.findall(r"^```bash\n(.*?)^```", (REPOSITORY / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line and line != RUNNING_THIS]


def test_the_readme_names_the_two_commands_first():
    assert commands()[0] == "make demo"
    assert f"```bash\n{RUNNING_THIS}\n```" in (REPOSITORY / "README.md").read_text()


def test_every_command_ends_well(tmp_path: Path):
    ports = {port: str(free_port()) for port in PORTS}
    clean = {key: value for key, value in os.environ.items() if not key.startswith("MATCHWRIGHT_")}
    environment = {
        **clean,
        "PATH": f"{REPOSITORY / '.venv/bin'}:{clean['PATH']}",
        "MATCHWRIGHT_HOME": str(tmp_path / "home"),
        **{f"MATCHWRIGHT_{key}": ports[port] for port, key in PORTS.items()},
    }

    def run(command: str) -> subprocess.CompletedProcess[str]:
        for port, free in ports.items():
            command = command.replace(f":{port}/", f":{free}/")
        command = command.replace("build/pipelines", str(tmp_path / "compiled"))
        return subprocess.run(
            ["bash", "-c", command], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
        )

    told: dict[str, str] = {}
    try:
        for command in commands():
            done = run(command)
            assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
            told[command] = done.stdout
    finally:
        run("matchwright down")
    answers = [text for command, text in told.items() if "/invocations" in command]
    assert len(answers) == 2
    assert all('"band"' in answer and '"error"' not in answer for answer in answers)
    assert {path.name for path in (tmp_path / "compiled").rglob("*.yaml")}
