"""Tables of every kind that is read, written by safetensors, PyTorch and the gguf package, and read by us: the same numbers to the
last bit.

    node build.mjs
    pip install safetensors ml_dtypes torch gguf
    python tests/golden/tables.py

It prints a line for each file, and ends with 1 where one differs. Tested: safetensors 0.8.0, ml_dtypes 0.6.0, torch 1.13.0, gguf
0.19.0, numpy 2.4.6.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import gguf
import ml_dtypes
import numpy as np
import torch
from gguf.quants import dequantize
from safetensors.numpy import save_file

ROOT = Path(__file__).parent.parent.parent
NAME = "model.embed_tokens.weight"
ROWS, COLUMNS = 77, 512

READ = """
import { writeFileSync } from "node:fs";
import { EmbeddingMatrix } from "%s/build/entries/node.js";
for (const [file, tensor] of JSON.parse(process.argv[1])) {
  const matrix = await EmbeddingMatrix.fromPretrained(file, { tensor });
  const ids = Array.from({ length: matrix.shape[0] }, (_, id) => id);
  writeFileSync(file + ".f32", (await matrix.lookup(ids)).data);
}
""" % ROOT.as_posix()

rng = np.random.default_rng(1)
numbers = (rng.standard_normal((ROWS, COLUMNS)) * 10.0 ** rng.integers(-9, 5, (ROWS, COLUMNS))).astype(np.float32)
patterns = np.arange(ROWS * COLUMNS, dtype=np.uint32)


def of_safetensors(folder):
    """All patterns of 8 and 16 bits, and the scales of compressed-tensors, DeepSeek and bitsandbytes."""
    kinds = {
        "float32": numbers,
        "float64": numbers.astype(np.float64) * (1 + 1e-9),
        "float16": patterns.astype(np.uint16).view(np.float16).reshape(ROWS, COLUMNS),
        "bfloat16": (patterns * 3).astype(np.uint16).view(ml_dtypes.bfloat16).reshape(ROWS, COLUMNS),
        "float8_e4m3fn": patterns.astype(np.uint8).view(ml_dtypes.float8_e4m3fn).reshape(ROWS, COLUMNS),
        "float8_e5m2": patterns.astype(np.uint8).view(ml_dtypes.float8_e5m2).reshape(ROWS, COLUMNS),
    }
    ints = patterns.astype(np.uint8).view(np.int8).reshape(ROWS, COLUMNS)
    one_a_row = rng.random((ROWS, 1), dtype=np.float32)
    blocks = rng.random((1, 4), dtype=np.float32)
    scaled = {
        "int8": (ints, "weight_scale", one_a_row, ints * one_a_row),
        "SCB": (ints, "SCB", one_a_row[:, 0], ints * one_a_row * np.float32(7.874015718698502e-3)),
        "blocks": (kinds["float8_e4m3fn"], "weight_scale_inv", blocks, kinds["float8_e4m3fn"].astype(np.float32) * np.repeat(blocks, 128, 1)),
    }
    for name, array in kinds.items():
        path = folder / f"{name}.safetensors"
        save_file({NAME: array}, path)
        yield path, NAME, array.astype(np.float32)
    for name, (array, suffix, scale, expected) in scaled.items():
        path = folder / f"scaled-{name}.safetensors"
        scale_name = NAME.replace("weight", suffix)
        save_file({NAME: array, scale_name: np.ascontiguousarray(scale)}, path)
        yield path, NAME, expected.astype(np.float32)


def of_torch(folder):
    path = folder / "pytorch_model.bin"
    wide = torch.tensor(numbers.tolist())
    tensors = {
        "float32": wide,
        "float16": wide.half(),
        "bfloat16": wide.bfloat16(),
        "float64": wide.double() / 3,
        "columns": wide[:, 10:60],
        "every other row": wide[::2],
    }
    torch.save(tensors, path)
    for name, tensor in tensors.items():
        yield path, name, np.array(tensor.float().tolist(), dtype=np.float32)


def of_gguf(folder):
    kinds = "F32 F16 BF16 Q8_0 Q4_0 Q4_1 Q5_0 Q5_1 Q2_K Q3_K Q4_K Q5_K Q6_K IQ4_NL IQ4_XS"
    for name in kinds.split():
        kind = gguf.GGMLQuantizationType[name]
        values, size = gguf.GGML_QUANT_SIZES[kind]
        # any bytes are blocks; halves of scales may be infinite and NaN
        rows = rng.integers(0, 256, (ROWS, COLUMNS // values * size), dtype=np.uint8)
        path = folder / f"{name}.gguf"
        writer = gguf.GGUFWriter(path, "llama")
        writer.add_token_list(["token"] * ROWS)
        writer.add_tensor("token_embd.weight", rows, raw_dtype=kind)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        if name == "BF16":
            expected = rows.view(ml_dtypes.bfloat16).astype(np.float32)
        else:
            expected = dequantize(rows, kind)
        yield path, "token_embd.weight", expected.reshape(ROWS, COLUMNS)


failed = False
with tempfile.TemporaryDirectory() as given, np.errstate(all="ignore"):
    folder = Path(given)
    for written in (of_safetensors, of_torch, of_gguf):
        for path, tensor, expected in written(folder):
            node = ["node", "--input-type=module", "-e", READ, json.dumps([[str(path), tensor]])]
            subprocess.run(node, check=True)
            got = np.fromfile(f"{path}.f32", np.float32).reshape(expected.shape)
            same = (got.view(np.uint32) == expected.view(np.uint32)) | (np.isnan(got) & np.isnan(expected))
            failed |= not same.all()
            wrong = "" if same.all() else f": {(~same).sum()} differ, first {got[~same][0]} for {expected[~same][0]}"
            print(f"{path.name} {tensor}: {'same' if same.all() else 'DIFFERS'}{wrong}")
sys.exit(failed)
