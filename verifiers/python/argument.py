"""What all programs share: transcript, claims, reduction and opening (protocol sections 3 and 4)."""

from algebra import Grid, demand, dot, eq, eq_table, powers, product, sumcheck
from kernels import Window
from numbering import base, numbering
from poseidon import R, absorb
from tables import evaluated

C_BITS = 10


class Transcript:
    def __init__(self, state):
        self.state = state

    def absorb(self, elements):
        self.state = absorb(self.state, list(elements))
        return self.state


class Scaled:
    """A bit of a slot over which is summed: what stands where it is set is taken `factor` times."""

    def __init__(self, factor):
        self.factor = factor


class Claims:
    """Claims in order; a term is (oracle's name, offset, point, weight). A point has coordinates; None: summed over that bit;
    Scaled(q): summed with the weight q where the bit is set; a Window stands for all coordinates of x or of y.
    """

    def __init__(self):
        self.all = []

    def add(self, value, *terms):
        self.all.append((value, terms))

    def value(self, rho):
        return dot([value for value, _ in self.all], powers(rho, len(self.all)))

    def weights(self, rho, y):
        """E_o(y) by the oracle's name."""
        weights = {}
        for factor, (_, terms) in zip(powers(rho, len(self.all)), self.all):
            for oracle, offset, point, weight in terms:
                weight = factor * weight * _slot(offset, point, y) % R
                weights[oracle] = (weights.get(oracle, 0) + weight) % R
        return weights


def _slot(offset, point, y):
    """The weight at y of one slot's claim at the point; 0 for an offset that is not aligned, or beyond the address."""
    bits, size = [offset >> t & 1 for t in range(26)], sum(map(_width, point))
    demand(offset >> 26 == 0 and size <= 26, "a slot beyond the address")
    if any(bits[:size]):
        return 0
    inner, first = 1, 0
    for z in point:
        inner = inner * _factor(z, y[first : first + _width(z)]) % R
        first += _width(z)
    return inner * eq(bits[size:], y[size:]) % R


def _width(z):
    """How many coordinates of the address it speaks of."""
    return z.size if isinstance(z, Window) else 1


def _factor(z, xs):
    if isinstance(z, Window):
        return z.weight(xs)
    if z is None:
        return 1
    if isinstance(z, Scaled):
        return 1 - xs[0] + xs[0] * z.factor
    return 1 - z - xs[0] + 2 * z * xs[0]


class Run:
    """The messages of one proof as far as the programs' algebra needs them, with the challenges."""

    def __init__(self, dump, h):
        self.program, self.h, self.messages = dump.program, h, dump.messages
        # b: how many coordinates name a chunk of the longest vector
        vectors = [*dump.commitments, dump.points["trace"], dump.points["helper"]]
        self.bits = (max(map(len, vectors)) - 1).bit_length()
        self.names = numbering(dump.program)
        self.transcript = Transcript(h[0])
        self.claims = Claims()
        m = self.messages
        self.offset = {
            "trace": dict(zip(self.names["trace"], m["traceOffset"], strict=True)),
            "helper": dict(zip(self.names["helper"], m["helperOffset"], strict=True)),
        }
        self.sums = dict(zip(self.names["sums"], m.get("sums", []), strict=True))
        self.evals = dict(zip(self.names["evaluations"], m["evals1"], strict=True))
        self.sums2 = dict(zip(self.names["sums2"], m.get("sums2", []), strict=True))
        self.evals2 = dict(zip(self.names["evaluations2"], m.get("evals2", []), strict=True))

    def begin(self, private=None):
        """beta, for train and score alpha, squares of x, lambda. @param private numbers that are sent after the trace and before beta"""
        absorb_ = self.transcript.absorb
        self.beta = absorb_([self.h[1], *layout_words(self.messages["traceOffset"])])
        if private is not None:
            self.beta = absorb_(private)
        if base(self.program) in ("train", "score"):
            self.alpha = absorb_([0])
        x = absorb_([self.h[2], *layout_words(self.messages["helperOffset"])])
        self.squares = [x]
        while len(self.squares) < len(self.names["squares"]):
            self.squares.append(self.squares[-1] ** 2 % R)
        self.lam = absorb_([*self.sums.values(), self.messages["nonce"][0]])

    def batch(self, sums, widths, degree):
        """Follows batch 1. Gives its grid, whose axes have these widths. @param sums the claim of each relation by name, 0 for the others"""
        weights = dict(zip(self.names["relations"], powers(self.lam, len(self.names["relations"]))))
        claim = sum(weights[name] * value for name, value in sums.items()) % R
        rounds = self.messages["batch1"]
        self.left, rho = sumcheck(self.transcript, claim, rounds, sum(widths), degree, "batch 1")
        return Grid(rho, self.squares, widths)

    def batch2(self, claims, widths):
        """Follows batch 2. Gives its grid. @param claims the sums of its relations, in order"""
        self.mu2 = self.transcript.absorb([*self.evals.values(), *self.sums2.values()])
        claim = dot(claims, powers(self.mu2, len(claims)))
        self.left, point = sumcheck(self.transcript, claim, self.messages["batch2"], sum(widths), 3, "batch 2")
        return Grid(point, self.squares, widths)

    def settle(self, values, left, factor, names, what):
        """Demands that the relations' values at the batch's point, weighted, are what the rounds left."""
        demand(set(values) == set(names), f"{what}: relations")
        demand(dot([values[name] for name in names], powers(factor, len(names))) == left, what)

    def open(self):
        """Reduction and opening. Gives the outputs eta, gamma, theta, gamma2, z, e2, y_0..y_7, rest, bits."""
        m, t = self.messages, self.transcript
        rho = t.absorb(self.evals2.values() if self.evals2 else self.evals.values())
        demand(len(self.claims.all) == len(self.names["claims"]), "number of claims")
        left, y = sumcheck(t, self.claims.value(rho), m["reduce"], 26, 2, "reduction")
        oracles = self.names["oracles"]
        weights = self.claims.weights(rho, y)
        u = dict(zip(oracles, m["u"], strict=True))
        self.tables = (u["tables"], y) if "tables" in u else None
        demand(sum(u[name] * weights.get(name, 0) for name in oracles) % R == left, "the claims at the reduction's point")
        eta = t.absorb([*m["u"], m["nonce"][1]])
        gamma = t.absorb([self.h[3]])
        mix = t.absorb([self.h[4]])
        total = dot(m["u"], powers(eta, len(oracles)))
        left, point = sumcheck(t, total, m["level2"], C_BITS, 2, "level 2")
        row = eq(y[10:18], point[:8]) * (1 - point[8]) * (1 - point[9])
        gammas = product(1 - x + x * pow(gamma, 1 << i, R) for i, x in enumerate(point))
        u0, u1 = m["u12"]
        column = eq(y[:10], point)
        demand((u0 * (row + mix * gammas) - u1 * mix * column) % R == left, "level 2 at its point")
        low, high = y[18 : 18 + self.bits], y[18 + self.bits :]
        rest = product(1 - x for x in high) % R
        return [eta, gamma, *self._last(point), *low, *[0] * len(high), rest, self.bits]

    def require_tables(self):
        """What the prover says of the tables, which their commitment binds, is what they are: anyone can tell."""
        if self.tables:
            said, y = self.tables
            demand(said == evaluated(y), "the tables at the reduction's point")

    def _last(self, point):
        """theta, gamma2, z, e2."""
        m, t = self.messages, self.transcript
        p2, s2, (u0, u1) = m["p2"], m["s2"], m["u12"]
        theta = t.absorb([u0, u1, m["nonce"][2]])
        gamma2 = t.absorb([*p2, m["nonce"][3]])
        z = t.absorb([*s2, self.h[5], m["nonce"][4]])
        demand(dot(eq_table(point[5:]), p2) == (u0 + theta * u1) % R, "p'' at the point of level 2")
        demand(dot(powers(gamma2, 32), p2) == dot(eq_table(point[:5]), s2), "s'' against p''")
        return theta, gamma2, z, dot(powers(z, 32), s2)


def layout_words(offsets):
    """Layout words: 9 offsets of 26 bits each, the first lowest."""
    return [
        sum(offset << 26 * i for i, offset in enumerate(offsets[k : k + 9])) for k in range(0, len(offsets), 9)
    ]
