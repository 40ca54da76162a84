"""The forward pass of an honest proof, which score and infer have in common (protocol sections 11, 12 and 13)."""

from algebra import eq_table
from honest.common import Checks, contract, lookup_of, lookups, patches, places, real_classes, real_rows
from honest.pictures import Trace, forward
from honest.prover import Instance, spread
from poseidon import R

HIDDEN = ("A", "V", "m", "R0", "R1")


class Passing:
    def __init__(self, network, model, pictures):
        self.network, self.model, self.pictures, self.rows = network, model, pictures, pictures.sigma
        self.out, self.present = network.out, [l for l in network.layers if network.p[l]]
        self.hidden = self.present[:-1]
        self.read_trace = trace = Trace(network, self.rows)
        for s in range(1 << self.rows):
            forward(network, model, trace, pictures, s)
        kept = [f"{name}_{l}" for l in self.hidden for name in HIDDEN] + ["Q", "U0", "U1"]
        self.tensors = {name: trace.tensors[name] for name in kept}
        self.real, self.classes = real_rows(pictures, self.rows), real_classes(network)

    def _over(self, l):
        return [v - m for v, m in zip(self.tensors[f"V_{l}"], self.tensors[f"m_{l}"])]

    def looked_up(self):
        """The tensors of limbs."""
        t = self.tensors
        looked = [self._over(l) for l in self.hidden] + [t[f"{name}_{l}"] for l in self.hidden for name in ("R0", "R1")]
        return looked + [t[name] for name in ("Q", "U0", "U1")]

    def lookups_of(self, beta):
        """The helpers of these."""
        t = self.tensors
        made = {f"h_{l}": lookups(beta, self._over(l), t[f"R0_{l}"], t[f"R1_{l}"]) for l in self.hidden}
        return made | {"hQ": lookups(beta, t["Q"], t["U0"], t["U1"])}

    def sums_of(self, q):
        """F1_l. @param q the squares"""
        n, wide = self.network, self.network.places
        self.r = {"s": q[: self.rows], "x": q[12 : 12 + wide], "y": q[18 : 18 + wide], "c": q[12 + 2 * wide : 24 + 2 * wide]}
        eq_s, made, self.first_tables = eq_table(self.r["s"]), {}, {}
        for l in self.present:
            size, j = n.n[l], 2 * n.d[l] + n.c[l - 1]
            W = contract(self.model.W[l], [(j, None), (n.c[l], eq_table(self.r["c"][: n.c[l]]))])
            read = contract(patches(n, self.read_trace, self.pictures, l), [(self.rows, eq_s), (2 * size + j, None)])
            at = [a * b % R for b in eq_table(self.r["y"][:size]) for a in eq_table(self.r["x"][:size])]
            real = places(n, l)
            made[f"F1_{l}"] = sum(
                a * m * W[k] * read[place + k * len(at)] for k in range(1 << j) for place, (a, m) in enumerate(zip(at, real))
            )
            self.first_tables[l] = at, real, W, read
        return made

    def passed(self, run, grid, weights):
        """The relations of the forward pass, and the helpers with their cells."""
        n, made, looked, look = self.network, [], [], lookup_of(run.beta)
        for l in self.present:
            at, real, W, read = self.first_tables[l]
            taps = grid.cells(0, n.d[l], n.d[l], n.c[l - 1])
            place = [*range(n.n[l]), *range(n.places, n.places + n.n[l])]
            cells = place + taps
            named = {"eq": spread(at, place, cells), "M": spread(real, place, cells), f"W_{l}": spread(W, taps, cells), f"In_{l}": read}
            claim = run.sums[f"F1_{l}"]
            made.append(Instance(cells, named, lambda e, m, w, j: e * m % R * w * j, 4, weights[f"F1_{l}"], claim))
        for l in self.hidden:
            cells = grid.cells(self.rows, n.n[l], n.n[l], n.c[l])
            named = {f"{name}_{l}": self.tensors[f"{name}_{l}"] for name in HIDDEN} | {f"h_{l}": self.helpers[f"h_{l}"]}
            on = Checks(grid, weights, cells, named)
            on.add(f"bit_{l}", f"m_{l}", lambda m: m * m - m, 2)
            on.add(f"active_{l}", f"A_{l} m_{l} V_{l}", lambda a, m, v: a - m * v, 2)
            on.add(f"h_{l}", f"h_{l} V_{l} m_{l} R0_{l} R1_{l}", lambda h, v, m, a, b: look(h, v - m, a, b), 4)
            made += on.made
            looked.append((f"h_{l}", cells))
        out = grid.cells(self.rows, 0, 0, n.c[self.out])
        on = Checks(grid, weights, out, {name: self.tensors[name] for name in ("Q", "U0", "U1")} | {"hQ": self.helpers["hQ"]})
        on.add("hQ", "hQ Q U0 U1", look, 4)
        return made + on.made, [*looked, ("hQ", out)]

    def after_first(self, run, grid):
        """Evaluations that no relation has where they are not needed are those of zeros."""
