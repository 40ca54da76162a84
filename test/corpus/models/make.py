"""Makes the model files of this folder with their real writers, and references.json with what those compute.

python -m venv made; made/bin/pip install torch peft safetensors scikit-learn skl2onnx onnx onnxruntime onnxscript
made/bin/python make.py

Made with torch 2.15.0, peft 0.21.2, safetensors 0.8.0, scikit-learn 1.9.1, skl2onnx 1.20.0, onnx 1.23.2,
onnxruntime 1.32.0.
"""

import json
import os

import numpy as np
import onnx
import onnxruntime as ort
import peft
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static
from safetensors.numpy import save_file as save_numpy
from safetensors.torch import save_file as save_torch
from skl2onnx import to_onnx
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
references = {}


def path(name):
    return os.path.join(HERE, name)


def rows(width, count=4):
    return (torch.randint(-24, 24, (count, width)) / 8).float()


def note(name, features, outputs):
    references[name] = {
        "features": [float(x) for x in np.asarray(features).flatten()],
        "outputs": [float(x) for x in np.asarray(outputs).flatten()],
    }


def settle(model, width):
    """Gives batch normalisations statistics of their own."""
    model.train()
    for _ in range(8):
        model(torch.randn(32, width) * 2 + 0.5)
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.BatchNorm1d) and module.affine:
                module.weight.uniform_(0.5, 1.5)
                module.bias.uniform_(-0.5, 0.5)
    return model.eval()


def torch_file(name, model, width):
    x = rows(width)
    note(name, x, model(x).detach())
    save_torch(model.state_dict(), path(f"{name}.safetensors"))


def batch_norms():
    before = nn.Sequential(nn.Linear(5, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 3))
    after = nn.Sequential(nn.Linear(5, 4), nn.ReLU(), nn.BatchNorm1d(4), nn.Linear(4, 3))
    first = nn.Sequential(nn.BatchNorm1d(5), nn.Linear(5, 4), nn.ReLU(), nn.Linear(4, 3), nn.BatchNorm1d(3))
    plain = nn.Sequential(nn.Linear(5, 4, bias=False), nn.BatchNorm1d(4, affine=False), nn.ReLU(), nn.Linear(4, 3))

    class Named(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1, self.bn1, self.fc2 = nn.Linear(5, 4), nn.BatchNorm1d(4, eps=1e-3), nn.Linear(4, 3)

        def forward(self, x):
            return self.fc2(self.bn1(torch.relu(self.fc1(x))))

    open_place = nn.Sequential(
        nn.Linear(5, 4), nn.ReLU(), nn.Dropout(), nn.BatchNorm1d(4), nn.Dropout(), nn.Linear(4, 3)
    )
    models = {"bn-before-relu": before, "bn-after-relu": after, "bn-first-and-last": first, "bn-without-affine": plain}
    models |= {"bn-named": Named(), "bn-open": open_place}
    for name, model in models.items():
        torch_file(name, settle(model, 5), 5)
    layer_norm = nn.Sequential(nn.Linear(5, 4), nn.LayerNorm(4), nn.ReLU(), nn.Linear(4, 3))
    save_torch(layer_norm.state_dict(), path("layer-norm.safetensors"))
    weight_norm = nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Linear(5, 4)), nn.ReLU(), nn.Linear(4, 3))
    save_torch(weight_norm.state_dict(), path("weight-norm.safetensors"))
    torch_file("square", nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4)), 4)
    torch_file("square-inside", nn.Sequential(nn.Linear(5, 4), nn.ReLU(), nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 3)), 5)


def adapters():
    def base():
        return nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 3))

    kinds = {
        "lora": peft.LoraConfig(r=2, target_modules=["0", "2"]),
        "dora": peft.LoraConfig(r=2, target_modules=["0", "2"], use_dora=True),
        "lokr": peft.LoKrConfig(r=2, target_modules=["0", "2"]),
        "loha": peft.LoHaConfig(r=2, target_modules=["0", "2"]),
        "ia3": peft.IA3Config(target_modules=["0", "2"], feedforward_modules=["2"]),
        "oft": peft.OFTConfig(r=0, oft_block_size=2, target_modules=["0"]),
        "vera": peft.VeraConfig(r=2, target_modules=["0"]),
    }
    for name, config in kinds.items():
        model = peft.get_peft_model(base(), config)
        tensors = {key: value.contiguous() for key, value in peft.get_peft_model_state_dict(model).items()}
        save_torch(tensors, path(f"adapter-{name}.safetensors"))
    # What is left when somebody saves the whole model without merging, and without PEFT's prefix.
    model = peft.get_peft_model(base(), kinds["lora"])
    save_torch(model.base_model.model.state_dict(), path("adapter-unmerged.safetensors"))
    merged = model.merge_and_unload().eval()
    torch_file("adapter-merged", merged, 4)


def wine():
    x, y = load_wine(return_X_y=True)
    x = StandardScaler().fit_transform(x)
    model = MLPClassifier((11, 5), max_iter=900, random_state=3).fit(x, y)
    weights = [*model.coefs_, *model.intercepts_]
    names = [f"coefs_.{k}" for k in range(3)] + [f"intercepts_.{k}" for k in range(3)]
    named = {name: np.ascontiguousarray(w, dtype=np.float32) for name, w in zip(names, weights)}
    save_numpy(named, path("sklearn-names.safetensors"))
    # The transposed views have Fortran's order, which safetensors 0.8.0 writes as if it were C's.
    turned = {f"{k}.weight": w.astype(np.float32).T for k, w in enumerate(model.coefs_)}
    biases = {f"{k}.bias": b.astype(np.float32) for k, b in enumerate(model.intercepts_)}
    save_numpy(turned | biases, path("sklearn-scrambled.safetensors"))
    chosen = x[:4].astype(np.float32)
    logits = model._forward_pass_fast(chosen)  # after the softmax: only the order is compared
    note("sklearn-names", chosen, logits)
    linear = LogisticRegression(max_iter=500).fit(x, y)
    numbers = {"coef_": linear.coef_, "intercept_": linear.intercept_}
    numbers = {name: np.ascontiguousarray(values, dtype=np.float32) for name, values in numbers.items()}
    save_numpy(numbers, path("sklearn-linear.safetensors"))
    note("sklearn-linear", chosen, linear.decision_function(chosen))
    tanh = MLPClassifier((11, 5), activation="tanh", max_iter=900, random_state=1).fit(x, y)
    weights = {f"{k}.weight": np.ascontiguousarray(w.T, dtype=np.float32) for k, w in enumerate(tanh.coefs_)}
    weights |= {f"{k}.bias": b.astype(np.float32) for k, b in enumerate(tanh.intercepts_)}
    save_numpy(weights, path("tanh.safetensors"))
    order = np.random.RandomState(0).permutation(len(y))[:64]
    with open(path("wine.json"), "w") as file:
        json.dump({"features": np.round(x[order], 4).flatten().tolist(), "labels": y[order].tolist()}, file)
    pipeline = make_pipeline(StandardScaler(), MLPClassifier((4,), max_iter=50, random_state=1)).fit(x, y)
    onnx.save(to_onnx(pipeline, x[:1].astype(np.float32), options={"zipmap": False}), path("sklearn-pipeline.onnx"))
    tanh_small = MLPClassifier((4,), activation="tanh", max_iter=50, random_state=1).fit(x, y)
    onnx.save(to_onnx(tanh_small, x[:1].astype(np.float32), options={"zipmap": False}), path("sklearn-tanh.onnx"))


def run(name, x):
    session = ort.InferenceSession(path(name))
    return session.run(None, {session.get_inputs()[0].name: np.asarray(x)})[0]


def export(name, model, width, **options):
    torch.onnx.export(model.eval(), (rows(width),), path(f"{name}.onnx"), dynamo=False, input_names=["x"],
                      output_names=["y"], dynamic_axes={"x": {0: "rows"}}, **options)
    x = rows(width)
    note(name, x, run(f"{name}.onnx", x))


def graphs():
    after = settle(nn.Sequential(nn.Linear(5, 4), nn.ReLU(), nn.BatchNorm1d(4), nn.Linear(4, 3)), 5)
    export("onnx-bn-after-relu", after, 5)
    first = settle(nn.Sequential(nn.BatchNorm1d(5), nn.Linear(5, 4, bias=False), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 3)), 5)
    export("onnx-bn-first", first, 5, do_constant_folding=False)
    quiet = nn.Sequential(nn.Flatten(), nn.Identity(), nn.Linear(6, 5), nn.ReLU(), nn.Dropout(0.3), nn.Linear(5, 2))
    # The newer exporter of torch.
    program = torch.onnx.export(quiet.eval(), (rows(6),), dynamo=True, external_data=False, verbose=False)
    proto = program.model_proto
    for node in proto.graph.node:
        del node.metadata_props[:]  # the lines of this script, with the folder it ran in
    onnx.save(proto, path("onnx-dynamo.onnx"))
    x = rows(6)
    note("onnx-dynamo", x, run("onnx-dynamo.onnx", x))


def unchanged():
    """torch leaves out what changes nothing in inference; other exporters write it."""
    random = np.random.RandomState(5)
    parts = {"w0": (6, 5), "b0": (5,), "w1": (5, 2), "b1": (2,)}
    initializers = [numpy_helper.from_array(random.randn(*shape).astype(np.float32), name) for name, shape in parts.items()]
    nodes = [
        helper.make_node("Flatten", ["x"], ["f"]),
        helper.make_node("Identity", ["f"], ["i"]),
        helper.make_node("Gemm", ["i", "w0", "b0"], ["h"]),
        helper.make_node("Dropout", ["h"], ["d"]),
        helper.make_node("Relu", ["d"], ["r"]),
        helper.make_node("Dropout", ["r"], ["e"]),
        helper.make_node("Gemm", ["e", "w1", "b1"], ["y"]),
    ]
    save_graph("onnx-unchanged", nodes, initializers, ["rows", 2, 3], "y", 2)
    x = rows(6)
    note("onnx-unchanged", x, run("onnx-unchanged.onnx", x.reshape(-1, 2, 3)))


def save_graph(name, nodes, initializers, shape, output, outputs):
    float_rows = helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)
    out = helper.make_tensor_value_info(output, TensorProto.FLOAT, ["rows", outputs])
    model = helper.make_model(helper.make_graph(nodes, "g", [float_rows], [out], initializers),
                              opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, path(f"{name}.onnx"))


def weights_only(name, per_channel, transposed):
    """Weights of 8 bits with DequantizeLinear, as weight-only quantisers write them."""
    random = np.random.RandomState(3)
    nodes, initializers = [], []
    current = "x"
    for k, (inputs, outputs) in enumerate([(5, 4), (4, 3)]):
        shape = (outputs, inputs) if transposed else (inputs, outputs)
        axis = 0 if transposed else 1
        q = random.randint(-127, 128, shape).astype(np.int8)
        scale = (random.rand(outputs) / 64 + 0.004).astype(np.float32) if per_channel else np.float32(0.0078)
        zero = np.zeros(outputs, np.int8) if per_channel else np.int8(3)
        initializers += [numpy_helper.from_array(np.asarray(v), f"{n}{k}") for n, v in [("q", q), ("s", scale), ("z", zero)]]
        bias = (random.rand(outputs) - 0.5).astype(np.float32)
        initializers.append(numpy_helper.from_array(bias, f"b{k}"))
        axes = {"axis": axis} if per_channel else {}
        nodes.append(helper.make_node("DequantizeLinear", [f"q{k}", f"s{k}", f"z{k}"], [f"w{k}"], **axes))
        nodes.append(helper.make_node("Gemm", [current, f"w{k}", f"b{k}"], [f"h{k}"], transB=int(transposed)))
        current = f"h{k}"
        if k == 0:
            nodes.append(helper.make_node("Relu", [current], ["r"]))
            current = "r"
    save_graph(name, nodes, initializers, ["rows", 5], current, 3)
    x = rows(5)
    note(name, x, run(f"{name}.onnx", x))


class Rows(CalibrationDataReader):
    def __init__(self):
        self.left = iter([{"x": rows(5, 16).numpy()} for _ in range(4)])

    def get_next(self):
        return next(self.left, None)


def quantised():
    weights_only("onnx-weights-int8", per_channel=False, transposed=False)
    weights_only("onnx-weights-int8-channels", per_channel=True, transposed=True)
    model = nn.Sequential(nn.Linear(5, 4), nn.ReLU(), nn.Linear(4, 3))
    source = path("float.onnx")
    torch.onnx.export(model.eval(), (rows(5),), source, dynamo=False, input_names=["x"], output_names=["y"],
                      dynamic_axes={"x": {0: "rows"}})
    quantize_dynamic(source, path("onnx-dynamic.onnx"), weight_type=QuantType.QInt8)
    quantize_static(source, path("onnx-qdq.onnx"), Rows(), quant_format=QuantFormat.QDQ)
    quantize_static(source, path("onnx-qoperator.onnx"), Rows(), quant_format=QuantFormat.QOperator)
    os.remove(source)


torch.manual_seed(7)
for make in [batch_norms, adapters, wine, graphs, unchanged, quantised]:
    make()
with open(path("references.json"), "w") as file:
    json.dump(references, file)
