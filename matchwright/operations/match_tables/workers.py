"""How many processes match tables in an environment."""

import math
import os

from matchwright.settings import Settings


def workers_of(settings: Settings) -> int:
    """One process for each processor core.

    In a cluster these are the cores that a step requests. A container sees all cores of its node, and may not use them.
    """
    if not settings.cluster.host:
        return os.cpu_count() or 1
    asked = settings.cluster.resources.cpu
    cores = float(asked[:-1]) / 1000 if asked.endswith("m") else float(asked)
    return max(math.floor(cores), 1)
