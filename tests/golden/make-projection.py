"""Makes projection.json: principal components by numpy's singular value decomposition.

    python3.11 -m venv env && env/bin/pip install numpy==2.4.6
    env/bin/python make-projection.py <output folder>

Of each axis, that side is positive on which the row lies that is furthest from the mean.
"""

import json
import sys
from pathlib import Path

import numpy as np


def project(rows):
    centered = rows - rows.mean(axis=0)
    left, values, _ = np.linalg.svd(centered, full_matrices=False)
    coordinates = left[:, :2] * values[:2]
    for k in range(2):
        if coordinates[np.abs(coordinates[:, k]).argmax(), k] < 0:
            coordinates[:, k] *= -1
    return coordinates


def main():
    rng = np.random.default_rng(1)
    cases = []
    # rows, dimensions, and how much less each dimension varies than the one before
    for size, dimension, decay in [(30, 5, 0.7), (8, 50, 0.9), (50, 50, 0.97), (3, 4, 0.5), (200, 20, 0.99)]:
        scale = decay ** np.arange(dimension)
        turn, _ = np.linalg.qr(rng.standard_normal((dimension, dimension)))
        rows = np.round(rng.standard_normal((size, dimension)) * scale @ turn + 3, 3)
        expected = project(rows.astype(np.float32).astype(np.float64))
        cases.append({"rows": rows.tolist(), "coordinates": np.round(expected, 9).tolist()})
    Path(sys.argv[1], "projection.json").write_text(json.dumps(cases) + "\n")


main()
