"""Match tables without a model: draft a spec, make a scorer without labels, and match with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matchwright.core.bundle import load_bundle
from matchwright.core.spec import load_spec, spec_digest
from matchwright.drafting.tables import Lines
from matchwright.errors import Fault, SettingsError
from matchwright.matching.partitions import Progress, Report, silent
from matchwright.operations.match_tables.inputs import MatchInput
from matchwright.operations.match_tables.match import match_tables
from matchwright.operations.match_tables.options import MatchOptions
from matchwright.operations.match_without_model.estimate import Estimate
from matchwright.operations.match_without_model.spec_of_start import edited, spec_of
from matchwright.operations.match_without_model.start_bundle import make_bundle, without_labels
from matchwright.operations.match_without_model.start_folder import (
    StartFolder,
    StartIdentity,
    opened_start,
)
from matchwright.secrets import VERIFY_KEY, secret


@dataclass(frozen=True)
class Suggestions:
    """What a run without a model gives.

    - ``summary``: the content of ``summary.json``.
    - ``estimate``: what is known of the precision of its suggestions.
    - ``spec``: the spec, for a person to edit.
    - ``bundle``: the folder of the bundle that scored.
    """

    summary: dict[str, Any]
    estimate: Estimate
    spec: Path
    bundle: Path


def match_without_model(
    inputs: Sequence[MatchInput],
    out: Path,
    options: MatchOptions | None = None,
    report: Report = silent,
    *,
    code_digest: str,
    name: str = "matching",
    spec: Path | None = None,
    lines: Lines | None = None,
) -> Suggestions:
    """Suggest the matches of one table, or between two, with nothing but the tables.

    A run that was killed goes on where it was, and ends with the same result. A complete run is not run again.

    Args:
        inputs: one table, or the left and the right one.
        out: the folder of the run.
        options: how. If ``join_from`` is not given, it is the cautious one of the start.
        report: called when a stage begins, and after each partition.
        code_digest: of the code that runs.
        name: of the drafted spec.
        spec: a spec file to take in place of a draft.
        lines: gives the line of each row in the file of a table, for messages.

    Raises:
        SettingsError: the options do not fit a run without a model.
        DataError: no spec can be drafted from these tables, or they do not fit the spec.
        TrainingError: too few pairs of the tables are alike in anything.
        MatchingError: the folder belongs to another run, or its spec was edited.
        MatchwrightError: as :func:`~matchwright.operations.match_tables.match.match_tables`.
    """
    options = options or MatchOptions()
    if options.restate_prior:
        fault = Fault("restate_prior", "needs a model that was trained on another register", "leave it out")
        raise SettingsError("The tables cannot be matched in this way:", [fault])
    with opened_start(out, identity_of_start(inputs, spec, options.link_and_dedupe)) as start:
        prepare(
            start, inputs, options.link_and_dedupe, report, code_digest=code_digest, name=name, spec=spec, lines=lines
        )
        bundle = load_bundle(start.bundle, secret(VERIFY_KEY))
        if spec_digest(without_labels(load_spec(start.spec))) != bundle.manifest.spec_digest:
            raise edited(start)
        estimate = Estimate.load(start.estimate)
        if options.join_from is None:
            options = options.model_copy(update={"join_from": estimate.join_from})
        summary = match_tables(bundle, inputs, out, options, report)
    return Suggestions(summary, estimate, start.spec, start.bundle)


def identity_of_start(inputs: Sequence[MatchInput], spec: Path | None, link_and_dedupe: bool) -> StartIdentity:
    """The identity of a start from its tables and the spec that was given."""
    digest = spec_digest(load_spec(spec)) if spec is not None else ""
    tables = tuple(given.table for given in inputs)
    return StartIdentity(inputs=tables, spec=digest, link_and_dedupe=link_and_dedupe)


def prepare(
    start: StartFolder,
    inputs: Sequence[MatchInput],
    link_and_dedupe: bool,
    report: Report,
    *,
    code_digest: str,
    name: str,
    spec: Path | None,
    lines: Lines | None,
) -> None:
    """Write the spec, the estimate and the bundle of the start, those of them that are not there yet."""
    if start.bundle.exists():
        return
    report(Progress("drafting a spec" if spec is None else "reading the spec", 0, 0, 0.0))
    drafted = spec_of(start, inputs, name, spec, lines)
    one_table = len(inputs) == 1 or link_and_dedupe
    make_bundle(start, drafted, inputs, one_table, code_digest, report)
