"""The two integrals behind Erlang C and Erlang A, by Gauss-Legendre around their peaks, in logarithms.

Both integrands are exponentials of concave functions. Each is integrated from where it has risen to e^-L of its peak to
where it has fallen to that again; the bounds follow in closed form from x - log(1+x) >= x^2/(2+2x) and
y - 1 + e^-y >= y^2/(2+y).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_FALLEN: Final = 20.0  # L: with so many nodes shares are right to a millionth
_NODES, _WEIGHTS = (half[:, None] / 2 for half in np.polynomial.legendre.leggauss(24))


class Waits(NamedTuple):
    """Of the contacts that find no agent free, float64[n] each.

    Attributes:
        log_all: logarithm of how often they are, in times of how often all agents but one are busy.
        in_time: share that is answered in time.
        leave: share that gives up.
        mean_s: mean wait, until they are answered or give up.

    """

    log_all: Array
    in_time: Array
    leave: Array
    mean_s: Array


def log_idle(agents: Array, offered: Array) -> Array:
    """float64[n]: logarithm of 1 / B(agents - 1, offered), the inverse of Erlang's blocking probability.

    How often an agent is free, in times of how often all but one are busy. `agents` of at least 1 need not be whole,
    `offered` is above 0. 1 / B(m, a) is the integral of e^-t (1 + t/a)^m over t.

    >>> np.exp(log_idle(np.array([1.0, 2.0, 3.0]), np.array(2.0))).round(6).tolist()
    [1.0, 1.5, 2.5]
    """
    servers = agents - 1
    offered = np.broadcast_to(np.asarray(offered, dtype=np.float64), servers.shape)
    peak = np.maximum(servers - offered, 0.0)
    reach = _FALLEN + np.sqrt(_FALLEN**2 + 2 * _FALLEN * servers)
    slope = np.where(peak > 0, 0.0, 1 - servers / offered)
    least = np.maximum(servers, 1e-9)
    far = np.where(peak > 0, reach, np.minimum(_FALLEN / np.maximum(slope, 1e-12), offered * reach / least))
    low = peak - np.minimum(peak, np.sqrt(2 * _FALLEN * servers))
    width = peak + far - low
    at = low + (_NODES + 0.5) * width
    top = servers * np.log1p(peak / offered) - peak
    mass = (_WEIGHTS * np.exp(servers * np.log1p(at / offered) - at - top)).sum(axis=0)
    logarithm: Array = np.log(mass * width) + top
    return logarithm


def log_waits(arrivals: Array, served: Array, leaving: Array, within_s: Array) -> Waits:
    """What becomes of those who find no agent free.

    The wait that a contact is offered has the density exp(arrivals (1 - e^-leaving v) / leaving - served v), up to a
    factor.

    Args:
        arrivals: contacts offered a second, above 0.
        served: contacts a second that all agents together handle, above 0.
        leaving: of those who wait, the share a second that gives up, above 0.
        within_s: the time within which an answer is in time.

    """
    busiest = np.maximum(np.log(arrivals / served), 0.0) / leaving  # where the density is largest
    rate = np.minimum(arrivals, served)
    share = _FALLEN * leaving / rate
    right = (share + np.sqrt(share**2 + 8 * share)) / (2 * leaving)
    with np.errstate(divide="ignore"):
        right = np.minimum(right, np.where(busiest > 0, np.inf, _FALLEN / np.maximum(served - arrivals, 1e-300)))
    low = busiest - np.minimum(busiest, np.sqrt(2 * share) / leaving)
    width = busiest + right - low
    top = arrivals * -np.expm1(-leaving * busiest) / leaving - served * busiest
    gone, weight = _density(low, width, arrivals, served, leaving, top)
    all_of_them = weight.sum(axis=0)
    left = (weight * gone).sum(axis=0) / all_of_them
    until = np.clip(within_s - low, 0.0, width)
    gone, weight = _density(low, until, arrivals, served, leaving, top)
    # Of those whose turn comes after v only those are answered who have not left before.
    in_time = (weight * (1 - gone)).sum(axis=0) / all_of_them
    return Waits(np.log(arrivals * all_of_them) + top, in_time, left, left / leaving)


def _density(
    low: Array, width: Array, arrivals: Array, served: Array, leaving: Array, top: Array
) -> tuple[Array, Array]:
    """At the nodes between `low` and `low + width`: the share that has left by then, and the mass there."""
    at = low + (_NODES + 0.5) * width
    gone = -np.expm1(-leaving * at)
    mass: Array = _WEIGHTS * np.exp(arrivals * gone / leaving - served * at - top) * width
    return gone, mass
