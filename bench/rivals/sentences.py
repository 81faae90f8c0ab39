"""model2vec and WordLlama, as the bench of static encoders asks them: a line of JSON in, a line of JSON out.

    {"folder": <path>, "sentences": <path of a JSON list>, "into": <path for the vectors>}
    -> seconds of processor time for all of them, and for one; one thread
    {"wordllama": true} -> the paths of its table and tokenizer; null where it is not installed
"""

import json
import os
import sys
import time
from importlib.util import find_spec
from pathlib import Path

os.environ |= {"TOKENIZERS_PARALLELISM": "false", "RAYON_NUM_THREADS": "1"}

import numpy as np
from model2vec import StaticModel

ONE = 1000


def wordllama():
    found = find_spec("wordllama")
    if not found:
        return None
    folder = Path(found.origin).parent
    return {
        "model.safetensors": str(folder / "weights" / "l2_supercat_256.safetensors"),
        "tokenizer.json": str(folder / "tokenizers" / "l2_supercat_tokenizer_config.json"),
    }


def timed(work):
    begin = time.process_time()
    result = work()
    return time.process_time() - begin, result


def answer(request):
    if "wordllama" in request:
        return wordllama()
    model = StaticModel.from_pretrained(request["folder"])
    sentences = json.loads(Path(request["sentences"]).read_text(encoding="utf8"))
    all_of_them, vectors = timed(lambda: model.encode(sentences, use_multiprocessing=False))
    one, _ = timed(lambda: [model.encode(sentence) for sentence in sentences[:ONE]])
    vectors.astype(np.float32).tofile(request["into"])
    return {"all": all_of_them, "one": one / ONE}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
