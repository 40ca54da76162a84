# Writes the numpy files of this folder, with numpy 2.4.6, and what they hold in values.json:
#   python make.py
import gzip
import io
import json
import random

import numpy as np

random.seed(1)
ROWS, COLUMNS = 6, 3
integers = np.array([[random.randint(0, 100) for _ in range(COLUMNS)] for _ in range(ROWS)])
floats = np.array([[random.uniform(-1, 1) for _ in range(COLUMNS)] for _ in range(ROWS)])
names = ["rose", "lily", "tulip \u00e9", "rose", "lily", "\U0001f337"]
expected = {}


def save(name, array):
    np.save(f"{name}.npy", array)
    expected[name] = {"shape": list(array.shape), "values": [plain(x) for x in np.ravel(array, order="C")]}


def plain(value):
    if isinstance(value, np.bytes_):
        return value.decode()
    if isinstance(value, np.str_):
        return str(value)
    return float(value) if isinstance(value, np.floating) else int(value)


# Every kind and size, in both byte orders and both orders of the indices.
save("b1", integers % 2 == 0)
for kind, size in [(k, s) for k in "ui" for s in (1, 2, 4, 8)] + [("f", s) for s in (2, 4, 8)]:
    low = 0 if kind == "u" else -1
    array = (floats if kind == "f" else integers * max(1, 2 ** (8 * size - 9)) * (1 + 2 * low) % 2**53).astype(f"{kind}{size}")
    if size == 8 and kind != "f":
        array = (integers * 2**45 * (1 + 2 * low)).astype(f"{kind}8")
    save(f"{kind}{size}", array)
    save(f"{kind}{size}-big", array.astype(f">{kind}{size}"))
    save(f"{kind}{size}-fortran", np.asfortranarray(array))
save("f4-big-fortran", np.asfortranarray(floats.astype(">f4")))
save("images-fortran", np.asfortranarray(np.arange(24, dtype=np.uint8).reshape(2, 3, 4)))
save("transposed", floats.T.copy().T)

# Labels.
save("text", np.array(names))
save("text-big", np.array(names).astype(">U8"))
save("text-fortran", np.asfortranarray(np.array([names])))
save("bytes", np.char.encode(np.array(names), "utf-8"))
save("from-objects", np.array(names, dtype=object).astype("U"))
np.save("objects.npy", np.array(names, dtype=object), allow_pickle=True)
np.save("empty-text.npy", np.array(["rose", "", "lily", "rose", "lily", "lily"]))

# Archives, of which savez_compressed deflates; savez to a pipe writes the sizes behind the data.
X, y = floats.astype(np.float32), np.array(names)
np.savez("stored.npz", X=X, y=y)
np.savez_compressed("deflated.npz", X=X, y=y)
np.savez("unnamed.npz", X, y)
np.savez_compressed("single.npz", X=np.asfortranarray(X))


class Pipe(io.RawIOBase):
    """Bytes that cannot be sought."""

    def __init__(self):
        self.bytes = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self.bytes += bytes(data)
        return len(data)


pipe = Pipe()
np.savez_compressed(pipe, X=X, y=y)
open("piped.npz", "wb").write(pipe.bytes)

for name in ["f4", "text"]:
    with gzip.GzipFile(f"{name}.npy.gz", "wb", mtime=0) as file:
        file.write(open(f"{name}.npy", "rb").read())

json.dump(expected, open("values.json", "w"), indent=None, separators=(",", ":"), sort_keys=True)
open("values.json", "a").write("\n")
