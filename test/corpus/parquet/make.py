# Writes the Parquet files of this folder and their twins in CSV, with pyarrow 25.0.1 and, where named so, DuckDB 1.5.6,
# Polars 1.44.2 and fastparquet 2026.9.0:
#   python make.py
import random
from decimal import Decimal

import duckdb
import polars
import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as pq

random.seed(1)
N = 50


def column(make, kind):
    return pa.array([make(k) for k in range(N)], kind)


# Every flat type that is read.
flat = {
    "i8": column(lambda k: random.randint(-128, 127), pa.int8()),
    "u8": column(lambda k: random.randint(0, 255), pa.uint8()),
    "i16": column(lambda k: random.randint(-(2**15), 2**15 - 1), pa.int16()),
    "u16": column(lambda k: random.randint(0, 2**16 - 1), pa.uint16()),
    "i32": column(lambda k: random.randint(-(2**31), 2**31 - 1), pa.int32()),
    "u32": column(lambda k: random.randint(2**31, 2**32 - 1), pa.uint32()),
    "i64": column(lambda k: random.randint(-(2**53) + 1, 2**53 - 1), pa.int64()),
    "u64": column(lambda k: random.randint(0, 2**53 - 1), pa.uint64()),
    "f32": column(lambda k: random.uniform(-1, 1), pa.float32()),
    "f64": column(lambda k: random.gauss(0, 1e6), pa.float64()),
    "flag": column(lambda k: random.random() < 0.5, pa.bool_()),
    "price": column(lambda k: Decimal(random.randint(-99999, 99999)) / 100, pa.decimal128(9, 2)),
    "y": column(lambda k: random.choice(["rose", "lily", "tulip \u00e9", "10", "9"]), pa.string()),
    "n": column(lambda k: random.randint(0, 11), pa.int64()),
}
table = pa.table(flat)
text = {name: values for name, values in flat.items() if name != "flag"}
text["flag"] = pa.array([int(x) for x in flat["flag"].to_pylist()])
csv.write_csv(pa.table({name: text[name] for name in flat}), "flat.csv")

pq.write_table(table, "snappy.parquet", compression="snappy", row_group_size=20)
pq.write_table(table, "gzip.parquet", compression="gzip", use_dictionary=False)
pq.write_table(table, "brotli.parquet", compression="brotli", data_page_version="2.0")
pq.write_table(table, "zstd.parquet", compression="zstd", data_page_size=64, write_batch_size=7, row_group_size=30)
split = {name: "BYTE_STREAM_SPLIT" for name in ["f32", "f64", "i16"]}
delta = {name: "DELTA_BINARY_PACKED" for name in ["i8", "u8", "u16", "i32", "u32", "i64", "u64", "n"]}
pq.write_table(
    table,
    "encodings.parquet",
    compression="none",
    use_dictionary=False,
    column_encoding={**split, **delta, "y": "DELTA_LENGTH_BYTE_ARRAY", "flag": "RLE"},
    data_page_version="2.0",
    store_decimal_as_integer=True,
)
required = pa.schema([pa.field(name, values.type, nullable=False) for name, values in flat.items()])
pq.write_table(pa.table(flat, schema=required), "required.parquet", compression="snappy")

# Other writers.
few = table.select(["i16", "u16", "i32", "i64", "f32", "f64", "flag", "y", "n"])
for version in ["v1", "v2"]:
    duckdb.sql(f"copy few to 'duckdb-{version}.parquet' (format parquet, compression zstd, parquet_version {version})")
polars.from_arrow(few).write_parquet("polars.parquet", row_group_size=20)
few.to_pandas().to_parquet("fastparquet.parquet", engine="fastparquet")

# A list of numbers in each row, as of images.
pixels = [[random.randint(0, 255) for _ in range(9)] for _ in range(N)]
y = [k % 3 for k in range(N)]
lists = pa.table({"y": pa.array(y, pa.int64()), "pixels": pa.array(pixels, pa.list_(pa.uint8())), "z": pa.array(range(N))})
for name, kind in [("list", pa.list_(pa.uint8())), ("fixed-list", pa.list_(pa.float32(), 9))]:
    made = lists.set_column(1, "pixels", pa.array(pixels, kind))
    pq.write_table(made, f"{name}.parquet", compression="zstd", data_page_size=64, write_batch_size=5, row_group_size=35)
duckdb.sql("copy lists to 'duckdb-list.parquet' (format parquet)")
polars.from_arrow(lists).write_parquet("polars-list.parquet")
twin = {"y": y, **{f"pixels[{j}]": [row[j] for row in pixels] for j in range(9)}, "z": list(range(N))}
csv.write_csv(pa.table(twin), "list.csv")

# What is refused.
few = {"a": [1.5, 2.5, 3.5], "y": ["p", "q", "p"]}
pq.write_table(pa.table({**few, "b": pa.array([1, None, 3], pa.int64())}), "null.parquet")
pq.write_table(pa.table({**few, "a": [1.0, 2.0, float("nan")]}), "nan.parquet")
pq.write_table(pa.table({**few, "a": [1.0, -1e39, 2.0]}), "huge-number.parquet")
pq.write_table(pa.table({**few, "b": [1, 2, 2**53]}), "beyond.parquet")
pq.write_table(pa.table({**few, "b": pa.array([1, 2, 2**64 - 1], pa.uint64())}), "beyond-unsigned.parquet")
pq.write_table(pa.table({**few, "b": [[1, 2], [3, 4], [5]]}), "ragged-list.parquet")
pq.write_table(pa.table({**few, "b": [[1, 2], [3, None], [5, 6]]}), "null-in-list.parquet")
pq.write_table(pa.table({**few, "b": [[1, 2], [], [5, 6]]}), "empty-list.parquet")
pq.write_table(pa.table({**few, "b": [[[1], [2]]] * 3}), "list-of-lists.parquet")
pq.write_table(pa.table({**few, "b": [{"bytes": b"x", "path": "p"}] * 3}), "struct.parquet")
pq.write_table(pa.table({**few, "b": pa.array([1, 2, 3], pa.timestamp("us"))}), "timestamp.parquet")
pq.write_table(pa.table({**few, "y": ["p", "", "q"]}), "empty-label.parquet")
pq.write_table(pa.table({**few, "y": ["p", None, "q"]}), "null-label.parquet")
pq.write_table(pa.table(few), "lz4.parquet", compression="lz4")
pq.write_table(pa.table(few).slice(0, 0), "no-rows.parquet")
