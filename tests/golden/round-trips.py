"""Vectors through gensim and back, in both directions, to the last bit. Run it with each gensim that counts:

    node build.mjs
    python tests/golden/round-trips.py

It prints a line for each format and direction, and ends with 1 where one differs. Tested: gensim 4.3.3 with numpy 1.24.2,
gensim 4.4.0 with numpy 2.4.6, smart_open 9.0.2.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import gensim
import numpy as np
from gensim.models import KeyedVectors

HERE = Path(__file__).parent


def table():
    """Keys of several scripts, and numbers of every size: what text and binary files must keep."""
    rng = np.random.default_rng(17)
    keys = ["the", "日本", "naïve", "👩‍🚀", "a_b", "1984", "-", "x\u00b7y", '"', "<s>"] + ["word%d" % i for i in range(990)]
    vectors = (rng.standard_normal((len(keys), 7)) * 10.0 ** rng.integers(-12, 12, (len(keys), 7))).astype(np.float32)
    vectors[0] = [0, -0.0, 1, 0.1, 1e-45, 3.4028235e38, 1.17549435e-38]
    vectors[1] = rng.integers(0, 2**32, 7, dtype=np.uint32).view(np.float32)
    vectors[~np.isfinite(vectors)] = 2.5
    counts = rng.integers(1, 10**9, len(keys))
    return keys, vectors, counts


def sorted_by_count(keys, vectors, counts):
    """gensim writes the most frequent first."""
    order = np.argsort(-counts, kind="stable")
    return [keys[i] for i in order], vectors[order], counts[order]


failures = 0


def report(what, problem):
    global failures
    failures += problem is not None
    print("%-58s %s" % (what, "same" if problem is None else "DIFFERS: %s" % problem))


def difference(kv, keys, vectors, counts=None):
    if list(kv.index_to_key) != list(keys):
        return "keys"
    if kv.vectors.dtype != np.float32 or kv.vectors.tobytes() != vectors.tobytes():
        return "vectors"
    if counts is not None and [kv.get_vecattr(key, "count") for key in keys] != [int(count) for count in counts]:
        return "counts"
    return None


keys, vectors, counts = sorted_by_count(*table())
theirs = KeyedVectors(vectors.shape[1])
theirs.add_vectors(keys, vectors)
for key, count in zip(keys, counts):
    theirs.set_vecattr(key, "count", int(count))

name = "gensim %s, numpy %s" % (gensim.__version__, np.__version__)
print(name)
with tempfile.TemporaryDirectory() as folder:
    folder = Path(folder)
    # theirs: (file, what our load finds it to be)
    written = {
        "theirs.txt": ("word2vec", dict()),
        "theirs.txt.gz": ("word2vec", dict()),
        "theirs-glove.txt": ("glove", dict(write_header=False)),
        "theirs.bin": ("word2vec-binary", dict(binary=True)),
        "theirs.bin.gz": ("word2vec-binary", dict(binary=True)),
    }
    for file, (_, options) in written.items():
        theirs.save_word2vec_format(str(folder / file), fvocab=str(folder / "theirs-counts.txt"), **options)
    (folder / "keys.json").write_text(json.dumps(keys))
    (folder / "counts.json").write_text(json.dumps([int(count) for count in counts]))
    (folder / "vectors.f32").write_bytes(vectors.tobytes())
    (folder / "theirs.json").write_text(json.dumps({file: kind for file, (kind, _) in written.items()}))
    answer = subprocess.run(["node", str(HERE / "round-trips.mjs"), str(folder)], stdout=subprocess.PIPE, check=True)
    for file, problem in json.loads(answer.stdout).items():
        report("%s written by gensim, read here" % file, problem)
    fvocab = str(folder / "ours-counts.txt")
    read = {
        "ours.txt": dict(),
        "ours.txt.gz": dict(),
        "ours.vec": dict(),
        "ours-glove.txt": dict(no_header=True),
        "ours.bin": dict(binary=True),
        "ours.bin.gz": dict(binary=True),
    }
    for file, options in read.items():
        kv = KeyedVectors.load_word2vec_format(str(folder / file), fvocab=fvocab, **options)
        report("%s written here, read by gensim" % file, difference(kv, keys, vectors, counts))
    same = (folder / "ours.bin").read_bytes() == (folder / "theirs.bin").read_bytes()
    report("ours.bin and theirs.bin", None if same else "bytes")

sys.exit(1 if failures else 0)
