"""The fields of a draft: names, kinds, PII classes, and the columns that are left out."""

from collections.abc import Iterable
from dataclasses import dataclass

from matchwright.core.spec import FieldKind, PiiClass
from matchwright.core.spec.vocabulary import EVIDENCE_KINDS, RESERVED_NAMES
from matchwright.drafting.hints import hint_of, hints_of, plain_name
from matchwright.drafting.identifiers import Use, told_numbers, use_of
from matchwright.drafting.kinds import guess_kind
from matchwright.drafting.missing import NO_WORDS, MissingWords
from matchwright.drafting.privacy import guess_pii, why_about_persons
from matchwright.drafting.profile import Profile, profile_of
from matchwright.drafting.reading import Reading, reading_of
from matchwright.drafting.tables import Labels, Tables

RESERVED = RESERVED_NAMES | {"label"}
LONGEST_NAME = 40


@dataclass(frozen=True)
class DraftField:
    """A drafted field, with the reasons for the guesses."""

    name: str
    column: str
    kind: FieldKind
    pii: PiiClass
    label: str
    compare: bool
    why: str
    hint: str
    profile: Profile
    reading: Reading
    notice: str = ""
    """What the top of the draft says of it, before the name of its column."""


@dataclass(frozen=True)
class LeftOut:
    """A column that became no field, and why."""

    column: str
    why: str


def draft_fields(
    tables: Tables, labelled_pairs: Labels | None = None, missing: MissingWords = NO_WORDS
) -> tuple[list[DraftField], list[LeftOut]]:
    """A field for every useful column, and the columns that are left out.

    Which numbers are compared is decided in :mod:`~matchwright.drafting.identifiers`. ``tables`` have no value that is
    one of the ``missing`` words.
    """
    profiles = {column: profile_of(tables.values(column)) for column in tables.columns}
    left_out = [LeftOut(column, why) for column, profile in profiles.items() if (why := _useless(column, profile))]
    left_out += [LeftOut(column, "is in only one of the tables") for column in tables.only_one_side]
    left_out += [LeftOut(column, "numbers the rows, so it says nothing of a record") for column in tables.row_numbers]
    useless = {column.column for column in left_out}
    kept = {column: profile for column, profile in profiles.items() if column not in useless}
    hints = told_numbers(hints_of(kept), kept)
    of_persons = bool(why_about_persons(hints, kept))
    names = field_names(kept)
    fields = []
    for column, profile in kept.items():
        kind, why = guess_kind(hints[column], profile)
        pii = guess_pii(hints[column], kind, profile, of_persons)
        use = use_of(column, hints[column], kind, profile, pii[0] == "direct", tables, labelled_pairs)
        reading = reading_of(column, kind, tables.values(column), profile, missing)
        fields.append(_field(column, names[column], hints[column], profile, of_persons, use, (kind, why), pii, reading))
    return fields, left_out


def field_names(columns: Iterable[str]) -> dict[str, str]:
    """A valid field name for each column. All names differ, and none has another meaning in a spec."""
    names: dict[str, str] = {}
    for index, column in enumerate(columns, start=1):
        plain = plain_name(column)[:LONGEST_NAME].strip("_")
        if not plain or not plain[0].isalpha():
            plain = f"field_{plain or index}"
        # a field named title_numbers would look like the numbers of the field title
        if plain in RESERVED or (plain.rpartition("_")[2] in set(EVIDENCE_KINDS.values()) and "_" in plain):
            plain = f"{plain}_value"
        name, copy = plain, 2
        while name in names.values():
            name, copy = f"{plain}_{copy}", copy + 1
        names[column] = name
    return names


def _useless(column: str, profile: Profile) -> str:
    if profile.distinct == 0:
        return "has no value"
    if profile.distinct == 1:
        return "has only one value"
    if hint_of(column) == "truth":
        return "seems to say which records match, so it is the answer and not evidence"
    return ""


def _field(
    column: str,
    name: str,
    hint: str,
    profile: Profile,
    of_persons: bool,
    use: Use | None,
    kind: tuple[FieldKind, str],
    pii: tuple[PiiClass, str],
    reading: Reading,
) -> DraftField:
    # of persons a direct identifier stays in the lake; without persons it is a business's, and good evidence
    compare = pii[0] != "direct" or (not of_persons and hint not in ("national_id", "network"))
    label = " ".join(plain_name(column).split("_")) or name.replace("_", " ")
    if use is not None:
        compare = compare and use.compare
    why = f"{(use.why if use is not None else '') or kind[1]}; {pii[1]}"
    notice = use.notice if use is not None and not (hint == "national_id" and compare) else ""
    return DraftField(name, column, kind[0], pii[0], label, compare, why, hint, profile, reading, notice)
