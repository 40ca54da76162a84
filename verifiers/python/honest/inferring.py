"""An honest inference by the definition of its sums (protocol sections 13 and 12)."""

from honest.common import Checks, counted, inverse, limb_table, table_instances
from honest.passing import Passing
from honest.pictures import HALF
from honest.prover import spread
from poseidon import R


class Inferring(Passing):
    def __init__(self, network, model, pictures, ranged, shown):
        """@param ranged whether the range of the inputs is shown; @param shown whether inputs and whether outputs are public"""
        super().__init__(network, model, pictures)
        self.ranged, self.shown, t = ranged, shown, self.tensors
        rows, classes = self.real, self.classes
        self.O = [rows[k & len(rows) - 1] * classes[k >> self.rows] * (q - HALF) for k, q in enumerate(t["Q"])]
        t["mult"] = counted(self.looked_up() + ([[x + HALF for x in pictures.x]] if ranged else []))
        self.trace = t

    def values(self):
        """Inputs and outputs, row after row, each with the exponent at which it stands."""
        n, made = self.network, ([], [])
        side, size, rows = range(n.side[0] + 1), n.n[0], range(self.pictures.rows)
        row_bits, channel_bits = (24, 12) if n.places else (12, 0)
        for s in rows:
            for c in range(n.last[0] + 1):
                for y in side:
                    for x in side:
                        value = self.pictures.x[s + ((x + (y << size) + (c << 2 * size)) << self.rows)]
                        made[0].append((value, x + (y << 6) + (c << channel_bits) + (s << row_bits)))
            for i in range(n.last[self.out] + 1):
                made[1].append((self.O[s + (i << self.rows)], i + (s << 12)))
        return made

    def public(self, x):
        """The signals of what is public."""
        return [sum(value * pow(x, e, R) for value, e in side) % R if shown else 0 for side, shown in zip(self.values(), self.shown)]

    def bytes(self):
        """What is public as bytes."""
        return [
            b"".join(value.to_bytes(2, "big", signed=True) for value, _ in side) if shown else b""
            for side, shown in zip(self.values(), self.shown)
        ]

    def helper(self, run):
        beta, made = run.beta, self.lookups_of(run.beta)
        if self.ranged:
            made["hX"] = [inverse(beta - x - HALF) for x in self.pictures.x]
        self.helpers = made | {"g": limb_table(beta, self.tensors["mult"])}
        return self.helpers

    def sums(self, run):
        named = dict(zip(("x", "inputs", "outputs"), [run.squares[0], *self.public(run.squares[0])]))
        run.statement.params[-3:] = named.values()
        self.sizes["named"].update(named)
        return {name: value % R for name, value in self.sums_of(run.squares).items()}

    def first(self, run, grid, weights):
        n, beta = self.network, run.beta
        made, looked = self.passed(run, grid, weights)
        rows, cells, out = grid.cells(self.rows), grid.cells(self.rows, n.n[0], n.n[0], n.c[0]), grid.cells(self.rows, 0, 0, n.c[self.out])
        real = [self._inside(k) for k in range(len(self.pictures.x))]
        named = {"X": self.pictures.x, "hX": self.helpers.get("hX", [0] * len(real)), "real": real}
        on = Checks(grid, weights, cells, named)
        on.add("rangeX", "hX X", lambda h, x: h * (beta - x - HALF) - self.ranged, 2)
        on.add("paddingX", "X real", lambda x, r: self.ranged * x * (1 - r), 2)
        made += on.made
        named = {"O": self.O, "Q": self.tensors["Q"], "class": spread(self.classes, out[self.rows :], out)}
        on = Checks(grid, weights, out, named | {"row": spread(self.real, rows, out)})
        on.add("output", "O row class Q", lambda o, r, c, q: o - r * c * (q - HALF), 3)
        made += on.made
        looked += [("hX", cells)] if self.ranged else []
        return made + table_instances(run, grid, weights, looked, self.tensors | self.helpers)

    def _inside(self, k):
        """Whether an entry of X is of a row and a pixel that there are."""
        n, at = self.network, k >> self.rows
        mask = (1 << n.n[0]) - 1
        x, y, c = at & mask, at >> n.n[0] & mask, at >> 2 * n.n[0]
        return int(self.real[k & len(self.real) - 1] and max(x, y) <= n.side[0] and c <= n.last[0])
