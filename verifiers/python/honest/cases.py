"""Dumps of honest proofs of tiny networks."""

from argument import Transcript
from honest.auditing import MOST_SETS, Comparing, Containing
from honest.inferring import Inferring
from honest.pictures import Pictures, Weights
from honest.prover import Proving, Statement, dump_of, laid_out
from honest.scoring import Scoring
from honest.training import Training
from honest.weighing import Importing, Merging, Seeding
from keccak import keccak256
from poseidon import R
from shapes import offsets_of
from statement import digests, sizes_of


def _model(network, weights):
    return laid_out([f"{kind}_{l}" for l in network.layers for kind in "Wb"], weights.slots())[1]


def _shard(network, pictures):
    """Descriptor, offsets of X and Y, vector."""
    inputs, outputs = network.inputs, network.last[network.out]
    sizes = [pictures.sigma + inputs.bit_length(), pictures.sigma + outputs.bit_length()]
    x, y = offsets_of(sizes)
    word = inputs | outputs << 12 | pictures.rows - 1 << 24 | (pictures.kind == "classes") << 36 | x << 37 | y << 63
    return word | (pictures.kind == "labels") << 89, (x, y), laid_out(["X", "Y"], {"X": pictures.x, "Y": pictures.y})[1]


def _params(network, shape):
    return [shape, *network.layout] if network.places else [shape]


def _name(network, program):
    return f"conv{program.capitalize()}" if network.places else program


def _dump(algebra, statement, case, vectors):
    sizes = sizes_of(statement)
    case.sizes = sizes
    run = Proving(statement, case, vectors)
    algebra(run, sizes)
    return dump_of(run, statement, run.open())


def training(algebra, network, shape, kind, *, rows, lr=32, batch_bits=1, passes_bits=1, eps=0):
    pictures, parent = Pictures(network, rows, kind, 5), Weights.random(network, 6)
    case = Training(network, parent, pictures, lr, batch_bits, passes_bits, eps)
    word, (x, y), shard = _shard(network, pictures)
    trace = 1 << pictures.sigma + passes_bits
    seg = lr | rows - 1 << 17 | (1 << batch_bits) - 1 << 29 | trace - 1 << 41 | x << 55 | y << 81 | eps << 107
    statement = Statement(_name(network, "train"), [*_params(network, shape), seg], [word], [1, 1, 1])
    vectors = {"parent": _model(network, parent), "child": _model(network, case.child), "shard": shard}
    return _dump(algebra, statement, case, vectors)


def scoring(algebra, network, shape, kind, *, rows, k=1, stated=True):
    pictures, model = Pictures(network, rows, kind, 5), Weights.random(network, 6)
    case = Scoring(network, model, pictures, k, stated)
    word, _, shard = _shard(network, pictures)
    said, counts = case.measures(), case.counts() if stated else []
    data = b"".join(count.to_bytes(2, "big") for count in counts)
    # With x = 0 the polynomial of the counts is its first one: x is known when the challenge is drawn.
    named = [said["result"], said["loss"], said["absolute"], k, said["top"], 0, counts[0] if counts else 0]
    counted = int.from_bytes(keccak256(data), "big") if data else 0
    statement = Statement(_name(network, "score"), [*_params(network, shape), word, *named], [counted], [1, 1])
    statement.given = {"counts": data}
    return _dump(algebra, statement, case, {"model": _model(network, model), "shard": shard})


def seeding(algebra, network, shape, seed):
    case = Seeding(network, seed)
    statement = Statement(_name(network, "seed"), [*_params(network, shape), seed], [3], [1])
    return _dump(algebra, statement, case, {"model": _model(network, case.model)})


def importing(algebra, network, shape):
    model = Weights.random(network, 8, 1 << 46)
    statement = Statement(_name(network, "import"), _params(network, shape), [4, 5], [1])
    return _dump(algebra, statement, Importing(network, model), {"model": _model(network, model)})


def merging(algebra, network, shape, count):
    parents = [Weights.random(network, 20 + i) for i in range(count)]
    factors = {l: [network.p[l] * (3000 * (i + 1) - 5000 * l) for i in range(count)] for l in network.layers}
    case = Merging(network, parents, factors)
    packed = [sum(a + (1 << 17) << 18 * i for i, a in enumerate([*factors[l], *[0] * (8 - count)])) for l in network.layers]
    there = [1, *(int(i < count) for i in range(8))]
    statement = Statement(_name(network, "merge"), [*_params(network, shape), *packed], [], there)
    vectors = {"child": _model(network, case.model)} | {f"parent_{i}": _model(network, p) for i, p in enumerate(parents)}
    return _dump(algebra, statement, case, vectors)


def inferring(algebra, network, shape, *, rows, inputs, shown):
    """@param inputs "public", "committed" or "shard"; @param shown whether the outputs are public"""
    pictures, model = Pictures(network, rows, "regression", 5), Weights.random(network, 6)
    word, (offset, _), vector = _shard(network, pictures)
    if inputs != "shard":
        pictures.crop(network)
        word, offset, vector = 0, 0, laid_out(["X"], {"X": pictures.x})[1]
    ranged = int(inputs == "committed")
    case = Inferring(network, model, pictures, ranged, (int(inputs == "public"), int(shown)))
    form = rows - 1 | offset << 12 | (inputs == "public") << 38 | int(shown) << 39 | ranged << 40
    given = dict(zip(("inputs", "outputs"), case.bytes()))
    hashes = [int.from_bytes(keccak256(data), "big") if data else 0 for data in given.values()]
    # With x = 0, until the challenge is drawn.
    statement = Statement(_name(network, "infer"), [*_params(network, shape), form, 0, *case.public(0)], [*hashes, word], [1, 1, 1])
    statement.given = given
    return _dump(algebra, statement, case, {"model": _model(network, model), "input": vector, "output": laid_out(["O"], {"O": case.O})[1]})


def _rows(table):
    return laid_out(["X", "Y"], {"X": table.x, "Y": table.y})[1]


def _first_challenge(statement):
    return Transcript(digests(statement)[0]).absorb([0])


def comparing(algebra, first, second, record=False):
    """@param record whether the second side is one, public"""
    values = second.own[0][0]
    data = b"".join(value.to_bytes(2, "big", signed=True) for value in values) if record else b""
    hashed = int.from_bytes(keccak256(data), "big") if record else 0
    statement = Statement("disjoint", [first.word(), second.word(), 0, 0], [hashed], [1, int(not record)])
    r = _first_challenge(statement)
    statement.params[2:] = [r, sum(value * pow(r, j, R) for j, value in enumerate(values)) % R if record else 0]
    statement.given = {"record": data}
    # A record has no points: the zero polynomial.
    vectors = {"first": _rows(first), "second": [0] * len(_rows(second)) if record else _rows(second)}
    return _dump(algebra, statement, Comparing((first, second), r), vectors)


def containing(algebra, shard, sets):
    words = [own.word() for own in sets] + [0] * (MOST_SETS - len(sets))
    there = [1, *(int(k < len(sets)) for k in range(MOST_SETS))]
    statement = Statement("subset", [shard.word(), len(sets), *words], [6], there)
    vectors = {"shard": _rows(shard)} | {f"set_{k}": _rows(own) for k, own in enumerate(sets, 1)}
    return _dump(algebra, statement, Containing(shard, sets, _first_challenge(statement)), vectors)
