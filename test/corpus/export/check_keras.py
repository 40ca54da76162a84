"""Reads the .keras files of this folder with Keras and writes what their models compute to keras.json.

Run with keras 3.15.1 (pip install keras h5py torch), the layers computed by torch 2.15.0.
"""

import glob
import json
import os

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
ROWS = 3
references = {}
for file in sorted(glob.glob(os.path.join(HERE, "*.keras"))):
    model = keras.saving.load_model(file)
    shape = [ROWS, *model.input_shape[1:]]
    k = np.arange(int(np.prod(shape)), dtype=np.int64)
    rows = (((k * 389) % 1021 - 510) / 510).astype(np.float32).reshape(shape)
    outputs = model.predict(rows, verbose=0)
    name = os.path.basename(file).removesuffix(".keras")
    references[name] = {"shape": shape, "outputs": [float(y) for y in outputs.flatten()]}
with open(os.path.join(HERE, "keras.json"), "w") as file:
    json.dump(references, file)
    file.write("\n")
