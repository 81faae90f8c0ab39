"""Principal components as numpy computes them: writes components.json.

    python make-components.py        (numpy 2.4)

The rows (300, 24) are float32 of 2 + sin((i + 1)(d + 2)) / (d + 1), which the suite computes by itself.
"""

import json
import pathlib

import numpy as np

rows, columns, kept = 300, 24, 6
i, d = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
x = (2 + np.sin((i + 1) * (d + 2.0)) / (d + 1)).astype(np.float32).astype(np.float64)
centered = x - x.mean(axis=0)
_, values, axes = np.linalg.svd(centered, full_matrices=False)
axes = axes[:kept]
# of each axis the number furthest from zero is positive
axes *= np.sign(axes[np.arange(kept), np.abs(axes).argmax(axis=1)])[:, None]
coordinates = centered @ axes.T
path = pathlib.Path(__file__).parent / "components.json"
golden = {"values": values[:kept].tolist(), "coordinates": coordinates[::50].tolist()}
path.write_text(json.dumps(golden) + "\n")
