"""What can be held against its definition without a dump: python3 -m unittest pieces"""

import unittest
from fractions import Fraction
from itertools import product
from random import Random

from algebra import Refused, at_most, eq_table
from argument import _slot
from kernels import Kernel, Window
from networks import Network
from poseidon import R
from programs import modulus
from shapes import bits_of

KERNELS = [
    (side, stride, padding)
    for side in range(1, 8)
    for stride in (1, 2)
    for padding in range(4)
    if padding < side and side - padding <= 5
]


def corner(number, size):
    return [number >> t & 1 for t in range(size)]


def extension(table, point):
    """The multilinear extension of a table at a point, from its definition."""
    return sum(value * weight for value, weight in zip(table, eq_table(point), strict=True)) % R


class Automaton(unittest.TestCase):
    def meets(self, kernel, d, u, y, sizes):
        side, stride, padding = kernel
        sizes_d = bits_of(side - 1)
        made = Kernel(*kernel, flat=False).reads(corner(d, sizes_d), corner(u, sizes[0]), corner(y, sizes[1]))
        self.assertEqual(made, int(stride * y + d - padding == u and d < side), (kernel, d, u, y, sizes))

    def test_every_corner_of_small_pictures(self):
        for kernel in KERNELS:
            for sizes in product(range(4), range(4)):
                for d in range(1 << bits_of(kernel[0] - 1)):
                    for u, y in product(range(1 << sizes[0]), range(1 << sizes[1])):
                        self.meets(kernel, d, u, y, sizes)

    def test_the_edges_of_the_largest_picture(self):
        edge = [*range(6), 31, 32, *range(58, 64)]
        for kernel in KERNELS:
            for d in range(1 << bits_of(kernel[0] - 1)):
                for u, y in product(edge, edge):
                    self.meets(kernel, d, u, y, (6, 6))

    def test_all_places_of_the_largest_picture(self):
        for kernel in ((5, 1, 2), (7, 2, 3)):
            for d, y in product(range(kernel[0]), range(64)):
                for u in range(64):
                    self.meets(kernel, d, u, y, (6, 6))

    def test_between_corners(self):
        random = Random(1)
        for kernel in KERNELS:
            side, stride, padding = kernel
            sizes = bits_of(side - 1), random.randrange(5), random.randrange(5)
            point = [random.randrange(R) for _ in range(sum(sizes))]
            table = [
                int(stride * y + d - padding == u and d < side)
                for y in range(1 << sizes[2])
                for u in range(1 << sizes[1])
                for d in range(1 << sizes[0])
            ]
            d, u, y = point[: sizes[0]], point[sizes[0] : sizes[0] + sizes[1]], point[sizes[0] + sizes[1] :]
            self.assertEqual(Kernel(*kernel, flat=False).reads(d, u, y), extension(table, point), kernel)

    def test_flat(self):
        for size in range(4):
            for d, u in product(range(1 << size), repeat=2):
                self.assertEqual(Kernel(1 << size, flat=True).reads(corner(d, size), corner(u, size), []), int(d == u))


class Reading(unittest.TestCase):
    """What a layer reads at a point, from its definition, against the claim on the tensor that is read."""

    def reads(self, random, kernel, pooled, sizes):
        rows, side, channels, places = sizes
        size = 1 << side
        tensor = [random.randrange(-999, 999) for _ in range(1 << rows + 2 * side + channels)]

        def pixel(s, v, u, c):
            return tensor[s + (v + size * u + size * size * c << rows)]

        def read(s, v, u, c):
            across = size >> pooled
            if not (0 <= u < across and 0 <= v < across):
                return 0
            if not pooled:
                return pixel(s, v, u, c)
            return sum(pixel(s, 2 * v + b, 2 * u + a, c) for a in (0, 1) for b in (0, 1))

        taps = bits_of(kernel.side - 1)
        bits = rows, taps, taps, channels, places, places
        table = []
        for x, y in product(range(1 << places), repeat=2):
            for c, dy, dx in product(range(1 << channels), range(1 << taps), range(1 << taps)):
                real = dx < kernel.side and dy < kernel.side
                at = [k if kernel.flat else kernel.stride * z + k - kernel.padding for k, z in ((dx, x), (dy, y))]
                table += [real * read(s, *at, c) for s in range(1 << rows)]
        point = [[random.randrange(R) for _ in range(size)] for size in bits]
        s, dx, dy, c, y, x = point
        value = extension(table, [z for part in point for z in part])
        windows = [Window(kernel, pooled, side, d, at) for d, at in ((dx, x), (dy, y))]
        claim = [*s, *windows, *c]
        bits = rows + 2 * side + channels
        made = sum(entry * _slot(0, claim, [*corner(k, bits), *[0] * (26 - bits)]) for k, entry in enumerate(tensor)) % R
        self.assertEqual(made, value, (vars(kernel), pooled, sizes))
        # The weight is multilinear in the address, so it is right between corners too.
        address = [random.randrange(R) for _ in range(bits)]
        corners = [_slot(0, claim, [*corner(k, bits), *[0] * (26 - bits)]) for k in range(1 << bits)]
        self.assertEqual(_slot(0, claim, [*address, *[0] * (26 - bits)]), extension(corners, address))

    def test_kernels(self):
        random = Random(2)
        for kernel in KERNELS:
            self.reads(random, Kernel(*kernel, flat=False), random.randrange(2), (1, 2, 1, random.randrange(1, 3)))

    def test_flat(self):
        random = Random(3)
        for pooled, side in ((0, 2), (1, 3), (0, 1), (1, 1)):
            self.reads(random, Kernel((1 << side) >> pooled, flat=True), pooled, (1, side, 1, 0))


class Rounding(unittest.TestCase):
    """The numbers of a pooled layer are those of averages, in exact fractions."""

    F, FA, FD, S = 32, 9, 11, 12

    def test_forward_and_backward(self):
        random = Random(4)
        pixels, weight, delta = [random.randrange(1 << 16) for _ in range(4)], random.randrange(1 << 32), random.randrange(1 << 15)
        true_weight = Fraction(weight, 1 << self.F - 2)
        average = Fraction(sum(pixels), 4 << self.FA)
        self.assertEqual(Fraction(weight * sum(pixels), 1 << self.F + self.FA), true_weight * average)
        # Each of the four pixels gets a quarter of what the average gets.
        self.assertEqual(Fraction(weight * delta, 1 << self.F + self.FD), true_weight * Fraction(delta, 1 << self.FD) / 4)

    def test_rate(self):
        random = Random(5)
        pixels, delta, rate = [random.randrange(1 << 16) for _ in range(4)], random.randrange(1 << 15), 16 * random.randrange(99)
        gradient = Fraction(delta, 1 << self.FD) * Fraction(sum(pixels), 4 << self.FA)
        step = Fraction(rate // 16 * delta * sum(pixels), 1 << self.F - 2)
        self.assertEqual(step, Fraction(rate, 1 << self.S) * gradient)


def fields(network, *, head=0, mark=1):
    """A descriptor from plain numbers: (channels, side), then (channels, side, kernel, stride, padding, flat, pooled) of each layer."""
    (channels, side), *layers = network
    absent = [(channels, side, 1, 1, 0, 0, 0)] * (6 - len(layers))
    word = channels - 1 | side - 1 << 12
    for k, (c, n, kernel, stride, padding, flat, pooled) in enumerate(absent + layers):
        word |= (c - 1 | n - 1 << 12 | kernel - 1 << 18 | stride - 1 << 24 | padding << 25 | flat << 27 | pooled << 28) << 18 + 29 * k
    for k in range(5):
        word |= (k >= 6 - len(layers)) << 192 + k
    return word | head << 197 | mark << 249


SMALL = ((3, 12), (8, 6, 5, 2, 2, 0, 0), (16, 3, 3, 1, 1, 0, 1), (10, 1, 3, 1, 0, 1, 0))


class Descriptors(unittest.TestCase):
    def test_what_follows(self):
        network = Network(fields(SMALL, head=1))
        self.assertEqual(network.p, [0, 0, 0, 0, 1, 1, 1])
        self.assertEqual((network.c, network.n, network.d), ([2, 2, 2, 2, 3, 4, 4], [4, 4, 4, 4, 3, 2, 0], [0, 0, 0, 0, 3, 2, 2]))
        self.assertEqual(network.inputs, 3 * 16 * 16 - 1)
        # ceil(log2 75), ceil(log2 72) + 4, ceil(log2 144)
        self.assertEqual(network.fan, [0, 0, 0, 0, 7, 11, 8])
        # W_6 and W_5 2^12 and 2^11 entries, W_4 2^11, then the biases.
        offsets = [network.offset[name] for name in ("W_4", "b_4", "W_5", "b_5", "W_6", "b_6")]
        sizes = {"W_4": 11, "b_4": 3, "W_5": 11, "b_5": 4, "W_6": 12, "b_6": 4}
        self.assertEqual(offsets, [1 << 12, (1 << 13) + 32, 3 << 11, 1 << 13, 0, (1 << 13) + 16])
        self.assertEqual({name: sum(network.cells(int(name[2]), name[0])) for name in sizes}, sizes)
        self.assertEqual(network.layout[0], 0)
        self.assertEqual(network.layout[1] >> 51 & 0x7FFFFF, 3 << 11)

    def test_refused(self):
        picture, first, second, last = SMALL

        def without(k, field, value, layers=SMALL):
            changed = [list(layer) for layer in layers]
            changed[k][field] = value
            return fields(changed)

        flat, one = (10, 1, 2, 1, 0, 1, 0), (4, 1, 1, 1, 0, 0, 0)
        bad = {
            "not one of a convolutional network": (fields(SMALL, mark=0), fields(SMALL) | 1 << 248),
            "no head": (fields(SMALL, head=3),),
            "the side that a layer makes": (without(1, 1, 7), fields((picture, (8, 1, 7, 1, 2, 0, 1), last))),
            "too much padding": (without(2, 4, 3),),
            "the kernel is too large": (
                fields((picture, (8, 7, 6, 1, 0, 0, 0), last)),
                fields((picture, (8, 11, 8, 1, 3, 0, 0), last)),
            ),
            "an odd side is pooled": (fields(((3, 9), (8, 2, 3, 1, 0, 0, 1), flat)),),
            "the last layer is not flat": (fields((picture, first, second)),),
            "the lowest layer is flat": (fields(((3, 3), last)),),
            "one pixel is not flat": (fields((*SMALL, one, (4, 1, 1, 1, 0, 1, 0))), fields(((3, 2), (8, 1, 1, 1, 0, 0, 1), last))),
            "a layer reads too much": (fields((picture, (32, 12, 1, 1, 0, 0, 0), (10, 1, 12, 1, 0, 1, 0))),),
            "the picture is too large": (fields(((3, 64), (8, 64, 1, 1, 0, 0, 0), last)),),
            "a flat layer does not read every pixel": (without(3, 2, 2), without(3, 3, 2), without(3, 4, 1)),
            "an absent layer has a kernel": tuple(fields(SMALL) | 1 << 18 + 18 + k for k in (0, 6, 7, 9, 10)),
            "an absent layer has a width of its own": (fields(SMALL) ^ 1 << 18, fields(SMALL) ^ 1 << 30),
            "a hole in the layers": (fields(SMALL) | 1 << 192,),
            "too many entries": (fields(((4, 2), (4096, 1, 2, 1, 0, 0, 0), (4096, 1, 1, 1, 0, 1, 0))),),
            "more bits": (fields(SMALL) | 1 << 250,),
        }
        Network(fields(SMALL))
        for what, words in bad.items():
            for word in words:
                with self.subTest(what), self.assertRaisesRegex(Refused, what):
                    Network(word)

    def test_masks(self):
        network = Network(fields(SMALL))
        for l in network.layers[3:]:
            n = network.n[l]
            for y, x in product(range(1 << n), repeat=2):
                inside = int(y <= network.side[l] and x <= network.side[l])
                self.assertEqual(network.place(l, corner(y, 6), corner(x, 6)), inside)
        d, c, i = network.d[5], network.c[4], network.c[5]
        for dx, dy in product(range(1 << d), repeat=2):
            point = [*corner(dx, d), *corner(dy, d), *corner(7, c), *corner(15, i)]
            self.assertEqual(network.real(5, "W", point), int(dx < 3 and dy < 3))
        for channel in range(1 << network.c[6]):
            self.assertEqual(network.real(6, "b", corner(channel, 4)), int(channel < 10))
            self.assertEqual(at_most(9, corner(channel, 4)), int(channel < 10))

    def test_the_seed_never_divides_by_nothing(self):
        least = modulus(16)
        self.assertGreater(least, (1 << 23) + (1 << 20))
        self.assertTrue(all(modulus(fan) > least for fan in range(2, 16)))


if __name__ == "__main__":
    unittest.main()
