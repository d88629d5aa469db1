"""No library sends telemetry. The tests ask the libraries in a process that has imported matchwright first."""

import os
import subprocess
import sys
import textwrap

import pytest

from matchwright.telemetry import SWITCHES


def printed_by(code: str, **variables: str) -> str:
    """What ``code`` prints in a new process without the switches, and without variables that mark a CI run."""
    marks = {"CI", "PYTEST_CURRENT_TEST", "PYTEST_VERSION"}
    environment = {key: value for key, value in os.environ.items() if key not in SWITCHES and key not in marks}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**environment, **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


MLFLOW = "from mlflow.telemetry.utils import is_telemetry_disabled; print(is_telemetry_disabled())"
EVIDENTLY = "from evidently.telemetry import event_logger; print(not event_logger.is_enabled())"
GREAT_EXPECTATIONS = """
    import os
    print(os.environ.get("GX_ANALYTICS_ENABLED") == "false")
    """


@pytest.mark.parametrize("asked", [MLFLOW, EVIDENTLY, GREAT_EXPECTATIONS], ids=["mlflow", "evidently", "gx"])
def test_telemetry_is_off_once_matchwright_is_imported(asked: str) -> None:
    assert printed_by("import matchwright\n" + textwrap.dedent(asked)) == "True"


def test_without_matchwright_these_libraries_send_telemetry() -> None:
    """This shows that the questions above can also have the other answer."""
    assert printed_by(MLFLOW) == "False"
    assert printed_by("from evidently.telemetry import event_logger; print(event_logger.enabled())") == "True"


def test_mlflow_starts_no_telemetry_client() -> None:
    code = """
        import matchwright
        import mlflow
        from mlflow.telemetry.client import get_telemetry_client
        print(get_telemetry_client())
        """

    assert printed_by(code) == "None"


def test_a_choice_of_the_user_is_kept() -> None:
    code = "import os, matchwright; print(os.environ['MLFLOW_DISABLE_TELEMETRY'])"

    assert printed_by(code, MLFLOW_DISABLE_TELEMETRY="false") == "false"
