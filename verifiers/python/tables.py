"""The vector of tables that is fixed for ever (protocol section 1)."""

from functools import lru_cache
from math import exp

from algebra import product
from poseidon import R

BITS = 16
FA, FD = 9, 11


@lru_cache(maxsize=None)
def tables():
    """EXP, then SIG. No entry is so near a half that an exponential of double precision could round it wrongly."""
    exponentials = [round(2**16 * exp(-t / 2**FA)) for t in range(1 << BITS)]
    sigmoids = [round(2**FD / (1 + exp(-(k - 2**15) / 2**FA))) for k in range(1 << BITS)]
    return exponentials + sigmoids


def evaluated(y):
    """The extension of the vector, zero beyond both tables, at a point of 26 coordinates."""
    column = tables()
    low, high = y[: BITS + 1], y[BITS + 1 :]
    for z in reversed(low):
        half = len(column) // 2
        column = [(a + z * (b - a)) % R for a, b in zip(column[:half], column[half:])]
    return column[0] * product(1 - z for z in high) % R
