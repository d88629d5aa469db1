"""Put an approved version behind the endpoint."""

from kfp import dsl
from kfp.dsl.graph_component import GraphComponent

from components.release import release
from pipelines.placement import Step


def release_pipeline(step: Step) -> GraphComponent:
    """The release pipeline, its task made by ``step``."""

    @dsl.pipeline(
        name="matchwright-release",
        description="Release an approved version: verify it, deploy it, check that it answers, write the ledger.",
    )
    def matchwright_release(code_digest: str, name: str, version: str = "", environment: str = "local") -> None:
        # Never cached: the approval or the endpoint may have changed.
        step(release, cached=False, environment=environment, code_digest=code_digest, name=name, version=version)

    return matchwright_release
