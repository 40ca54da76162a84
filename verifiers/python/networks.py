"""Descriptors of convolutional networks and their layout words (protocol section 12)."""

from algebra import demand
from kernels import MOST_OVERHANG, MOST_PADDING, PLACE_BITS, Kernel
from shapes import Shape, bits_of, fields_of

_LAYERS = 6
_FIELDS = (12, 6, 6, 1, 2, 1, 1)
_MOST_READ = 12
_MOST_KERNEL = 7
_MARK = 249


class Network(Shape):
    """A convolutional network of up to six layers; `read` is the side that a layer reads, less one, `layout` both layout words."""

    places = PLACE_BITS
    seed_domain, seed_bits = 1, 20

    def __init__(self, shape):
        widths = [12, 6, *_FIELDS * _LAYERS, *[1] * (_LAYERS - 1), 2, _MARK - 199, 1]
        channels, side, *fields = fields_of(shape, widths, "shape")
        *fields, head, none, mark = fields
        demand(mark == 1 and none == 0, "shape: not one of a convolutional network")
        layers = [fields[k : k + 7] for k in range(0, 7 * _LAYERS, 7)]
        self.p = [0, *fields[7 * _LAYERS :], 1]
        self.last, self.side = [channels, *(layer[0] for layer in layers)], [side, *(layer[1] for layer in layers)]
        self.kernel, self.pooled = [Kernel()], [0]
        for _, _, kernel, stride, padding, flat, pooled in layers:
            self.kernel.append(Kernel(kernel + 1, stride + 1, padding, flat == 1))
            self.pooled.append(pooled)
        super().__init__(head)
        demand(self.c[0] + 2 * self.n[0] <= _MOST_READ, "shape: the picture is too large")
        self.inputs = ((channels + 1) << 2 * self.n[0]) - 1
        self.fan = [0, *map(self._fan, self.layers)]
        for l in self.layers:
            self._absent(l)
            if self.p[l]:
                self._present(l)
            else:
                k = self.kernel[l]
                nothing = (k.side, k.stride, k.padding, k.flat, self.pooled[l]) == (1, 1, 0, False, 0)
                demand(nothing, "shape: an absent layer has a kernel")
        demand(self.kernel[self.out].flat, "shape: the last layer is not flat")
        self._slots()
        self.layout = [self._word(first) for first in (1, 1 + _LAYERS // 2)]

    def _fan(self, l):
        if not self.p[l]:
            return 0
        return max(bits_of((self.last[l - 1] + 1) * self.kernel[l].side ** 2 - 1), 2) + 4 * self.pooled[l]

    def _present(self, l):
        """Refuses a layer that contracts refuse."""
        k, before = self.kernel[l], self.side[l - 1] + 1
        demand(not self.pooled[l] or before % 2 == 0, "shape: an odd side is pooled")
        read = before // 2 if self.pooled[l] else before
        if k.flat:
            demand((k.side, k.stride, k.padding) == (read, 1, 0), "shape: a flat layer does not read every pixel")
            demand(self.p[l - 1], "shape: the lowest layer is flat")
        else:
            demand(read > 1, "shape: a layer that reads one pixel is not flat")
            demand(k.side <= _MOST_KERNEL and k.side - k.padding <= MOST_OVERHANG + 1, "shape: the kernel is too large")
            demand(k.padding < k.side and k.padding <= MOST_PADDING, "shape: too much padding")
        across = read + 2 * k.padding - k.side
        demand(across >= 0 and self.side[l] == across // k.stride, "shape: the side that a layer makes")
        demand(2 * self.d[l] + self.c[l - 1] <= _MOST_READ, "shape: a layer reads too much")

    def _word(self, first):
        """Offsets and fan-in of the three layers from `first` on."""
        word = 0
        for k, l in enumerate(range(first, first + _LAYERS // 2)):
            word |= (self.offset[f"W_{l}"] | self.offset[f"b_{l}"] << 23 | self.fan[l] << 46) << 51 * k
        return word
