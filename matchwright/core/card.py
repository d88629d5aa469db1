"""The model card: what a reviewer must know of one bundle, as markdown.

Pure and free of times, so that the same figures give the same bytes: the card is part of the bundle.
The sections a decision hangs on come first; a place with little room may cut the card from the end.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

from matchwright.frozen import Frozen


class Figure(Frozen):
    """A measured value with its confidence interval, where there is one."""

    value: float
    lower: float | None = None
    upper: float | None = None


class GateRow(Frozen):
    """One gate: the value must be ``at least`` or ``at most`` the limit."""

    name: str
    value: float
    must_be: Literal["at least", "at most"]
    limit: float
    passed: bool


class BandRow(Frozen):
    """One band: the scores ``from_score <= score < to_score``, and what the test split shows of it."""

    band: str
    from_score: float
    to_score: float
    figures: dict[str, Figure] = {}


class CalibrationRow(Frozen):
    """One figure, or a number of pairs, of the scorer's own probabilities and of the scores, on the same test pairs."""

    name: str
    before: Figure | int | None = None
    after: Figure | int | None = None


class OperatingPoint(Frozen):
    """Bands that would be chosen if one review cost ``review_worth`` (None: those chosen), at the spec's costs.

    ``review_share`` is in 0..1; errors and cost are per 1,000 candidates.
    """

    review_worth: float | None
    review_from: float
    match_from: float
    review_share: float
    false_matches: float
    missed_matches: float
    cost: float
    expected_cost: float
    chosen: bool


class SliceRow(Frozen):
    """Figures on the test pairs of one slice."""

    name: str
    pairs: int
    figures: dict[str, Figure] = {}


class BehaviourRow(Frozen):
    """How many of a behavioural test's cases hold."""

    name: str
    passed: int
    total: int


class CardFigures(Frozen):
    """Everything the card tells. Shares are in 0..1; costs in the spec's unit.

    ``figures`` are the test split's, ``champion`` those of the serving version on the same pairs.
    ``personal_data`` maps a PII class to field names; ``data`` and ``lineage`` are shown as they are.
    """

    name: str
    description: str
    spec_version: int
    intended_use: tuple[str, ...] = ()
    gates: tuple[GateRow, ...] = ()
    figures: dict[str, Figure] = {}
    champion: dict[str, Figure] = {}
    bands: tuple[BandRow, ...] = ()
    costs: dict[str, float] = {}
    operating_points: tuple[OperatingPoint, ...] = ()
    calibration: tuple[CalibrationRow, ...] = ()
    guarantees: tuple[str, ...] = ()
    slices: tuple[SliceRow, ...] = ()
    behaviours: tuple[BehaviourRow, ...] = ()
    data: dict[str, str] = {}
    personal_data: dict[str, tuple[str, ...]] = {}
    limits: tuple[str, ...] = ()
    lineage: dict[str, str] = {}
    training: dict[str, str] = {}
    explaining: dict[str, str] = {}
    reasons: dict[str, str] = {}


def render_card(figures: CardFigures) -> str:
    """The card as markdown: a title and one ``##`` section per subject; empty subjects are left out."""
    title = f"# {figures.name} (match spec version {figures.spec_version})\n\n{figures.description}"
    sections = {
        "Gates": _gates(figures.gates),
        "Figures on the test split": _overall(figures),
        "Bands and costs": _bands(figures),
        "Cost by review load": _operating_points(figures.operating_points),
        "Calibration": _calibration(figures.calibration),
        "Guarantees": _bullets(figures.guarantees),
        "Slices": _slices(figures.slices),
        "Behaviours": _behaviours(figures.behaviours),
        "Training": _definitions(figures.training),
        "Explaining": _definitions(figures.explaining),
        "How to approve": _APPROVAL.format(name=figures.name),
        "Intended use": _bullets(figures.intended_use),
        "Limits": _bullets(figures.limits),
        "Data": _definitions(figures.data),
        "Personal data": _definitions({kind: ", ".join(names) for kind, names in figures.personal_data.items()}),
        "Lineage": _definitions({key: f"`{value}`" for key, value in figures.lineage.items()}),
        "Reasons": _table(["code", "text"], [[f"`{code}`", text] for code, text in figures.reasons.items()]),
    }
    return "\n\n".join([title, *(f"## {name}\n\n{body}" for name, body in sections.items() if body)]) + "\n"


_APPROVAL = """\
Whoever trained this version may not approve it. Read the card, look at the plots, then either set the version's tags \
here, `approval` to `approved` (or `rejected`), `approval_by` to your name and `approval_note` to why; or run

    matchwright approve {name} --version VERSION --by NAME --note WHY

`matchwright release {name}` takes it from there."""


def _gates(gates: Sequence[GateRow]) -> str:
    if not gates:
        return ""
    failed = sum(not gate.passed for gate in gates)
    verdict = f"**{failed} of {len(gates)} gates failed.**" if failed else f"**All {len(gates)} gates passed.**"
    rows = [
        [
            gate.name,
            "passed" if gate.passed else "**FAILED**",
            _number(gate.value),
            f"{gate.must_be} {gate.limit:g}",
            _by(gate),
        ]
        for gate in gates
    ]
    return f"{verdict}\n\n" + _table(["gate", "result", "value", "limit", "by"], rows)


def _by(gate: GateRow) -> str:
    margin = gate.value - gate.limit if gate.must_be == "at least" else gate.limit - gate.value
    return f"{margin:+.4f}"


def _overall(card: CardFigures) -> str:
    header = ["figure", "this version", *(["champion"] if card.champion else [])]
    rows = [
        [name, _figure(figure), *([_figure(card.champion.get(name))] if card.champion else [])]
        for name, figure in card.figures.items()
    ]
    return _table(header, rows)


def _bands(card: CardFigures) -> str:
    names = _figure_names(row.figures for row in card.bands)
    rows = [
        [
            row.band,
            f"{_number(row.from_score)} to {_number(row.to_score)}",
            *(_figure(row.figures.get(n)) for n in names),
        ]
        for row in card.bands
    ]
    costs = ", ".join(f"{name} {cost:g}" for name, cost in card.costs.items())
    return "\n\n".join(
        part for part in [_table(["band", "scores", *names], rows), costs and f"Costs: {costs}."] if part
    )


def _operating_points(points: Sequence[OperatingPoint]) -> str:
    header = [
        "if one review cost",
        "review from",
        "match from",
        "to review",
        "false matches",
        "missed",
        "cost",
        "foretold",
    ]
    rows = [
        [
            "**the bands**" if point.chosen else f"{point.review_worth:g}",
            _number(point.review_from),
            _number(point.match_from),
            f"{100 * point.review_share:.2f} %",
            *(f"{value:.2f}" for value in (point.false_matches, point.missed_matches, point.cost, point.expected_cost)),
        ]
        for point in points
    ]
    note = "Errors and cost are per 1,000 candidates, at the costs above; foretold is what the scores alone say of it."
    return f"{_table(header, rows)}\n\n{note}" if rows else ""


def _calibration(figures: Sequence[CalibrationRow]) -> str:
    def shown(figure: Figure | int | None) -> str:
        return str(figure) if isinstance(figure, int) else _figure(figure)

    return _table(["figure", "before", "after"], [[row.name, shown(row.before), shown(row.after)] for row in figures])


def _slices(slices: Sequence[SliceRow]) -> str:
    names = _figure_names(row.figures for row in slices)
    rows = [[row.name, str(row.pairs), *(_figure(row.figures.get(name)) for name in names)] for row in slices]
    return _table(["slice", "pairs", *names], rows)


def _behaviours(behaviours: Sequence[BehaviourRow]) -> str:
    return _table(["behaviour", "holds"], [[row.name, f"{row.passed} of {row.total}"] for row in behaviours])


def _figure_names(rows: Iterable[dict[str, Figure]]) -> list[str]:
    return list(dict.fromkeys(name for figures in rows for name in figures))


def _figure(figure: Figure | None) -> str:
    if figure is None:
        return ""
    if figure.lower is None or figure.upper is None:
        return _number(figure.value)
    return f"{_number(figure.value)} ({_number(figure.lower)} to {_number(figure.upper)})"


def _number(value: float) -> str:
    return f"{value:.0f}" if value == round(value) and abs(value) >= 2 else f"{value:.4f}"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    return "\n".join([_row(header), _row(["---"] * len(header)), *map(_row, rows)])


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _bullets(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _definitions(values: dict[str, str]) -> str:
    return _bullets([f"{key}: {value}" for key, value in values.items() if value])
