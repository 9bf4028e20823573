"""Numbers of events as integers that add up exactly."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

_NEAR_A_TIE = 0.49
_PRODUCT_IS_CLOSE = 2.0**42


def scaled(value: float, scale: int) -> int:
    """`value` times `scale`, rounded half to even, of the decimal that the shortest text of the number shows.

    Seconds come with scale 1000 (ms), money with 100 (hundredths).

    >>> scaled(1.0005, 1000), scaled(1.0015, 1000), scaled(2.675, 100), scaled(-0.125, 100)
    (1000, 1002, 268, -12)
    """
    product = value * scale
    whole = round(product)
    # Below 2**42 the product is off by less than 0.001, which can only matter close to a tie.
    if -_NEAR_A_TIE < product - whole < _NEAR_A_TIE and -_PRODUCT_IS_CLOSE < product < _PRODUCT_IS_CLOSE:
        return whole
    return int((Decimal(repr(value)) * scale).quantize(Decimal(1), ROUND_HALF_EVEN))
