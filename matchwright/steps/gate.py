"""The gate: one value that the pipeline branches on."""

from pathlib import Path
from typing import Literal

from matchwright.operations.training_artifacts import read_json


def gate(*, evaluation: Path) -> Literal["pass", "fail"]:
    """``pass`` if every gate of the evaluation passed. ``gates.json`` has the result of each gate."""
    gates = read_json(evaluation / "gates.json")["gates"]
    return "pass" if gates and all(gate["passed"] for gate in gates) else "fail"
