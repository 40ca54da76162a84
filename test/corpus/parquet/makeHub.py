# Writes the files of this folder whose names begin with `hub-`, as the Hugging Face hub has them, and those with half floats,
# categories, an index of a data frame, LZ4 and checksums, and what they hold in hub.json. With pyarrow 26.0.1, pandas 3.1.1,
# numpy 2.4.6, Pillow 13.0.0, datasets 5.2.0, DuckDB 2.0.1, Polars 2.1.0 and fastparquet 2026.9.0:
#   python makeHub.py
import io
import json
import random

import duckdb
import fastparquet
import numpy as np
import pandas as pd
import polars
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

random.seed(1)
N = 12
NAMES = ["cat", "dog", "emu"]
labels = [k % 3 for k in range(N)]
expected = {}


def encode(mode, pixels, kind="PNG", **options):
    buffer = io.BytesIO()
    array = np.array(pixels)
    image = Image.fromarray(array.astype(np.uint16 if mode == "I;16" else np.uint8))
    if mode == "P":
        image = image.quantize(4)
    elif mode == "1":
        image = image.convert("1", dither=Image.Dither.NONE)
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def random_pixels(height, width, channels=1, greatest=255):
    shape = (height, width) if channels == 1 else (height, width, channels)
    return np.array([random.randint(0, greatest) for _ in range(height * width * channels)]).reshape(shape)


def hub(features):
    return {"huggingface": json.dumps({"info": {"features": features}})}


FEATURES = {"image": {"_type": "Image"}, "label": {"names": NAMES, "_type": "ClassLabel"}}


def save_images(name, files, metadata=hub(FEATURES), values=labels, **options):
    paths = [f"{k}.png" for k in range(len(files))]
    cells = [{"bytes": data, "path": path} for data, path in zip(files, paths)]
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    table = pa.table({"image": pa.array(cells, kind), "label": pa.array(values[: len(files)], pa.int64())})
    pq.write_table(table.replace_schema_metadata(metadata), f"hub-{name}.parquet", **options)


def flat(images):
    return [[int(x) for x in image.ravel()] for image in images]


# Images of every kind of PNG that Pillow writes, small.
grey = [random_pixels(4, 5) for _ in range(N)]
save_images("grey", [encode("L", image) for image in grey], compression="snappy")
save_images("grey-groups", [encode("L", image) for image in grey], row_group_size=5, data_page_version="2.0", compression="zstd")
save_images("grey-lz4", [encode("L", image) for image in grey], compression="lz4", use_dictionary=False)
save_images("text-chunks", [encode("L", image, dpi=(72, 72), icc_profile=b"profile") for image in grey])
expected["grey"] = flat(grey)
colours = [random_pixels(3, 3, 3) for _ in range(N)]
save_images("rgb", [encode("RGB", image) for image in colours])
expected["rgb"] = flat(colours)
alpha = [random_pixels(3, 2, 4) for _ in range(N)]
save_images("rgba", [encode("RGBA", image) for image in alpha])
expected["rgba"] = flat(alpha)
deep = [random_pixels(3, 2, 1, 65535) for _ in range(N)]
save_images("16-bit", [encode("I;16", image) for image in deep])
expected["16-bit"] = flat(deep)
bits = [random_pixels(3, 11, 1, 1) * 255 for _ in range(N)]
save_images("1-bit", [encode("1", image) for image in bits])
expected["1-bit"] = [[x // 255 for x in row] for row in flat(bits)]
palette = [encode("P", random_pixels(3, 5, 3)) for _ in range(N)]
save_images("palette", palette)
expected["palette"] = flat([np.array(Image.open(io.BytesIO(data)).convert("RGB")) for data in palette])

files = [encode("L", image) for image in grey]
save_images("no-names", files, {"huggingface": json.dumps({"info": {"features": {"image": {"_type": "Image"}}}})})
save_images("no-metadata", files, None)
save_images("names-twice", files, hub({"label": {"names": ["cat", "cat", "emu"], "_type": "ClassLabel"}}))
save_images("names-no-json", files, {"huggingface": "{"})
save_images("more-names", files, hub({"label": {"names": ["ant", *NAMES, "fox"], "_type": "ClassLabel"}}))

# What is refused.
save_images("two-sizes", files[:3] + [encode("L", random_pixels(5, 5))])
save_images("grey-and-rgb", files[:3] + [encode("RGB", random_pixels(4, 5, 3))])
save_images("jpeg", [encode("L", image, "JPEG") for image in grey])
save_images("no-image", [b"not an image"] * 3)
save_images("paths", [None] * 3)
save_images("cut-image", files[:2] + [files[2][:40]])
save_images("damaged-image", files[:2] + [files[2].replace(b"IDAT", b"IDAT\x00")])
save_images("label-minus-one", files, values=[0, 1, -1] * 4)
save_images("large-image", [encode("L", np.zeros((300, 300)))] * 2)

# The same by the hub's own library.
import datasets  # noqa: E402

features = datasets.Features({"image": datasets.Image(), "label": datasets.ClassLabel(names=NAMES)})
images = [Image.fromarray(image.astype(np.uint8)) for image in grey]
datasets.Dataset.from_dict({"image": images, "label": labels}, features=features).to_parquet("hub-datasets.parquet")

# Bytes of images without a structure around them.
binary = pa.table({"picture": pa.array(files, pa.binary()), "label": labels})
pq.write_table(binary, "image-bytes.parquet")

# Half floats.
half = np.array([[random.uniform(-2, 2) for _ in range(N)], [k * 2.0**-24 for k in range(N)]], dtype=np.float16)
halves = pa.table({"a": pa.array(half[0]), "b": pa.array(half[1]), "y": pa.array([NAMES[k] for k in labels])})
pq.write_table(halves, "half.parquet")
pq.write_table(halves, "half-plain.parquet", use_dictionary=False, compression="none")
pq.write_table(halves, "half-split.parquet", use_dictionary=["y"], column_encoding={c: "BYTE_STREAM_SPLIT" for c in "ab"})
lists = pa.table({"a": pa.array([half[:, k] for k in range(N)], pa.list_(pa.float16())), "y": halves["y"]})
pq.write_table(lists, "half-list.parquet")
expected["half"] = [[float(half[0][k]), float(half[1][k])] for k in range(N)]

# Labels that pandas and pyarrow keep in a dictionary, and rows with an index.
frame = pd.DataFrame({"a": [float(k) for k in range(N)], "y": pd.Categorical([NAMES[k] for k in labels], categories=["fox", *NAMES])})
frame.to_parquet("categories.parquet")
frame[frame.a % 3 > 0].to_parquet("index.parquet")
frame.astype({"y": "string"}).to_parquet("strings.parquet", index=False)
kinds = {"dictionary": pa.dictionary(pa.int8(), pa.string()), "large-strings": pa.large_string(), "string-views": pa.string_view()}
for name, kind in kinds.items():
    column = pa.array([NAMES[k] for k in labels]).cast(kind)
    pq.write_table(pa.table({"a": [float(k) for k in range(N)], "y": column}), f"{name}.parquet")

# Checksums of pages, LZ4 of other writers.
small = pa.table({"a": [float(k) for k in range(N)], "y": [NAMES[k] for k in labels]})
pq.write_table(small, "checksums.parquet", write_page_checksum=True, data_page_size=16, write_batch_size=3)
duckdb.sql("copy small to 'lz4-duckdb.parquet' (format parquet, compression lz4_raw)")
polars.from_arrow(small).write_parquet("lz4-polars.parquet", compression="lz4")
fastparquet.write("lz4-fastparquet.parquet", small.to_pandas(), compression="LZ4")
expected["small"] = [[float(k)] for k in range(N)]
expected["labels"] = [NAMES[k] for k in labels]

json.dump(expected, open("hub.json", "w"), separators=(",", ":"), sort_keys=True)
open("hub.json", "a").write("\n")
