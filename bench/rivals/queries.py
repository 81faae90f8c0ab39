"""gensim, as the bench of the queries asks it: a line of JSON in, a line of JSON out.

    {"do": "load", "vectors": <file of float32>, "keys": [...]}     -> whose kernels numpy's BLAS runs, its threads
    {"do": "query", "keys": [...]}                                  -> for each, its neighbours and its milliseconds
    {"do": "analogies", "file": <path>}                             -> sections and milliseconds
"""

import json
import sys
import time

import numpy as np
from gensim.models import KeyedVectors
from threadpoolctl import threadpool_info

vectors = None


def load(request):
    global vectors
    table = np.fromfile(request["vectors"], dtype=np.float32).reshape(len(request["keys"]), -1)
    vectors = KeyedVectors(table.shape[1])
    vectors.add_vectors(request["keys"], table)
    vectors.fill_norms()
    blas = [pool for pool in threadpool_info() if "numpy.libs" in pool["filepath"]]
    return {"kernels": blas[0]["architecture"], "threads": blas[0]["num_threads"]}


def query(request):
    answers, times = [], []
    for key in request["keys"]:
        begin = time.perf_counter()
        answer = vectors.most_similar(key)
        times.append((time.perf_counter() - begin) * 1000)
        answers.append([[word, float(score)] for word, score in answer])
    return {"answers": answers, "milliseconds": times}


def analogies(request):
    begin = time.perf_counter()
    _, sections = vectors.evaluate_word_analogies(request["file"])
    milliseconds = (time.perf_counter() - begin) * 1000
    counts = [[s["section"], len(s["correct"]), len(s["incorrect"])] for s in sections]
    return {"sections": counts, "milliseconds": milliseconds}


for line in sys.stdin:
    request = json.loads(line)
    answer = {"load": load, "query": query, "analogies": analogies}[request["do"]](request)
    print(json.dumps(answer), flush=True)
