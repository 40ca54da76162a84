"""Honest seeds, imports and merges by definition (protocol sections 6, 9, 10 and 12)."""

from honest.common import LIMBS, Checks, counted, limb_table, lookup_of, lookups, table_instances
from honest.pictures import Weights
from programs import modulus

RANGE = 1 << 47


class _Weights:
    """What the three have in common. `self.trace` has the slots of the trace, `self.parts` what each tensor is looked up by."""

    def __init__(self, network):
        self.network = network
        self.present = [l for l in network.layers if network.p[l]]

    def helper(self, run):
        self.helpers = {}
        for l in self.present:
            for name, limbs in self.looked(l).items():
                self.helpers[name] = lookups(run.beta, *limbs)
        self.helpers["g"] = limb_table(run.beta, self.trace["mult"])
        return self.helpers

    def count(self):
        self.trace["mult"] = counted(limb for l in self.present for limbs in self.looked(l).values() for limb in limbs)

    def sums(self, run):
        return {}

    def first(self, run, grid, weights):
        made, looked = [], []
        for l in self.present:
            for checks, names in self.checks(run, grid, weights, l):
                made += checks.made
                looked += [(name, checks.cells) for name in names]
        return made + table_instances(run, grid, weights, looked, self.trace | self.helpers)

    def after_first(self, run, grid):
        """Nothing is sent besides."""

    def real(self, l, kind):
        """1 where an entry of a slot is one of the network."""
        n, k = self.network, self.network.kernel[l].side
        lasts = (k - 1, k - 1, n.last[l - 1], n.last[l]) if kind == "W" else (n.last[l],)
        bits = n.cells(l, kind) if kind == "W" else (n.c[l],)
        out = []
        for index in range(1 << sum(bits)):
            inside, rest = 1, index
            for last, size in zip(lasts, bits):
                inside &= (rest & (1 << size) - 1) <= last
                rest >>= size
            out.append(inside)
        return out


class Seeding(_Weights):
    def __init__(self, network, seed):
        super().__init__(network)
        self.sequence, self.trace, W = network.sequences(seed), {}, {}
        for l in network.layers:
            size = 1 << sum(network.cells(l, "W"))
            W[l] = [0] * size
            if not network.p[l]:
                continue
            q, (off, factor) = modulus(network.fan[l]), self.sequence[l]
            v = [factor * pow(x + off + 1, -1, q) % q for x in range(size)]
            u = [(value * (x + off + 1) - factor) // q for x, value in enumerate(v)]
            for name, value in (("v", v), ("u", u)):
                self.trace[f"{name}0_{l}"] = [number & 0xFFFF for number in value]
                self.trace[f"{name}1_{l}"] = [number >> 16 for number in value]
            self.trace[f"w1_{l}"] = [q - 1 - value >> 16 for value in v]
            W[l] = [(value - (q - 1) // 2) * real for value, real in zip(v, self.real(l, "W"))]
        self.model = Weights(network, W, {l: [0] * (1 << network.c[l]) for l in network.layers})
        self.count()

    def looked(self, l):
        t, q = self.trace, modulus(self.network.fan[l])
        v0, v1, w1, u0, u1 = (t[f"{name}_{l}"] for name in ("v0", "v1", "w1", "u0", "u1"))
        w0 = [q - 1 - a - LIMBS * (b + c) for a, b, c in zip(v0, v1, w1)]
        return {f"hA_{l}": (v0, v1, w0), f"hB_{l}": (w1, u0, u1)}

    def checks(self, run, grid, weights, l):
        q, (off, factor), look = modulus(self.network.fan[l]), self.sequence[l], lookup_of(run.beta)
        named = {name: self.trace[f"{name}_{l}"] for name in ("v0", "v1", "w1", "u0", "u1")}
        named |= {f"{name}_{l}": tensor for name, tensor in named.items()} | {f"{h}_{l}": self.helpers[f"{h}_{l}"] for h in ("hA", "hB")}
        named |= {f"W_{l}": self.model.W[l], "x": range(len(self.model.W[l])), "real": self.real(l, "W")}
        on = Checks(grid, weights, grid.cells(*self.network.cells(l, "W")), named)
        a, b, c, d, e = (f"{name}_{l}" for name in ("v0", "v1", "w1", "u0", "u1"))
        on.add(f"groupA_{l}", f"hA_{l} {a} {b} {c}", lambda h, x, y, z: look(h, x, y, q - 1 - x - LIMBS * (y + z)), 4)
        on.add(f"groupB_{l}", f"hB_{l} {c} {d} {e}", look, 4)
        on.add(
            f"sequence_{l}", f"{a} {b} x {d} {e}",
            lambda v0, v1, x, u0, u1: (v0 + LIMBS * v1) * (x + off + 1) - factor - q * (u0 + LIMBS * u1), 2,
        )
        on.add(f"weights_{l}", f"W_{l} real {a} {b}", lambda w, r, v0, v1: w - r * (v0 + LIMBS * v1 - (q - 1) // 2), 2)
        return [(on, [f"hA_{l}", f"hB_{l}"])]


class _Ranged(_Weights):
    """Programs that hold W and b to their range."""

    def __init__(self, network, model):
        super().__init__(network)
        self.model, self.trace = model, {}
        for l in self.present:
            for kind, letter in (("W", "w"), ("b", "c")):
                whole = [value + RANGE for value in self.tensor(l, kind)]
                self.trace[f"{letter}1_{l}"] = [value >> 16 & 0xFFFF for value in whole]
                self.trace[f"{letter}2_{l}"] = [value >> 32 for value in whole]

    def tensor(self, l, kind):
        return (self.model.W if kind == "W" else self.model.b)[l]

    def limbs(self, l, kind, letter):
        return (
            [value + RANGE & 0xFFFF for value in self.tensor(l, kind)],
            self.trace[f"{letter}1_{l}"], self.trace[f"{letter}2_{l}"],
        )

    def looked(self, l):
        return {f"h{kind}_{l}": self.limbs(l, kind, letter) for kind, letter in (("W", "w"), ("b", "c"))}

    def checks(self, run, grid, weights, l):
        made, look = [], lookup_of(run.beta)
        for kind, letter in (("W", "w"), ("b", "c")):
            low, high, h, x = f"{letter}1_{l}", f"{letter}2_{l}", f"h{kind}_{l}", f"{kind}_{l}"
            named = {low: self.trace[low], high: self.trace[high], h: self.helpers[h], x: self.tensor(l, kind)}
            on = Checks(grid, weights, grid.cells(*self.network.cells(l, kind)), named)
            on.add(
                f"range{kind}_{l}", f"{h} {x} {low} {high}",
                lambda k, v, a, b: look(k, v + RANGE - LIMBS * a - LIMBS * LIMBS * b, a, b), 4,
            )
            made.append((on, [h, *self.more(run, on, l, kind)]))
        return made


class Importing(_Ranged):
    def __init__(self, network, model):
        super().__init__(network, model)
        self.count()

    def more(self, run, on, l, kind):
        on.named["real"] = self.real(l, kind)
        on.add(f"padding{kind}_{l}", f"{kind}_{l} real", lambda x, r: x * (1 - r), 2)
        return []


class Merging(_Ranged):
    def __init__(self, network, parents, factors):
        def merged(kind, l):
            tensors = [(p.W if kind == "W" else p.b)[l] for p in parents]
            return [sum(a * x for a, x in zip(factors[l], entry)) for entry in zip(*tensors)]

        self.mixed = {(kind, l): merged(kind, l) for l in network.layers for kind in "Wb"}
        W, b = ({l: [value + (1 << 13) >> 14 for value in self.mixed[kind, l]] for l in network.layers} for kind in "Wb")
        super().__init__(network, Weights(network, W, b))
        self.count()

    def _rest(self, l, kind):
        return [4 * (m + (1 << 13) - (x << 14)) for m, x in zip(self.mixed[kind, l], self.tensor(l, kind))]

    def looked(self, l):
        # The remainder alone: two zeros would be two lookups more.
        return super().looked(l) | {f"k{kind}_{l}": (self._rest(l, kind),) for kind in "Wb"}

    def more(self, run, on, l, kind):
        k, m, x = f"k{kind}_{l}", f"M{kind}_{l}", f"{kind}_{l}"
        on.named |= {k: self.helpers[k], m: self.mixed[kind, l]}
        on.add(
            f"rest{kind}_{l}", f"{k} {m} {x}",
            lambda h, a, v: h * (run.beta - 4 * (a + (1 << 13) - (v << 14))) - 1, 2,
        )
        return [k]

