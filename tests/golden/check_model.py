"""Shows that a model's file is read by Python's safetensors, with what the model answers here as the expected numbers.

    python3 -m venv venv && venv/bin/pip install safetensors numpy
    venv/bin/python check_model.py model-v1.safetensors
"""

import json
import sys

import numpy as np
from safetensors import safe_open

with safe_open(sys.argv[1], framework="numpy") as file:
    metadata = file.metadata()
    tensors = {name: file.get_tensor(name) for name in file.keys()}

for name, tensor in tensors.items():
    print(f"{name:20} {tensor.dtype!s:8} {tensor.shape}")
print(metadata)

offsets = tensors["vocabulary.offsets"]
text = tensors["vocabulary.text"].tobytes()
words = [text[begin:end].decode() for begin, end in zip(offsets, offsets[1:])]
assert words == ["the", "cat", "", "New York", "你好", "dog", "sees"], words
assert tensors["counts"].tolist() == [3, 2, 1, 1, 1, 1, 1]

options = json.loads(metadata["options"])
assert metadata["format"] == "wasm2vec.word2vec" and metadata["formatVersion"] == "1"
assert tensors["input"].shape == tensors["output"].shape == (len(words), options["vectorSize"])
assert tensors["nodes"].shape == (len(words) - 1, options["vectorSize"])
assert tensors["random_state"].shape == (625,)

the, cat = tensors["input"][:2].astype(np.float64)
similarity = the @ cat / np.linalg.norm(the) / np.linalg.norm(cat)
assert abs(similarity - 0.9727399349) < 1e-6, similarity
print("similarity of the, cat:", similarity)
