"""What a pipeline's page shows of a step's result."""

from collections.abc import Iterator, Mapping
from typing import Any


def flat_figures(result: Mapping[str, Any]) -> dict[str, float]:
    """Every number in a nested result, named by its path: ``{"match": {"precision": 1}}`` gives ``match.precision``."""
    return dict(_numbers(result, ""))


def summary_markdown(name: str, result: Mapping[str, Any]) -> str:
    """A result as a markdown table of its figures, under the spec's name."""
    rows = "\n".join(f"| {figure} | {value:.4g} |" for figure, value in flat_figures(result).items())
    return f"# Evaluation of {name}\n\n| figure | value |\n|---|---|\n{rows}\n"


def _numbers(value: Any, path: str) -> Iterator[tuple[str, float]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _numbers(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, bool | int | float):
        yield path, float(value)
