"""A pipeline's parameters, from the options that its user gives."""

from collections.abc import Mapping
from pathlib import Path

from matchwright.core.spec.load import load_spec, spec_yaml
from matchwright.errors import DataError, Fault
from pipelines.catalogue import pipeline_named
from pipelines.digests import code_digest, data_digest


def arguments_of(name: str, spec_file: Path, given: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """The parameters of the pipeline ``name``, and the spec's name.

    The spec is passed as text without comments. So a cluster needs no file, and a new comment does not run steps again.

    Raises:
        SpecError: the spec has faults.
        DataError: input files are missing (all are listed).
        PipelineError: there is no such pipeline.
    """
    pipeline = pipeline_named(name)
    spec = load_spec(spec_file)
    files = {key: _absolute(given.get(key, "")) for key in pipeline.inputs}
    here = {key: location for key, location in files.items() if location and "://" not in location}
    missing = [key for key, location in here.items() if not Path(location).is_file()]
    if missing:
        faults = [Fault(f"--{key.replace('_', '-')}", "no such file", "check the path") for key in missing]
        raise DataError("Input files are missing.", faults)
    facts = {
        "spec": spec_yaml(spec),
        "name": spec.name,
        "code_digest": code_digest(),
        "data_digest": data_digest(files.values()),
        **given,
        **files,
    }
    return {key: facts[key] for key in pipeline.parameters if key in facts}, spec.name


def _absolute(location: str) -> str:
    return location if not location or "://" in location else str(Path(location).absolute())
