"""A process that trains once with gensim and prints, as JSON, how long that took: bench/training/train-in-node.js's twin.

    python gensim_train.py '{"corpus": PATH, "feed": "list" | "file", "options": {...}, "vectors": PATH or absent}'

The scan reads the file whatever the feed. "list" trains on sentences held in memory, "file" lets gensim's threads read.
"""

import json
import sys
import time

import numpy
from gensim import __version__
from gensim.models import Word2Vec
from threadpoolctl import threadpool_info, threadpool_limits


def resident_bytes():
    try:
        with open("/proc/self/status") as status:
            return next(1024 * int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    except OSError:
        return 0


def read_list(path):
    with open(path, encoding="utf-8") as lines:
        return [[sys.intern(word) for word in line.split()] for line in lines]


def describe():
    blas = threadpool_info()[0]
    kernel = f"{blas['internal_api']} {blas.get('architecture', '')}, {blas['num_threads']} thread"
    return f"gensim {__version__}, numpy {numpy.__version__}, {kernel}"


threadpool_limits(1)
job = json.loads(sys.argv[1])
own_bytes = resident_bytes()

model = Word2Vec(**job["options"])
begin = time.perf_counter()
model.scan_vocab(corpus_file=job["corpus"])
scan_seconds = time.perf_counter() - begin

corpus = {"corpus_file": job["corpus"]} if job["feed"] == "file" else {"corpus_iterable": read_list(job["corpus"])}
model = Word2Vec(**job["options"])
model.build_vocab(**corpus)
begin = time.perf_counter()
model.train(
    **corpus, total_examples=model.corpus_count, total_words=model.corpus_total_words, epochs=model.epochs
)
train_seconds = time.perf_counter() - begin

result = {"scanSeconds": scan_seconds, "trainSeconds": train_seconds, "ownBytes": own_bytes, "about": describe()}
print(json.dumps(result))
if job.get("vectors"):
    model.wv.save_word2vec_format(job["vectors"], binary=False)
