"""Half-space trees of river over the series of an .npz file: scores into another. Run by benchmarks.evaluate.rivals.

Reference: S. Tan, K. Ting, T. Liu, Fast anomaly detection for streaming data, IJCAI 2011.
"""

import math
import sys

import numpy as np
from river.anomaly import HalfSpaceTrees

source, target = sys.argv[1:]
counts = np.load(source)["counts"]
scores = np.full(counts.shape, np.nan)
for number in range(counts.shape[1]):
    trees = HalfSpaceTrees(n_trees=10, height=6, window_size=250, seed=1, limits={"count": (0, 1), "hour": (0, 1)})
    largest = max(2 * float(counts[: counts.shape[0] // 2, number].max()), 1.0)
    for minute, count in enumerate(counts[:, number].tolist()):
        of = {"count": min(math.sqrt(count / largest), 1.0), "hour": minute % 1440 / 1440}
        scores[minute, number] = trees.score_one(of)
        trees.learn_one(of)
np.savez(target, scores=scores)
