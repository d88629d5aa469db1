"""The Spark session of a run: a cluster that is named, or the session that the caller has already."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from matchwright.errors import MatchingError

LOCAL = "local[*]"
"""The cluster where none is named: the processor cores of this machine."""

INSTALL = "make spark, or pip install -c requirements.lock -r requirements-spark.lock"
JAVA = "Debian: apt-get install openjdk-17-jre-headless"

_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    # the pairs of a rule come back to the driver as two numbers each, which may be more than the usual limit
    "spark.driver.maxResultSize": "0",
    "spark.executorEnv.OMP_NUM_THREADS": "1",
    "spark.executorEnv.OPENBLAS_NUM_THREADS": "1",
}


@dataclass(frozen=True)
class Cluster:
    """Where Spark runs. Both texts are empty for :data:`LOCAL`, or for the session that is active already.

    - ``master``: such as ``local[2]`` or ``spark://host:7077``.
    - ``connect``: the address of a Spark Connect server, such as ``sc://host``.
    """

    master: str = ""
    connect: str = ""


@contextmanager
def opened_session(cluster: Cluster, memory: int) -> Iterator[Any]:
    """The Spark session. An active one is used if no cluster is named, and is left open.

    Args:
        cluster: where Spark runs.
        memory: bytes for a driver that this process starts.

    Raises:
        MatchingError: pyspark or Java is not installed, or Spark cannot be started or reached.
    """
    _demand_pyspark()
    from pyspark.sql import SparkSession

    active = _active()
    if active is not None and not cluster.master and not cluster.connect:
        yield active
        return
    if active is not None:
        raise MatchingError(
            "A Spark session is active in this process already.", "leave out master and connect, or stop the session"
        )
    session = _started(SparkSession.builder, cluster, memory)
    try:
        yield session
    finally:
        session.stop()


def _active() -> Any:
    from pyspark.sql import SparkSession

    return SparkSession.getActiveSession()


def _demand_pyspark() -> None:
    if find_spec("pyspark") is None:
        raise MatchingError("The engine spark needs pyspark, which is not installed.", f"{INSTALL}. Java too: {JAVA}")


def _started(builder: Any, cluster: Cluster, memory: int) -> Any:
    builder = builder.appName("matchwright match")
    if cluster.connect:
        where, builder = cluster.connect, builder.remote(cluster.connect)
    else:
        if not _has_java():
            raise MatchingError("The engine spark needs Java 17, which is not installed.", JAVA)
        # without it Spark takes the python3 of the path, which may lack this package
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        where = cluster.master or LOCAL
        builder = builder.master(where).config("spark.driver.memory", f"{memory // 1024**2}m")
        for name, value in _SETTINGS.items():
            builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
        session.range(1).count()  # a server that cannot be reached is asked now, and not in the middle of a run
    except Exception as error:
        hint = "look at the address, and at the log above"
        raise MatchingError(f"Spark cannot be used at {where} ({type(error).__name__}).", hint) from error
    if not cluster.connect:
        session.sparkContext.setLogLevel("ERROR")
    return session


def _has_java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java") is not None or (
        home is not None and shutil.which("java", path=f"{home}/bin") is not None
    )
