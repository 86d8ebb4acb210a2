"""Tools that rewrite ONNX models, and what both models compute where they are run."""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["Tool", "clashing", "is_changed", "runs", "tools"]


@dataclass(frozen=True)
class Tool:
    """A tool.

    Attributes:
        name: of the package, and of a pass of it.
        rewrite: makes another model of one; both are the content of files.
    """

    name: str
    rewrite: Callable[[bytes], bytes]


def tools() -> Iterator[Tool]:
    """All that are known."""
    import onnxoptimizer

    others = {"rename_input_output", "lift_lexical_references", "split_init", "split_predict"}
    for name in sorted({*onnxoptimizer.get_available_passes()} - others):
        yield Tool(f"onnxoptimizer {name}", _optimizer(name))
    yield Tool("onnxoptimizer", _optimizer(*onnxoptimizer.get_fuse_and_elimination_passes()))
    yield Tool("onnxsim", _onnxsim)
    yield Tool("onnxscript optimizer", _onnxscript_optimizer)
    yield Tool("onnxscript rewriter", _onnxscript_rewriter)
    for name, rule in _rules():
        yield Tool(f"onnxscript {name}", _onnxscript_rule(rule))
    yield Tool("onnxruntime basic", _onnxruntime)


def _optimizer(*passes: str) -> Callable[[bytes], bytes]:
    def rewrite(content: bytes) -> bytes:
        import onnx
        import onnxoptimizer

        made = onnxoptimizer.optimize(onnx.load_from_string(content), list(passes))
        return bytes(made.SerializeToString())

    return rewrite


def _onnxsim(content: bytes) -> bytes:
    import onnx
    import onnxsim

    with contextlib.redirect_stdout(io.StringIO()):
        made, is_good = onnxsim.simplify(onnx.load_from_string(content))
    if not is_good:
        raise RuntimeError("onnxsim says itself that the models differ")
    return bytes(made.SerializeToString())


def _onnxscript_optimizer(content: bytes) -> bytes:
    import onnx
    from onnxscript import optimizer

    return bytes(optimizer.optimize(onnx.load_from_string(content)).SerializeToString())


def _onnxscript_rewriter(content: bytes) -> bytes:
    import onnx
    from onnxscript import rewriter

    return bytes(rewriter.rewrite(onnx.load_from_string(content)).SerializeToString())


def _rules() -> Iterator[tuple[str, Sequence[Any]]]:
    """Each rule of onnxscript by itself: some are not among its default ones."""
    from onnxscript.rewriter.rules import common

    for name in sorted(vars(common)):
        one = getattr(common, name)
        if name.endswith("_rule"):
            yield name, [one]
        elif isinstance(one, Sequence) and name.endswith("_rules"):
            yield name, list(one)


def _onnxscript_rule(rules: Sequence[Any]) -> Callable[[bytes], bytes]:
    def rewrite(content: bytes) -> bytes:
        import onnx
        from onnxscript import rewriter

        made = rewriter.rewrite(onnx.load_from_string(content), rules)
        return bytes(made.SerializeToString())

    return rewrite


def _onnxruntime(content: bytes) -> bytes:
    import onnxruntime

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "optimized.onnx"
        options = _options()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.optimized_model_filepath = str(path)
        onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        return path.read_bytes()


def is_changed(before: bytes, after: bytes) -> bool:
    """Whether a graph has other nodes or constants, whatever these are called."""
    return bool(_plain(before) != _plain(after))


def _plain(content: bytes) -> Any:
    import onnx

    graph = onnx.load_from_string(content).graph
    names: dict[str, str] = {}
    arrays = {one.name: onnx.numpy_helper.to_array(one) for one in graph.initializer}

    def known(name: str) -> str:
        if name in arrays:
            return f"{arrays[name].shape} {arrays[name].tobytes().hex()}"
        return names.setdefault(name, f"t{len(names)}") if name else ""

    return [
        (
            node.op_type,
            list(map(known, node.input)),
            list(map(known, node.output)),
            sorted(one.SerializeToString() for one in node.attribute),
        )
        for node in graph.node
    ]


# --- running them --------------------------------------------------------------------


def _options() -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return options


def runs(content: bytes, data: Mapping[str, Any], evaluator: bool = True) -> dict[str, Any]:
    """What comes out, by ONNX Runtime without optimization, and by ONNX's own evaluator.

    What either refuses is left out; the evaluator takes long for what is large.
    """
    import onnx
    import onnxruntime
    from onnx.reference import ReferenceEvaluator

    found = {}
    try:
        session = onnxruntime.InferenceSession(
            content, _options(), providers=["CPUExecutionProvider"]
        )
        found["onnxruntime"] = session.run(None, dict(data))
    except Exception:  # whatever it does not take
        pass
    if not evaluator:
        return found
    try:
        with np.errstate(all="ignore"):
            model = onnx.load_from_string(content)
            evaluator_of = ReferenceEvaluator(model, new_ops=[_batch_normalization()])
            found["onnx.reference"] = evaluator_of.run(None, dict(data))
    except Exception:
        pass
    return found


def _batch_normalization() -> Any:
    """By the specification, with the statistics that are given.

    ONNX's evaluator takes those of the data where the opset is one of 9 to 13.
    """
    from onnx.reference.op_run import OpRun

    class BatchNormalization(OpRun):  # type: ignore[misc]
        def _run(
            self,
            x: Any,
            scale: Any,
            bias: Any,
            mean: Any,
            variance: Any,
            epsilon: float = 1e-5,
            **others: Any,
        ) -> Any:
            across = (-1, *[1] * (x.ndim - 2))
            factor, shift, mean = (
                one.reshape(across) for one in (scale / np.sqrt(variance + epsilon), bias, mean)
            )
            return (((x - mean) * factor + shift).astype(x.dtype),)

    BatchNormalization.op_domain = ""
    return BatchNormalization


def clashing(one: Sequence[Any], other: Sequence[Any]) -> str:
    """In what outputs differ by far more than rounding in single precision; empty if in nothing.

    What has no value in either, as the mean of nothing, does not differ.
    """
    for place, (a, b) in enumerate(zip(one, other, strict=True)):
        if a.shape != b.shape:
            return f"output {place} has the shapes {a.shape} and {b.shape}"
        largest = np.max(np.abs(a), where=np.isfinite(a), initial=0.0)
        if not np.allclose(a, b, rtol=1e-3, atol=1e-4 * (1 + largest), equal_nan=True):
            return f"output {place} is apart by {np.max(np.abs(a - b), initial=0.0):.3g}"
    return ""
