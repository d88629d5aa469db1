"""What the reader of a draft must know first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matchwright.drafting.alike import others_look_alike
from matchwright.drafting.enough import few_notice
from matchwright.drafting.fields import DraftField
from matchwright.drafting.one_side import one_side_notice
from matchwright.drafting.privacy import NAMES_SAY_SO, NOTHING_UNDERSTOOD
from matchwright.drafting.record_id import table_names
from matchwright.drafting.rules import Rules
from matchwright.drafting.shared_ids import shared_ids
from matchwright.drafting.tables import Tables
from matchwright.drafting.usable import UsablePairs
from matchwright.drafting.yaml_text import scalar


@dataclass(frozen=True)
class Notice:
    """A sentence for the top of the draft, and the columns that it is about."""

    text: str
    columns: tuple[str, ...] = ()


def notices_of(
    tables: Tables,
    fields: Sequence[DraftField],
    why_persons: str,
    usable: UsablePairs | None,
    untrained: str,
    rules: Rules,
) -> list[Notice]:
    """The notices of a draft: what was not understood, what was assumed for that, and faults of ids and labels.

    ``untrained`` says why nothing can be trained on the labelled pairs; empty if something can.
    """
    notices = []
    if untrained:
        start = "So train without the pairs: labels: none is an unsupervised start."
        notices.append(
            Notice(f"The {untrained}. {start} Or label more pairs with 'matchwright label', then write partial.")
        )
        if usable is not None and not usable.labels.labelled:
            wrong = "Every other pair then counts as no match."
            notices.append(Notice(f"Write labels: complete only where the pairs table lists every match. {wrong}"))
    if len(tables.sides) == 2:
        own = [[c for c in side.columns if c in tables.only_one_side] for side in tables.sides]
        if left_out := one_side_notice(*own):
            notices.append(Notice(left_out))
    compared = [field.column for field in fields if field.compare]
    if usable is None and (shared := shared_ids(tables)):
        notices.append(Notice(f"{shared}."))
    if usable is not None:
        if few := few_notice(
            usable.labels, rules.others_found, lambda: others_look_alike(tables, compared, usable.labels)
        ):
            notices.append(Notice(few))
        notices += [Notice(fault) for fault in usable.faults]
        if usable.labels.unread:
            notices.append(Notice(f"{usable.labels.unread}. Training puts such rows into quarantine."))
    for text in dict.fromkeys(field.notice for field in fields if field.notice):
        notices.append(Notice(text, tuple(field.column for field in fields if field.notice == text)))
    notices += [Notice(text) for field in fields for text in _notations(field, tables)]
    unknown = tuple(field.column for field in fields if not field.hint)
    if unknown:
        notices.append(Notice("Not understood by name, so look at their kind and class (pii):", unknown))
    if why_persons == NOTHING_UNDERSTOOD:
        text = "No column name was understood. So every column counts as personal (pii: quasi), and the costs are those"
        notices.append(Notice(f"{text} of persons."))
    elif why_persons not in ("", NAMES_SAY_SO):
        notices.append(Notice(f"The tables count as being about persons: {why_persons}."))
    notices += [
        Notice(f"{which}: {text}. Training puts such rows into quarantine.") for which, text in tables.id_faults
    ]
    return notices


def _notations(field: DraftField, tables: Tables) -> Iterator[str]:
    """What to say of a column of one table whose values prove that they are written in two notations."""
    notation = field.reading.notation
    is_date = field.kind == "date"
    name, one, other = (
        ("order", "the day", "the month") if is_date else ("decimal", "a decimal point", "a decimal comma")
    )
    for which, proof, side in zip(table_names(tables.sides), field.reading.proofs, ("", "_right"), strict=False):
        if not proof.rarer:
            continue
        key = f"{name}{side}" if f"{name}{side}" in notation else name
        what = "dates in two orders" if is_date else "numbers in two notations"
        shown = f"{proof.first:,} can only have {one}{' first' if is_date else ''}, and {proof.second:,} {other}"
        fact = f"{scalar(field.column)} of {which} has {what}: {shown}"
        if notation.get(key) == "mixed":
            yield (
                f"{fact}. So {key} is mixed: the {proof.either:,} that may be either are not read and count as "
                "missing, also in the quality report. Give dates of one order, and they are read."
            )
            continue
        wrong = f"about {proof.rarer / proof.proves * proof.either:.0f}" if proof.either else "none"
        mixed = f" With {key}: mixed none of them is read." if is_date else " Write all of them in one notation."
        yield (
            f"{fact}. Those of the rarer one count as missing. Of the {proof.either:,} that may be either, {wrong} may "
            f"be read as another {'day' if is_date else 'number'}.{mixed}"
        )
