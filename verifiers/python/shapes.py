"""Descriptors of models, shards and segments (protocol section 1), and what a well-formed one obeys."""

from itertools import product

from algebra import at_most, demand
from kernels import Kernel
from poseidon import poseidon

SQUARED_ERROR, SOFTMAX, SIGMOID = range(3)
ONE = 1 << 11


def bits_of(last):
    """ceil(log2 n) of n = last + 1."""
    return last.bit_length()


def fields_of(word, widths, what):
    fields = []
    for width in widths:
        fields.append(word & ((1 << width) - 1))
        word >>= width
    demand(word == 0, f"{what} has more bits")
    return fields


def offsets_of(sizes):
    """The canonical offset of each slot: all larger ones and the equal ones before it."""
    return [
        sum(1 << other for j, other in enumerate(sizes) if other > size or (other == size and j < i))
        for i, size in enumerate(sizes)
    ]


def chunks_of(entries):
    return max(1, -(-entries >> 18)) if entries >= 0 else 1


class Shape:
    """What a descriptor says of the layers, the input at 0. Numbers less one: channels `last`, side of the picture `side`;
    their bits `c` and `n`; kernel `kernel`, its bits `d`, whether `pooled`; presence `p`; `fan` of the seed; offsets by slot,
    number of chunks; s[k] is 1 for head k. `places`: positions that x and y of pictures have in a batch. A dense network
    has pictures of one pixel.
    """

    places = 0
    # The domain of the seed's digest, and the bits of a layer's offset and of its factor.
    seed_domain, seed_bits = 0, 26

    def __init__(self, head):
        demand(head <= SIGMOID, "shape: no head")
        self.head, self.s = head, [int(k == head) for k in range(3)]
        depth = len(self.last) - 1
        self.out, self.layers, self.hidden = depth, range(1, depth + 1), range(1, depth)
        self.c, self.n = [bits_of(last) for last in self.last], [bits_of(last) for last in self.side]
        self.d = [bits_of(kernel.side - 1) for kernel in self.kernel]
        # Positions of a batch: dx, dy, channels read, channels made.
        self.axes = (self.places, self.places, 12, 12)

    def cells(self, l, kind):
        """The bits of W_l or b_l by axis."""
        return (self.d[l], self.d[l], self.c[l - 1], self.c[l]) if kind == "W" else (0, 0, 0, self.c[l])

    def real(self, l, kind, point):
        """Whether an entry of W_l or b_l is one of the network. @param point its coordinates, lowest first"""
        tap = self.kernel[l].side - 1
        lasts = (tap, tap, self.last[l - 1], self.last[l])
        result, first = 1, 0
        for last, size in zip(lasts, self.cells(l, kind)):
            if size:
                result *= at_most(last, point[first : first + size])
            first += size
        return result

    def place(self, l, y, x):
        """M_l: whether a place is one of the picture that layer l makes."""
        return at_most(self.side[l], y[: self.n[l]]) * at_most(self.side[l], x[: self.n[l]])

    def sequences(self, seed):
        """Offset and factor of each layer's numbers."""
        digest, bits = poseidon([seed, self.seed_domain]), self.seed_bits
        drawn = [digest >> bits * k & ((1 << bits) - 1) for k in range(2 * self.out)]
        return {l: (drawn[2 * l - 2], 1 + drawn[2 * l - 1]) for l in self.layers}

    def _slots(self):
        """The offsets of W_l and b_l of all layers, 0 for absent ones, and the number of chunks."""
        slots = [(f"{kind}_{l}", sum(self.cells(l, kind))) for l in self.layers if self.p[l] for kind in "Wb"]
        sizes = [size for _, size in slots]
        offsets = dict(zip((name for name, _ in slots), offsets_of(sizes)))
        entries = sum(1 << size for size in sizes)
        demand(entries <= 1 << 23, "shape: too many entries")
        self.offset = {f"{kind}_{l}": offsets.get(f"{kind}_{l}", 0) for l in self.layers for kind in "Wb"}
        self.chunks = chunks_of(entries)

    def _absent(self, l):
        """What is wrong with an absent layer is said of this one."""
        demand(self.p[l] >= self.p[l - 1], "shape: a hole in the layers")
        repeats = (self.last[l], self.side[l]) == (self.last[l - 1], self.side[l - 1])
        demand(self.p[l] or repeats, "shape: an absent layer has a width of its own")


class Model(Shape):
    """A multilayer perceptron of up to four layers."""

    def __init__(self, shape):
        *fields, head = fields_of(shape, [12] * 5 + [1] * 3 + [23] * 8 + [2], "shape")
        self.last, self.side, self.p = fields[:5], [0] * 5, [0, *fields[5:8], 1]
        self.kernel, self.pooled = [Kernel() for _ in range(5)], [0] * 5
        super().__init__(head)
        self.inputs, self.fan = self.last[0], [0, *(max(c, 2) for c in self.c[:-1])]
        for l in self.layers:
            self._absent(l)
        self._slots()
        stated = [(f"{kind}_{l}", fields[8 + k]) for k, (l, kind) in enumerate(product(self.layers, "Wb"))]
        demand(dict(stated) == self.offset, "shape: offsets")


class Shard:
    """inputs - 1, outputs - 1, rows - 1, whether rows have one class or any labels, offsets of X and Y."""

    def __init__(self, word):
        widths = [12, 12, 12, 1, 26, 26, 1]
        self.inputs, self.outputs, self.rows, self.cls, *offsets, self.lab = fields_of(word, widths, "shard")
        demand(self.cls + self.lab <= 1, "shard: classes and labels")
        self.offset = {"X": offsets[0], "Y": offsets[1]}
        self.sigma = bits_of(self.rows)
        self.inputs_bits, self.outputs_bits = bits_of(self.inputs), bits_of(self.outputs)
        sizes = [self.sigma + self.inputs_bits, self.sigma + self.outputs_bits]
        demand(offsets == offsets_of(sizes), "shard: offsets")
        entries = sum(1 << size for size in sizes)
        demand(entries <= 1 << 25, "shard: too many entries")
        self.chunks = chunks_of(entries)

    def fits(self, model):
        """Refuses unless the model takes the shard's inputs and gives its outputs, and its head goes with them."""
        demand((self.inputs, self.outputs) == (model.inputs, model.last[model.out]), "the shard does not fit the model")
        head = SIGMOID if self.lab else SQUARED_ERROR
        demand(self.cls or model.head == head, "the shard does not go with the model's head")


class Segment:
    """lr, rows - 1, log2 of the batch, bits of rows (sigma) and of the trace's rows, offsets of X and Y, smoothing."""

    def __init__(self, word):
        self.lr, self.rows, batch, trace, *offsets, self.eps = fields_of(word, [17, 12, 12, 14, 26, 26, 8], "seg")
        self.offset = {"X": offsets[0], "Y": offsets[1]}
        self.sigma, self.batch_bits, self.trace_bits = bits_of(self.rows), bits_of(batch), bits_of(trace)
        demand(1 <= self.lr <= 1 << 16, "seg: rate")
        demand(batch + 1 == 1 << self.batch_bits and trace + 1 == 1 << self.trace_bits, "seg: no power of two")
        demand(self.batch_bits <= self.sigma <= self.trace_bits, "seg: batch or passes")

    def of(self, shard):
        """Refuses unless rows and offsets are the shard's."""
        demand((self.rows, self.offset) == (shard.rows, shard.offset), "seg is not of the shard")

    def smooths(self, model):
        """Refuses unless targets of wrong classes leave something for the right one."""
        of = {SQUARED_ERROR: ONE, SOFTMAX: model.last[model.out] + 1, SIGMOID: 2}[model.head]
        demand(of * self.eps < ONE, "seg: smoothing")

    def divides(self, model):
        """Refuses unless the rate of a layer that is pooled, a sixteenth, is a whole number."""
        demand(not any(model.pooled) or self.lr % 16 == 0, "seg: a rate that pooled layers cannot have")


class Form:
    """rows - 1, offset of X, whether inputs and outputs are public, whether the range of the inputs is shown (protocol section 13)."""

    def __init__(self, word):
        self.rows, x, self.show_in, self.show_out, self.ranged = fields_of(word, [12, 26, 1, 1, 1], "form")
        self.offset, self.sigma = {"X": x}, bits_of(self.rows)

    def reads(self, shard, model):
        """Refuses unless the inputs are of one of the three kinds. @param shard the registered one that they are, or None"""
        if shard:
            demand((self.show_in, self.ranged) == (0, 0), "form: a shard is neither public nor ranged")
            demand((self.rows, self.offset["X"]) == (shard.rows, shard.offset["X"]), "form is not of the shard")
            demand(shard.inputs == model.inputs, "the shard does not fit the model")
        else:
            demand(self.ranged == 1 - self.show_in and self.offset["X"] == 0, "form: inputs are public or ranged, and begin at 0")
