"""Rows alone, with their keys beside: model2vec's and StaticEmbedding's model.safetensors, and NumPy arrays.

    pip install numpy==2.4.6 safetensors==0.8.0
    python make-rows.py
"""

import base64
import io
import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save

ROWS = np.array([[i, i + 0.5, -i / 4] for i in range(4)], np.float32)


def npy(array):
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


files = {
    "model2vec": save({"embeddings": ROWS}),
    "model2vec-float16": save({"embeddings": ROWS.astype(np.float16)}),
    "model2vec-float64": save({"embeddings": ROWS.astype(np.float64)}),
    "static-embedding": save({"embedding.weight": ROWS}, {"format": "pt"}),
    "npy": npy(ROWS),
    "npy-fortran": npy(np.asfortranarray(ROWS.astype(np.float64))),
    "quantized": save({"embeddings": ROWS, "mapping": np.zeros(4, np.int32)}),
    "vector": npy(ROWS[0]),
}
golden = {"rows": ROWS.tolist(), "files": {name: base64.b64encode(file).decode() for name, file in files.items()}}
Path(__file__).with_name("rows.json").write_text(json.dumps(golden) + "\n")
