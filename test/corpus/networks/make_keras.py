"""Makes the networks of this folder that Keras writes by tf2onnx, and what Keras computes of rows, in keras.json.

python -m venv made; made/bin/pip install tensorflow-cpu tf2onnx onnx
made/bin/python make_keras.py

Made with tensorflow 2.21.0, keras 3.15.1, tf2onnx 1.17.0, onnx 1.23.2.
"""

import json
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import numpy as np
import tensorflow as tf
import tf2onnx
from keras import layers

HERE = os.path.dirname(os.path.abspath(__file__))
ROWS = 3
references = {}


def path(name):
    return os.path.join(HERE, name)


def numbers(*shape):
    """The rows that the test makes too."""
    k = np.arange(int(np.prod(shape)), dtype=np.int64)
    return (((k * 389) % 1021 - 510) / 510).astype(np.float32).reshape(shape)


def settle(model):
    """Biases that are not 0, and statistics of their own for batch normalisations."""
    random = np.random.RandomState(11)
    for layer in model.layers:
        values = layer.get_weights()
        if isinstance(layer, layers.BatchNormalization):
            layer.set_weights([random.uniform(0.5, 1.5, v.shape) for v in values])
        elif values:
            layer.set_weights([v if v.ndim > 1 else random.uniform(-0.3, 0.3, v.shape) for v in values])
    return model


def note(name, model, x):
    references[name] = {
        "shape": list(x.shape),
        "outputs": [float(y) for y in np.asarray(model(x, training=False)).flatten()],
    }


def by_function(name, model, opset):
    """tf2onnx of a function, as its documentation says for models of Keras 3."""
    x = numbers(ROWS, *model.input_shape[1:])
    note(name, model, x)
    signature = [tf.TensorSpec((None, *model.input_shape[1:]), tf.float32, name="x")]
    function = tf.function(lambda rows: model(rows, training=False))
    tf2onnx.convert.from_function(function, input_signature=signature, opset=opset, output_path=path(f"{name}.onnx"))


def by_export(name, model):
    """Keras' own export."""
    x = numbers(ROWS, *model.input_shape[1:])
    note(name, model, x)
    model.export(path(f"{name}.onnx"), format="onnx", verbose=False)


def lenet():
    return keras.Sequential([
        keras.Input((12, 12, 1)),
        layers.Conv2D(3, 5, padding="same", activation="relu"),
        layers.AveragePooling2D(2),
        layers.Conv2D(4, 3, activation="relu"),
        layers.AveragePooling2D(2),
        layers.Flatten(),
        layers.Dense(6, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(3, activation="softmax"),
    ])


def strided():
    """Strides with `same`, which pads one side more than the other; batch normalisation before the ReLU."""
    return keras.Sequential([
        keras.Input((10, 10, 3)),
        layers.Conv2D(4, 3, strides=2, padding="same", use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.Conv2D(5, 3, padding="same"),
        layers.BatchNormalization(scale=False),
        layers.Activation("relu"),
        layers.Flatten(),
        layers.Dense(4),
        layers.BatchNormalization(center=False),
        layers.ReLU(),
        layers.Dense(2, activation="sigmoid"),
    ])


def normalised_after():
    """Batch normalisation behind the ReLU, which becomes part of the next layer."""
    return keras.Sequential([
        keras.Input((8, 8, 2)),
        layers.Conv2D(3, 3, activation="relu"),
        layers.BatchNormalization(),
        layers.Conv2D(4, 3, activation="relu"),
        layers.BatchNormalization(),
        layers.AveragePooling2D(2),
        layers.Dropout(0.25),
        layers.Flatten(),
        layers.BatchNormalization(),
        layers.Dense(3),
    ])


def averaged():
    """An average over the whole picture in place of a Flatten."""
    return keras.Sequential([
        keras.Input((9, 9, 2)),
        layers.Conv2D(4, (3, 2), activation="relu", padding="same"),
        layers.Conv2D(5, 3, strides=2, activation="relu"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(3, activation="softmax"),
    ])


def of_rows():
    """Rows that the network itself makes pictures of, and a last layer without an activation."""
    return keras.Sequential([
        keras.Input((64,)),
        layers.Reshape((8, 8, 1)),
        layers.Conv2D(3, 3, strides=2, padding="same", activation="relu"),
        layers.Conv2D(4, 1, activation="relu"),
        layers.Flatten(),
        layers.Dense(2),
    ])


def padded():
    """Zeros around pictures by layers of their own, and dilation."""
    return keras.Sequential([
        keras.Input((9, 9, 4)),
        layers.ZeroPadding2D(((1, 0), (0, 1))),
        layers.Conv2D(4, 3, strides=2, activation="relu"),
        layers.ZeroPadding2D(1),
        layers.Conv2D(3, 2, dilation_rate=2, activation="relu"),
        layers.Flatten(),
        layers.Dense(2, activation="softmax"),
    ])


def dense():
    return keras.Sequential([
        keras.Input((6,)),
        layers.Dense(5, use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.Dropout(0.1),
        layers.Dense(3, activation="softmax"),
    ])


keras.utils.set_random_seed(5)
for opset in [9, 18]:
    by_function(f"keras-lenet-{opset}", settle(lenet()), opset)
for make in [strided, normalised_after, averaged, of_rows, padded, dense]:
    name = f"keras-{make.__name__.replace('_', '-')}"
    by_function(name, settle(make()), 15)
by_export("keras-strided-export", settle(strided()))
with open(path("keras.json"), "w") as file:
    json.dump(references, file)
