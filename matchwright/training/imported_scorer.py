"""Importing a scorer: an ONNX file that was fitted with another tool becomes the scorer of a decision model."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from typing import cast, get_args

import numpy as np

from matchwright.core.models.onnx_graph import (
    OnnxScorer,
    Returns,
    background_row,
    float_outputs,
    graph_faults,
    session_of,
    wrap_onnx,
)
from matchwright.errors import BundleError, Fault, ScorerError
from matchwright.training.datasets.labelled_pairs import LabelledPairs

HEADLINE = "The scorer cannot be imported."
NAMES, RETURNS, MISSING = "comparisons", "returns", "missing"
"""Properties of the ONNX file's metadata that describe the scorer."""

ROUNDING = 1e-6
"""A probability in 32 bits may be this far outside 0 to 1."""


@dataclass(frozen=True)
class ScorerFile:
    """An ONNX file's content, and what its user states about it. The user's statements replace the file's metadata.

    ``comparisons`` are the names of the input's columns in order, separated by commas or white space; ``returns`` is
    ``probability``, ``log_odds`` or empty.
    """

    content: bytes = field(repr=False)
    comparisons: str = ""
    returns: str = ""

    @property
    def digest(self) -> str:
        """The SHA-256 of the file."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Description:
    """How the graph of a scorer's file is read. ``returns`` is None where neither file nor user states it."""

    names: tuple[str, ...]
    output: str
    returns: Returns | None
    takes_missing: bool


def names_in(text: str) -> tuple[str, ...]:
    """Names separated by commas or white space."""
    return tuple(re.findall(r"[^\s,]+", text))


def describe(file: ScorerFile, known: Sequence[str]) -> Description:
    """Find out how the file scores pairs. ``known`` are the comparisons of the spec.

    Raises:
        ScorerError: the file cannot be a scorer of these comparisons; every fault is listed.
    """
    try:
        session = session_of(file.content)
    except BundleError as error:
        hint = "export it again, to an opset that the locked onnxruntime knows"
        raise ScorerError(HEADLINE, [Fault("file", "it is not an ONNX graph that can be run", hint)]) from error
    stated = session.get_modelmeta().custom_metadata_map
    names = names_in(file.comparisons or stated.get(NAMES, ""))
    returns, missing = file.returns or stated.get(RETURNS, ""), stated.get(MISSING, "")
    floats = float_outputs(session)
    output = floats[0] if len(floats) == 1 else None
    faults = [*graph_faults(session, len(names) or None, output), *_name_faults(names, known)]
    if output is None:
        problem = f"the graph has {len(floats)} outputs of floats{': ' if floats else ''}{', '.join(floats)}"
        faults.append(Fault("output", problem, "export it with one, which says whether a pair matches"))
    for key, value, allowed in ((RETURNS, returns, get_args(Returns)), (MISSING, missing, ("nan", "median"))):
        if value and value not in allowed:
            faults.append(Fault(key, f"it is '{value}'", f"say {' or '.join(allowed)}, or leave it out"))
    if output is None or faults:
        raise ScorerError(HEADLINE, faults)
    takes_missing = missing == "nan" if missing else _asks_for_missing(file.content)
    return Description(names, output, cast("Returns | None", returns or None), takes_missing)


def import_scorer(file: ScorerFile, training: LabelledPairs) -> OnnxScorer:
    """Make a scorer from the file, and try it on the training pairs.

    For a graph that does not take NaN, a missing comparison is replaced by the median of the training pairs. If it is
    not stated what the output is, it counts as a probability if it is from 0 to 1 for every training pair, else as
    log-odds.

    Raises:
        ScorerError: the file cannot be a scorer of these comparisons; every fault is listed.
    """
    found = describe(file, list(training.comparisons.columns))
    compared = training.comparisons[list(found.names)]
    make = partial(
        wrap_onnx,
        file.content,
        found.names,
        background=background_row(compared, keep_missing=found.takes_missing),
        takes_missing=found.takes_missing,
        output=found.output,
    )
    outputs = make("log_odds").log_odds(compared)  # read as log-odds, an output stays as it is
    finite = np.isfinite(outputs)
    inside = bool(((outputs >= -ROUNDING) & (outputs <= 1 + ROUNDING)).all())
    faults = []
    if not finite.all():
        problem = f"it is no finite number for {int((~finite).sum()):,} of {len(outputs):,} training pairs"
        faults.append(Fault("output", problem, f"if NaN is the cause, set the metadata property {MISSING} to median"))
    elif found.returns == "probability" and not inside:
        problem = f"probabilities are stated, and it goes from {outputs.min():.4g} to {outputs.max():.4g}"
        faults.append(Fault(RETURNS, problem, "say log_odds, or end the graph with a sigmoid"))
    elif outputs.min() == outputs.max():
        faults.append(Fault("output", "it is the same for all training pairs", "look at the columns' names and order"))
    if faults:
        raise ScorerError(HEADLINE, faults)
    return make(found.returns or ("probability" if inside else "log_odds"))


def _name_faults(names: Sequence[str], known: Sequence[str]) -> list[Fault]:
    if not names:
        problem = "the names of the input's columns are not known"
        hint = f"give --comparisons FILE, or set the metadata property {NAMES}, names separated by commas"
        return [Fault(NAMES, problem, hint)]
    twice = sorted({name for name in names if names.count(name) > 1})
    faults = [Fault(NAMES, f"{name} is named more than once", "name every column once") for name in twice]
    for name in dict.fromkeys(names):
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"is it {near[0]}?" if near else "matchwright pipeline export-comparisons writes the names"
            faults.append(Fault(NAMES, f"the spec has no comparison {name}", hint))
    return faults


def _asks_for_missing(content: bytes) -> bool:
    """Whether the graph handles NaN itself, as trees and imputation layers do."""
    import onnx

    operators = {node.op_type for node in onnx.load_from_string(content).graph.node}
    return bool(operators & {"IsNaN", "TreeEnsemble", "TreeEnsembleClassifier", "TreeEnsembleRegressor"})
