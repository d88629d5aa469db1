"""The README's commands in its order. The first is the demo, and the others use the state that it left."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from fixtures.demo import Demo
from fixtures.models import REPOSITORY
from fixtures.shell import options

pytestmark = [pytest.mark.end_to_end, pytest.mark.slow]

DEMO, TESTS = "make demo", "make test"
TRAINING, DRIFT = "matchwright pipeline run train", "matchwright drift"
ALARM = 2
"""The exit code of ``matchwright drift`` on what the demo left: its last batch lacks a field."""


def commands() -> list[str]:
    blocks = re.findall(r"^```bash\n(.*?)^```", (REPOSITORY / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line]


def following() -> list[str]:
    """The commands after ``make demo``, except the tests."""
    return [command for command in commands() if command not in (DEMO, TESTS)]


def test_the_readme_names_the_two_commands_first():
    assert commands()[:2] == [DEMO, TESTS]


def test_make_demo_is_the_demo_that_the_others_follow():
    # Without MAKEFLAGS, so that the same is printed when the tests themselves run under `make test` or `make test-all`.
    alone = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
    command = ["make", "--dry-run", "demo"]
    shown = subprocess.run(command, cwd=REPOSITORY, env=alone, capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1] == ".venv/bin/matchwright demo"


def test_every_command_has_the_exit_code_of_the_readme(demo: Demo, tmp_path: Path):
    told: dict[str, str] = {}
    try:
        for command in following():
            done = demo.user.enters("bash", "-c", here(command, demo, tmp_path))
            expected = ALARM if command.startswith(DRIFT) else 0
            assert done.returncode == expected, f"{command}\n{done.stdout}\n{done.stderr}"
            told[command] = done.stdout
    finally:
        demo.user.runs("down")
    answers = [text for command, text in told.items() if "/invocations" in command]
    assert len(answers) == 2
    assert all('"band"' in answer and '"error"' not in answer for answer in answers)
    assert {path.stem for path in (tmp_path / "compiled").rglob("*.yaml")} == {"train", "release", "monitor"}


def here(command: str, demo: Demo, folder: Path) -> str:
    """The command with this demo's ports and tables. It compiles into ``folder``."""
    ports = {"8090": demo.user.endpoint_port, "5050": demo.user.mlflow_port, "8050": demo.user.evidently_port}
    for port, free in ports.items():
        command = command.replace(f":{port}/", f":{free}/")
    if command.startswith(TRAINING):
        command = " ".join([command, *options(demo.tables)])
    return command.replace("build/pipelines", str(folder / "compiled"))
