"""Small finalfusion files and their words' vectors, as finalfusion's own package reads them.

    pip install finalfusion==0.7.1
    python make-finalfusion.py
"""

import base64
import json
import tempfile
from pathlib import Path

import numpy as np
from finalfusion import Embeddings
from finalfusion.norms import Norms
from finalfusion.storage import NdArray, QuantizedArray
from finalfusion.storage.quantized import PQ
from finalfusion.subword import FastTextIndexer, FinalfusionHashIndexer
from finalfusion.vocab import FastTextVocab, FinalfusionBucketVocab, SimpleVocab

WORDS = ["cat", "kühe", "日本語", "a b", "x"]
rng = np.random.default_rng(1)
norms = Norms(rng.random(5, dtype=np.float32) + 1)
rows = lambda count: NdArray(rng.standard_normal((count, 4), dtype=np.float32))
codes = rng.integers(0, 3, (5, 2), dtype=np.uint8)


def quantized(turned, has_norms):
    turn = np.linalg.qr(rng.standard_normal((4, 4)))[0].astype(np.float32) if turned else None
    pq = PQ(rng.standard_normal((2, 3, 2), dtype=np.float32), turn)
    return QuantizedArray(pq, codes, rng.random(5, dtype=np.float32) if has_norms else None)


golden = {}
for name, storage, vocab in [
    ("simple", rows(5), SimpleVocab(WORDS)),
    ("buckets", rows(5 + 8), FinalfusionBucketVocab(WORDS, FinalfusionHashIndexer(3, 3, 6))),
    ("fasttext", rows(5 + 7), FastTextVocab(WORDS, FastTextIndexer(7, 3, 6))),
    ("quantized", quantized(False, False), SimpleVocab(WORDS)),
    ("turned", quantized(True, True), SimpleVocab(WORDS)),
]:
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "file.fifu")
        embeddings = Embeddings(storage, vocab, norms if name == "simple" else None)
        embeddings.write(path)
        golden[name] = {
            "file": base64.b64encode(Path(path).read_bytes()).decode(),
            "vectors": [[float(x) for x in embeddings.storage[i]] for i in range(5)],
        }

Path(__file__).with_name("finalfusion.json").write_text(
    json.dumps({"words": WORDS, "files": golden}, ensure_ascii=False) + "\n"
)
print({name: len(value["file"]) for name, value in golden.items()})
