"""gensim, as the bench of files asks it: a line of JSON in, a line of JSON out.

    {"do": "make", "rows": 200000, "dimension": 300, "folder": …}   -> writes t.bin, vectors that are normally distributed
    {"do": "load", "file": <path>, "binary": true}                  -> seconds, and the size of the table in bytes
    {"do": "save", "file": <path>, "binary": true}                  -> seconds, for what was loaded last
"""

import json
import sys
import time

import numpy as np
from gensim.models import KeyedVectors

vectors = None


def make(request):
    global vectors
    rows, dimension = request["rows"], request["dimension"]
    table = np.random.default_rng(1).standard_normal((rows, dimension), dtype=np.float32) * np.float32(0.3)
    vectors = KeyedVectors(dimension)
    vectors.add_vectors(["word%d" % i for i in range(rows)], table)
    return {}


def load(request):
    global vectors
    vectors = None
    begin = time.perf_counter()
    vectors = KeyedVectors.load_word2vec_format(request["file"], binary=request["binary"])
    return {"seconds": time.perf_counter() - begin, "bytes": vectors.vectors.nbytes}


def save(request):
    begin = time.perf_counter()
    vectors.save_word2vec_format(request["file"], binary=request["binary"])
    return {"seconds": time.perf_counter() - begin}


for line in sys.stdin:
    request = json.loads(line)
    answer = {"make": make, "load": load, "save": save}[request["do"]](request)
    print(json.dumps(answer), flush=True)
