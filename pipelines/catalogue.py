"""The pipelines of this project, by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kfp.dsl.graph_component import GraphComponent

from matchwright.errors import PipelineError
from pipelines.match import match_pipeline
from pipelines.monitor import monitor_pipeline
from pipelines.placement import Step, here
from pipelines.release import release_pipeline
from pipelines.train import train_pipeline


@dataclass(frozen=True)
class Pipeline:
    """A pipeline by its short name.

    ``make`` builds it with tasks made by a :class:`Step`. ``inputs`` maps each parameter that takes a digest to the
    parameters that are the paths of the files. A pipeline without cached steps has no parameter for a digest, and none
    is taken. ``required`` are the options that a user must give.
    """

    name: str
    make: Callable[[Step], GraphComponent]
    inputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    required: tuple[str, ...] = ()

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of its parameters."""
        return tuple(self.make(here).pipeline_spec.root.input_definitions.parameters)


PIPELINES = {
    pipeline.name: pipeline
    for pipeline in (
        Pipeline(
            "train",
            train_pipeline,
            inputs={"data_digest": ("records", "records_right", "pairs"), "scorer_digest": ("scorer",)},
        ),
        Pipeline("release", release_pipeline),
        Pipeline("match", match_pipeline, inputs={"data_digest": ("records", "records_right")}, required=("records",)),
        Pipeline("monitor", monitor_pipeline, inputs={"data_digest": ("labels",)}),
    )
}


def pipeline_named(name: str) -> Pipeline:
    """The pipeline of that name.

    Raises:
        PipelineError: there is none.
    """
    if name not in PIPELINES:
        raise PipelineError(f"There is no pipeline '{name}'.", f"choose from {', '.join(PIPELINES)}")
    return PIPELINES[name]
