"""Makes alignment.json: two tables, and the first one turned onto the second by scipy's orthogonal Procrustes.

    python3.11 -m venv 4.4 && 4.4/bin/pip install numpy==2.4.6 scipy==1.17.1
    4.4/bin/python make-alignment.py <output folder>
"""

import json
import sys
from pathlib import Path

import numpy as np
import scipy
from scipy.linalg import orthogonal_procrustes

D = 6


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def make_case(seed, common, own, noise):
    draw = np.random.default_rng(seed)
    first = draw.normal(size=(common + own, D)).astype(np.float32)
    turn = np.linalg.qr(draw.normal(size=(D, D)))[0]
    second = (first @ turn * draw.uniform(0.5, 2, size=(common + own, 1)) + noise * draw.normal(size=first.shape)).astype(
        np.float32
    )
    shared = [f"w{i}" for i in range(common)]
    first_keys = shared + [f"a{i}" for i in range(own)]
    second_keys = [f"b{i}" for i in range(own)] + shared[::-1]
    rotation, _ = orthogonal_procrustes(unit(first[:common].astype(float)), unit(second[:common].astype(float)))
    some = [0, 2, 3, 5, 7, 11, 12, 13]
    partial, _ = orthogonal_procrustes(unit(first[some].astype(float)), unit(second[some].astype(float)))
    return {
        "first": {key: row.tolist() for key, row in zip(first_keys, first)},
        # the second table has its common keys in another order, behind its own
        "second": {key: row.tolist() for key, row in zip(second_keys, np.vstack([second[common:], second[:common][::-1]]))},
        "rotation": rotation.tolist(),
        "aligned": (first.astype(float) @ rotation).tolist(),
        "keys": [f"w{i}" for i in some],
        "alignedByKeys": (first.astype(float) @ partial).tolist(),
    }


def main(output):
    golden = {
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__},
        "cases": [make_case(1, 40, 5, 0.0), make_case(2, 33, 4, 0.3), make_case(3, 20, 2, 5.0)],
    }
    (output / "alignment.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
