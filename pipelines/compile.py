"""Write every pipeline as IR YAML for a cluster."""

from pathlib import Path

from kfp import compiler

from matchwright.settings import Settings
from pipelines.catalogue import PIPELINES, Pipeline
from pipelines.placement import placed_on


def compile_pipeline(pipeline: Pipeline, settings: Settings, package: Path) -> Path:
    """Write one pipeline with the image, resources, secrets and placement of the environment's cluster section.

    ``package`` must end in ``.yaml``: in other formats the engine leaves out the cluster's settings.
    """
    package.parent.mkdir(parents=True, exist_ok=True)
    draft = package.with_name(f".{package.name}")
    graph = pipeline.make(placed_on(settings.cluster, settings.environment))
    compiler.Compiler().compile(graph, str(draft), pipeline_parameters={"environment": settings.environment})
    draft.replace(package)
    return package


def compile_all(settings: Settings, folder: Path) -> list[Path]:
    """Write every pipeline of the project to ``folder``, one file each."""
    return [compile_pipeline(pipeline, settings, folder / f"{name}.yaml") for name, pipeline in PIPELINES.items()]
