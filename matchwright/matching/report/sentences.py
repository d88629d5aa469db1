"""The sentences of the report: the result, what the budget may cost, and what to do next."""

from collections.abc import Iterator, Mapping
from typing import Any

from matchwright.matching.deciding import ASSIGNED_ELSEWHERE, CUT

Summary = Mapping[str, Any]

FEWEST_MISSED = 0.5
"""From so many expected matches on, raising the budget is a step to take."""

WHY_NOT_JOINED = {
    ASSIGNED_ELSEWHERE: "a record of it has a better match",
    CUT: "the other pairs of its records speak against it",
}
"""Why a match did not join its records, in words."""

NOT_JOINED = {ASSIGNED_ELSEWHERE: "better match", CUT: "chain cut"}
"""The same in few words."""


def count(number: int, one: str, several: str = "") -> str:
    """A number with its noun: ``1 record``, ``2 records``."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def suggests(summary: Summary) -> bool:
    """Whether the run has no band for matches, because no label confirmed its scores."""
    return float(summary["bands"]["match_from"]) > 1


def result_sentence(summary: Summary) -> str:
    """The result of the run in one sentence."""
    tables = [f"{count(t['rows'] - t['quarantined'], 'record')} of {t['name']}" for t in summary["tables"]]
    entities = count(summary["clusters"]["entities"], "entity", "entities")
    if suggests(summary):
        return (
            f"The run suggests {count(summary['reviews'], 'pair')} in {' and '.join(tables)}. It learned from no "
            f"label, so none of them is certain. The {summary['joined']:,} likeliest make {entities}."
        )
    matches = count(summary["funnel"]["bands"]["match"], "match", "matches")
    reviews = summary["reviews"]
    pairs = f"{count(reviews, 'pair')} {'needs' if reviews == 1 else 'need'}" if reviews else "no pair needs"
    return f"The run found {entities} in {' and '.join(tables)}, with {matches}; {pairs} a person."


def narrowed_sentences(summary: Summary) -> list[str]:
    """The rules whose large blocks were divided, because they would have made too many pairs."""
    return [
        f"{one['rule']} would make {one['pairs']:,} pairs, more than the spec allows. In its "
        f"{count(one['blocks'], 'largest block')} ({count(one['records'], 'record')}), two records must also agree in "
        f"{' or '.join(one['by'])}: {one['kept']:,} pairs are left at most. Matches that differ in "
        f"{'it' if len(one['by']) == 1 else 'all of these'} are only found by another method."
        for one in summary["narrowed"]
    ]


def bounded_sentences(summary: Summary) -> list[str]:
    """What the search for similar texts left out, because the register is large."""
    bounded = summary["bounded"]
    if bounded is None:
        return []
    found = [
        f"The register is too large to compare every text with every other one. The search compared n-grams of "
        f"{bounded['ngram']} characters, and looked up at most {bounded['most']:,} records for each record, its rarest "
        f"n-grams first. {count(bounded['bounded'], 'record')} of {bounded['records']:,} have further n-grams, which "
        "were not looked up. Raise max_lookups_per_record to look up more; time grows with it."
    ]
    if bounded["nothing"]:
        found.append(
            f"For {count(bounded['nothing'], 'record')} it proposed nothing, because all of their n-grams are common. "
            "Only rules find these."
        )
    return found


def budget_sentences(summary: Summary) -> list[str]:
    """What the budget of candidates per record cut off, and what that may cost."""
    budget, one_table = summary["budget"], summary["one_table"]
    whose = "a record" if one_table else "a left record"
    if not budget["pairs"]:
        return [f"Nothing. The spec allows {whose} {count(budget['most'], 'candidate')}, and that was enough."]
    proposed = budget["pairs"] + _candidates(summary)
    found = [
        f"{count(budget['pairs'], 'pair')} of {proposed:,} that the methods proposed "
        f"({budget['pairs'] / proposed:.1%}): the spec allows {whose} {count(budget['most'], 'candidate')}, and keeps "
        "those that rank best. The pairs cut off were never compared."
    ]
    if budget["expected_matches"] is None:
        return [*found, "What that costs is not known: no pair that was kept ranks nearly as low."]
    share = budget["worst_matches"] / budget["worst_pairs"]
    return [
        *found,
        f"Of the {count(budget['worst_pairs'], 'kept pair')} with the worst ranks, "
        f"{budget['worst_matches']:,} matched ({share:.2%}). If the pairs cut off matched as often as those of them "
        f"that as many methods proposed, about {budget['expected_matches']:,.0f} matches would be missed, and at most "
        f"{budget['matches_at_most']:,.0f} by the 95% limits of these shares.{_bound(budget)} "
        "Only a run with a larger budget can tell.",
    ]


def _bound(budget: Mapping[str, Any]) -> str:
    """What limits the matches among the pairs cut off, where a record has at most one."""
    if budget["unmatched"] is None:
        return ""
    return f" A record has at most one match, so {budget['unmatched']:,} records without one are the limit."


def next_steps(summary: Summary) -> Iterator[str]:
    """What to do next, the most urgent step first."""
    if summary["register_warning"]:
        yield "Read the warning about the size of the register before you use the matches."
    if summary["quarantined"]:
        rows = count(summary["quarantined"], "row")
        yield f"Correct {rows} in quarantine, which were not matched: quality.html and the table quarantine say why."
    missed = summary["budget"]["expected_matches"] or 0
    if missed >= FEWEST_MISSED:
        matches = count(round(missed), "match", "matches")
        yield f"Raise candidates.max_candidates_per_record in the spec: its budget may miss about {matches}."
    if summary["reviews"]:
        pairs = count(summary["reviews"], "pair")
        if suggests(summary):
            yield "Measure how many suggestions are right: matchwright label --random asks for some drawn at random."
        yield f"Let people decide the {pairs} of the table review, from its top: a wrong answer costs most there."
    if summary["clusters"]["most_doubtful"]:
        yield "Look at the most doubtful clusters below: without its weakest link, each of them falls apart."
    yield "Ask why two records did or did not come together: matchwright match explain FOLDER KEY KEY."
    if summary["files"]:
        yield f"Use the entities: the column cluster_id in {' and '.join(summary['files'])}."
    else:
        yield "Use the entities: the table clusters has the cluster of each record."


def _candidates(summary: Summary) -> int:
    """The candidates that were compared, without the pairs that neighbours propose."""
    further: int = sum(method["pairs"] for method in summary["funnel"]["methods"] if method["method"] == "neighbours")
    compared: int = summary["funnel"]["compared_pairs"]
    return compared - further


def proposed_pairs(summary: Summary) -> int:
    """The pairs that the methods proposed, also those that the budget cut off."""
    cut: int = summary["budget"]["pairs"]
    return cut + _candidates(summary)
