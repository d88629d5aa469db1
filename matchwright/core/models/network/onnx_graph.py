"""The pair head as an ONNX graph, built node by node without PyTorch or an exporter."""

from typing import Any

import numpy as np

Weights = dict[str, np.ndarray[Any, np.dtype[np.float32]]]

OPSET, IR_VERSION = 17, 8
"""Versions that every recent onnxruntime reads."""


def head_graph(weights: Weights, farthest: float) -> bytes:
    """The graph from ``comparisons`` (pairs, comparisons) to ``log_odds`` (pairs, 1). NaN is a missing comparison.

    Args:
        weights: ``mean``, ``scale`` and ``missing`` (comparisons,), ``flags`` and ``first`` (comparisons, hidden),
            ``second``, ``third``, and the ``_bias`` of each layer.
        farthest: standardised values are clipped to this.
    """
    from onnx import TensorProto, checker, helper, numpy_helper

    bends = {f"{layer}_bend": _signs(len(weights[f"{layer}_bias"])) for layer in ("first", "second")}
    limits = {"low": np.array(-farthest, np.float32), "high": np.array(farthest, np.float32)}
    nodes = [
        helper.make_node("IsNaN", ["comparisons"], ["absent"]),
        helper.make_node("Cast", ["absent"], ["absent_number"], to=TensorProto.FLOAT),
        helper.make_node("Sub", ["comparisons", "mean"], ["centred"]),
        helper.make_node("Mul", ["centred", "scale"], ["scaled"]),
        helper.make_node("Clip", ["scaled", "low", "high"], ["standard"]),
        helper.make_node("Where", ["absent", "missing", "standard"], ["shown"]),
        helper.make_node("Gemm", ["shown", "first", "first_bias"], ["from_values"]),
        helper.make_node("MatMul", ["absent_number", "flags"], ["from_flags"]),
        helper.make_node("Add", ["from_values", "from_flags"], ["first_in"]),
        *_bend("first"),
        helper.make_node("Gemm", ["first_out", "second", "second_bias"], ["second_in"]),
        *_bend("second"),
        helper.make_node("Gemm", ["second_out", "third", "third_bias"], ["log_odds"]),
    ]
    graph = helper.make_graph(
        nodes,
        "pair_scorer",
        [helper.make_tensor_value_info("comparisons", TensorProto.FLOAT, ["pairs", len(weights["mean"])])],
        [helper.make_tensor_value_info("log_odds", TensorProto.FLOAT, ["pairs", 1])],
        [numpy_helper.from_array(value, name) for name, value in {**weights, **bends, **limits}.items()],
    )
    model = helper.make_model(
        graph, producer_name="matchwright", opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
    )
    checker.check_model(model)
    content: bytes = model.SerializeToString(deterministic=True)
    return content


def _signs(count: int) -> "np.ndarray[Any, np.dtype[np.float32]]":
    """1 for convex units, -1 for concave ones."""
    return np.where(np.arange(count) < (count + 1) // 2, 1, -1).astype(np.float32)


def _bend(layer: str) -> list[Any]:
    """The activation ``s * elu(s * x)``: convex where the sign is 1, concave where it is -1."""
    from onnx import helper

    return [
        helper.make_node("Mul", [f"{layer}_in", f"{layer}_bend"], [f"{layer}_turned"]),
        helper.make_node("Elu", [f"{layer}_turned"], [f"{layer}_bent"]),
        helper.make_node("Mul", [f"{layer}_bent", f"{layer}_bend"], [f"{layer}_out"]),
    ]
