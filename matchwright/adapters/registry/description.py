"""A version's description: the model card with the run's plots, within the length that MLflow's database allows."""

import re
from collections.abc import Sequence
from urllib.parse import quote

LONGEST = 5000
"""The most characters that every MLflow database accepts (PostgreSQL refuses more)."""

_GAP = "\u2003\u2060"
"""A wide space between table cells, because MLflow's page shows them without padding. The word joiner keeps it."""


def describe(card: str, run_id: str, artefacts: Sequence[str], card_path: str) -> str:
    """The card with the run's images after its sections on gates and figures, cut to the allowed length.

    Links are relative to MLflow's page (``get-artifact?...``), so they work at every address of the server. If the card
    is too long, sections at its end are left out and named. A link leads to the whole card at ``card_path`` among the
    run's artefacts.
    """
    images = [path for path in artefacts if path.endswith((".png", ".svg", ".jpg"))]
    plots = "\n\n".join(f"![{_title(path)}]({_address(path, run_id)})" for path in images)
    card = re.sub(r"(?m)^\| (?!---).*\|$", lambda row: row[0].replace(" | ", f"{_GAP} | "), card)
    head, *sections = re.split(r"(?m)^(?=## )", card)
    if plots:
        sections.insert(min(2, len(sections)), f"## Plots\n\n{plots}\n\n")
    kept, left_out = list(sections), list[str]()
    while True:
        text = head + "".join(kept) + _pointer(left_out, _address(card_path, run_id))
        if len(text) <= LONGEST or not kept:
            return text[:LONGEST]
        left_out.insert(0, kept.pop().splitlines()[0].removeprefix("## "))


def _pointer(left_out: Sequence[str], address: str) -> str:
    rest = f"It also has: {', '.join(left_out)}." if left_out else ""
    return f"\n[The whole card]({address}). {rest}\n"


def _title(path: str) -> str:
    return path.rsplit("/", 1)[-1].rsplit(".", 1)[0].replace("_", " ")


def _address(path: str, run_id: str) -> str:
    return f"get-artifact?path={quote(path, safe='')}&run_uuid={run_id}"
