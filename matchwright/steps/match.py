"""The matching step: whole tables with the bundle of a registered version, and their matches in the lake."""

from pathlib import Path
from typing import Any

from matchwright.adapters.lake.delta import TableVersion
from matchwright.core.bundle import load_bundle
from matchwright.core.spec import MatchSpec
from matchwright.errors import BundleError, QualityError
from matchwright.operations.match_tables.inputs import input_files
from matchwright.operations.match_tables.match import identity_of, match_tables, run_name
from matchwright.operations.match_tables.options import MatchOptions
from matchwright.operations.match_tables.progress import ProgressLines
from matchwright.operations.match_tables.published import (
    LATEST,
    MATCHES,
    forget_lost,
    lake_address,
    publish,
    publish_quarantine,
    remove_earlier,
    without_tables,
)
from matchwright.operations.match_tables.register import QUALITY_REPORT, QUARANTINE
from matchwright.operations.match_tables.workers import workers_of
from matchwright.secrets import VERIFY_KEY, secret
from matchwright.settings import Settings


def match(
    *,
    settings: Settings,
    spec: MatchSpec,
    code_digest: str,
    bundle: Path,
    records: str,
    records_right: str = "",
    target: str = "",
    options: MatchOptions | None = None,
    matches: Path,
) -> dict[str, Any]:
    """Match one table, or two, and write pairs, clusters, review and quarantine to the lake.

    The run works in a folder of the home that only its owner can read. The content of the tables, the bundle, the
    options and the code give its name. So a run that was killed goes on where it was, and a complete one is not
    computed again. The folder of the target's last run is kept, and earlier ones are removed.

    Args:
        settings: names the home and the lake.
        spec: its name must be that of the bundle's spec. The bundle's own spec is used.
        code_digest: of the code that matches.
        bundle: folder of the bundle.
        records: CSV, Parquet or Delta, local or in an object store.
        records_right: the other table; empty to find duplicates in one.
        target: the tables go to ``matches/TARGET`` below the spec's folder in the lake; empty means ``latest``.
        options: how to match. Workers, and the tables with clusters, are set by this step.
        matches: folder to write: the summary, the reports, and ``tables.json``, which names the versions of the lake
            tables. It holds no values of records.

    Returns:
        records, quarantined, pairs (compared ones), matches, entities, reviews, run, bundle, address of the lake
        tables, and register_warning (empty without one).

    Raises:
        BundleError: the bundle is corrupt, or was made with another spec.
        DataError: the tables do not fit the bundle's spec.
        QualityError: the tables do not hold the limits of the spec. The report is in ``matches``, and the quarantine
            table in the lake.
        SettingsError: the options do not fit the tables, or the target is no plain name.
        MatchingError: another process works on the same run.
    """
    target = target or LATEST
    address = lake_address(settings.lake_uri, spec.name, target)
    loaded = load_bundle(bundle, secret(VERIFY_KEY))
    if loaded.model.spec.name != spec.name:
        found = f"The bundle was made with spec '{loaded.model.spec.name}', not '{spec.name}'."
        raise BundleError(found, "give the spec it was made with")
    inputs = input_files({"left": records} | ({"right": records_right} if records_right else {}))
    chosen = (options or MatchOptions()).model_copy(update={"workers": workers_of(settings), "tables": "none"})
    identity = identity_of(loaded, inputs, chosen)
    runs = settings.folder(MATCHES, spec.name, target)
    runs.chmod(0o700)
    run = runs / f"{run_name(identity)}-{code_digest[:12]}"
    forget_lost(run)
    try:
        summary = match_tables(loaded, inputs, run, chosen, ProgressLines())
    except QualityError as refused:
        without_tables(run, matches)
        raise QualityError(refused.fact, _moved(refused.hint, run, matches, publish_quarantine(run, address))) from None
    publish(run, summary["run"], address)
    without_tables(run, matches)
    remove_earlier(run)
    return {
        "records": sum(summary["records"].values()),
        "quarantined": summary["quarantined"],
        "pairs": summary["funnel"]["compared_pairs"],
        "matches": summary["funnel"]["bands"]["match"],
        "entities": summary["clusters"]["entities"],
        "reviews": summary["reviews"],
        "run": summary["run"],
        "bundle": summary["bundle"],
        "address": address,
        "register_warning": summary["register_warning"] or "",
    }


def _moved(hint: str, run: Path, matches: Path, quarantine: TableVersion) -> str:
    """The hint with the places that the report and the quarantine table have now."""
    at_hand = hint.replace(str(run / QUALITY_REPORT), str(matches / QUALITY_REPORT))
    return at_hand.replace(str(run / QUARANTINE), f"version {quarantine.version} of lake table {quarantine.uri}")
