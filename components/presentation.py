"""What a pipeline's page shows of an evaluation."""

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
    return "\n".join(lines) + "\n"


def _said(value: float | None) -> str:
    return "not known" if value is None else f"{value:.4g}"
