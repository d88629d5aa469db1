"""``matchwright label``: a person labels the pairs that help training most."""

import shlex
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from matchwright.commands.opening import Environment, opened
from matchwright.terminal import styled, terminal

if TYPE_CHECKING:
    from rich.text import Text

    from matchwright.core.spec import MatchSpec
    from matchwright.labelling import Session
    from matchwright.operations.label_file import Labels
    from matchwright.operations.labelling import Chosen, Tables
    from matchwright.operations.match_tables.review_queue import ReviewQueue

SpecFile = Annotated[Path, typer.Option("--spec", help="The match spec.")]
Records = Annotated[str, typer.Option(help="Records of the left source: CSV, Parquet or Delta.")]
RecordsRight = Annotated[str, typer.Option(help="Records of the right source. Leave it out for deduplication.")]
Pairs = Annotated[str, typer.Option(help="Known labels: CSV, Parquet or Delta. These pairs are not asked again.")]
Out = Annotated[Path, typer.Option(help="The file of labels, created or continued. Training reads it with --pairs.")]
Count = Annotated[int, typer.Option(min=1, help="How many pairs to ask about.")]
CsvOut = Annotated[Path | None, typer.Option(help="Write the questions to this CSV, to answer them in a spreadsheet.")]
CsvIn = Annotated[Path | None, typer.Option(help="Read the answers from this CSV.")]
Model = Annotated[
    str,
    typer.Option(
        help="What scores the pairs: a bundle's folder, 'champion', or 'none' for the unsupervised start. "
        "The default is a scorer trained on the labels so far."
    ),
]

Review = Annotated[
    str,
    typer.Option(
        help="The folder of a run of matchwright match, or its s3://BUCKET/PREFIX: ask its pairs for review, in their "
        "order."
    ),
]

AtRandom = Annotated[
    bool,
    typer.Option("--random", help="With --review: ask pairs drawn at random. They measure how many of all are right."),
]

ROUND = 25
"""After so many questions, the next ones are chosen with the help of the answers."""

_KEYS = {"y": "same", "n": "not the same", "u": "unsure", "b": "back", "q": "stop"}


_TABLES = ("--records", "--records-right")

_WORDS = {
    "y": "1",
    "yes": "1",
    "1": "1",
    "n": "0",
    "no": "0",
    "0": "0",
    "u": "unsure",
    "unsure": "unsure",
    "?": "unsure",
}
_WORDS |= {"b": "b", "back": "b", "q": "q", "quit": "q", "stop": "q"}
"""The answer must be one of these words: "not sure" must not be read as "no"."""


def register(root: typer.Typer) -> None:
    """Add this command to the root command."""
    root.command()(label)


def label(
    records: Records,
    out: Out,
    spec: SpecFile = Path("specs/persons.yaml"),
    records_right: RecordsRight = "",
    pairs: Pairs = "",
    count: Count = 20,
    csv_out: CsvOut = None,
    csv_in: CsvIn = None,
    model: Model = "",
    review: Review = "",
    at_random: AtRandom = False,
    environment: Environment = "",
) -> None:
    """Label the pairs that help training most, here or in a spreadsheet.

    Values of records are shown here and written to --csv-out, and nowhere else. Every answer is saved at once. Run
    the same command again to continue.
    """
    from matchwright.core.spec import load_spec
    from matchwright.labelling.sheet import sheet
    from matchwright.operations.label_file import Labels, read_labels, write_labels, write_private
    from matchwright.operations.labelling import NONE, Chosen, Pool, Tables, scoring_bundle

    if csv_out and csv_in:
        raise typer.BadParameter("--csv-out writes questions and --csv-in reads answers: give one of them")
    if review and model:
        raise typer.BadParameter("--review asks the pairs of a run, and --model chooses other ones: give one of them")
    if at_random and not review:
        raise typer.BadParameter("--random draws from the pairs of a run: name its folder with --review")
    settings = opened(environment)
    match_spec = load_spec(spec)
    tables = Tables.read(match_spec, records, records_right)
    keys = tables.records["record_key"]
    earlier = [str(out)] if out.exists() else []
    answered = [str(csv_in)] if csv_in else []
    # read all files together: an answer may contradict a label of another file
    labelled = read_labels(
        [*([pairs] if pairs else []), *earlier, *answered], match_spec, one_table=tables.one_table, known=keys
    )
    console = terminal(soft_wrap=False)
    for fault in labelled.repeated:
        console.print(styled(("Twice:", "yellow"), f" {fault.text}; counted once"))
    if labelled.rewritten:
        rows = f" in {labelled.rewritten} rows the ids differ from the keys; the keys count"
        console.print(styled(("Rewritten:", "yellow"), rows))
    queue = None
    if review:
        from matchwright.operations.match_tables.review_queue import ReviewQueue

        queue = ReviewQueue.of(review, keys, at_random=at_random)
    files = [records, *filter(None, [records_right])]
    summary = partial(_summary, out, match_spec, spec, files, queue if at_random else None)
    if csv_in:
        write_labels(out, labelled)
        return summary(labelled)
    choose: Callable[[Labels, int], Chosen]
    if queue is not None:
        choose = queue.choose
    else:
        bundle = scoring_bundle(settings, match_spec, model)
        choose = partial(Pool.of(match_spec, tables).choose, bundle=bundle, unsupervised=model == NONE)

    if csv_out:
        chosen = choose(labelled, count)
        if chosen.pairs.empty:
            console.print("Every candidate is labelled: there is nothing to ask.")
            return None
        # spreadsheets recognise UTF-8 only by a byte order mark
        write_private(csv_out, sheet(chosen.pairs, tables.records, match_spec), encoding="utf-8-sig")
        wrote = f" {len(chosen.pairs)} pairs to {csv_out}, chosen by {chosen.scored_by}."
        console.print(styled(("Wrote", "green"), wrote))
        console.print("  It holds values of records. Fill its column 'label' with 1, 0 or unsure, then read it with")
        console.print(f"  --csv-in {csv_out}")
        return None
    return summary(_ask(out, match_spec, tables, labelled, count, choose))


def _ask(
    out: Path,
    spec: "MatchSpec",
    tables: "Tables",
    labelled: "Labels",
    count: int,
    choose: Callable[["Labels", int], "Chosen"],
) -> "Labels":
    """Ask about so many pairs, and save every answer. Returns the labels with these answers."""
    from matchwright.labelling import Session
    from matchwright.operations.label_file import conflicts_of, with_answers, write_labels

    console = terminal(soft_wrap=False)
    console.print(_help())
    session = Session(())
    while session.index < count:
        if session.done:  # the answers so far help to choose the next questions
            chosen = choose(with_answers(labelled, session.answers), min(ROUND, count - session.index))
            session = session.ask(zip(chosen.pairs["left_key"], chosen.pairs["right_key"], strict=True))
            if session.done:
                console.print("Every candidate is labelled: there is nothing more to ask.")
                break
            console.print(f"{len(chosen.pairs)} pairs, chosen by {chosen.scored_by}.")
        _show(session, count, spec, tables)
        word = _WORDS.get(_word(console), "")
        if word == "q":
            break
        if word == "b":
            if not session.answers:
                console.print("There is no answer to go back to.")
            session = session.back()
        elif word:
            after = session.answer(word)  # type: ignore[arg-type]
            for text in conflicts_of(after.answers[-1], labelled, session.answers, spec, tables.one_table):
                console.print(styled(("Contradiction:", "red"), f" {text}"))
                console.print(
                    "  This answer was not saved. Answer again, u for unsure, or b to change the previous answer."
                )
                after = session
            session = after
        else:
            console.print(_help())
            continue
        write_labels(out, labelled, session.answers)  # known pairs too: training needs no other file
    return with_answers(labelled, session.answers)


def _show(session: "Session", count: int, spec: "MatchSpec", tables: "Tables") -> None:
    from rich.table import Table
    from rich.text import Text

    from matchwright.core.records.rows import rows_of
    from matchwright.labelling.sheet import side_by_side

    left, right = (rows_of(tables.records, [key]).iloc[0] for key in session.current)  # type: ignore[arg-type]
    shown = Table(title=f"{session.index + 1} of {count}", title_justify="left", header_style="bold")
    for name in ("field", spec.sources.left, spec.sources.right):
        shown.add_column(name, overflow="fold")
    for field, one, other in side_by_side(left, right, spec):
        style = "green" if one and one == other else "dim" if not one or not other else "yellow"
        shown.add_row(field, Text(one, style=style), Text(other, style=style))
    terminal(soft_wrap=False).print(shown)


def _word(console: Any) -> str:
    try:
        return str(console.input("same? [y/n/u/b/q] ", markup=False, emoji=False)).strip().lower()
    except (EOFError, KeyboardInterrupt):
        console.print()
        return "q"


def _summary(
    out: Path, spec: "MatchSpec", spec_file: Path, files: list[str], drawn: "ReviewQueue | None", labelled: "Labels"
) -> None:
    from matchwright.labelling import worth_of

    console = terminal(soft_wrap=False)
    if not out.exists():
        console.print("No pair was labelled.")
        return
    same, different, unsure = labelled.counts
    counts = f" in {out}: {same} same, {different} not the same, {unsure} unsure."
    console.print(styled(("Labels", "green"), counts))
    if drawn is not None:
        _measured(drawn, labelled)
    console.print(f"  {worth_of(same, different)}")
    first = "" if spec.labels == "partial" else "write labels: partial in the spec, then "
    tables = [word for option, file in zip(_TABLES, files, strict=False) for word in (option, file)]
    train = shlex.join(
        ["matchwright", "pipeline", "run", "train", "--spec", str(spec_file), *tables, "--pairs", str(out)]
    )
    # a command must stay one line, to be copied
    terminal().print(f"  Next: answer more, or {first}{train}")


def _measured(drawn: "ReviewQueue", labelled: "Labels") -> None:
    """Print how many of all pairs of the run are right, by those that were drawn at random."""
    from matchwright.evaluation.wilson import wilson_interval

    right, answered = drawn.measured(labelled)
    if answered:
        low, high = (float(end) for end in wilson_interval(right, answered))
        told = f"{right} of the {answered} drawn at random are right: of all {len(drawn.pairs):,} pairs of the run,"
        terminal(soft_wrap=False).print(f"  {told} {low:.0%} to {high:.0%} are (95% interval).")


def _help() -> "Text":
    parts = [part for key, meaning in _KEYS.items() for part in ((key, "bold"), f" {meaning}  ")]
    return styled(*parts)
