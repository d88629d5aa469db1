"""The environment variables of a serving process: only those that it needs to verify, look up and log."""

import os

from matchwright.secrets import IDENTIFIER_KEY, VERIFY_KEY
from matchwright.settings import PREFIX, Settings
from matchwright.threads import COMPUTE_THREADS

_FROM_THIS_PROCESS = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "PYTHONPATH", "LD_LIBRARY_PATH")


def serving_environment(settings: Settings) -> dict[str, str]:
    """The variables for every target. The key that signs bundles is never among them."""
    features, stated = settings.features, settings.endpoint.stated_register
    named = {
        VERIFY_KEY: os.environ.get(VERIFY_KEY, ""),
        IDENTIFIER_KEY: os.environ.get(IDENTIFIER_KEY, ""),
        f"{PREFIX}ENVIRONMENT": os.environ.get(f"{PREFIX}ENVIRONMENT") or settings.environment,
        f"{PREFIX}FEATURES__ONLINE": features.online,
        f"{PREFIX}FEATURES__CONNECTION": features.connection,
        f"{PREFIX}FEATURES__REGISTRY_URI": features.registry_uri,
        f"{PREFIX}ENDPOINT__STATED_REGISTER": stated.model_dump_json(exclude_none=True) if stated else "",
        "OMP_NUM_THREADS": str(COMPUTE_THREADS),
        "DO_NOT_TRACK": "1",
        "FEAST_USAGE": "False",
    }
    return {name: value for name, value in named.items() if value}


def local_environment(settings: Settings) -> dict[str, str]:
    """The variables for a process on this machine: also where its programs, settings and stores are."""
    kept = {name: os.environ[name] for name in (*_FROM_THIS_PROCESS, f"{PREFIX}CONFIGS") if name in os.environ}
    return {**kept, **serving_environment(settings), f"{PREFIX}HOME": str(settings.home.absolute())}
