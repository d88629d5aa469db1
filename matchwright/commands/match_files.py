"""``matchwright match FILE``: suggestions from nothing but the tables."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from matchwright.commands.opening import opened
from matchwright.terminal import styled, terminal

if TYPE_CHECKING:
    from matchwright.operations.match_tables.options import MatchOptions
    from matchwright.operations.match_without_model.match import Suggestions

_TABLES = ("--records", "--records-right")


def suggest(
    files: Mapping[str, str], spec: Path | None, out: Path | None, options: "MatchOptions", environment: str
) -> None:
    """Match the files without a model, and print what came of it and the next command.

    Args:
        files: one table, or the left and the right one, by source.
        spec: a spec file to take in place of a draft.
        out: the folder of the run; None for the default.
        options: how.
        environment: which settings to open.
    """
    from matchwright.adapters.tables.read import row_lines
    from matchwright.commands.spec import spec_name
    from matchwright.operations.match_tables.inputs import input_files
    from matchwright.operations.match_tables.progress import ProgressLines
    from matchwright.operations.match_without_model.match import identity_of_start, match_without_model
    from matchwright.operations.match_without_model.start_folder import default_folder
    from pipelines.digests import code_digest

    named = list(files.values())
    inputs = input_files(files)
    opened(environment)
    folder = (
        out if out is not None else default_folder(Path(), identity_of_start(inputs, spec, options.link_and_dedupe))
    )
    console = terminal()
    console.print(f"No model is named, so this run starts without labels, in {folder}")
    lines = ProgressLines(lambda line: console.print(f"  {line}"))
    found = match_without_model(
        inputs,
        folder,
        options,
        lines,
        code_digest=code_digest(),
        name=spec_name(Path(named[0]).stem),
        spec=spec,
        lines=lambda side: row_lines(named[side]),
    )
    _print(found, folder, named)


def _print(found: "Suggestions", folder: Path, files: list[str]) -> None:
    from matchwright.operations.match_without_model.estimate import LABELS, estimate_sentences, worth_sentence

    console, summary = terminal(), found.summary
    records, clusters = sum(summary["records"].values()), summary["clusters"]
    reviews = summary["reviews"]
    console.print(
        styled(("Suggested", "green"), f" {reviews:,} pairs of {records:,} records. No match is certain yet.")
    )
    if reviews:
        for sentence in estimate_sentences(found.estimate):
            console.print(f"  {sentence}")
        if summary["joined"]:
            joined = f"{summary['joined']:,} likeliest suggestions alone."
            console.print(f"  {clusters['entities']:,} entities, by the {joined}")
        console.print(f"  {worth_sentence(found.estimate)}")
    if summary["quarantined"]:
        console.print(f"  {summary['quarantined']:,} records are in quarantine: see {folder / 'quality.html'}")
    console.print(f"  Read {folder / 'report.html'}; the spec, to edit and pass on with --spec, is {found.spec}")
    if reviews:
        tables = [word for option, file in zip(_TABLES, files, strict=False) for word in (option, file)]
        words = ["matchwright", "label", "--spec", str(found.spec), "--review", str(folder), *tables]
        words += ["--out", str(folder / "labels.csv"), "--random", "--count", str(LABELS)]
        console.print(f"  Next: {shlex.join(words)}")
