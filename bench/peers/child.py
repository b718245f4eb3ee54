# SPDX-License-Identifier: Apache-2.0
"""NumPy, PyTorch and ONNX Runtime (with onnx, which makes its models) for bench/peers, which starts this and talks to it over pipes.

Arguments: the number of the shared memory's file, and of threads. Lines in, a line out for each:

  modules                       names and versions of what is here
  prepare SLOT LIBRARY EXPRESSION | DTYPE:SHAPE:OFFSET ...   the output last; arrays of our own
  time SLOT CALLS               one call that does not count, then CALLS; their nanoseconds
  result SLOT                   copies the output into the shared memory
  drop SLOT
"""
import mmap
import os
import re
import sys
from time import perf_counter_ns

import numpy as np

memory_file = int(sys.argv[1])
threads = int(sys.argv[2])
names = {"np": np, "zero": np.float32(0), "six": np.float32(6)}
found = ["numpy " + np.__version__]
try:
    import torch

    torch.set_num_threads(threads)
    torch.set_grad_enabled(False)
    capability = [l.split(":")[1].strip() for l in torch.__config__.show().splitlines() if "capability" in l]
    names.update(torch=torch, nn=torch._C._nn, half=torch.tensor(0.5))
    found.append("torch " + torch.__version__ + (", kernels " + capability[0] if capability else ""))
except ImportError:
    torch = None
try:
    import onnx
    import onnxruntime

    found.append("onnxruntime " + onnxruntime.__version__)
except ImportError:
    onnx = None

dtypes = {"f32": np.float32, "s32": np.int32, "s64": np.int64, "u8": np.uint8, "s8": np.int8,
          "bool": np.bool_, "bf16": np.int16, "f16": np.float16, "f64": np.float64}
slots = {}


def view(text):
    """The dtype, shape and bytes in the shared memory of one array."""
    dtype, shape, offset = text.split(":")
    shape = tuple(int(s) for s in shape.split("x") if s)
    dtype = np.dtype(dtypes[dtype])
    size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
    with mmap.mmap(memory_file, os.fstat(memory_file).st_size) as m:
        whole = np.frombuffer(m, dtype=np.uint8, count=size, offset=int(offset)).copy()
    return whole.view(dtype).reshape(shape)


def as_torch(value, described):
    """NumPy has no bf16: there it is a 16-bit integer with these bits."""
    value = torch.from_numpy(value)
    return value.view(torch.bfloat16) if described.startswith("bf16:") else value


def onnx_model(expression, values):
    """One node, "ReduceMax axes=-1", in a session; inputs that are constants of the model as ONNX has them."""
    kind, *words = expression.split()
    attributes = {k: [int(v)] if k == "axes" else int(v) for k, v in (w.split("=") for w in words)}
    constants = []
    if kind == "ReduceSum":
        constants = [np.array(attributes.pop("axes"), np.int64)]
    elif kind == "CumSum":
        constants = [np.array(attributes.pop("axis"), np.int64)]
    elif kind == "LayerNormalization":
        constants = [np.ones(values[0].shape[-1], np.float32)]
    names = ["x", "w", "v"][: len(values) - 1]
    kinds = [onnx.helper.np_dtype_to_tensor_dtype(v.dtype) for v in values]
    inner = [onnx.numpy_helper.from_array(v, "constant%d" % i) for i, v in enumerate(constants)]
    node = onnx.helper.make_node(kind, names + [i.name for i in inner], ["y"], **attributes)
    graph = onnx.helper.make_graph(
        [node], "bench",
        [onnx.helper.make_tensor_value_info(n, k, v.shape) for n, k, v in zip(names, kinds, values)],
        [onnx.helper.make_tensor_value_info("y", kinds[-1], values[-1].shape)], inner)
    # From opset 18 on the axes of the other reductions are an input, too.
    opset = 17 if kind.startswith("Reduce") else 20
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", opset)], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    binding = session.io_binding()
    for name, value in zip(names, values):
        binding.bind_ortvalue_input(name, onnxruntime.OrtValue.ortvalue_from_numpy(value))
    y = onnxruntime.OrtValue.ortvalue_from_shape_and_type(list(values[-1].shape), values[-1].dtype.type)
    binding.bind_ortvalue_output("y", y)

    def once(*unused):
        session.run_with_iobinding(binding)
        return y.numpy()

    def loop(calls, *unused):
        start = perf_counter_ns()
        for _ in range(calls):
            session.run_with_iobinding(binding)
        return perf_counter_ns() - start

    once()
    return loop, once


def prepare(slot, library, expression, arrays):
    values = [view(a) for a in arrays]
    if library == "onnxruntime":
        slots[slot] = (*onnx_model(expression, values), [None] * 5, arrays[-1])
        return
    scope = dict(names)
    y = np.zeros_like(values[-1])
    t = np.zeros_like(values[0]) if re.search(r"\bt\b", expression) else None
    if library == "torch":
        values = [as_torch(v, a) for v, a in zip(values, arrays)]
        y = as_torch(y, arrays[-1])
        t = torch.from_numpy(t) if t is not None else None
    scope.update(zip(("x", "w", "v"), values[:-1]), y=y, t=t)
    # Whatever it returns that is not y is looked at once, when the result is asked for.
    *before, last = expression.split("; ")
    body = "".join("        %s\n" % s for s in before)
    code = ("def loop(calls, x, w, v, y, t):\n    start = clock()\n    for _ in range(calls):\n%s        %s\n"
            "    return clock() - start\ndef once(x, w, v, y, t):\n%s    return %s\n"
            % (body, last, body.replace("        ", "    "), last))
    scope["clock"] = perf_counter_ns
    exec(compile(code, "expression", "exec"), scope)
    bound = [scope.get(n) for n in ("x", "w", "v", "y", "t")]
    scope["once"](*bound)
    slots[slot] = (scope["loop"], scope["once"], bound, arrays[-1])


def result(slot):
    _, once, bound, out = slots[slot]
    dtype, _, offset = out.split(":")
    y = once(*bound)
    if y is None or isinstance(y, (tuple, list)):
        y = bound[3]
    if torch is not None and isinstance(y, torch.Tensor):
        y = y.int_repr() if y.is_quantized else y
        y = y.view(torch.int16) if y.dtype == torch.bfloat16 else y
        y = y.numpy()
    y = np.ascontiguousarray(y, dtype=dtypes[dtype]).reshape(-1).view(np.uint8)
    with mmap.mmap(memory_file, os.fstat(memory_file).st_size) as m:
        m[int(offset):int(offset) + y.size] = y.tobytes()


def answer(line):
    word, *rest = line.split(" ", 1)
    rest = rest[0] if rest else ""
    if word == "modules":
        return "; ".join(found)
    if word == "prepare":
        head, arrays = rest.rsplit(" | ", 1)
        slot, library, expression = head.split(" ", 2)
        prepare(slot, library, expression, arrays.split())
        return "ok"
    if word == "time":
        slot, calls = rest.split()
        loop, _, bound, _ = slots[slot]
        loop(1, *bound)
        return str(loop(int(calls), *bound))
    if word == "result":
        result(rest)
        return "ok"
    slots.pop(rest, None)
    return "ok"


with np.errstate(all="ignore"):
    for line in sys.stdin:
        try:
            print(answer(line.rstrip("\n")), flush=True)
        except Exception as e:
            print("error", type(e).__name__, str(e).replace("\n", " ")[:200], flush=True)
