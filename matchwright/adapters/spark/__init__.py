"""The Spark engine: whole tables on a cluster, with the decisions of one machine."""

from matchwright.adapters.spark.engine import SparkEngine
from matchwright.adapters.spark.session import Cluster, opened_session

__all__ = ["Cluster", "SparkEngine", "opened_session"]
