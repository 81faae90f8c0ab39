"""Small Arrow and Parquet files as pyarrow, pandas, polars and DuckDB write them: six keys, some with counts, vectors of three.

    pip install pyarrow==26.0.1 pandas==3.1.1 polars==2.1.0 duckdb==2.0.1 numpy==2.4.6
    python make-columns.py
"""

import base64
import json
import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq

KEYS = ["cat", "kühe", "", "日本語 with space", "long " * 30, "😀"]
COUNTS = [2**40, 5, 4, 3, 2, 0]
VECTORS = [[i, i + 0.5, -i / 4] for i in range(6)]
files = {}

fixed = pa.array(VECTORS, pa.list_(pa.float32(), 3))
table = pa.table({"key": KEYS, "vector": fixed, "count": COUNTS})
frame = pd.DataFrame({"rank": range(6), "word": KEYS, "embedding": [np.float32(row) for row in VECTORS]})
polars = pl.DataFrame(
    {"key": KEYS, "count": COUNTS, "vector": VECTORS},
    schema={"key": pl.String, "count": pl.UInt64, "vector": pl.Array(pl.Float32, 3)},
)
doubles = pa.table({"key": pa.array(KEYS, pa.large_string()), "vector": pa.array(VECTORS, pa.large_list(pa.float64()))})
halves = pa.table({"nested": [{"a": 1, "b": "x"}] * 6, "key": KEYS, "vector": pa.array(VECTORS, pa.list_(pa.float16()))})

with tempfile.TemporaryDirectory() as folder:
    at = Path(folder) / "file"

    def keep(name, write, counts=False):
        write(str(at))
        files[name] = {"file": base64.b64encode(at.read_bytes()).decode(), "hasCounts": counts}

    keep("pyarrow.arrow", lambda at: feather.write_feather(table, at, compression="uncompressed"), True)
    keep("pyarrow-lz4.arrow", lambda at: feather.write_feather(table, at, compression="lz4"), True)
    keep("pyarrow-zstd.arrow", lambda at: feather.write_feather(table, at, compression="zstd", chunksize=4), True)
    keep("doubles.arrow", lambda at: feather.write_feather(doubles, at, compression="uncompressed"))
    keep("halves.arrow", lambda at: feather.write_feather(halves, at, compression="uncompressed"))
    keep("pandas.arrow", lambda at: frame.to_feather(at))
    keep("polars.arrow", lambda at: polars.write_ipc(at), True)
    keep("polars-lists.arrow", lambda at: polars.with_columns(pl.col("vector").arr.to_list()).write_ipc(at, compression="zstd"), True)

    bare = {"compression": "none", "write_statistics": False}
    keep("pyarrow.parquet", lambda at: pq.write_table(table, at), True)
    for codec in ["zstd", "gzip", "lz4"]:
        keep(f"pyarrow-{codec}.parquet", lambda at: pq.write_table(table, at, compression=codec, row_group_size=4), True)
    keep("second-pages.parquet", lambda at: pq.write_table(table, at, data_page_version="2.0"), True)
    encodings = {"vector.list.element": "BYTE_STREAM_SPLIT", "key": "DELTA_BYTE_ARRAY", "count": "DELTA_BINARY_PACKED"}
    keep("encoded.parquet", lambda at: pq.write_table(table, at, use_dictionary=False, column_encoding=encodings, **bare), True)
    lengths = {"key": "DELTA_LENGTH_BYTE_ARRAY"}
    keep("lengths.parquet", lambda at: pq.write_table(doubles, at, use_dictionary=False, column_encoding=lengths, data_page_size=1, **bare))
    keep("pandas.parquet", lambda at: frame.to_parquet(at))
    keep("polars.parquet", lambda at: polars.write_parquet(at), True)
    keep("duckdb.parquet", lambda at: duckdb.sql(f"copy (select * from polars) to '{at}' (format parquet)"), True)
    second = "(format parquet, parquet_version v2, compression zstd)"
    keep("duckdb-second.parquet", lambda at: duckdb.sql(f"copy (select * from polars) to '{at}' {second}"), True)

    text = pa.table({"key": KEYS, "other": COUNTS})
    keep("no-vectors.arrow", lambda at: feather.write_feather(text, at, compression="uncompressed"))
    keep("no-vectors.parquet", lambda at: pq.write_table(text, at, **bare))
    ragged = pa.table({"key": ["a", "b"], "vector": pa.array([[1, 2], [3]], pa.list_(pa.float32()))})
    keep("ragged.arrow", lambda at: feather.write_feather(ragged, at, compression="uncompressed"))
    keep("ragged.parquet", lambda at: pq.write_table(ragged, at, **bare))
    missing = pa.table({"key": ["a", None], "vector": pa.array([[1, 2], [3, 4]], pa.list_(pa.float32(), 2))})
    keep("missing.arrow", lambda at: feather.write_feather(missing, at, compression="uncompressed"))
    keep("missing.parquet", lambda at: pq.write_table(missing, at, **bare))
    keep("brotli.parquet", lambda at: pq.write_table(table, at, compression="brotli", write_statistics=False))

golden = {"keys": KEYS, "counts": COUNTS, "vectors": VECTORS, "files": files}
Path(__file__).with_name("columns.json").write_text(json.dumps(golden, ensure_ascii=False) + "\n")
print({name: len(value["file"]) for name, value in files.items()})
