"""The commands of the README in their order. The first is the demo. The others use the state after the demo."""

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
TRAINING, MATCHING, DRIFT = "matchwright pipeline run train", "matchwright match", "matchwright drift"
TABLES_OF_THE_DEMO = [".matchwright/demo/left.csv", ".matchwright/demo/right.csv"]
ALARM = 2
"""The exit code of ``matchwright drift`` after the demo, because the last batch of the demo has lost a field."""


def commands() -> list[str]:
    blocks = re.findall(r"^```bash\n(.*?)^```", (REPOSITORY / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line]


def commands_after_demo() -> list[str]:
    """The commands after ``make demo``, except the tests."""
    return [command for command in commands() if command not in (DEMO, TESTS)]


def test_the_first_two_commands_of_the_readme_are_make_demo_and_make_test():
    assert commands()[:2] == [DEMO, TESTS]


def test_make_demo_runs_matchwright_demo():
    # `make test` sets MAKEFLAGS, which would change the output of make here.
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
    command = ["make", "--dry-run", "demo"]
    shown = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1] == ".venv/bin/matchwright demo"


def test_every_command_has_the_exit_code_of_the_readme(demo: Demo, tmp_path: Path):
    output: dict[str, str] = {}
    try:
        for command in commands_after_demo():
            done = demo.user.execute("bash", "-c", adapted(command, demo, tmp_path))
            expected = ALARM if command.startswith(DRIFT) else 0
            assert done.returncode == expected, f"{command}\n{done.stdout}\n{done.stderr}"
            output[command] = done.stdout
    finally:
        demo.user.run_matchwright("down")
    answers = [text for command, text in output.items() if "/invocations" in command]
    assert len(answers) == 2
    assert (tmp_path / "matches" / "left_with_clusters.csv").is_file()
    assert all('"band"' in answer and '"error"' not in answer for answer in answers)
    assert {path.stem for path in (tmp_path / "compiled").rglob("*.yaml")} == {"train", "release", "match", "monitor"}


def adapted(command: str, demo: Demo, folder: Path) -> str:
    """Return the command with the ports and tables of this demo. Pipelines are compiled into ``folder``."""
    ports = {"8090": demo.user.endpoint_port, "5050": demo.user.mlflow_port, "8050": demo.user.evidently_port}
    for port, free in ports.items():
        command = command.replace(f":{port}/", f":{free}/")
    if command.startswith(MATCHING):  # the demo writes these tables where it is not given others
        for of_the_demo, table in zip(TABLES_OF_THE_DEMO, ("records", "records_right"), strict=True):
            assert of_the_demo in command
            command = command.replace(of_the_demo, demo.tables[table])
        command = command.replace("build/matches", str(folder / "matches"))
    if command.startswith(TRAINING):
        command = " ".join([command, *options(demo.tables)])
    return command.replace("build/pipelines", str(folder / "compiled"))
