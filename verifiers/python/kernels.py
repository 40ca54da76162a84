"""What a layer of a convolutional network reads: the kernel automaton (protocol section 12)."""

from algebra import eq
from poseidon import R

PLACE_BITS = 6
MOST_PADDING, MOST_OVERHANG = 3, 4
# Kernel offsets e = d - p with which a step begins; with t they shrink to carries of the sum that are still possible.
_OFFSETS = range(-MOST_PADDING, MOST_OVERHANG + 1)
_CARRIES = (range(-2, 3), *[range(-1, 2)] * PLACE_BITS)


class Kernel:
    """How a layer moves over what it reads. `flat`: it reads every pixel, and d is the pixel."""

    def __init__(self, side=1, stride=1, padding=0, flat=True):
        self.side, self.stride, self.padding, self.flat = side, stride, padding, flat

    def reads(self, d, u, y):
        """a(d, u; y): the extension of [stride y + d - padding = u][d < side]. Points of any number of bits up to 6."""
        if self.flat:
            return eq(d, u)
        u, y = [*u, *[0] * (PLACE_BITS + 1 - len(u))], [*y, *[0] * (PLACE_BITS + 1 - len(y))]
        left = {e: self._tap(d, e + self.padding) for e in _OFFSETS}
        below = 0
        for bit, place, carries in zip(u, y, _CARRIES, strict=True):
            moved = place if self.stride == 1 else below
            below = place
            both = moved * bit
            left = {
                m: (
                    left.get(2 * m, 0)
                    + (bit - both) * (left.get(2 * m + 1, 0) - left.get(2 * m, 0))
                    + (moved - both) * (left.get(2 * m - 1, 0) - left.get(2 * m, 0))
                )
                % R
                for m in carries
            }
        return left[0]

    def _tap(self, d, at):
        """eq(d, at) where the kernel has a tap there."""
        if not 0 <= at < self.side:
            return 0
        return eq(d, [at >> t & 1 for t in range(len(d))])


class Window:
    """The coordinates of x or y of the input in a claim on what a layer reads: the kernel's tap d and the place y are fixed,
    the address runs. A pooled layer reads a sum, in which the lowest coordinate of the address counts nothing.
    """

    def __init__(self, kernel, pooled, size, d, y):
        self.kernel, self.pooled, self.size, self.d, self.y = kernel, pooled, size, d, y

    def weight(self, address):
        return self.kernel.reads(self.d, address[self.pooled :], self.y)
