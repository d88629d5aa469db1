"""Read the input tables into versioned lake tables."""

from kfp import dsl

from components.base import component


@component
def ingest(
    spec: str,
    environment: str,
    code_digest: str,
    data_digest: str,
    records: str,
    records_right: str,
    pairs: str,
    snapshot: dsl.Output[dsl.Dataset],
) -> None:
    """Write the records and pairs to the lake. ``snapshot`` names the versions of the tables.

    ``data_digest`` is the digest of the files at the three paths. It is an argument so that the step runs again when a
    file has changed.
    """
    from pathlib import Path

    from components.context import step_context
    from matchwright.steps.ingest import ingest as step

    with step_context(environment, spec) as at:
        step(
            settings=at.settings,
            spec=at.spec,
            records=records,
            records_right=records_right,
            pairs=pairs,
            snapshot=Path(snapshot.path),
        )
