"""No library sends telemetry. The tests check the libraries in a process that has imported matchwright first."""

import os
import subprocess
import sys
import textwrap

import pytest

from matchwright.telemetry import SWITCHES


def printed_by(code: str, **variables: str) -> str:
    """Return the output of ``code`` in a new process. The switches and the variables of a CI run are not set."""
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


@pytest.mark.parametrize("check_code", [MLFLOW, EVIDENTLY, GREAT_EXPECTATIONS], ids=["mlflow", "evidently", "gx"])
def test_telemetry_is_off_after_matchwright_is_imported(check_code: str) -> None:
    assert printed_by("import matchwright\n" + textwrap.dedent(check_code)) == "True"


def test_without_matchwright_these_libraries_send_telemetry() -> None:
    """This shows that the checks above can fail."""
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


def test_a_setting_of_the_user_is_not_changed() -> None:
    code = "import os, matchwright; print(os.environ['MLFLOW_DISABLE_TELEMETRY'])"

    assert printed_by(code, MLFLOW_DISABLE_TELEMETRY="false") == "false"
