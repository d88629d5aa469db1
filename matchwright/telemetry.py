"""No library phones home unless the user says so."""

import os

# The variable that each library reads. A value the user has set is left alone.
SWITCHES = {
    "DO_NOT_TRACK": "1",  # Evidently (any value), and whoever follows the convention
    "EVIDENTLY_DISABLE_TELEMETRY": "1",
    "FEAST_USAGE": "False",
    "GX_ANALYTICS_ENABLED": "false",
    "ITERATIVE_DO_NOT_TRACK": "1",  # the library Evidently sends through
    "MLFLOW_DISABLE_TELEMETRY": "true",  # client, server and its pages
}


def silence() -> None:
    """Switch every library's telemetry off, for this process and those it starts."""
    for name, value in SWITCHES.items():
        os.environ.setdefault(name, value)
