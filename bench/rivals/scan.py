"""gensim, as the bench of the scan asks it: a line of JSON in, a line of JSON out.

    {"corpus": <path>, "from": "file" | "list"}     -> seconds of the scan, and of the choice of words; what was found
"""

import json
import sys
import time

from gensim.models import Word2Vec
from gensim.models.word2vec import LineSentence


def sentences(path):
    """New strings for each scan: those that were hashed before are found sooner."""
    with open(path, encoding="utf-8") as lines:
        return [line.split() for line in lines]


for line in sys.stdin:
    request = json.loads(line)
    path = request["corpus"]
    corpus = sentences(path) if request["from"] == "list" else LineSentence(path)
    model = Word2Vec()
    begin = time.perf_counter()
    words, count = model.scan_vocab(corpus_iterable=corpus)
    scanned = time.perf_counter()
    different = len(model.raw_vocab)
    model.prepare_vocab(update=False)
    seconds = {"scan": scanned - begin, "choice": time.perf_counter() - scanned}
    print(json.dumps({**seconds, "words": words, "sentences": count, "different": different}), flush=True)
