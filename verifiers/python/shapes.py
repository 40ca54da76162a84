"""Descriptors of models, shards and segments (protocol section 1), and what a well-formed one obeys."""

from algebra import demand

SQUARED_ERROR, SOFTMAX, SIGMOID = range(3)
ONE = 1 << 11


def _bits(last):
    """ceil(log2 n) of n = last + 1."""
    return last.bit_length()


def _fields(word, widths, what):
    fields = []
    for width in widths:
        fields.append(word & ((1 << width) - 1))
        word >>= width
    demand(word == 0, f"{what} has more bits")
    return fields


def _offsets(sizes):
    """The canonical offset of each slot: all larger ones and the equal ones before it."""
    return [
        sum(1 << other for j, other in enumerate(sizes) if other > size or (other == size and j < i))
        for i, size in enumerate(sizes)
    ]


def _chunks(entries):
    return max(1, -(-entries >> 18)) if entries >= 0 else 1


class Model:
    """n[l] - 1 in `last`, widths' bits in `a`, presence in `p`, offsets by slot, number of chunks; s[k] is 1 for head k."""

    def __init__(self, shape):
        *fields, head = _fields(shape, [12] * 5 + [1] * 3 + [23] * 8 + [2], "shape")
        demand(head <= SIGMOID, "shape: no head")
        self.head, self.s = head, [int(k == head) for k in range(3)]
        self.last, self.p = fields[:5], [0, *fields[5:8], 1]
        self.a = [_bits(last) for last in self.last]
        self.offset = {}
        for l in range(1, 5):
            self.offset[f"W_{l}"], self.offset[f"b_{l}"] = fields[6 + 2 * l], fields[7 + 2 * l]
            demand(self.p[l] >= self.p[l - 1], "shape: a hole in the layers")
            demand(self.p[l] or self.last[l] == self.last[l - 1], "shape: an absent layer has a width of its own")
        present = [l for l in range(1, 5) if self.p[l]]
        names = [f"{kind}_{l}" for l in present for kind in "Wb"]
        sizes = [self.a[l] + (self.a[l - 1] if kind == "W" else 0) for l in present for kind in "Wb"]
        canonical = dict(zip(names, _offsets(sizes)))
        demand(all(self.offset[name] == canonical.get(name, 0) for name in self.offset), "shape: offsets")
        entries = sum(1 << size for size in sizes)
        demand(entries <= 1 << 23, "shape: too many entries")
        self.chunks = _chunks(entries)


class Shard:
    """inputs - 1, outputs - 1, rows - 1, whether rows have one class or any labels, offsets of X and Y."""

    def __init__(self, word):
        widths = [12, 12, 12, 1, 26, 26, 1]
        self.inputs, self.outputs, self.rows, self.cls, *offsets, self.lab = _fields(word, widths, "shard")
        demand(self.cls + self.lab <= 1, "shard: classes and labels")
        self.offset = {"X": offsets[0], "Y": offsets[1]}
        self.sigma = _bits(self.rows)
        self.inputs_bits, self.outputs_bits = _bits(self.inputs), _bits(self.outputs)
        sizes = [self.sigma + self.inputs_bits, self.sigma + self.outputs_bits]
        demand(offsets == _offsets(sizes), "shard: offsets")
        entries = sum(1 << size for size in sizes)
        demand(entries <= 1 << 25, "shard: too many entries")
        self.chunks = _chunks(entries)

    def fits(self, model):
        """Refuses unless the model takes the shard's inputs and gives its outputs, and its head goes with them."""
        demand((self.inputs, self.outputs) == (model.last[0], model.last[4]), "the shard does not fit the model")
        head = SIGMOID if self.lab else SQUARED_ERROR
        demand(self.cls or model.head == head, "the shard does not go with the model's head")


class Segment:
    """lr, rows - 1, log2 of the batch, bits of rows (sigma) and of the trace's rows, offsets of X and Y, smoothing."""

    def __init__(self, word):
        self.lr, self.rows, batch, trace, *offsets, self.eps = _fields(word, [17, 12, 12, 14, 26, 26, 8], "seg")
        self.offset = {"X": offsets[0], "Y": offsets[1]}
        self.sigma, self.batch_bits, self.trace_bits = _bits(self.rows), _bits(batch), _bits(trace)
        demand(1 <= self.lr <= 1 << 16, "seg: rate")
        demand(batch + 1 == 1 << self.batch_bits and trace + 1 == 1 << self.trace_bits, "seg: no power of two")
        demand(self.batch_bits <= self.sigma <= self.trace_bits, "seg: batch or passes")

    def of(self, shard):
        """Refuses unless rows and offsets are the shard's."""
        demand((self.rows, self.offset) == (shard.rows, shard.offset), "seg is not of the shard")

    def smooths(self, model):
        """Refuses unless targets of wrong classes leave something for the right one."""
        of = {SQUARED_ERROR: ONE, SOFTMAX: model.last[4] + 1, SIGMOID: 2}[model.head]
        demand(of * self.eps < ONE, "seg: smoothing")
