"""The page of the report from the summary of a run."""

from pathlib import Path
from typing import Any

from matchwright.matching.report.charts import histogram, linear_bars, log_bars, size_bars
from matchwright.matching.report.sentences import (
    NOT_JOINED,
    WHY_NOT_JOINED,
    Summary,
    bounded_sentences,
    budget_sentences,
    count,
    narrowed_sentences,
    next_steps,
    proposed_pairs,
    result_sentence,
)

SHOWN = 10
"""At most so many clusters or pairs are listed; the tables have all of them."""

_TEMPLATE = Path(__file__).with_name("page.html.j2")


def render_report(summary: Summary) -> str:
    """The report of a run as HTML that loads nothing.

    Args:
        summary: the content of ``summary.json``. It holds figures, names of files and record keys, and no other value.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    page = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    funnel, clusters, seconds = summary["funnel"], summary["clusters"], summary["seconds"]
    return page.render(
        summary=summary,
        kind=_kind(summary),
        result=result_sentence(summary),
        tiles=_tiles(summary),
        next_steps=list(next_steps(summary)),
        funnel=log_bars(_funnel(summary)),
        chart=histogram(funnel["score_histogram"], summary["bands"]),
        bins=len(funnel["score_histogram"]),
        sizes=size_bars(clusters["by_size"]),
        largest=clusters["largest"] if any(c["cluster_size"] > 2 for c in clusters["largest"]) else [],
        not_joined=sum(summary["not_joined"][why] for why in WHY_NOT_JOINED),
        why_not_joined=WHY_NOT_JOINED,
        few_words=NOT_JOINED,
        budget=budget_sentences(summary),
        narrowed=narrowed_sentences(summary),
        bounded=bounded_sentences(summary),
        stages=linear_bars([(stage, time, f"{time:,.1f} s") for stage, time in seconds.items()]),
        total_seconds=f"{sum(seconds.values()):,.0f}",
        methods=[{**method, "name": method["method"].replace("+", " + ")} for method in funnel["methods"]],
        options=_options(summary["options"]),
        count=count,
        shown=SHOWN,
    )


def _kind(summary: Summary) -> str:
    if len(summary["tables"]) == 1:
        return "One table, deduplicated"
    return "Two tables, linked and deduplicated" if summary["one_table"] else "Two tables, linked"


def _tiles(summary: Summary) -> list[tuple[str, str, str]]:
    bands, clusters = summary["funnel"]["bands"], summary["clusters"]
    alone = clusters["by_size"].get("1", 0)
    return [
        ("records", f"{sum(summary['records'].values()):,}", f"{summary['quarantined']:,} more in quarantine"),
        ("matches", f"{bands['match']:,}", f"{summary['joined']:,} pairs joined their records"),
        ("entities", f"{clusters['entities']:,}", f"{alone:,} of them have one record"),
        ("for people", f"{summary['reviews']:,}", "pairs that a person should decide"),
    ]


def _funnel(summary: Summary) -> list[tuple[str, int]]:
    funnel = summary["funnel"]
    return [
        ("possible pairs", funnel["possible_pairs"]),
        ("candidates proposed", proposed_pairs(summary)),
        ("pairs compared", funnel["compared_pairs"]),
        ("matches", funnel["bands"]["match"]),
        ("pairs that joined records", summary["joined"]),
        ("pairs in review", funnel["bands"]["review"]),
    ]


def _options(options: dict[str, Any]) -> list[str]:
    """The options that change what a run finds, where they are not the default."""
    said = {
        "link_and_dedupe": "Pairs were looked for within each of the two tables too.",
        "restate_prior": "The scores were restated for the size of these tables.",
        "stated_register": "The scores are those of a stated register.",
    }
    found = [text for name, text in said.items() if options[name]]
    if options["join_from"] is not None:
        found.append(f"Pairs in review joined their records too, from a score of {options['join_from']} on.")
    if not options["guard"]:
        found.append("Clusters that only a chain holds together were not cut.")
    return found
