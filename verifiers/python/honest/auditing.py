"""Honest audits by the definition of their sums (protocol section 14)."""

from random import Random

from honest.common import Checks, inverse
from honest.prover import Instance
from poseidon import R
from shapes import bits_of, offsets_of

ROWS = 1 << 12
CELLS = range(12)
MOST_SETS = 16


class Table:
    """Rows of inputs and outputs as a shard has them: a value of row s at j 2^sigma + s."""

    def __init__(self, rows, kind="classes"):
        """@param rows pairs of inputs and outputs"""
        self.rows, self.kind, self.own = len(rows), kind, rows
        self.inputs, self.outputs = len(rows[0][0]), len(rows[0][1])
        self.sigma = bits_of(self.rows - 1)
        self.x, self.y = ([0] * (1 << self.sigma + bits_of(count - 1)) for count in (self.inputs, self.outputs))
        for s, (inputs, outputs) in enumerate(rows):
            for tensor, values in ((self.x, inputs), (self.y, outputs)):
                for j, value in enumerate(values):
                    tensor[s + (j << self.sigma)] = value

    @classmethod
    def random(cls, rows, inputs, outputs, kind, seed):
        random = Random(seed)

        def labels():
            label = random.randrange(outputs)
            values = {"classes": lambda i: int(i == label) << 9, "labels": lambda i: random.randrange(2) << 9}
            return [values.get(kind, lambda i: random.randrange(-300, 300))(i) for i in range(outputs)]

        return cls([([random.randrange(-1 << 15, 1 << 15) for _ in range(inputs)], labels()) for _ in range(rows)], kind)

    def word(self):
        x, y = offsets_of([len(self.x).bit_length() - 1, len(self.y).bit_length() - 1])
        word = self.inputs - 1 | self.outputs - 1 << 12 | self.rows - 1 << 24 | (self.kind == "classes") << 36 | x << 37 | y << 63
        return word | (self.kind == "labels") << 89

    def fingerprints(self, r, labels=False):
        """phi of every one of 2^12 rows, and which rows are real."""
        mask, made = (1 << self.sigma) - 1, []
        for s in range(1 << self.sigma):
            phi = sum(value * pow(r, j, R) for j, value in enumerate(self.x[s :: mask + 1]))
            if labels:
                phi += pow(r, ROWS, R) * sum(value * pow(r, i, R) for i, value in enumerate(self.y[s :: mask + 1]))
            made.append(phi % R)
        return [made[s & mask] for s in range(ROWS)], [int(s < self.rows) for s in range(ROWS)]


def _times(a, b):
    made = [0] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            made[i + j] = (made[i + j] + x * y) % R
    return made


def _less(a, b):
    size = max(len(a), len(b))
    made = [(x - y) % R for x, y in zip(a + [0] * (size - len(a)), b + [0] * (size - len(b)))]
    while made and made[-1] == 0:
        made.pop()
    return made


def _divided(a, b):
    """Quotient and rest."""
    rest, quotient, lead = list(a), [0] * max(len(a) - len(b) + 1, 1), inverse(b[-1])
    while len(rest) >= len(b):
        at = len(rest) - len(b)
        quotient[at] = rest[-1] * lead % R
        rest = _less(rest, [0] * at + [quotient[at] * value % R for value in b])
    return quotient, rest


def bezout(a, b):
    """U and V with U a + V b = 1, by Euclid."""
    (old, u0, v0), (now, u1, v1) = (a, [1], []), (b, [], [1])
    while now:
        quotient, rest = _divided(old, now)
        step = (rest, _less(u0, _times(quotient, u1) if u1 else []), _less(v0, _times(quotient, v1) if v1 else []))
        (old, u0, v0), (now, u1, v1) = (now, u1, v1), step
    if len(old) != 1:
        raise AssertionError("a row of both sides")
    scale = inverse(old[0])
    return [value * scale % R for value in u0], [value * scale % R for value in v0]


class Auditing:
    """What Proving asks of both."""

    def sums(self, run):
        return {}


class Comparing(Auditing):
    """disjoint."""

    def __init__(self, sides, r):
        """@param sides two tables; of a record the one row"""
        self.phi = dict(zip("AB", (side.fingerprints(r) for side in sides)))
        roots = []
        for phi, real in self.phi.values():
            own = [1]
            for root, there in zip(phi, real):
                own = _times(own, [-root % R, 1]) if there else own
            roots.append(own)
        u, v = bezout(*roots)
        self.trace = {"U": u + [0] * (ROWS - len(u)), "V": v + [0] * (ROWS - len(v))}

    def helper(self, run):
        self.trees = {}
        for side, (phi, real) in self.phi.items():
            tree = [run.beta - own if there else 1 for own, there in zip(phi, real)]
            for i in range(ROWS - 1):
                tree.append(tree[2 * i] * tree[2 * i + 1] % R)
            self.trees[side] = [*tree, 0]
        return {f"tree{side}": tree for side, tree in self.trees.items()}

    def first(self, run, grid, weights):
        made, beta, record = [], run.beta, run.statement.params[3]
        for side, tree in self.trees.items():
            phi, real = self.phi[side]
            own = record if side == "B" else 0
            # A record has no points: it is beside phi, which is 0 then.
            phi = [0] * ROWS if own else phi
            named = {"leaf": tree[:ROWS], "phi": phi, "node": tree[ROWS:], "even": tree[::2], "odd": tree[1::2]}
            on = Checks(grid, weights, CELLS, {f"{name}{side}": table for name, table in named.items()} | {"real": real})
            on.add(f"leaf{side}", f"leaf{side} phi{side} real", lambda t, f, le, own=own: t - 1 - le * (beta - f - own - 1), 2)
            on.add(f"node{side}", f"node{side} even{side} odd{side}", lambda t, a, b: t - a * b, 2)
            made += on.made
        return made

    def after_first(self, run, grid):
        for side, tree in self.trees.items():
            run.evals[f"product{side}"] = tree[-2]
        for name in "UV":
            run.evals[name] = sum(value * pow(run.beta, i, R) for i, value in enumerate(self.trace[name]) if value) % R


class Containing(Auditing):
    """subset."""

    def __init__(self, shard, sets, r):
        self.shard, self.sets = shard.fingerprints(r, True), [own.fingerprints(r, True) for own in sets]
        self.trace = {f"m_{k}": [0] * ROWS for k in range(1, MOST_SETS + 1)}
        places = {}
        for k, (phi, real) in enumerate(self.sets, 1):
            for t, own in enumerate(phi):
                if real[t]:
                    places.setdefault(own, (k, t))
        for own, there in zip(*self.shard):
            if there:
                k, t = places[own]
                self.trace[f"m_{k}"][t] += 1

    def helper(self, run):
        phi, real = self.shard
        self.helpers = {"hS": [there and inverse(run.beta - own) for own, there in zip(phi, real)]}
        for k in range(1, MOST_SETS + 1):
            m, phi = self.trace[f"m_{k}"], self.sets[k - 1][0] if k <= len(self.sets) else [0] * ROWS
            self.helpers[f"h_{k}"] = [count and count * inverse(run.beta - own) % R for count, own in zip(m, phi)]
        return self.helpers

    def first(self, run, grid, weights):
        beta, (phi, real) = run.beta, self.shard
        on = Checks(grid, weights, CELLS, {"hS": self.helpers["hS"], "phiS": phi, "real": real})
        on.add("inside", "hS phiS real", lambda h, f, le: h * (beta - f) - le, 2)
        made, sums = on.made, [Instance(CELLS, {"": self.helpers["hS"]}, lambda h: h, 1, weights["logUp"], None)]
        for k, (phi, real) in enumerate(self.sets, 1):
            named = {f"m_{k}": self.trace[f"m_{k}"], f"h_{k}": self.helpers[f"h_{k}"], f"phi_{k}": phi, "real": real}
            on = Checks(grid, weights, CELLS, named)
            on.add(f"offered_{k}", f"h_{k} phi_{k} real m_{k}", lambda h, f, le, m: h * (beta - f) - le * m, 2)
            made += on.made
            sums.append(Instance(CELLS, {"": self.helpers[f"h_{k}"]}, lambda h: -h, 1, weights["logUp"], None))
        if sum(instance.total for instance in sums) % R:
            raise AssertionError("a row of no set")
        return made + sums

    def after_first(self, run, grid):
        """All evaluations are of relations, or 0."""
