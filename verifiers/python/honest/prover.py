"""A prover by brute force, for networks of a few pixels: sums over cubes from their definition, then reduction and opening.

It makes dumps without the curve. Every point is the generator, nothing is blinded, and every vector has one chunk.
"""

from algebra import Grid, dot, eq_table, powers, product
from argument import C_BITS, Claims, Run, Scaled, Transcript, layout_words
from kernels import Window
from numbering import base, numbering
from poseidon import R
from shapes import offsets_of
from statement import digests, folded, hash_words
from tables import tables

CHUNK_BITS = 18
POINT = (1, 2)
NONCES = [101, 102, 103, 104, 105]


def _weights_of(degree):
    """Rows of the inverse of the matrix k^j: from values at 0..degree to coefficients."""
    rows = [[pow(k, j) for j in range(degree + 1)] + [int(k == j) for j in range(degree + 1)] for k in range(degree + 1)]
    size = degree + 1
    for at in range(size):
        swap = next(k for k in range(at, size) if rows[k][at] % R)
        rows[at], rows[swap] = rows[swap], rows[at]
        inverse = pow(rows[at][at], -1, R)
        rows[at] = [value * inverse % R for value in rows[at]]
        for k in range(size):
            if k != at:
                factor = rows[k][at]
                rows[k] = [(a - factor * b) % R for a, b in zip(rows[k], rows[at])]
    return [row[size:] for row in rows]


_INVERSE = {degree: _weights_of(degree) for degree in range(1, 6)}


class Instance:
    """A sum over a cube of a formula in tables, times a weight. `cells` are its positions, ascending; a table has an entry for
    each corner, the first position lowest. Without a name a table is no evaluation.
    """

    def __init__(self, cells, named, formula, degree, weight, claim=0):
        self.cells, self.names, self.tables = list(cells), list(named), [list(table) for table in named.values()]
        self.formula, self.degree, self.weight = formula, degree, weight
        self.total = sum(self.formula(*values) for values in zip(*self.tables)) % R
        if claim is not None and self.total != claim % R:
            raise AssertionError(f"an instance over {self.names} sums to another number than is claimed")

    def round(self, t):
        if t not in self.cells:
            return [self.weight * self.total, -self.weight * self.total]
        half = len(self.tables[0]) // 2
        sums = [0] * (self.degree + 1)
        for values in zip(*(zip(table[:half], table[half:]) for table in self.tables)):
            now = [low for low, _ in values]
            for k in range(self.degree + 1):
                sums[k] += self.formula(*now)
                now = [value + high - low for value, (low, high) in zip(now, values)]
        return [self.weight * dot(row, sums) for row in _INVERSE[self.degree]]

    def bind(self, t, x):
        if t not in self.cells:
            self.weight = self.weight * (1 - x) % R
        else:
            half = len(self.tables[0]) // 2
            self.tables = [[(a + x * (b - a)) % R for a, b in zip(table[:half], table[half:])] for table in self.tables]
            if t == self.cells[0] or t - 1 not in self.cells:
                self.total = sum(self.formula(*values) for values in zip(*self.tables)) % R

    def left(self):
        """The tables at the end, by name."""
        return {name: table[0] for name, table in zip(self.names, self.tables)}


def prove(transcript, instances, rounds, degree):
    """Gives the messages and the point, lowest variable first."""
    messages, point = [], []
    for t in reversed(range(rounds)):
        sent = [0] * (degree + 1)
        for instance in instances:
            for k, coefficient in enumerate(instance.round(t)):
                sent[k] += coefficient
        message = [sent[0] % R, *(value % R for value in sent[2:])]
        x = transcript.absorb(message)
        for instance in instances:
            instance.bind(t, x)
        messages.append(message)
        point.insert(0, x)
    return messages, point


def spread(table, own, cells):
    """A table over some of the positions as one over all of them."""
    places = [cells.index(t) for t in own]
    return [table[sum((k >> place & 1) << t for t, place in enumerate(places))] for k in range(1 << len(cells))]


def laid_out(names, slots):
    """Offsets of all slots, 0 where there is none, and their vector. @param slots tensors by name"""
    sizes = [len(slots[name]).bit_length() - 1 for name in slots]
    offset = dict.fromkeys(names, 0) | dict(zip(slots, offsets_of(sizes)))
    vector = [0] * (1 << (sum(map(len, slots.values())) - 1).bit_length())
    for name, tensor in slots.items():
        vector[offset[name] : offset[name] + len(tensor)] = [value % R for value in tensor]
    if len(vector) > 1 << CHUNK_BITS:
        raise AssertionError("more than one chunk")
    return offset, vector


class Statement:
    """The parts of a dump that digests need."""

    def __init__(self, program, params, extra, commitments):
        self.program, self.params, self.extra = program, params, extra
        self.chain, self.registry, self.trainer, self.given = 31337, 77, 88, {}
        self.commitments = [[POINT] if there else [] for there in commitments]
        self.points = {name: [POINT] for name in ("trace", "helper", "rows", "columns", "quotient", "quotient2")}
        self.names = numbering(program)
        self.messages = {}


class Proving(Run):
    """A Run whose messages are made when the verifier's algebra asks for them. @param case what is proved, see `honest.cases`"""

    def __init__(self, statement, case, vectors):
        names = statement.names
        self.case, self.vectors = case, dict(vectors)
        offset, self.vectors["trace"] = laid_out(names["trace"], case.trace)
        self.statement = statement
        h = digests(statement)
        self.made = {"traceOffset": list(offset.values()), "nonce": NONCES}
        self.program, self.h, self.messages, self.names, self.bits = statement.program, h, self.made, names, 0
        self.transcript, self.offset = Transcript(h[0]), {"trace": offset}
        self.claims = Claims()
        self.sums, self.evals, self.sums2, self.evals2 = (
            dict.fromkeys(names[kind], 0) for kind in ("sums", "evaluations", "sums2", "evaluations2")
        )

    def begin(self):
        absorb = self.transcript.absorb
        self.beta = absorb([self.h[1], *layout_words(self.made["traceOffset"])])
        if base(self.program) in ("train", "score"):
            self.alpha = absorb([0])
        helper = self.case.helper(self)
        self.offset["helper"], self.vectors["helper"] = laid_out(self.names["helper"], helper)
        self.made["helperOffset"] = list(self.offset["helper"].values())
        self.squares = [absorb([self.h[2], *layout_words(self.made["helperOffset"])])]
        while len(self.squares) < len(self.names["squares"]):
            self.squares.append(self.squares[-1] ** 2 % R)
        self.sums.update(self.case.sums(self))
        if self.sums:
            self.made["sums"] = [value % R for value in self.sums.values()]
        self.lam = absorb([*self.sums.values(), NONCES[0]])

    def batch(self, sums, widths, degree):
        weights = dict(zip(self.names["relations"], powers(self.lam, len(self.names["relations"]))))
        empty = Grid([0] * sum(widths), self.squares, widths)
        instances = self.case.first(self, empty, weights)
        self.made["batch1"], rho = prove(self.transcript, instances, sum(widths), degree)
        self._take(instances, (self.evals, self.sums2))
        grid = Grid(rho, self.squares, widths)
        self.case.after_first(self, grid)
        self.made["evals1"] = list(self.evals.values())
        if self.sums2:
            self.made["sums2"] = list(self.sums2.values())
        claim = sum(weights[name] * value for name, value in sums.items()) % R
        self.left = self._left(claim, self.made["batch1"], rho, degree)
        return grid

    def batch2(self, claims, widths):
        self.mu2 = self.transcript.absorb([*self.evals.values(), *self.sums2.values()])
        weights = dict(zip(self.names["relations2"], powers(self.mu2, len(claims))))
        instances = self.case.second(self, Grid([0] * sum(widths), self.squares, widths), weights)
        self.made["batch2"], point = prove(self.transcript, instances, sum(widths), 3)
        self._take(instances, (self.evals2,))
        self.made["evals2"] = list(self.evals2.values())
        self.left = self._left(dot(claims, powers(self.mu2, len(claims))), self.made["batch2"], point, 3)
        return Grid(point, self.squares, widths)

    def _take(self, instances, lists):
        """The evaluations that the instances end with."""
        for instance in instances:
            for name, value in instance.left().items():
                for evaluations in lists:
                    if name in evaluations:
                        evaluations[name] = value

    @staticmethod
    def _left(claim, rounds, point, degree):
        for sent, x in zip(rounds, reversed(point)):
            claim = dot([sent[0], claim - 2 * sent[0] - sum(sent[1:]), *sent[1:]], powers(x, degree + 1))
        return claim

    def open(self):
        """Reduction and opening. Gives the outputs."""
        absorb, oracles = self.transcript.absorb, self.names["oracles"]
        rho = absorb(self.evals2.values() if self.evals2 else self.evals.values())
        vectors = {name: self.vectors.get(name, [0]) for name in oracles}
        if "tables" in oracles:
            vectors["tables"] = tables()
        instances = _reduction(vectors, self.claims.all, rho)
        self.made["reduce"], y = prove(self.transcript, instances, 26, 2)
        u = {name: instance.left()["f"] for name, instance in zip(oracles, instances)}
        for name, instance in zip(oracles, instances):
            u[name] = u[name] * product(1 - y[t] for t in range(26) if t not in instance.cells) % R
        self.made["u"] = list(u.values())
        eta = absorb([*self.made["u"], NONCES[1]])
        gamma, mix = absorb([self.h[3]]), absorb([self.h[4]])
        high = product(1 - z for z in y[CHUNK_BITS:])
        g = [0] * (1 << CHUNK_BITS)
        for factor, vector in zip(powers(eta, len(oracles)), vectors.values()):
            for k, value in enumerate(vector):
                g[k] += factor * high * value
        return [eta, gamma, *self._level2(g, y, gamma, mix), *[0] * 8, high_of(y), 0]

    def _level2(self, g, y, gamma, mix):
        absorb, columns = self.transcript.absorb, 1 << C_BITS
        low, used = eq_table(y[:C_BITS]), len(g) >> C_BITS
        rows = [g[k * columns : (k + 1) * columns] for k in range(used)]
        p = [dot(low, row) for row in rows] + [0] * (columns - used)
        s = [0] * columns
        for factor, row in zip(powers(gamma, used), rows):
            s = [(a + factor * value) % R for a, value in zip(s, row)]
        high = eq_table(y[C_BITS:CHUNK_BITS]) + [0] * (columns - used)
        rising = powers(gamma, columns)
        weight = [(a + mix * b) % R for a, b in zip(high, rising)]
        instance = Instance(
            range(C_BITS), {"p": p, "s": s, "weight": weight, "low": low},
            lambda p_, s_, w, l: p_ * w - mix * s_ * l, 2, 1, dot(p, high),
        )
        self.made["level2"], t = prove(self.transcript, [instance], C_BITS, 2)
        left = instance.left()
        self.made["u12"] = [left["p"], left["s"]]
        theta = absorb([*self.made["u12"], NONCES[2]])
        g2 = [(a + theta * b) % R for a, b in zip(p, s)]
        side = 32
        lines = [g2[k * side : (k + 1) * side] for k in range(side)]
        self.made["p2"] = [dot(eq_table(t[:5]), line) for line in lines]
        gamma2 = absorb([*self.made["p2"], NONCES[3]])
        self.made["s2"] = [dot(powers(gamma2, side), column) for column in zip(*lines)]
        z = absorb([*self.made["s2"], self.h[5], NONCES[4]])
        return theta, gamma2, z, dot(powers(z, side), self.made["s2"])


def high_of(y):
    """`rest` of a proof whose vectors have one chunk."""
    return product(1 - z for z in y[CHUNK_BITS:])


def _weight_table(point):
    """The weights of a claim on the corners of its slot."""
    table = [1]
    for z in point:
        if isinstance(z, Window):
            own = [z.weight([k >> t & 1 for t in range(z.size)]) for k in range(1 << z.size)]
        elif z is None:
            own = [1, 1]
        else:
            own = [1, z.factor] if isinstance(z, Scaled) else [1 - z, z]
        table = [a * b % R for b in own for a in table]
    return table


def _reduction(vectors, claims, rho):
    """An instance for each oracle; together they sum to what is claimed, which nothing here looks at."""
    weights = {name: [0] * len(vector) for name, vector in vectors.items()}
    for factor, (_, terms) in zip(powers(rho, len(claims)), claims):
        for oracle, offset, point, weight in terms:
            scale = factor * weight % R
            if scale:
                for k, value in enumerate(_weight_table(point)):
                    weights[oracle][offset + k] = (weights[oracle][offset + k] + scale * value) % R
    instances = []
    for name, vector in vectors.items():
        instance = _Oracle(vector, weights[name])
        instances.append(instance)
    return instances


class _Oracle(Instance):
    """An oracle beside its weights, both extended by zeros."""

    def __init__(self, vector, weights):
        cells = range((len(vector) - 1).bit_length())
        super().__init__(cells, {"f": vector, "weight": weights}, lambda f, w: f * w, 2, 1, dot(vector, weights))

    def round(self, t):
        if t in self.cells:
            return super().round(t)
        claim = self.weight * self.total
        return [claim, -2 * claim, claim]

    def bind(self, t, x):
        super().bind(t, x)
        if t not in self.cells:
            self.weight = self.weight * (1 - x) % R


def dump_of(run, statement, outputs):
    """The dump, as JSON has it."""

    def text(value):
        return [text(item) for item in value] if isinstance(value, (list, tuple)) else str(value % R)

    sigma = [*outputs, *run.h, *statement.params]
    digest = Transcript(sigma[0]).absorb(sigma[1:])
    fold = hash_words([digest, *sigma])
    point = {"x": "1", "y": "2"}
    stated = {
        "chainId": str(statement.chain), "registry": f"0x{statement.registry:040x}", "trainer": f"0x{statement.trainer:040x}",
        "params": [str(value) for value in statement.params], "extra": [str(value) for value in statement.extra],
        "commitments": [[point for _ in chunks] for chunks in statement.commitments],
    }
    stated |= {name: f"0x{data.hex()}" for name, data in statement.given.items()}
    return {
        "checks": "argument", "format": "descent-witness/1", "program": statement.program, "statement": stated,
        "points": {name: [point] if name in ("trace", "helper") else point for name in statement.points},
        "messages": {name: text(value) for name, value in run.made.items()},
        "outputs": text(outputs),
        "signals": {"c": str(digest), "v": str(folded(sigma, fold)), "fold": str(fold)},
    }
