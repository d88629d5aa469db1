"""What a pipeline's page shows of its candidates and of an evaluation."""

from collections.abc import Mapping, Sequence
from typing import Any


def figures_of(evaluation: Mapping[str, Any]) -> dict[str, float]:
    """The value of every metric that the test pairs could tell, by name."""
    values = {name: estimate["value"] for name, estimate in evaluation["metrics"].items()}
    return {name: float(value) for name, value in values.items() if value is not None}


def evaluation_markdown(name: str, evaluation: Mapping[str, Any], gates: Sequence[Mapping[str, Any]]) -> str:
    """The gates with their margins, then the metrics with their intervals, as markdown tables."""
    lines = [f"# Evaluation of {name}", "", "| gate | value | must be | margin | |", "|---|---|---|---|---|"]
    for gate in gates:
        verdict = "passed" if gate["passed"] else "**failed**"
        limit = f"{gate['must_be']} {gate['limit']:.4g}"
        lines.append(f"| {gate['name']} | {_said(gate['value'])} | {limit} | {_said(gate['margin'])} | {verdict} |")
    lines += ["", "| metric | value | 95 % interval |", "|---|---|---|"]
    for metric, estimate in evaluation["metrics"].items():
        interval = f"{_said(estimate['lower'])} to {_said(estimate['upper'])}"
        lines.append(f"| {metric} | {_said(estimate['value'])} | {interval} |")
    for metric, estimate in evaluation.get("ranking", {}).items():
        interval = f"{_said(estimate['lower'])} to {_said(estimate['upper'])}"
        lines.append(f"| {metric} | {_said(estimate['value'])} | {interval if metric != 'queries' else ''} |")
    return "\n".join(lines) + "\n"


def candidates_markdown(name: str, report: Mapping[str, Any]) -> str:
    """What each method finds, and how much would be found with fewer candidates per record, as markdown tables."""
    budget = report["budget"]
    lines = [
        f"# Candidates of {name}",
        "",
        f"{report['candidates']:,} of {report['possible_pairs']:,} possible pairs; "
        f"{report['missed_true_pairs']:,} of {report['true_pairs']:,} true pairs are missed. "
        f"A record may bring {budget['max_candidates_per_record']:,} and brings {budget['most_used']:,} at most; "
        f"the budget cuts {budget['candidates_cut']:,} pairs, {budget['true_pairs_cut']:,} of them true.",
        "",
        "| method | candidates | of no other | true pairs | of no other |",
        "|---|---|---|---|---|",
    ]
    for row in report["methods"]:
        counts = (row[key] for key in ("candidates", "candidates_alone", "true_pairs", "true_pairs_alone"))
        lines.append(f"| {row['method']} | " + " | ".join(f"{count:,}" for count in counts) + " |")
    if report["completeness_by_budget"]:
        lines += ["", "| kept per record | pairs | pairs completeness | 95 % interval |", "|---|---|---|---|"]
    for row in report["completeness_by_budget"]:
        interval = f"{_said(row['lower'])} to {_said(row['upper'])}"
        lines.append(f"| {row['budget']:,} | {row['candidates']:,} | {_said(row['pairs_completeness'])} | {interval} |")
    return "\n".join(lines) + "\n"


def _said(value: float | None) -> str:
    return "not known" if value is None else f"{value:.4g}"
