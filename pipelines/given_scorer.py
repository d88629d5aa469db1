"""A scorer that the user gives to the training pipeline: checked before any step runs."""

from pathlib import Path

from matchwright.core.compare.names import RECORD, comparison_names
from matchwright.core.spec import MatchSpec
from matchwright.errors import Fault, ScorerError
from matchwright.training.imported_scorer import HEADLINE, ScorerFile, describe, names_in


def names_of(names_file: str) -> str:
    """The names in a text file, in one line; empty without a file."""
    return ",".join(names_in(Path(names_file).read_text(encoding="utf-8"))) if names_file else ""


def check_scorer(location: str, names: str, returns: str, spec: MatchSpec) -> None:
    """Check a scorer's file against the spec. One in an object store is left to the train step.

    Raises:
        ScorerError: it cannot be imported; every fault is listed.
    """
    if not location and (names or returns):
        option = "--comparisons" if names else "--returns"
        raise ScorerError(HEADLINE, [Fault(option, "it is given without --scorer", "give the ONNX file too")])
    if location and "://" not in location:
        # which fields get an embedding is known once it is fitted; the train step checks against the very comparisons
        embedded = (*spec.compared, RECORD) if spec.model.reads_embeddings else ()
        describe(ScorerFile(Path(location).read_bytes(), names, returns), comparison_names(spec, embedded))
