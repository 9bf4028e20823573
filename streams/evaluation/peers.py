"""What many like series share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.judgement import LIMIT, Judgement, Reason

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def share_the_limit(judged: Judgement, peers: Array) -> None:
    """Of many thin parts some surge by chance: what is improbable for one of them is not for one of a hundred.

    A fall needs no such care: its expectation is the least of several.
    """
    surges = judged.reason == Reason.SURGE
    judged.score[surges] *= np.log(LIMIT) / np.log(LIMIT / np.maximum(peers[surges], 1.0))
    judged.reason[surges & (judged.score < 1)] = Reason.NORMAL
