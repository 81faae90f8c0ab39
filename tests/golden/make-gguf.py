"""Blocks of every kind that is read with their numbers, and small GGUF files, as the gguf package decodes and writes them.

    pip install gguf==0.19.0
    python make-gguf.py
"""

import base64
import json
import tempfile
from pathlib import Path

import gguf
import numpy as np
from gguf.quants import dequantize

rng = np.random.default_rng(1)
text = lambda array: base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()

# where the scales of float16 stand in a block: they must be finite
SCALES = {
    "F32": [], "F16": [], "BF16": [], "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0],
    "Q2_K": [80, 82], "Q3_K": [108], "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208], "IQ4_NL": [0], "IQ4_XS": [0],
}
# a usual one, a subnormal one, zero, and a large negative one
USED = np.array([0.0123, 3e-7, 0.0, -3000.0], dtype=np.float16)

blocks = {}
for name, places in SCALES.items():
    kind = gguf.GGMLQuantizationType[name]
    values, size = gguf.GGML_QUANT_SIZES[kind]
    if not places:
        numbers = np.array([0.5, -2.25, 1e-6, 300.0], dtype=np.float32)
        rows = gguf.quantize(numbers.reshape(1, -1), kind).view(np.uint8)
        blocks[name] = {"bytes": text(rows), "numbers": text(dequantize(rows, kind))}
        continue
    data = rng.integers(0, 256, (len(USED), size), dtype=np.uint8)
    for i, scale in enumerate(USED):
        for at in places:
            data[i, at : at + 2] = np.array([scale * (1 if at == places[0] else 0.5)], np.float16).view(np.uint8)
    blocks[name] = {"bytes": text(data), "numbers": text(dequantize(data, kind))}


def write(path, parts=1):
    writer = gguf.GGUFWriter(path, "qwen2", split_max_tensors=2 if parts > 1 else 0)
    writer.add_context_length(32768)
    writer.add_token_list([f"token {i}" for i in range(5)])
    writer.add_token_scores([0.5] * 5)
    writer.add_token_types([1] * 5)
    writer.add_token_merges(["a b", "c d"])
    writer.add_array("nothing", [[1, 2], [3]])
    table = rng.standard_normal((5, 64)).astype(np.float32)
    table[:, :32] *= 100
    kind = gguf.GGMLQuantizationType.Q8_0
    quantized = gguf.quantize(table, kind)
    if parts > 1:
        writer.add_tensor("blk.0.ffn_norm.weight", np.ones(64, np.float32))
        writer.add_tensor("output_norm.weight", np.ones(64, np.float32))
    writer.add_tensor("token_embd.weight", quantized, raw_dtype=kind)
    writer.add_tensor("output.weight", table.astype(np.float16)[:, :3].copy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return dequantize(quantized, kind)


with tempfile.TemporaryDirectory() as folder:
    rows = write(Path(folder) / "model.gguf")
    split_rows = write(Path(folder) / "split.gguf", 2)
    files = {path.name: text(np.frombuffer(path.read_bytes(), np.uint8)) for path in sorted(Path(folder).iterdir())}

golden = {"blocks": blocks, "files": files, "rows": text(rows), "splitRows": text(split_rows)}
Path(__file__).with_name("gguf.json").write_text(json.dumps(golden) + "\n")
print({name: len(value) for name, value in files.items()})
