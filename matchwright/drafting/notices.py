"""What the reader of a draft must know first."""

from collections.abc import Sequence
from dataclasses import dataclass

from matchwright.drafting.enough import few_notice
from matchwright.drafting.fields import DraftField
from matchwright.drafting.privacy import NAMES_SAY_SO, NOTHING_UNDERSTOOD
from matchwright.drafting.rules import Rules
from matchwright.drafting.tables import Tables
from matchwright.drafting.usable import UsablePairs


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
    if usable is not None:
        if few := few_notice(usable.labels, rules.others_found):
            notices.append(Notice(few))
        notices += [Notice(fault) for fault in usable.faults]
        if usable.labels.unread:
            notices.append(Notice(f"{usable.labels.unread}. Training puts such rows into quarantine."))
    for text in dict.fromkeys(field.notice for field in fields if field.notice):
        notices.append(Notice(text, tuple(field.column for field in fields if field.notice == text)))
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
