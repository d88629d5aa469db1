"""Monitor the champion's decisions."""

from typing import Any

from kfp import dsl
from kfp.dsl.graph_component import GraphComponent

from components.alarm import alarm
from components.fetch_champion import fetch_champion
from components.monitor import monitor
from pipelines.placement import Step


def monitor_pipeline(step: Step) -> GraphComponent:
    """The monitoring pipeline, its tasks made by ``step``."""

    @dsl.pipeline(
        name="matchwright-monitor",
        description="Compare a window of the decision log with the reference of the bundle that decided it.",
    )
    def matchwright_monitor(
        spec: str,
        code_digest: str,
        environment: str = "local",
        version: str = "",
        since: str = "",
        until: str = "",
        labels: str = "",
    ) -> None:
        shared: dict[str, Any] = {"spec": spec, "environment": environment, "code_digest": code_digest}
        # Never cached: the decision log grows while the arguments stay the same.
        fetched = step(fetch_champion, cached=False, **shared, version=version)
        bundle = fetched.outputs["bundle"]
        monitored = step(monitor, cached=False, **shared, bundle=bundle, since=since, until=until, labels=labels)
        step(alarm, cached=False, verdict=monitored.outputs["Output"])

    return matchwright_monitor
