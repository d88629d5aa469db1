"""Switch off the telemetry of all libraries, unless the user has switched it on."""

import os

# The variable that each library reads. A value that the user has set is kept.
SWITCHES = {
    "DO_NOT_TRACK": "1",  # Evidently (any value), and all that follow the convention
    "EVIDENTLY_DISABLE_TELEMETRY": "1",
    "FEAST_USAGE": "False",
    "GX_ANALYTICS_ENABLED": "false",
    "ITERATIVE_DO_NOT_TRACK": "1",  # the library that Evidently uses to send data
    "MLFLOW_DISABLE_TELEMETRY": "true",  # client, server and web pages
}


def silence() -> None:
    """Switch off every library's telemetry, for this process and its child processes."""
    for name, value in SWITCHES.items():
        os.environ.setdefault(name, value)
