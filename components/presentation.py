"""The summaries of candidates, of an evaluation and of matches on the pipeline's page."""

from collections.abc import Mapping, Sequence
from typing import Any


def figures_of(evaluation: Mapping[str, Any]) -> dict[str, float]:
    """The value of every known metric, by name."""
    values = {name: estimate["value"] for name, estimate in evaluation["metrics"].items()}
    return {name: float(value) for name, value in values.items() if value is not None}


def evaluation_markdown(name: str, evaluation: Mapping[str, Any], gates: Sequence[Mapping[str, Any]]) -> str:
    """The gates with their margins, then the metrics with their intervals, as markdown tables."""
    lines = [f"# Evaluation of {name}", "", "| gate | value | must be | margin | |", "|---|---|---|---|---|"]
    for gate in gates:
        outcome = gate["result"] if gate["passed"] else "**failed**"
        limit = f"{gate['must_be']} {gate['limit']:.4g}"
        lines.append(f"| {gate['name']} | {_figure(gate['value'])} | {limit} | {_figure(gate['margin'])} | {outcome} |")
    lines += ["", "| metric | value | 95 % interval |", "|---|---|---|"]
    for metric, estimate in evaluation["metrics"].items():
        interval = f"{_figure(estimate['lower'])} to {_figure(estimate['upper'])}"
        lines.append(f"| {metric} | {_figure(estimate['value'])} | {interval} |")
    for metric, estimate in evaluation.get("ranking", {}).items():
        interval = f"{_figure(estimate['lower'])} to {_figure(estimate['upper'])}"
        lines.append(f"| {metric} | {_figure(estimate['value'])} | {interval if metric != 'queries' else ''} |")
    return "\n".join(lines) + "\n"


def candidates_markdown(name: str, report: Mapping[str, Any]) -> str:
    """What each method finds, and what fewer candidates per record would find, as markdown tables."""
    budget = report["budget"]
    lines = [
        f"# Candidates of {name}",
        "",
        f"{report['candidates']:,} of {report['possible_pairs']:,} possible pairs; "
        f"{report['missed_true_pairs']:,} of {report['true_pairs']:,} true pairs are missed. "
        f"A record may have {budget['max_candidates_per_record']:,} candidates; the most is {budget['most_used']:,}. "
        f"The budget removes {budget['candidates_cut']:,} pairs, {budget['true_pairs_cut']:,} of them true.",
        "",
        "| method | candidates | by it alone | true pairs | by it alone |",
        "|---|---|---|---|---|",
    ]
    for row in report["methods"]:
        counts = (row[key] for key in ("candidates", "candidates_alone", "true_pairs", "true_pairs_alone"))
        lines.append(f"| {row['method']} | " + " | ".join(f"{count:,}" for count in counts) + " |")
    if report["completeness_by_budget"]:
        lines += ["", "| kept per record | pairs | pairs completeness | 95 % interval |", "|---|---|---|---|"]
    for row in report["completeness_by_budget"]:
        interval = f"{_figure(row['lower'])} to {_figure(row['upper'])}"
        lines.append(
            f"| {row['budget']:,} | {row['candidates']:,} | {_figure(row['pairs_completeness'])} | {interval} |"
        )
    return "\n".join(lines) + "\n"


def matches_markdown(name: str, result: Mapping[str, Any], refusal: str) -> str:
    """What matching tables has found, and where it is; or why the tables were refused."""
    if refusal:
        return f"# Matches of {name}\n\n{refusal}\n"
    lines = [
        f"# Matches of {name}",
        "",
        f"Tables `pairs`, `clusters`, `review` and `quarantine` in {result['address']}",
    ]
    lines += [
        f"have run `{result['run']}`, by bundle `{result['bundle'][:12]}`.",
        "",
        "| figure | value |",
        "|---|---|",
    ]
    lines += [f"| {figure} | {value:,} |" for figure, value in result.items() if isinstance(value, int)]
    if result["register_warning"]:
        lines += ["", f"**Warning:** {result['register_warning']}"]
    return "\n".join(lines) + "\n"


def _figure(value: float | None) -> str:
    return "not known" if value is None else f"{value:.4g}"
