"""``python -m serving``: serve one decision bundle."""

import os

# Set before xgboost is loaded: with more threads one row can take a hundred times longer on busy cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from serving.logs import configure_logging

_log = logging.getLogger("serving")


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM, and finish the requests in flight. Exit code 1 if the bundle is refused."""
    options = _options(arguments)
    configure_logging()
    from matchwright.errors import MatchwrightError
    from matchwright.settings import load_settings
    from matchwright.stated_register import stated_register
    from serving.server import serve

    try:
        settings = load_settings()
        stated = settings.endpoint.stated_register
        return serve(
            options.bundle,
            options.log_folder or settings.decision_log_folder,
            options.host,
            options.port,
            stated=stated_register(options.stated_register) if options.stated_register else stated,
            hand_over=options.hand_over,
            take_over=options.take_over,
        )
    except MatchwrightError as error:
        _log.error("%s", error)
        return 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m serving", description="Serve a decision bundle.")
    parser.add_argument(
        "--bundle",
        type=Path,
        default=os.environ.get("MATCHWRIGHT_BUNDLE", "/opt/ml/model"),
        help="folder of the bundle",
    )
    parser.add_argument("--host", default="0.0.0.0", help="address to listen on")  # noqa: S104 - a container's
    parser.add_argument("--port", type=int, default=os.environ.get("SAGEMAKER_BIND_TO_PORT", "8080"))
    parser.add_argument("--log-folder", type=Path, help="folder of the decision log (default: the environment's)")
    parser.add_argument(
        "--stated-register", help="the register that the bundle is used on, as JSON (default: the environment's)"
    )
    parser.add_argument(
        "--hand-over", type=Path, help="load the bundle first, and offer the socket at this path to a successor"
    )
    parser.add_argument(
        "--take-over", type=Path, help="serve the socket that another process offers at this path, if any"
    )
    parser.add_argument("command", nargs="?", choices=["serve"], help="SageMaker starts the container with it")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
