"""The gate: one bare value that the pipeline branches on."""

from pathlib import Path
from typing import Literal

from matchwright.operations.training_artifacts import read_json


def gate(*, evaluation: Path) -> Literal["pass", "fail"]:
    """``pass`` where every gate of the evaluation passed; the table behind it is in ``gates.json``."""
    gates = read_json(evaluation / "gates.json")["gates"]
    return "pass" if gates and all(gate["passed"] for gate in gates) else "fail"
