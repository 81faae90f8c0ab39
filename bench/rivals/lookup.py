"""Five rows of a safetensors file, as Python reads them: prints the seconds since this script's first line.

    python lookup.py <file> <tensor> <id> <id> …
"""

import time

begin = time.perf_counter()

import sys  # noqa: E402

import ml_dtypes  # noqa: E402,F401  numpy has no bfloat16 of its own
import numpy as np  # noqa: E402
from safetensors import safe_open  # noqa: E402

file, tensor, *ids = sys.argv[1:]
with safe_open(file, framework="numpy") as opened:
    rows = opened.get_slice(tensor)
    found = [np.asarray(rows[int(i) : int(i) + 1]).astype(np.float32) for i in ids]
print(time.perf_counter() - begin)
