"""Makes the networks of this folder that PyTorch writes, with both of its exporters, and those that Keras writes through
it, and what they compute of rows, in torch.json.

python -m venv made; made/bin/pip install torch onnx onnxscript keras safetensors
KERAS_BACKEND=torch made/bin/python make_torch.py

Made with torch 2.15.0, onnx 1.23.2, onnxscript 0.7.2, keras 3.15.1, safetensors 0.8.0.
"""

import json
import os

os.environ["KERAS_BACKEND"] = "torch"

import numpy as np
import onnx
import torch
from safetensors.torch import save_file
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
ROWS = 3
references = {}


def path(name):
    return os.path.join(HERE, f"{name}.onnx")


def numbers(*shape):
    """The rows that the test makes too."""
    k = np.arange(int(np.prod(shape)), dtype=np.int64)
    return (((k * 389) % 1021 - 510) / 510).astype(np.float32).reshape(shape)


def settle(model, x):
    """Statistics of their own for batch normalisations."""
    model.train()
    for _ in range(4):
        model(torch.randn(x.shape) * 2 + 0.5)
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d | nn.BatchNorm1d) and module.affine:
                module.weight.uniform_(0.5, 1.5)
                module.bias.uniform_(-0.5, 0.5)
    return model.eval()


def bare(name, proto):
    """Without the lines of this script, with the folder it ran in."""
    proto.doc_string = proto.graph.doc_string = ""
    for node in proto.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    for value in [*proto.graph.value_info, *proto.graph.input, *proto.graph.output, *proto.graph.initializer]:
        del value.metadata_props[:]
    del proto.graph.metadata_props[:]
    onnx.save(proto, path(name))


def export(name, model, *shape, fixed=False, opset=17):
    """By the exporter that traces, and by the newer one."""
    x = torch.from_numpy(numbers(ROWS, *shape))
    settle(model, x)
    for kind in ["traced", "dynamo"]:
        full = f"torch-{name}-{kind}"
        references[full] = {"shape": list(x.shape), "outputs": [float(y) for y in model(x).detach().flatten()]}
        if kind == "traced":
            axes = {} if fixed else {"dynamic_axes": {"x": {0: "rows"}, "y": {0: "rows"}}}
            torch.onnx.export(model, (x,), path(full), dynamo=False, input_names=["x"], output_names=["y"],
                              opset_version=opset, **axes)
            bare(full, onnx.load(path(full)))
        else:
            axes = {} if fixed else {"dynamic_shapes": ({0: torch.export.Dim("rows")},)}
            program = torch.onnx.export(model, (x,), dynamo=True, external_data=False, verbose=False, **axes)
            bare(full, program.model_proto)


class Viewed(nn.Module):
    """As people wrote it before nn.Flatten."""

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 3, 5, stride=2, padding=2), nn.Conv2d(3, 4, 3)
        self.fc1, self.fc2 = nn.Linear(4 * 4 * 4, 5), nn.Linear(5, 3)

    def forward(self, x):
        x = torch.relu(self.conv1(x))
        x = torch.relu(self.conv2(x))
        x = x.view(x.size(0), -1)
        return torch.log_softmax(self.fc2(torch.relu(self.fc1(x))), dim=1)


class Named(Viewed):
    """The same without a softmax."""

    def forward(self, x):
        x = torch.relu(self.conv2(torch.relu(self.conv1(x))))
        return self.fc2(torch.relu(self.fc1(x.flatten(1))))


class Sized(nn.Module):
    """Sizes that are multiplied."""

    def __init__(self):
        super().__init__()
        self.conv, self.fc = nn.Conv2d(2, 3, 3, padding=1), nn.Linear(3 * 9, 2)

    def forward(self, x):
        x = nn.functional.avg_pool2d(torch.relu(self.conv(x)), 2)
        return self.fc(x.view(-1, x.size(1) * x.size(2) * x.size(3)))


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 3, 5, padding=2), nn.ReLU(), nn.AvgPool2d(2), nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AvgPool2d(2),
        nn.Flatten(), nn.Dropout(), nn.Linear(16, 6), nn.ReLU(), nn.Linear(6, 3), nn.Softmax(dim=1),
    )


def normalised():
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.Dropout2d(0.1),
        nn.Conv2d(4, 5, 3), nn.ReLU(), nn.BatchNorm2d(5), nn.AvgPool2d(3),
        nn.Flatten(), nn.Linear(5, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2), nn.Sigmoid(),
    )


def adaptive():
    return nn.Sequential(
        nn.Conv2d(2, 4, 3, groups=2), nn.ReLU(), nn.Conv2d(4, 3, 3, dilation=2), nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 2),
    )


def last_convolution():
    return nn.Sequential(nn.Conv2d(1, 4, 3, stride=2), nn.ReLU(), nn.Conv2d(4, 3, 3), nn.Flatten())


def state_dict(name, model, *shape):
    """As people save one: the file does not say what lies between the tensors."""
    x = torch.from_numpy(numbers(ROWS, *shape))
    settle(model, x)
    references[name] = {"shape": list(x.shape), "outputs": [float(y) for y in model(x).detach().flatten()]}
    save_file({key: value.contiguous() for key, value in model.state_dict().items()}, os.path.join(HERE, f"{name}.safetensors"))


def normalised_before():
    return nn.Sequential(
        nn.Conv2d(2, 4, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.AvgPool2d(2),
        nn.Conv2d(4, 5, 2), nn.BatchNorm2d(5), nn.ReLU(), nn.Flatten(), nn.Linear(20, 2),
    )


def by_keras():
    import keras
    from keras import layers

    keras.utils.set_random_seed(9)
    model = keras.Sequential([
        keras.Input((10, 10, 2)),
        layers.Conv2D(3, 3, strides=2, padding="same", activation="relu"),
        layers.BatchNormalization(),
        layers.Conv2D(4, 2, use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.AveragePooling2D(2),
        layers.Flatten(),
        layers.Dropout(0.3),
        layers.Dense(5, activation="relu"),
        layers.Dense(3, activation="softmax"),
    ])
    random = np.random.RandomState(11)
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.set_weights([random.uniform(0.5, 1.5, v.shape) for v in layer.get_weights()])
    x = numbers(ROWS, 10, 10, 2)
    references["keras-torch"] = {"shape": list(x.shape), "outputs": [float(y) for y in model.predict(x, verbose=0).flatten()]}
    model.export(path("keras-torch"), format="onnx", verbose=False)
    bare("keras-torch", onnx.load(path("keras-torch")))


torch.manual_seed(7)
export("lenet", lenet(), 1, 12, 12)
export("viewed", Viewed(), 1, 12, 12)
export("viewed-fixed", Viewed(), 1, 12, 12, fixed=True, opset=11)
export("sized", Sized(), 2, 6, 6)
export("normalised", normalised(), 3, 9, 9)
export("adaptive", adaptive(), 2, 9, 9)
export("last-convolution", last_convolution(), 1, 7, 7)
by_keras()
state_dict("torch-named", Named(), 1, 12, 12)
state_dict("torch-numbered", normalised_before(), 2, 11, 11)
with open(os.path.join(HERE, "torch.json"), "w") as file:
    json.dump(references, file)
