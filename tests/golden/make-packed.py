"""A text as pyarrow's codecs pack it.

    pip install pyarrow==26.0.1
    python make-packed.py
"""

import base64
import json
from pathlib import Path

import pyarrow as pa

# longer than a block of LZ4's frames, so that matches reach into blocks before
text = " ".join(str(i * 7919 % 1009) for i in range(20_000))
names = {"GZIP": "gzip", "LZ4_FRAME": "lz4", "LZ4_RAW": "lz4_raw", "SNAPPY": "snappy", "ZSTD": "zstd"}
packed = {name: base64.b64encode(pa.compress(text.encode(), codec, asbytes=True)).decode() for name, codec in names.items()}
Path(__file__).with_name("packed.json").write_text(json.dumps(packed) + "\n")
print(len(text.encode()), {name: len(value) for name, value in packed.items()})
