"""Match whole tables with a bundle: from tables to pairs, clusters and reviews in a folder."""

import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from matchwright.core.bundle import Bundle, register_use, use_on
from matchwright.core.compare.information import counted_fields
from matchwright.core.records.corpus import feature_version
from matchwright.core.spec import spec_yaml
from matchwright.errors import Fault, SettingsError
from matchwright.files import write_whole
from matchwright.matching.budget import cut_by_budget, unmatched_records
from matchwright.matching.cluster_figures import cluster_figures
from matchwright.matching.clusters import clusters_of
from matchwright.matching.compared import compared_pairs
from matchwright.matching.deciding import bands_of, decided_pairs
from matchwright.matching.engine import Engine
from matchwright.matching.funnel import funnel_of
from matchwright.matching.partitions import Progress, Report, partition_size, silent
from matchwright.matching.report import render_report
from matchwright.matching.review import for_review
from matchwright.operations.match_tables.engines import engine_of
from matchwright.operations.match_tables.inputs import MatchInput
from matchwright.operations.match_tables.options import WITHOUT_EFFECT, MatchOptions
from matchwright.operations.match_tables.outputs import (
    CLUSTERS,
    PAIRS,
    REVIEW,
    clusters_table,
    write_compared,
    write_frequencies,
    write_lake_table,
    write_with_clusters,
)
from matchwright.operations.match_tables.proposed import proposed_candidates
from matchwright.operations.match_tables.register import Register, larger_register, register_of
from matchwright.operations.match_tables.register_in_parts import register_in_parts
from matchwright.operations.match_tables.run_folder import REPORT, SPEC, RunFolder, RunIdentity, opened_run
from matchwright.operations.match_tables.shown import not_joined_pairs, review_pairs, table_counts
from matchwright.stated_register import StatedRegister

_log = logging.getLogger(__name__)


def match_tables(
    bundle: Bundle,
    inputs: Sequence[MatchInput],
    out: Path,
    options: MatchOptions | None = None,
    report: Report = silent,
) -> dict[str, Any]:
    """Find the matches of one table, or between two, and the clusters that they make.

    If the same run was killed in the folder, it goes on where it was. A complete run is not run again.

    Args:
        bundle: decides.
        inputs: one table, or the left and the right one.
        out: the folder of the run.
        options: how.
        report: called after each partition.

    Returns:
        The content of ``summary.json``.

    Raises:
        MatchingError: the folder belongs to another run.
        DataError: a table does not fit the bundle's spec.
        QualityError: the tables do not hold the limits of the spec.
        CandidateError: a rule would make too many pairs, and no feature makes its blocks small enough.
        SettingsError: the options do not fit the tables.
        MatchingError: the engine is not installed, or its cluster cannot be reached.
    """
    options = options or MatchOptions()
    _check(bundle, inputs, options)
    with opened_run(out, identity_of(bundle, inputs, options)) as run:
        if not run.is_complete:
            with engine_of(options) as engine:
                run.finish(_matched(run, bundle, inputs, options, report, engine))
        run.clear()
        return run.summary()


def identity_of(bundle: Bundle, inputs: Sequence[MatchInput], options: MatchOptions) -> RunIdentity:
    """What makes the run what it is; how and where it is computed does not."""
    chosen = options.model_dump(exclude=set(WITHOUT_EFFECT))
    stated = bundle.stated.model_dump_json() if bundle.stated else None
    return RunIdentity(
        bundle=bundle.digest,
        spec=bundle.model.spec.name,
        inputs=tuple(given.table for given in inputs),
        options={**chosen, "stated_register": stated},
        features=feature_version(bundle.model.spec, bundle.model.corpus),
    )


def _check(bundle: Bundle, inputs: Sequence[MatchInput], options: MatchOptions) -> None:
    spec, faults = bundle.model.spec, []
    if options.link_and_dedupe and len(inputs) == 1:
        faults.append(Fault("link_and_dedupe", "needs two tables", "name the other one with --records-right"))
    if options.link_and_dedupe and not (spec.sources.alike and spec.multiplicity == "many_to_many"):
        problem = f"does not fit a bundle whose records have at most one match ({spec.multiplicity})"
        faults.append(Fault("link_and_dedupe", problem, "train with multiplicity: many_to_many and alike sources"))
    if options.join_from is not None and not options.join_from >= bundle.model.bands.review_from:
        problem = f"is below {bundle.model.bands.review_from}, from which pairs go to review"
        faults.append(Fault("join_from", problem, "pairs that are no match must not join records"))
    if options.restate_prior and bundle.stated is not None:
        faults.append(Fault("restate_prior", "is stated with the bundle already", "leave one of the two out"))
    if faults:
        raise SettingsError("The tables cannot be matched in this way:", faults)


def _matched(
    run: RunFolder,
    bundle: Bundle,
    inputs: Sequence[MatchInput],
    options: MatchOptions,
    report: Report,
    engine: Engine,
) -> dict[str, Any]:
    spec, model = bundle.model.spec, bundle.model
    clock = _Clock(report)
    one_table = len(inputs) == 1 or options.link_and_dedupe
    register = clock.timed("reading and validating", lambda: _register(run, bundle, inputs, one_table, engine))
    table = register.table
    if options.restate_prior:
        stated = StatedRegister(left_records=len(table.left), right_records=len(table.right), restate_prior=True)
        bundle = use_on(bundle, stated)
        model = bundle.model
        register_use(bundle).log(_log)
    warning = larger_register(bundle, table)
    if warning is not None:
        _log.warning("%s: %s", warning.name, warning)
    pairs, budgeted = clock.timed(
        "proposing candidates",
        lambda: proposed_candidates(run.working, table, spec, model.embeddings, report, engine.methods),
    )
    wanted = np.array([partition_size(options.memory, options.workers)])
    for one in pairs.narrowed:
        _log.warning("%s", one)
    # a run that goes on keeps the partitions that it began with
    size = int(run.working.made("partition_size", lambda: wanted)[0])
    scoring = engine.scoring(model, table, pairs, run.working, size, report)
    scored = clock.timed("comparing and scoring", scoring.score)
    bands = clock.timed("deciding", lambda: bands_of(scoring, scored))
    may_join = bands == "match"
    if options.join_from is not None:
        may_join |= (bands == "review") & (scored.scores >= options.join_from)
    clusters = clock.timed(
        "clustering",
        lambda: clusters_of(
            len(table.keys),
            *(scored.left, scored.right, scored.scores),
            may_join,
            spec,
            guard=options.guard,
            review_from=model.bands.review_from,
        ),
    )
    decided = clock.timed("giving reasons", lambda: decided_pairs(scoring, scored, bands, clusters, options.reasons))
    made = clusters_table(table, clusters)
    review = for_review(decided, made, spec.costs)
    name = run_name(run.identity)
    for kind, frame in ((PAIRS, decided), (CLUSTERS, made), (REVIEW, review)):
        clock.timed("writing", partial(write_lake_table, run.folder, kind, frame, bundle.digest, name))
    clock.timed("writing", lambda: write_compared(run.folder, compared_pairs(pairs, scored, bands)))
    fields = counted_fields(spec)
    clock.timed("writing", lambda: write_frequencies(run.folder, scoring.known_frequencies(), fields))
    files = clock.timed(
        "writing", lambda: write_with_clusters(run.folder, inputs, spec.record_id, made, options.tables)
    )
    unmatched = unmatched_records(table, scored, bands, spec)
    cut = cut_by_budget(spec.candidates.max_candidates_per_record, budgeted, pairs, bands, unmatched)
    summary = {
        "run": name,
        "bundle": bundle.digest,
        "spec": spec.name,
        "one_table": one_table,
        "records": {"left": len(table.left), "right": 0 if one_table else len(table.right)},
        "quarantined": register.quality.tables["records"].quarantined,
        "tables": table_counts(run, table),
        "options": run.identity.options,
        "bands": model.bands.model_dump(),
        "prior_shift": model.prior_shift,
        "register_warning": None if warning is None else str(warning),
        "funnel": funnel_of(table, pairs, scored, bands),
        "cut_by_budget": cut.pairs,
        "budget": asdict(cut),
        "narrowed": [asdict(one) for one in pairs.narrowed],
        "bounded": None if pairs.bounded is None else asdict(pairs.bounded),
        "joined": int(clusters.joined.sum()),
        "clusters": cluster_figures(made, decided),
        "not_joined": {
            "assigned_elsewhere": int(clusters.assigned_elsewhere.sum()),
            "chain": int(clusters.cut.sum()),
            "pairs": not_joined_pairs(decided),
        },
        "reviews": len(review),
        "first_reviews": review_pairs(review),
        "files": [path.name for path in files],
        "seconds": clock.seconds,
    }
    write_whole(run.folder / REPORT, render_report(summary))
    write_whole(run.folder / SPEC, spec_yaml(spec))
    return summary


def _register(
    run: RunFolder, bundle: Bundle, inputs: Sequence[MatchInput], one_table: bool, engine: Engine
) -> Register:
    if engine.records is None:
        return register_of(run, bundle, inputs, one_table)
    return register_in_parts(run, bundle, inputs, one_table, engine.records)


def run_name(identity: RunIdentity) -> str:
    """A short name of a run: the same inputs, bundle and options have the same one."""
    return hashlib.sha256(identity.model_dump_json().encode()).hexdigest()[:12]


class _Clock:
    """How long each stage of this try took."""

    def __init__(self, report: Report) -> None:
        self.seconds: dict[str, float] = {}
        self._report = report

    def timed(self, stage: str, work: Callable[[], Any]) -> Any:
        self._report(Progress(stage, 0, 0, 0.0))
        begun = time.monotonic()
        found = work()
        self.seconds[stage] = round(self.seconds.get(stage, 0.0) + time.monotonic() - begun, 3)
        return found
