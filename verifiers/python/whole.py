"""Honest proofs of tiny networks, made here by brute force from the definitions.

python3 -m unittest whole     they are accepted, and changed ones are not
python3 whole.py <folder> [program ..]
                              writes them, or those of some programs: <name>.json, a dump, and of convolutional programs
                              and audits <name>.inputs.json for the circuit

Every number that such a proof sends is a sum over indices of the statement's own tensors, and its batches end at random
points, where each relation and claim of the verifier has to be the one that was summed. No prover of the project is used.
"""

import json
import sys
import unittest
from pathlib import Path

from algebra import Refused
from honest.auditing import Table
from honest.cases import comparing, containing, importing, inferring, merging, scoring, seeding, training
from honest.inputs import circuit_inputs
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
TRAIN, SCORE, SEED, IMPORT, MERGE, INFER = (PROGRAMS[name] for name in ("train", "score", "seed", "import", "merge", "infer"))


def network(layers, head=SQUARED_ERROR):
    shape = fields(layers, head=head)
    return Network(shape), shape


def dense(widths, head=SQUARED_ERROR):
    """A multilayer perceptron, by the same code."""
    layers = len(widths) - 1
    widths = [widths[0]] * (4 - layers) + widths
    present = [int(l > 4 - layers) for l in range(1, 5)]
    a = [bits_of(width - 1) for width in widths]
    slots = [(l, k) for l in range(1, 5) if present[l - 1] for k in range(2)]
    offsets = dict(zip(slots, offsets_of([a[l] + (0 if k else a[l - 1]) for l, k in slots])))
    shape = sum(width - 1 << 12 * l for l, width in enumerate(widths)) | sum(p << 60 + l for l, p in enumerate(present[:3]))
    for l, k in slots:
        shape |= offsets[l, k] << 63 + 23 * (2 * l - 2 + k)
    shape |= head << 247
    return Model(shape), shape


# Functions that give a dump, by name.
TRAINS = {
    "convTrain-padded": lambda: training(TRAIN, *network(PADDED, SOFTMAX), "classes", rows=3, eps=3),
    "convTrain-pooled": lambda: training(TRAIN, *network(POOLED, SIGMOID), "labels", rows=3, eps=5),
    "convTrain-later": lambda: training(TRAIN, *network(POOLED_LATER, SOFTMAX), "classes", rows=4, passes_bits=0, eps=3),
    "convTrain-six": lambda: training(TRAIN, *network(SIX), "regression", rows=3, lr=5, batch_bits=0),
    "convTrain-wide": lambda: training(TRAIN, *network(WIDE_KERNEL), "classes", rows=1, batch_bits=0, passes_bits=0),
    "train-dense": lambda: training(TRAIN, *dense([3, 4, 2], SOFTMAX), "classes", rows=3, eps=3),
}
SCORES = {
    "convScore-padded": lambda: scoring(SCORE, *network(PADDED, SOFTMAX), "classes", rows=5, k=2),
    "convScore-pooled": lambda: scoring(SCORE, *network(POOLED, SIGMOID), "labels", rows=3, k=2),
    "convScore-six": lambda: scoring(SCORE, *network(SIX), "regression", rows=3),
    "convScore-later": lambda: scoring(SCORE, *network(POOLED_LATER), "classes", rows=2, stated=False),
    "score-dense": lambda: scoring(SCORE, *dense([3, 4, 2], SIGMOID), "labels", rows=3),
}
INFERENCES = {
    "convInfer-padded": lambda: inferring(INFER, *network(PADDED), rows=3, inputs="public", shown=True),
    "convInfer-pooled": lambda: inferring(INFER, *network(POOLED, SIGMOID), rows=2, inputs="committed", shown=False),
    "convInfer-shard": lambda: inferring(INFER, *network(PADDED, SOFTMAX), rows=3, inputs="shard", shown=True),
    "convInfer-six": lambda: inferring(INFER, *network(SIX), rows=3, inputs="committed", shown=True),
    "infer-dense": lambda: inferring(INFER, *dense([3, 4, 2], SOFTMAX), rows=3, inputs="public", shown=True),
}
FIRST, SECOND = Table.random(5, 3, 2, "classes", 31), Table.random(3, 3, 2, "regression", 32)
# A row twice, and a row of two sets.
SETS = [Table([*FIRST.own, FIRST.own[1]]), Table(Table.random(2, 3, 2, "classes", 33).own + FIRST.own[:1])]
WITHIN = Table([FIRST.own[0], FIRST.own[1], FIRST.own[1], SETS[1].own[1]])
DISJOINT, SUBSET = PROGRAMS["disjoint"], PROGRAMS["subset"]
AUDITS = {
    "disjoint-shards": lambda: comparing(DISJOINT, SETS[0], SECOND),
    "disjoint-record": lambda: comparing(DISJOINT, FIRST, Table([([5, -7, 1 - (1 << 15)], [0])], "regression"), True),
    "subset-two": lambda: containing(SUBSET, WITHIN, SETS),
    "subset-one": lambda: containing(SUBSET, FIRST, SETS[:1]),
}
WEIGHTS = {
    "convSeed-padded": lambda: seeding(SEED, *network(PADDED), 987654321),
    "convSeed-six": lambda: seeding(SEED, *network(SIX, SIGMOID), 987654322),
    "convSeed-later": lambda: seeding(SEED, *network(POOLED_LATER), 987654323),
    "convImport-padded": lambda: importing(IMPORT, *network(PADDED)),
    "convImport-six": lambda: importing(IMPORT, *network(SIX)),
    "convMerge-padded": lambda: merging(MERGE, *network(PADDED), 3),
    "convMerge-later": lambda: merging(MERGE, *network(POOLED_LATER), 8),
    "merge-dense": lambda: merging(MERGE, *dense([3, 4, 2]), 2),
}


class Whole(unittest.TestCase):
    def accepted(self, cases):
        for name, make in cases.items():
            with self.subTest(name):
                dump = make()
                self.assertEqual(dump["program"], name.partition("-")[0])
                verify(dump)

    def test_train(self):
        self.accepted(TRAINS)

    def test_score(self):
        self.accepted(SCORES)

    def test_infer(self):
        self.accepted(INFERENCES)

    def test_audits(self):
        self.accepted(AUDITS)

    def test_weights(self):
        self.accepted(WEIGHTS)

    def test_a_change_is_refused(self):
        """Some changes of a dump here; `verify.py --mutate` makes all of them."""
        dump = seeding(SEED, *network(POOLED), 55)
        verify(dump)
        every = list(changes(dump))
        for k in range(0, len(every), 60):
            where, what, new = every[k]
            with self.subTest(where=where, what=what), self.assertRaises(Refused):
                verify(changed(dump, where, new))


def write(folder, programs):
    for name, make in (TRAINS | SCORES | INFERENCES | AUDITS | WEIGHTS).items():
        if programs and name.partition("-")[0] not in programs:
            continue
        dump = make()
        (folder / f"{name}.json").write_text(json.dumps(dump))
        if name.startswith("conv") or name in AUDITS:
            (folder / f"{name}.inputs.json").write_text(json.dumps(circuit_inputs(dump)))


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2:])
