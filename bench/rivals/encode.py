"""tokenizers, as the bench of encoding asks it, on one thread: a line of JSON in, a line of JSON out.

    {"folder": <path>, "texts": <path of a JSON list>, "times": <how often>}
        -> seconds to open, and to encode all texts in a batch, each time; how many tokens
"""

import json
import os
import sys
import time

os.environ["RAYON_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

from tokenizers import Tokenizer  # noqa: E402

for line in sys.stdin:
    request = json.loads(line)
    with open(request["texts"], encoding="utf-8") as file:
        texts = json.load(file)
    begin = time.perf_counter()
    tokenizer = Tokenizer.from_file(f"{request['folder']}/tokenizer.json")
    tokenizer.encode("Hi, 你好~")
    opened = time.perf_counter() - begin
    tokenizer.no_padding()
    tokenizer.no_truncation()
    seconds = []
    for _ in range(request["times"]):
        begin = time.perf_counter()
        encodings = tokenizer.encode_batch(texts)
        seconds.append(time.perf_counter() - begin)
    tokens = sum(len(encoding.ids) for encoding in encodings)
    print(json.dumps({"open": opened, "encode": seconds, "tokens": tokens}), flush=True)
