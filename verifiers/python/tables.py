"""The vector of tables that is fixed for ever (protocol section 1)."""

from decimal import Decimal, localcontext
from functools import lru_cache
from math import ceil, exp, log1p

from algebra import product
from poseidon import R

BITS = 16
FA, FD = 9, 11


@lru_cache(maxsize=None)
def tables():
    """EXP, SIG, LOSS and nothing. No entry of the first two is so near a half that double precision could round it wrongly."""
    exponentials = [round(2**16 * exp(-t / 2**FA)) for t in range(1 << BITS)]
    sigmoids = [round(2**FD / (1 + exp(-(k - 2**15) / 2**FA))) for k in range(1 << BITS)]
    return exponentials + sigmoids + [_loss(k - 2**15) for k in range(1 << BITS)] + [0] * (1 << BITS)


def _loss(x):
    """ceil(2^16 ln(1 + exp(x / 2^9))). What is above max(0, x) is small and positive, however little of it a double can hold."""
    whole, small = 2 ** (16 - FA) * max(0, x), 2**16 * log1p(exp(-abs(x) / 2**FA))
    if abs(small - round(small)) < 1e-6:
        with localcontext() as precise:
            precise.prec = 60
            small = 2**16 * (1 + (Decimal(-abs(x)) / 2**FA).exp()).ln()
    return whole + ceil(small)


def evaluated(y):
    """The extension of the vector, zero beyond its tables, at a point of 26 coordinates."""
    column = tables()
    low, high = y[: BITS + 2], y[BITS + 2 :]
    for z in reversed(low):
        half = len(column) // 2
        column = [(a + z * (b - a)) % R for a, b in zip(column[:half], column[half:])]
    return column[0] * product(1 - z for z in high) % R
