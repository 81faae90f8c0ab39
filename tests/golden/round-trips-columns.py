"""Vectors through pyarrow, pandas, polars and DuckDB and back, in both directions, to the last bit; and rows alone through
NumPy and safetensors.

    node build.mjs
    pip install pyarrow==26.0.1 pandas==3.1.1 polars==2.1.0 duckdb==2.0.1 numpy==2.4.6 safetensors==0.8.0
    python tests/golden/round-trips-columns.py [rows]

It prints a line for each program, format and direction, and ends with 1 where one differs. 25,000 rows by default, so that
there are several batches and groups.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
from safetensors.numpy import load_file, save_file

HERE = Path(__file__).parent
ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 25_000
WIDTH = 17

rng = np.random.default_rng(17)
keys = ["the", "日本", "naïve", "👩‍🚀", "a b", "", "-", '"', "<s>", "x" * 300] + [f"word{i}" for i in range(ROWS - 10)]
vectors = (rng.standard_normal((ROWS, WIDTH)) * 10.0 ** rng.integers(-12, 12, (ROWS, WIDTH))).astype(np.float32)
vectors[0, :7] = [0, -0.0, 1, 0.1, 1e-45, 3.4028235e38, 1.17549435e-38]
vectors[1] = rng.integers(0, 2**32, WIDTH, dtype=np.uint32).view(np.float32)
vectors[~np.isfinite(vectors)] = 2.5
counts = rng.integers(0, 2**40, ROWS)
failures = 0


def report(what, problem):
    global failures
    failures += problem is not None
    print("%-50s %s" % (what, "same" if problem is None else "DIFFERS: %s" % problem))


def difference(found_keys, found_vectors, found_counts=None):
    if list(found_keys) != keys:
        return "keys"
    array = np.array(found_vectors if isinstance(found_vectors, np.ndarray) else list(found_vectors))
    if array.dtype != np.float32 or array.tobytes() != vectors.tobytes():
        return "vectors, %s" % array.dtype
    if found_counts is not None and list(found_counts) != counts.tolist():
        return "counts"
    return None


theirs = []


def written(file, write, has_counts=True, keys=None):
    write(str(folder / file))
    theirs.append({"file": file, "hasCounts": has_counts, "keys": keys})


flat = pa.array(vectors.reshape(-1))
fixed = pa.FixedSizeListArray.from_arrays(flat, WIDTH)
lists = pa.ListArray.from_arrays(pa.array(np.arange(ROWS + 1) * WIDTH, pa.int32()), flat)
table = pa.table({"key": keys, "count": counts, "vector": fixed})
listed = pa.table({"key": keys, "vector": lists, "count": counts})
frame = pd.DataFrame({"key": keys, "vector": list(vectors), "count": counts})
polars = pl.from_arrow(table)

with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    for codec in ["lz4", "zstd", "uncompressed"]:
        written(f"pyarrow-{codec}.arrow", lambda at: feather.write_feather(table, at, compression=codec))
        written(f"polars-{codec}.arrow", lambda at: polars.write_ipc(at, compression=codec))
    written("pyarrow-lists.arrow", lambda at: feather.write_feather(listed, at))
    written("pandas.arrow", lambda at: frame.to_feather(at))
    for codec in ["snappy", "zstd", "gzip", "lz4", "none"]:
        written(f"pyarrow-{codec}.parquet", lambda at: pq.write_table(table, at, compression=codec))
    written("pyarrow-second.parquet", lambda at: pq.write_table(listed, at, data_page_version="2.0", row_group_size=7000))
    split = {"use_byte_stream_split": ["vector.list.element"], "use_dictionary": False}
    written("pyarrow-split.parquet", lambda at: pq.write_table(table, at, compression="zstd", **split))
    written("pandas.parquet", lambda at: frame.to_parquet(at))
    for codec in ["zstd", "snappy", "lz4", "uncompressed"]:
        written(f"polars-{codec}.parquet", lambda at: polars.write_parquet(at, compression=codec))
    for version in ["v1", "v2"]:
        options = f"(format parquet, parquet_version {version})"
        written(f"duckdb-{version}.parquet", lambda at: duckdb.sql(f"copy (select * from polars) to '{at}' {options}"))
    (folder / "keys.txt").write_text("".join(f"{key}\n" for key in keys))
    written("numpy.npy", lambda at: np.save(at, vectors), False, "keys.txt")
    written("model2vec.safetensors", lambda at: save_file({"embeddings": vectors}, at), False, "keys.txt")
    written("numpy.tsv", lambda at: np.savetxt(at, vectors, delimiter="\t", fmt="%.9g"), False, "keys.txt")

    (folder / "keys.json").write_text(json.dumps(keys))
    (folder / "counts.json").write_text(json.dumps(counts.tolist()))
    (folder / "vectors.f32").write_bytes(vectors.tobytes())
    (folder / "theirs.json").write_text(json.dumps(theirs))
    command = ["node", str(HERE / "round-trips-columns.mjs"), str(folder)]
    answer = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    for file, problem in json.loads(answer.stdout).items():
        report(f"{file}, read here", problem)

    arrow, parquet = str(folder / "ours.arrow"), str(folder / "ours.parquet")
    stacked = lambda column: column.combine_chunks().flatten().to_numpy().reshape(-1, WIDTH)
    for what, found in [("ours.arrow", pa.ipc.open_file(arrow).read_all()), ("ours.parquet", pq.read_table(parquet))]:
        found.validate(full=True)
        assert str(found.schema.field("vector").type).startswith("fixed_size_list"), found.schema
        report(f"{what}, read by pyarrow", difference(found["key"].to_pylist(), stacked(found["vector"]), found["count"].to_pylist()))
    for what, found in [("ours.arrow", pd.read_feather(arrow)), ("ours.parquet", pd.read_parquet(parquet))]:
        report(f"{what}, read by pandas", difference(found["key"], np.stack(found["vector"]), found["count"]))
    for what, found in [("ours.arrow", pl.read_ipc(arrow)), ("ours.parquet", pl.read_parquet(parquet))]:
        assert found.schema["vector"] == pl.Array(pl.Float32, WIDTH), found.schema
        report(f"{what}, read by polars", difference(found["key"], found["vector"].to_numpy(), found["count"]))
    found = duckdb.sql(f"select * from '{parquet}'")
    assert str(found.types[2]) == "FLOAT[]", found.types
    found = found.fetchnumpy()
    report("ours.parquet, read by DuckDB", difference(found["key"], np.stack(found["vector"]), found["count"]))
    groups = pq.ParquetFile(parquet).metadata
    assert all(groups.row_group(i).num_rows <= 10_000 for i in range(groups.num_row_groups))

    lines = (folder / "ours-keys.txt").read_text().split("\n")[:-1]
    report("ours.npy, read by NumPy", difference(lines, np.load(folder / "ours.npy")))
    report("ours.safetensors, read by safetensors", difference(lines, load_file(folder / "ours.safetensors")["embeddings"]))
    metadata = [line.split("\t") for line in (folder / "ours-metadata.tsv").read_text().split("\n")[1:-1]]
    rows = np.loadtxt(folder / "ours.tsv", delimiter="\t", dtype=np.float64).astype(np.float32)
    found = difference([key for key, _ in metadata], rows, [int(count) for _, count in metadata])
    report("ours.tsv, read by NumPy", found)

sys.exit(1 if failures else 0)
