"""The ONNX scorer: any graph from comparisons to a probability or log-odds, with reasons for its scores.

The metadata of the file hold all that serving must know (:class:`Contract`). So a graph from PyTorch, TensorFlow or
scikit-learn is a single file like any other scorer. It runs on onnxruntime, on one thread. The library that trained it
is not imported.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import ValidationError

from matchwright.core.models.neutral import with_neutral
from matchwright.core.models.scorer import Array, Explanation, matrix_of
from matchwright.core.models.shapley import Matrix, group_shapley
from matchwright.errors import DAMAGED, BundleError, Fault
from matchwright.frozen import Frozen
from matchwright.threads import COMPUTE_THREADS

Returns = Literal["probability", "log_odds"]

METADATA_KEY = "matchwright"
FLOATS = {"tensor(float)": np.float32, "tensor(double)": np.float64}
"""The number types that a graph may have as input and output, by their names in onnxruntime."""

LEAST_PROBABILITY = 1e-7
"""Probabilities stay this far from 0 and 1, because float32 is not more precise near 1."""


class Contract(Frozen):
    """The metadata of a scorer's graph.

    ``names`` are the columns of its one input. ``output`` is the name of the output, and ``returns`` says what it
    holds. ``background`` has the comparisons of an ordinary pair (None: missing); contributions are relative to it.
    ``takes_missing`` says whether the graph accepts NaN. If it does not, a missing comparison gets the value of the
    background, in which nothing may be missing. ``neutral`` has the neutral value of each comparison, or None for one
    that may stay missing, see :mod:`matchwright.core.models.neutral`. An imported graph has none: nothing is known of
    what it does with them.
    """

    names: tuple[str, ...]
    output: str
    returns: Returns
    background: tuple[float | None, ...]
    takes_missing: bool
    neutral: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class OnnxScorer:
    """A scorer that is an ONNX graph; ``session`` is an ``onnxruntime.InferenceSession`` over ``content``."""

    content: bytes = field(repr=False)
    contract: Contract
    session: Any = field(repr=False, compare=False)

    @classmethod
    def of(cls, content: bytes) -> "OnnxScorer":
        """Read a graph with its contract from the content of a file. The scorer uses one thread.

        Raises:
            BundleError: onnxruntime cannot run it, it has no contract, or it does not fit its contract.
        """
        session = session_of(content)
        written = session.get_modelmeta().custom_metadata_map.get(METADATA_KEY)
        if written is None:
            raise BundleError(
                "The scorer does not name its comparisons.", "import it: matchwright pipeline run train --scorer"
            )
        try:
            contract = Contract.model_validate_json(written)
        except ValidationError as error:
            raise BundleError("The scorer's metadata cannot be read.", DAMAGED) from error
        _check(session, contract)
        return cls(content, contract, session)

    @classmethod
    def load(cls, path: Path) -> "OnnxScorer":
        """Read what :meth:`save` wrote. Raises as :meth:`of` does."""
        return cls.of(path.read_bytes())

    def save(self, path: Path) -> None:
        """Write ``scorer.onnx`` with its contract."""
        path.write_bytes(self.content)

    @property
    def names(self) -> tuple[str, ...]:
        """The comparisons it reads, in the order of its columns."""
        return self.contract.names

    def log_odds(self, comparisons: pd.DataFrame) -> Array:
        """Log-odds of a match, shape (pairs,), before calibration."""
        return self._log_odds(matrix_of(comparisons, self.names))

    def contributions(self, comparisons: pd.DataFrame) -> tuple[Array, float]:
        """Additive contributions to the log-odds, shape (pairs, comparisons), and the base value.

        They are Shapley values of groups of evidence, see :mod:`matchwright.core.models.shapley`. The base value is
        the log-odds of the background. They add up to the log-odds of the pair within 1e-4.
        """
        background = _numbers(self.contract.background)
        base = float(self._log_odds(background[None])[0])
        return group_shapley(self._log_odds, matrix_of(comparisons, self.names), background, self.names), base

    def explain(self, comparisons: pd.DataFrame) -> Explanation:
        """Log-odds, contributions and base value."""
        return Explanation(self.log_odds(comparisons), *self.contributions(comparisons))

    def __reduce__(self) -> tuple[Any, tuple[bytes]]:
        return OnnxScorer.of, (self.content,)

    def _log_odds(self, values: Matrix) -> Array:
        if not len(values):
            return np.zeros(0)
        values = with_neutral(values, tuple(_numbers(self.contract.neutral).tolist()), self.names)
        if not self.contract.takes_missing:
            values = np.where(np.isnan(values), _numbers(self.contract.background), values)
        asked = self.session.get_inputs()[0]
        (answer,) = self.session.run([self.contract.output], {asked.name: values.astype(FLOATS[asked.type])})
        # if there are two columns, one per class, the second is for a match
        output = np.asarray(answer, dtype=np.float64).reshape(len(values), -1)[:, -1]
        if self.contract.returns == "log_odds":
            return output
        probability = np.clip(output, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY)
        return np.asarray(np.log(probability) - np.log1p(-probability))


def _numbers(values: tuple[float | None, ...]) -> Matrix:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float32)


def background_row(comparisons: pd.DataFrame, keep_missing: bool = True) -> tuple[float | None, ...]:
    """The median of each comparison over training pairs, None where it is missing for most of them.

    Without ``keep_missing`` there is no None: the median is over the pairs that have the comparison, and 0 if no pair
    has it. Graphs that do not accept NaN need this.
    """
    shares = comparisons.isna().mean().to_numpy()
    medians = comparisons.median().fillna(0.0).to_numpy(dtype=np.float64)
    return tuple(
        None if keep_missing and share > 0.5 else round(float(median), 6)
        for share, median in zip(shares, medians, strict=True)
    )


def wrap_onnx(
    model: "Path | bytes",
    names: tuple[str, ...],
    returns: Returns,
    background: tuple[float | None, ...],
    takes_missing: bool = False,
    output: str | None = None,
    neutral: tuple[float, ...] = (),
) -> OnnxScorer:
    """Make a scorer from an ONNX graph of any origin.

    Args:
        model: the file or its content. The graph has one input of float32 or float64, shape (pairs, comparisons),
            for any number of pairs.
        names: the comparisons in the order of the input's columns.
        returns: whether the output is a probability or log-odds of a match. Its shape is (pairs,), (pairs, 1), or
            (pairs, 2) with the match second.
        background: the comparisons of an ordinary pair, see :func:`background_row`.
        takes_missing: whether the graph accepts NaN for a missing comparison.
        output: the name of the output. If it is not given, it is the first floating-point output.
        neutral: the neutral value of each comparison, NaN for one that may stay missing. Without them the graph reads
            the comparisons as they are.

    Raises:
        BundleError: the graph does not have such an input and output, or the background does not fit.
    """
    import onnx

    try:
        graph = onnx.load_from_string(model) if isinstance(model, bytes) else onnx.load(model)
    except Exception as error:  # the error classes of protobuf differ between its versions
        raise BundleError("The ONNX file cannot be read.", "export the graph again") from error
    wanted = (onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE)
    floats = [value.name for value in graph.graph.output if value.type.tensor_type.elem_type in wanted]
    if not floats:
        raise BundleError(
            "The ONNX graph has no output of float32 or float64.", "export it with a tensor of probabilities"
        )
    contract = Contract(
        names=names,
        output=output or floats[0],
        returns=returns,
        background=background,
        takes_missing=takes_missing,
        neutral=tuple(None if np.isnan(value) else value for value in neutral),
    )
    kept = [entry for entry in graph.metadata_props if entry.key != METADATA_KEY]
    del graph.metadata_props[:]
    graph.metadata_props.extend(kept)
    graph.metadata_props.add(key=METADATA_KEY, value=contract.model_dump_json())
    return OnnxScorer.of(graph.SerializeToString(deterministic=True))


def session_of(content: bytes) -> Any:
    """An ``onnxruntime.InferenceSession`` over a file's content, on one thread.

    Raises:
        BundleError: onnxruntime cannot run it.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = COMPUTE_THREADS
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the error classes of onnxruntime have no common base
        raise BundleError("The scorer cannot be read.", DAMAGED) from error


def float_outputs(session: Any) -> list[str]:
    """The names of a graph's outputs that are tensors of float32 or float64."""
    return [value.name for value in session.get_outputs() if value.type in FLOATS]


def graph_faults(session: Any, width: int | None, output: str | None) -> list[Fault]:
    """Why a graph cannot be a scorer of ``width`` comparisons by ``output``; empty if it can.

    A width or an output that is not known (None) is not checked.
    """
    inputs, outputs = session.get_inputs(), {value.name: value for value in session.get_outputs()}
    faults = []
    plain = len(inputs) == 1 and inputs[0].type in FLOATS and len(inputs[0].shape) == 2
    columns = inputs[0].shape[1] if plain else None
    if not plain or (width is not None and isinstance(columns, int) and columns != width):
        wanted = "comparisons" if width is None else f"{width} comparisons"
        found = f" It has {columns} columns." if plain else ""
        problem = f"The scorer's graph has not one floating input of {wanted}.{found}"
        faults.append(Fault("input", problem, "export it with that input alone"))
    if plain and isinstance(inputs[0].shape[0], int):
        problem = "The scorer's graph takes a fixed number of pairs."
        faults.append(Fault("input", problem, "export it with a dynamic first axis"))
    if output is None:
        return faults
    if output not in outputs or outputs[output].type not in FLOATS:
        problem = f"The scorer's graph has no floating output {output}."
        return [*faults, Fault("output", problem, "name one that it has")]
    sizes = outputs[output].shape[1:]
    if len(sizes) > 1 or any(isinstance(size, int) and size not in (1, 2) for size in sizes):
        problem = f"The output {output} has {' x '.join(map(str, sizes))} values per pair."
        faults.append(Fault("output", problem, "export one value per pair, or one per class with the match second"))
    return faults


def _check(session: Any, contract: Contract) -> None:
    width = len(contract.names)
    for fault in graph_faults(session, width, contract.output):
        raise BundleError(fault.problem, fault.hint)
    if len(contract.background) != width:
        raise BundleError(
            f"The background row has {len(contract.background)} values for {width} comparisons.", "use background_row"
        )
    if len(contract.neutral) not in (0, width):
        problem = f"There are {len(contract.neutral)} neutral values for {width} comparisons."
        raise BundleError(problem, "give one for each, or none")
    if not contract.takes_missing and None in contract.background:
        raise BundleError(
            "The background row has missing values, and the graph accepts none.",
            "use background_row(keep_missing=False)",
        )
