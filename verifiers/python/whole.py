"""Honest proofs of tiny networks, made here by brute force from the definitions: python3 -m unittest whole

Every number that such a proof sends is a sum over indices of the statement's own tensors, and its batches end at random
points, where each relation and claim of the verifier has to be the one that was summed. No prover of the project is used.
"""

import unittest

from algebra import Refused
from honest.cases import importing, merging, scoring, seeding, training
from mutate import changed, changes
from networks import Network
from pieces import fields
from shapes import Model, bits_of, offsets_of
from verify import PROGRAMS, verify

SQUARED_ERROR, SOFTMAX, SIGMOID = range(3)
# Layers as in `pieces.fields`. Pictures of 3 stand in a grid of 4, whose rest is not 0.
PADDED = ((2, 3), (2, 3, 3, 1, 1, 0, 0), (3, 2, 3, 2, 1, 0, 0), (3, 1, 2, 1, 0, 1, 0))
POOLED = ((1, 4), (2, 3, 2, 1, 1, 0, 1), (2, 1, 3, 1, 0, 1, 0))
POOLED_LATER = ((1, 4), (2, 4, 3, 1, 1, 0, 0), (3, 1, 2, 1, 0, 1, 1), (3, 1, 1, 1, 0, 1, 0))
SIX = (
    (1, 3), (2, 4, 2, 1, 1, 0, 0), (1, 2, 1, 2, 0, 0, 0), (2, 2, 2, 2, 1, 0, 0), (1, 3, 2, 1, 1, 0, 0), (2, 1, 3, 1, 0, 1, 0),
    (1, 1, 1, 1, 0, 1, 0),
)
WIDE_KERNEL = ((1, 2), (1, 2, 7, 1, 3, 0, 0), (2, 1, 1, 1, 0, 1, 1))
TRAIN, SCORE, SEED, IMPORT, MERGE = (PROGRAMS[name] for name in ("train", "score", "seed", "import", "merge"))


def network(layers, head=SQUARED_ERROR):
    shape = fields(layers, head=head)
    return Network(shape), shape


def dense(widths, head=SQUARED_ERROR):
    """A multilayer perceptron, by the same code."""
    widths = [widths[0]] * (5 - len(widths)) + widths
    present = [int(l > 4 - sum(a != b for a, b in zip(widths, widths[1:]))) for l in range(1, 5)]
    a = [bits_of(width - 1) for width in widths]
    slots = [(l, k) for l in range(1, 5) if present[l - 1] for k in range(2)]
    offsets = dict(zip(slots, offsets_of([a[l] + (0 if k else a[l - 1]) for l, k in slots])))
    shape = sum(width - 1 << 12 * l for l, width in enumerate(widths)) | sum(p << 60 + l for l, p in enumerate(present[:3]))
    for l, k in slots:
        shape |= offsets[l, k] << 63 + 23 * (2 * l - 2 + k)
    shape |= head << 247
    return Model(shape), shape


class Whole(unittest.TestCase):
    def accepted(self, program, dump):
        self.assertEqual(dump["program"], program)
        verify(dump)
        return dump

    def test_train(self):
        for made, kind, more in (
            (network(PADDED, SOFTMAX), "classes", {"rows": 3, "eps": 3}),
            (network(POOLED, SIGMOID), "labels", {"rows": 3, "eps": 5}),
            (network(POOLED_LATER, SOFTMAX), "classes", {"rows": 4, "passes_bits": 0, "eps": 3}),
            (network(SIX), "regression", {"rows": 3, "lr": 5, "batch_bits": 0}),
            (network(WIDE_KERNEL), "classes", {"rows": 1, "batch_bits": 0, "passes_bits": 0}),
        ):
            with self.subTest(kind=kind, layers=made[0].out):
                self.accepted("convTrain", training(TRAIN, *made, kind, **more))
        self.accepted("train", training(TRAIN, *dense([3, 4, 2], SOFTMAX), "classes", rows=3, eps=3))

    def test_score(self):
        for made, kind, more in (
            (network(PADDED, SOFTMAX), "classes", {"rows": 5, "k": 2}),
            (network(POOLED, SIGMOID), "labels", {"rows": 3, "k": 2}),
            (network(SIX), "regression", {"rows": 3}),
            (network(POOLED_LATER), "classes", {"rows": 2, "stated": False}),
        ):
            with self.subTest(kind=kind):
                self.accepted("convScore", scoring(SCORE, *made, kind, **more))
        self.accepted("score", scoring(SCORE, *dense([3, 4, 2], SIGMOID), "labels", rows=3))

    def test_weights(self):
        for layers in (PADDED, POOLED_LATER, SIX):
            with self.subTest(layers=layers):
                made = network(layers)
                self.accepted("convSeed", seeding(SEED, *made, 987654321))
                self.accepted("convImport", importing(IMPORT, *made))
                self.accepted("convMerge", merging(MERGE, *made, 3))
        self.accepted("merge", merging(MERGE, *dense([3, 4, 2]), 2))

    def test_a_change_is_refused(self):
        """Some changes of a dump here; `verify.py --mutate` makes all of them."""
        dump = self.accepted("convSeed", seeding(SEED, *network(POOLED), 55))
        every = list(changes(dump))
        for k in range(0, len(every), 60):
            where, what, new = every[k]
            with self.subTest(where=where, what=what), self.assertRaises(Refused):
                verify(changed(dump, where, new))


if __name__ == "__main__":
    unittest.main()
