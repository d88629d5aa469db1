"""Writing a draft as YAML for a person to edit: aligned, with the reason for every guess."""

import math
from collections.abc import Iterable, Iterator

from matchwright.core.spec.format import FORMAT
from matchwright.drafting.draft import Draft
from matchwright.drafting.fields import DraftField
from matchwright.drafting.render_rules import candidate_lines
from matchwright.drafting.yaml_text import listed, scalar

_AGREEMENT = {
    "text": (0.8, 0.4),
    "category": (0.99, 0.5),
    "id_code": (0.95, 0.6),
    "number": (0.9, 0.5),
    "date": (0.99, 0.75),
    "address": (0.9, 0.6),
}
_LENGTHS = (20, 50, 100, 200, 500, 1_000, 2_000, 4_000)
_LEAST_POSITIVES = 50
_FEW_UNREADABLE = 0.03
"""Up to this share of unreadable values, the default limit of the spec holds."""


def render(draft: Draft) -> str:
    """The draft as the text of a spec file."""
    sections = [
        _head(draft),
        _fields(draft),
        *filter(None, [_record(draft), _identity(draft)]),
        candidate_lines(draft),
        _learning(draft),
        _deciding(draft),
        *filter(None, [_slices(draft)]),
        _golden(draft),
        _quality(draft),
        _watching(draft),
    ]
    return "\n\n".join("\n".join(section) for section in sections) + "\n"


def how_values_are_read(draft: Draft) -> list[str]:
    """Lines for a person: the words for an empty cell, and masked forms of each column before and after reading."""
    comments = [*_missing(draft), *(line for field in draft.fields for line in reading_comments(field))]
    return [line.strip().removeprefix("# ") for line in comments]


def _head(draft: Draft) -> Iterator[str]:
    rows = " and ".join(f"{count:,}" for count in draft.rows)
    yield f"# Drafted from {'one table' if len(draft.rows) == 1 else 'two tables'} of {rows} records. Edit it."
    yield "# '# guessed' marks every guess, with its reason. Correct it, then delete the comment."
    yield "# docs/guides/spec.md explains every section, and 'matchwright spec check FILE' finds mistakes."
    for notice in draft.notices:
        yield " ".join(["# NOTE:", notice.text, ", ".join(map(scalar, notice.columns))]).strip()
    yield f"name: {scalar(draft.name)}"
    yield f"format: {FORMAT}"
    yield "version: 1"
    yield "description: The same thing in " + ("one table" if len(draft.rows) == 1 else "two tables") + "   # say what"
    yield f"record_id: {scalar(draft.record_id)}"
    alike, why = draft.alike
    yield f"sources: {{left: left, right: right, alike: {str(alike).lower()}}}   # guessed: {why}"
    yield f"multiplicity: {draft.multiplicity[0]}   # guessed: {draft.multiplicity[1]}"
    yield f"labels: {draft.labels[0]}   # guessed: {draft.labels[1]}"
    yield from _missing(draft)


def _missing(draft: Draft) -> Iterator[str]:
    """The words for an empty cell in all columns, with their counts."""
    words = draft.missing.everywhere
    if words:
        yield "# Words for an empty cell. A field with a list of its own does not use this one."
        yield from (f"# {line}" for line in _counted(draft, words))
        yield f"missing: {listed(words)}   # guessed: too frequent for real values"


def _counted(draft: Draft, words: Iterable[str]) -> Iterator[str]:
    for word in words:
        counts = [count for found in draft.missing.counts.values() if (count := found.get(word))]
        yield f"{scalar(word)}: {sum(counts):,} values in {len(counts)} columns"


def _fields(draft: Draft) -> Iterator[str]:
    yield "fields:"
    widest = max(len(scalar(field.name)) for field in draft.fields) + 1
    lines = [_field(field, widest) for field in draft.fields]
    longest = max(map(len, lines))
    for field, line in zip(draft.fields, lines, strict=True):
        yield from _before(field)
        yield from reading_comments(field)
        yield f"{line:<{longest}}  # guessed: {field.why}"
    for column in draft.left_out:
        yield f"  # left out: column {scalar(column.column)}: {column.why}"


def _before(field: DraftField) -> Iterator[str]:
    if field.pii == "direct" and field.compare:
        yield "  # These tables do not seem to be about persons, so it is compared. If it can be a person's, add"
        yield "  # compare: false."
    elif field.pii == "direct" and field.hint in ("email", "phone"):
        yield "  # Identifies a person alone, so it stays in the lake and is not compared. It would be strong evidence."
        yield "  # If you may use it, delete compare: false. Its features then go to the feature store."
    elif field.pii == "direct":
        yield "  # Identifies a person alone, so it stays in the lake and is not compared."


def reading_comments(field: DraftField) -> Iterator[str]:
    """Comments on how a field's values are read: masked forms before and after, and what is uncertain."""
    reading = field.reading
    if reading.counts and reading.missing is not None:
        counts = ", ".join(f"{scalar(word)} is {count:,}" for word, count in reading.counts.items())
        filled = field.profile.filled + sum(reading.counts.values())
        yield f"  # Missing in {field.name}: of {filled:,} values {counts}."
    if reading.kept:
        kept = ", ".join(f"{scalar(word)} is {count:,}" for word, count in reading.kept.items())
        yield f"  # Not missing in {field.name}, because a few may be real values: {kept}."
    if reading.forms:
        forms = ", ".join(f"{before} as {after}" for before, after in reading.forms)
        yield f"  # Reads {field.name} so (forms, not values): {forms}."
    if not reading.sure and field.kind == "date":
        yield f"  # guessed: no date in {field.name} has a day above 12, so day_first may be month_first."
    elif not reading.sure:
        yield f"  # guessed: the mark in {field.name} may be of decimals or of thousands, so point may be comma."
    if reading.unreadable:
        share = f"{reading.unreadable:.1%} of the values of {field.name}"
        yield f"  # {share} are no {field.kind} in this notation, and count as missing."


def _field(field: DraftField, widest: int) -> str:
    parts = [f"{f'kind: {field.kind},':<15} {f'pii: {field.pii},':<12} label: {scalar(field.label)}"]
    if field.column != field.name:
        parts.append(f"column: {scalar(field.column)}")
    parts += [f"{key}: {notation}" for key, notation in field.reading.notation.items()]
    if field.reading.missing is not None:
        parts.append(f"missing: {listed(field.reading.missing)}")
    if not field.compare:
        parts.append("compare: false")
    elif field.kind in _AGREEMENT:
        agrees, disagrees = _AGREEMENT[field.kind]
        parts.append(f"agrees_at: {agrees:g}, disagrees_below: {disagrees:g}")
    return f"  {f'{scalar(field.name)}:':<{widest}} {{{', '.join(parts)}}}"


def _record(draft: Draft) -> list[str]:
    if not draft.record:
        return []
    return [
        "# Compares the words of the whole record, whatever their field: for values in the wrong column.",
        f"record: {{fields: {listed(draft.record)}}}",
    ]


def _identity(draft: Draft) -> list[str]:
    if not draft.identity:
        return []
    return [
        "# Members of a household agree in the other fields. So a match without review needs one of these to agree.",
        f"identity: {listed(draft.identity)}   # guessed: names and dates of birth",
        *_individual(draft),
    ]


def _individual(draft: Draft) -> Iterator[str]:
    if draft.individual:
        yield "# Twins, or a father and a son of one name, differ in nothing but these. Training adds such pairs."
        yield f"individual: {listed(draft.individual)}   # guessed: members of one household do not share these"
    else:
        yield "# individual: []   # of persons, name the given name and the date of birth: a household shares neither"


def _learning(draft: Draft) -> Iterator[str]:
    yield "split: {train: 0.6, calibrate: 0.2, test: 0.2}"
    yield ""
    if draft.labels[0] == "complete":  # all candidates are labelled, so a single model depends little on its seed
        yield "model: {trees: 300, depth: 3, learning_rate: 0.1, early_stopping: 40, seed: 20}"
    else:
        yield "# With some thousand labelled pairs, the average of five models is better than one."
        yield "model: {trees: 300, average_of: 5, depth: 3, learning_rate: 0.1, early_stopping: 40, seed: 20}"


def _deciding(draft: Draft) -> Iterator[str]:
    costs = (50, 10) if draft.of_persons else (5, 2.5)
    yield "# In units of one review by a person. A pair is a match from a probability of 1 - review / false_match on,"
    yield f"# here {1 - 1 / costs[0]:g}, and no match below review / missed_match, here {1 / costs[1]:g}."
    yield f"costs: {{false_match: {costs[0]:g}, missed_match: {costs[1]:g}, review: 1}}   # guessed: ask who pays them"
    yield "# precision_constraints: {match: 0.99, confidence: 0.95}   # how often 'match' must be right"
    yield ""
    yield "# What a version must reach before it may be released. Raise these after a first training."
    yield "gates: {f1_min: 0.5, log_loss_max: 0.5, behaviour_pass_min: 0.9}"


def _slices(draft: Draft) -> list[str]:
    often = [field for field in draft.compared if 0.03 <= 1 - field.profile.present <= 0.7][:4]
    if not often:
        return []
    lines = [
        f"  - {{name: {scalar(f'{field.label} missing')}, field: {scalar(field.name)}, when: missing}}"
        for field in often
    ]
    return ["# Figures are also reported separately for these pairs.", "slices:", *lines]


def _golden(draft: Draft) -> Iterator[str]:
    yield "# Made-up records: do not use real values. Every version must decide these pairs as expected."
    yield "golden:"
    one, other = ({name: scalar(value) for name, value in record.items()} for record in draft.golden)
    first, second = ("{" + ", ".join(f"{scalar(n)}: {v}" for n, v in record.items()) + "}" for record in (one, other))
    yield "  - name: identical"
    yield f"    left:  {first}"
    yield f"    right: {first}"
    yield "    expect: match"
    yield "  - name: nothing in common"
    yield f"    left:  {first}"
    yield f"    right: {second}"
    yield "    expect: no_match"


def _quality(draft: Draft) -> Iterator[str]:
    yield "# Limits a little wider than these tables. Beyond them a row is quarantined, or the batch is refused."
    yield "quality:"
    expected = {field.name: text for field in draft.compared if (text := _expectations(field))}
    if expected:
        yield "  fields:"
        widest = max(len(scalar(name)) for name in expected) + 1
        for name, text in expected.items():
            yield f"    {f'{scalar(name)}:':<{widest}} {{{text}}}"
    positives = _LEAST_POSITIVES if draft.positives is None else max(1, min(_LEAST_POSITIVES, draft.positives // 2))
    yield f"  labels: {{min_positives: {positives}, max_unknown_id_share: 0.01}}"
    yield "  max_quarantined_share: 0.05"


def _expectations(field: DraftField) -> str:
    expected = []
    unreadable = field.reading.unreadable
    present = math.floor((field.profile.present * (1 - unreadable) - 0.05) * 100) / 100
    if present >= 0.1:
        expected.append(f"present_share: {present:g}")
    if unreadable > _FEW_UNREADABLE:
        expected.append(f"unreadable_share: {min(math.ceil(round(100 * unreadable + 5, 6)) / 100, 1):g}")
    if field.kind == "number":
        if not field.profile.negative:
            expected.append("minimum: 0")
    else:
        longest = next((length for length in _LENGTHS if length >= 2 * field.profile.longest), _LENGTHS[-1])
        expected.append(f"max_length: {longest}")
    return ", ".join(expected)


def _watching(draft: Draft) -> Iterator[str]:
    yield "monitoring: {comparison_distance: 0.2, score_distance: 0.2, band_share_change: 0.1, min_decisions: 100}"
    yield ""
    example = draft.compared[0]
    yield "# Every reason has a text made from the label. You can write your own, such as"
    yield f"# {example.name.upper()}_DISAGREES: The {example.label} differs."
    yield "reasons: {version: 1}"
