"""A pipeline's parameters, from the options that its user gives."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from matchwright.core.spec.load import load_spec, spec_yaml
from matchwright.errors import DataError, Fault, PipelineError
from matchwright.operations.inputs import INPUTS, faults_of_inputs
from pipelines.catalogue import Pipeline, pipeline_named
from pipelines.digests import code_digest, data_digest
from pipelines.given_scorer import check_scorer, names_of

_TABLES = (*INPUTS, "labels")


def arguments_of(
    name: str, spec_file: Path, given: Mapping[str, str], environment: str = "local"
) -> tuple[dict[str, str], str]:
    """The parameters of the pipeline ``name`` in an environment, and the spec's name.

    The spec is passed as text without comments. So a cluster needs no file, and a new comment does not run steps again.
    The names of an imported scorer's comparisons are passed as text too. If its file is on this machine, it is checked
    here, before any step runs.

    Raises:
        SpecError: the spec has faults.
        DataError: input files are missing, or tables that the spec needs are not given (all are listed).
        ScorerError: the scorer to import does not fit the spec (every fault is listed).
        PipelineError: there is no such pipeline, or it does not take an option that was given.
    """
    pipeline = pipeline_named(name)
    _check_options(pipeline, given)
    spec = load_spec(spec_file)
    files = {key: _absolute(given.get(key, "")) for keys in pipeline.inputs.values() for key in keys}
    names_file = given.get("comparisons", "") if "scorer" in files else ""
    here = {key: location for key, location in files.items() if location and "://" not in location}
    named = {"comparisons": names_file} if names_file else {}
    missing = [key for key, location in {**here, **named}.items() if not _exists(key, location)]
    faults = [Fault(_option(key), "no such file", "check the path") for key in missing]
    faults += [Fault(_option(key), "is not given", "name it") for key in pipeline.required if not given.get(key)]
    if set(INPUTS) <= set(pipeline.parameters):
        tables = [key for key in INPUTS if files[key]]
        faults += [replace(f, path=_option(f.path)) for f in faults_of_inputs(tables, spec, environment)]
    if faults:
        raise DataError("Input files are missing.", faults)
    names = names_of(names_file)
    if "scorer" in files:
        check_scorer(files["scorer"], names, given.get("returns", ""), spec)
    facts = {
        "spec": spec_yaml(spec),
        "name": spec.name,
        "code_digest": code_digest(),
        **{
            name: data_digest(files[key] for key in keys)
            for name, keys in pipeline.inputs.items()
            if name in pipeline.parameters
        },
        **given,
        **files,
        "comparisons": names,
    }
    return {key: facts[key] for key in pipeline.parameters if key in facts}, spec.name


def _check_options(pipeline: Pipeline, given: Mapping[str, str]) -> None:
    """Refuse options of other pipelines: the user would believe that they count."""
    known = pipeline.parameters
    foreign = [_option(key) for key, value in given.items() if value and key not in known]
    if foreign:
        own = ", ".join(_option(key) for key in given if key in known)
        fact = f"The pipeline '{pipeline.name}' does not take {', '.join(foreign)}."
        raise PipelineError(fact, f"it takes {own}" if own else "leave this out")


def _exists(key: str, location: str) -> bool:
    # a table may be a folder of Parquet files
    return Path(location).is_file() or (key in _TABLES and Path(location).is_dir())


def _option(key: str) -> str:
    return f"--{key.replace('_', '-')}"


def _absolute(location: str) -> str:
    return location if not location or "://" in location else str(Path(location).absolute())
