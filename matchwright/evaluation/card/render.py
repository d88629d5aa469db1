"""The card as markdown. It contains no time and no path, so that the same figures give the same bytes."""

import re
from collections.abc import Mapping
from math import ceil, isnan
from pathlib import Path
from typing import Any

from matchwright.evaluation.card.figures import Card

_MARKS = re.compile(r"[\\`*\[\]|~]|^[#>+-](?=\s)|(?<![^\W_])_|_(?![^\W_])")
"""What Markdown reads as markup. An underscore within a word is none."""
_TEMPLATE = Path(__file__).with_name("card.md.j2")


def render_card(card: Card) -> str:
    """A title and one ``##`` section per subject. A subject without figures is left out.

    What matters most comes first, because a display with little room cuts the end of the card.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, finalize=_one_line, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"number": _number, "margin": _margin, "figure": _figure, "rounded_up": _rounded_up}
    page = environment.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(card=card, spec=card.spec)
    return re.sub(r"\n{3,}", "\n\n", page).strip() + "\n"


def _one_line(value: Any) -> Any:
    """A value as text that is no markup: it cannot end its line or table cell, nor begin an element or a link."""
    from markupsafe import Markup

    line = " ".join(str(value).split()).replace("&", "&amp;").replace("<", "&lt;")
    return Markup(_MARKS.sub(r"\\\g<0>", line))  # noqa: S704


def _number(value: float) -> str:
    if isnan(value):  # such as the precision where no pair is a match
        return "none"
    return f"{value:.0f}" if value == round(value) and abs(value) >= 2 else f"{value:.4f}"


def _margin(value: float) -> str:
    return "none" if isnan(value) else f"{value:+.4f}"


def _figure(figure: Mapping[str, float | None] | None) -> str:
    value, lower, upper = ((figure or {}).get(name) for name in ("value", "lower", "upper"))
    if value is None:
        return ""
    if lower is None or upper is None:
        return _number(value)
    return f"{_number(value)} ({_number(lower)} to {_number(upper)})"


def _rounded_up(labels: int) -> str:
    """A number of labels rounded up to two digits, because the estimate is not more precise."""
    digits = max(len(str(labels)) - 2, 0)
    return f"{ceil(labels / 10**digits) * 10**digits:,}"
