"""The diagrams of the documentation, drawn as SVG into ``docs/assets``. Run this file after an edit."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

ASSETS = Path(__file__).parents[1] / "assets"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
INK, QUIET, PAPER, LINE = "#16323a", "#52707a", "#ffffff", "#8aa6ae"
FILLS = {"step": "#e0f2f1", "data": "#fff3dc", "person": "#fde4e1", "serve": "#e3ecfb", "plain": "#f4f7f8"}


@dataclass(frozen=True)
class Box:
    """A box with a title and quieter lines below it; positions and sizes in pixels."""

    x: float
    y: float
    width: float
    height: float
    title: str
    lines: tuple[str, ...] = ()
    fill: str = "step"

    @property
    def left(self) -> tuple[float, float]:
        return self.x, self.y + self.height / 2

    @property
    def right(self) -> tuple[float, float]:
        return self.x + self.width, self.y + self.height / 2

    @property
    def top(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y

    @property
    def bottom(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height

    def svg(self) -> str:
        """The rectangle and its text, centred."""
        first = self.y + self.height / 2 - 8.5 * len(self.lines) + 5
        middle = self.x + self.width / 2
        texts = [text(middle, first, self.title, 14, weight="600")]
        texts += [text(middle, first + 17 * (row + 1), line, 12, QUIET) for row, line in enumerate(self.lines)]
        return (
            f'<rect x="{self.x:g}" y="{self.y:g}" width="{self.width:g}" height="{self.height:g}" rx="8" '
            f'fill="{FILLS[self.fill]}" stroke="{LINE}"/>' + "".join(texts)
        )


def text(
    x: float, y: float, words: str, size: int, colour: str = INK, weight: str = "400", anchor: str = "middle"
) -> str:
    """A line of text."""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{colour}" font-weight="{weight}" '
        f'text-anchor="{anchor}">{escape(words)}</text>'
    )


def arrow(
    *points: tuple[float, float], label: str = "", at: tuple[float, float] | None = None, dashed: bool = False
) -> str:
    """A line through points that ends in a head, with a label at a place."""
    path = "M" + " L".join(f"{x:g} {y:g}" for x, y in points)
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    line = f'<path d="{path}" fill="none" stroke="{QUIET}" stroke-width="1.5" marker-end="url(#head)"{dash}/>'
    return line + (text(*at, label, 12, QUIET) if label and at else "")


def row(
    y: float, height: float, entries: list[tuple[str, tuple[str, ...], str]], width: float, gap: float, x: float
) -> list[Box]:
    """Boxes of one width beside each other."""
    return [
        Box(x + index * (width + gap), y, width, height, title, lines, fill)
        for index, (title, lines, fill) in enumerate(entries)
    ]


def chain(boxes: list[Box]) -> list[str]:
    """The boxes, and an arrow from each to the next."""
    return [box.svg() for box in boxes] + [
        arrow(one.right, (other.x - 2, other.left[1])) for one, other in itertools.pairwise(boxes)
    ]


def picture(width: int, height: int, title: str, parts: list[str]) -> str:
    """A whole SVG file. It has a light background, so that it can be read on a dark page too."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(title)}" font-family="{escape(FONT)}">\n<title>{escape(title)}</title>\n'
        f'<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        f'orient="auto-start-reverse"><path d="M0 0 L10 5 L0 10 z" fill="{QUIET}"/></marker></defs>\n'
        f'<rect width="{width}" height="{height}" rx="10" fill="{PAPER}"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def loop() -> str:
    """The whole life of a model."""
    first = row(
        80,
        66,
        [
            ("records", ("and labelled pairs",), "data"),
            ("ingest", ("Delta",), "step"),
            ("validate", ("Great Expectations",), "step"),
            ("features", ("Feast",), "step"),
            ("candidates", ("rules, TF-IDF",), "step"),
        ],
        148,
        38,
        20,
    )
    second = row(
        196,
        66,
        [
            ("train", ("XGBoost, PyTorch",), "step"),
            ("calibrate", ("and choose bands",), "step"),
            ("evaluate", ("gates, reasons",), "step"),
            ("register", ("MLflow, signed bundle",), "step"),
            ("review", ("a person approves",), "person"),
        ],
        148,
        38,
        20,
    )
    third = row(
        312,
        66,
        [
            ("release", ("written to the ledger",), "serve"),
            ("endpoint", ("local or SageMaker",), "serve"),
            ("decision log", ("no personal data",), "data"),
            ("monitor", ("Evidently",), "serve"),
            ("on call", ("a person acts",), "person"),
        ],
        148,
        38,
        20,
    )
    spec = Box(206, 14, 706, 34, "match spec: one YAML file drives every step", (), "data")
    parts = [spec.svg(), *chain(first), *chain(second), *chain(third)]
    parts += [
        arrow((box.bottom[0], 48), (box.top[0], 78), dashed=True)
        for box in (Box(b.x, 14, b.width, 34, "") for b in first[1:])
    ]
    for upper, lower in ((first, second), (second, third)):
        (x, y), (to_x, to_y) = upper[-1].bottom, lower[0].top
        parts.append(arrow((x, y), (x, (y + to_y) / 2), (to_x, (y + to_y) / 2), (to_x, to_y - 2)))
    (x, y), (to_x, to_y) = third[-1].bottom, third[1].bottom
    parts.append(arrow((x, y), (x, 406), (to_x, 406), (to_x, to_y + 2), dashed=True))
    parts.append(text((x + to_x) / 2, 424, "roll back, repair a feed, or train again", 12, QUIET))
    return picture(932, 440, "From records to a monitored endpoint, and back", parts)


def layers() -> str:
    """Who may import whom."""
    names = [
        ("commands, api", ("the command line, and the verbs of import matchwright",), "plain"),
        ("pipelines", ("train, release, monitor: compile, submit, run",), "plain"),
        ("components", ("Kubeflow components, one thin file per step",), "plain"),
        ("steps", ("one function per pipeline step",), "plain"),
        ("operations", ("approve, roll back, label: what steps and commands share",), "plain"),
        ("adapters", ("one package per outside system",), "serve"),
        ("labelling, drafting, monitoring, governance, synthesis", (), "step"),
        ("training", ("datasets, fitting, calibration",), "step"),
        ("evaluation", ("metrics, gates, model card",), "step"),
        ("core", ("from two records to a decision: pure, all that serving needs",), "data"),
        ("ground", ("errors, files, settings, secrets, telemetry, supervisor",), "plain"),
    ]
    boxes = [Box(40, 20 + 53 * index, 560, 40, *entry) for index, entry in enumerate(names)]
    parts = [box.svg() for box in boxes]
    parts += [arrow(one.bottom, (other.top[0], other.y - 2)) for one, other in itertools.pairwise(boxes)]
    serving = Box(680, 360, 200, 66, "serving", ("the endpoint",), "serve")
    core, adapters = boxes[9], boxes[5]
    parts.append(serving.svg())
    parts.append(arrow(serving.bottom, (780, core.left[1]), (core.right[0] + 2, core.left[1])))
    parts.append(arrow(serving.top, (780, adapters.left[1]), (adapters.right[0] + 2, adapters.left[1])))
    parts.append(text(780, adapters.left[1] - 10, "only those it serves with", 12, QUIET))
    parts.append(text(320, 612, "An arrow means: may import. Nothing imports upwards.", 12, QUIET))
    return picture(920, 626, "The layers of the code", parts)


def decision() -> str:
    """From two records to a decision."""
    first = row(
        50,
        76,
        [
            ("two records", ("values by field",), "data"),
            ("features", ("normal forms",), "step"),
            ("comparisons", ("how alike,", "field by field"), "step"),
            ("scorer", ("log-odds",), "step"),
            ("calibrator", ("probability",), "step"),
            ("bands", ("match, review,", "no_match"), "step"),
        ],
        138,
        26,
        20,
    )
    decided = Box(first[5].x - 18, 200, 156, 76, "decision", ("score, band,", "reasons, hint"), "data")
    reasons = Box(
        first[3].x - 20, 200, 178, 76, "reasons", ("codes and texts from exact", "contributions per field"), "step"
    )
    logged = Box(first[1].x, 200, 200, 76, "decision log", ("comparisons and codes,", "never values"), "data")
    parts = [*chain(first), decided.svg(), reasons.svg(), logged.svg()]
    parts.append(arrow(first[5].bottom, (first[5].bottom[0], 198)))
    parts.append(arrow(first[3].bottom, (first[3].bottom[0], 198)))
    parts.append(arrow(reasons.right, (decided.x - 2, decided.left[1])))
    parts.append(arrow(first[2].bottom, (first[2].bottom[0], 166), (284, 166), (284, 198)))
    parts.append(
        text(
            20,
            28,
            "All of this is in one signed bundle. Training and serving run the same code.",
            13,
            QUIET,
            anchor="start",
        )
    )
    return picture(1004, 300, "From two records to a decision", parts)


def trust() -> str:
    """Which key and which record proves each act."""
    boxes = row(
        70,
        92,
        [
            ("train", ("signs the bundle with", "the signing key"), "step"),
            ("MLflow", ("bundle, gate tags,", "approval tags"), "data"),
            ("release", ("checks signature, hashes,", "gates, approval"), "serve"),
            ("endpoint", ("verifies the bundle with", "the verify key"), "serve"),
        ],
        190,
        44,
        20,
    )
    reviewer = Box(254, 220, 190, 66, "reviewer", ("writes a name in tags",), "person")
    ledger = Box(488, 220, 190, 66, "release ledger", ("append-only, hash-chained",), "data")
    parts = [*chain(boxes), reviewer.svg(), ledger.svg()]
    parts.append(arrow(reviewer.top, (boxes[1].bottom[0], boxes[1].y + 94)))
    parts.append(arrow(boxes[2].bottom, (ledger.top[0], ledger.y - 2)))
    parts.append(arrow(reviewer.right, (ledger.x - 2, ledger.left[1]), dashed=True))
    parts.append(
        text(
            20,
            34,
            "A key protects the content of a bundle. A name in a tag protects nothing by itself.",
            13,
            QUIET,
            anchor="start",
        )
    )
    return picture(932, 310, "What protects a release today", parts)


def pictures() -> Iterator[tuple[str, str]]:
    """Every diagram: file name and content."""
    for make in (loop, layers, decision, trust):
        yield f"{make.__name__}.svg", make()


if __name__ == "__main__":
    for name, content in pictures():
        (ASSETS / name).write_text(content, encoding="utf-8")
