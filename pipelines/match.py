"""Match whole tables with a released version."""

from typing import Any

from kfp import dsl
from kfp.dsl.graph_component import GraphComponent

from components.accept import accept
from components.fetch_champion import fetch_champion
from components.match import match
from pipelines.placement import Step


def match_pipeline(step: Step) -> GraphComponent:
    """The matching pipeline, its tasks made by ``step``."""

    @dsl.pipeline(
        name="matchwright-match",
        description="Find the matches and the clusters of one whole table, or of two, and write them to the lake.",
    )
    def matchwright_match(
        spec: str,
        code_digest: str,
        records: str,
        records_right: str = "",
        environment: str = "local",
        version: str = "",
        target: str = "",
        reasons: str = "",
        join_from: str = "",
        link_and_dedupe: str = "",
        restate_prior: str = "",
        engine: str = "",
        master: str = "",
        connect: str = "",
    ) -> None:
        shared: dict[str, Any] = {"spec": spec, "environment": environment, "code_digest": code_digest}
        tables = {"records": records, "records_right": records_right}
        options = {"reasons": reasons, "join_from": join_from}
        options |= {"link_and_dedupe": link_and_dedupe, "restate_prior": restate_prior}
        options |= {"engine": engine, "master": master, "connect": connect}
        # Never cached: another version may be the champion now.
        fetched = step(fetch_champion, cached=False, **shared, version=version)
        # Never cached: the tables or the lake may have changed. The step itself knows what it has matched already.
        bundle = fetched.outputs["bundle"]
        matched = step(match, cached=False, **shared, bundle=bundle, **tables, target=target, **options)
        step(accept, refusal=matched.outputs["Output"])

    return matchwright_match
