"""What train, score and infer have in common: where the tensors of a network on rows stand, dense or convolutional (protocol sections 7, 12)."""

from collections import namedtuple

from kernels import Window
from poseidon import R
from programs import HALF, LIMB, claim_table, slot

F = 32
# Coordinates of rows, of columns and lines of the picture, of channels. With (rows, dx, dy, channels read) they are a j.
Spot = namedtuple("Spot", "s x y c")


class Layers:
    """Points of the tensors of a network on rows: rho ends the batch, r is the point of the zero-checks."""

    def __init__(self, run, grid, sizes, oracle, rows, shard_rows, shard, source="shard"):
        """@param source the oracle that has X"""
        self.run, self.grid, self.model, self.oracle, self.source = run, grid, sizes["model"], oracle, source
        self.rows, self.shard_rows, self.shard = rows, shard_rows, shard
        self.rho, self.r = Spot(*grid.split(grid.rho)), Spot(*grid.split(grid.tau))

    def cells(self, l):
        """The positions of a tensor of layer l."""
        m = self.model
        return self.grid.cells(self.rows, m.n[l], m.n[l], m.c[l])

    def out(self):
        return self.cells(self.model.out)

    def rows_alone(self):
        return self.grid.cells(self.rows)

    def reading(self, l):
        """The positions of a sum over j of layer l."""
        m = self.model
        return self.grid.cells(0, m.d[l], m.d[l], m.c[l - 1])

    def tensor(self, name, l, at, weight=1, p=None):
        """A term on the trace's tensor name_l; of the output the name alone."""
        m = self.model
        p = m.p[l] if p is None else p
        full = f"{name}_{l}" if l < m.out else name
        point = [*at.s[: self.rows], *at.x[: m.n[l]], *at.y[: m.n[l]], *at.c[: m.c[l]]]
        return slot(self.run, "trace", full, point, p * weight)

    def weights(self, oracle, l, tap, c, i, weight=1):
        """A term on W_l at (i, c, dy, dx), the last two those of `tap`."""
        m = self.model
        point = [*tap.x[: m.d[l]], *tap.y[: m.d[l]], *c[: m.c[l - 1]], *i[: m.c[l]]]
        return oracle, m.offset[f"W_{l}"], point, m.p[l] * weight

    def bias(self, oracle, l, i, weight):
        return oracle, self.model.offset[f"b_{l}"], i[: self.model.c[l]], self.model.p[l] * weight

    def labels(self, rows, channels):
        """A term on Y, which does not depend on the pass."""
        return "shard", self.shard.offset["Y"], [*rows[: self.shard_rows], *channels[: self.model.c[self.model.out]]], 1

    def read(self, l, channels, tap, place):
        """The terms of IN_l at (channels, tap's dy and dx; place's y, x and s): on A_(l-1) where that layer is present, else on X."""
        m = self.model
        before, of_shard = m.p[l - 1], m.p[l] - m.p[l - 1]
        terms = [self._read_of(l, "A", channels, tap, place, before)] if before else []
        return [*terms, self._read_of(l, "X", channels, tap, place, of_shard)] if of_shard else terms

    def _read_of(self, l, name, channels, tap, place, weight):
        m, n = self.model, self.model.n
        x, y = (
            Window(m.kernel[l], m.pooled[l], n[l - 1], d[: m.d[l]], at[: n[l]]) for d, at in ((tap.x, place.x), (tap.y, place.y))
        )
        rows = self.rows if name == "A" else self.shard_rows
        point = [*place.s[:rows], x, y, *channels[: m.c[l - 1]]]
        if name == "A":
            return slot(self.run, "trace", f"A_{l - 1}", point, weight)
        return self.source, self.shard.offset["X"], point, weight

    def read_by(self, l):
        """The coordinates (y, x) at r of what layer l reads."""
        m = self.model
        first, last = m.pooled[l], m.n[l - 1]
        return self.r.y[first:last], self.r.x[first:last]

    def taps(self, l, tap, at, place):
        """a_l(dy, u; y) a_l(dx, v; x). @param at u and v"""
        m, (u, v) = self.model, at
        d, n = m.d[l], m.n[l]
        reads = m.kernel[l].reads
        return reads(tap.y[:d], u, place.y[:n]) * reads(tap.x[:d], v, place.x[:n]) % R

    def rounded(self, l):
        """The terms of the claim forward_l that are in the trace."""
        if l == self.model.out:
            parts = (("Q", -(1 << F)), ("U0", -1), ("U1", -LIMB))
        else:
            parts = (("A", -(2 << F)), ("V", 1 << F), ("R0", -1), ("R1", -LIMB))
        return [self.tensor(name, l, self.r, weight) for name, weight in parts]

    def constant(self, l):
        """What forward_l has on the side of the value."""
        return self.model.p[l] * ((1 << F - 1) + ((1 << F) * HALF if l == self.model.out else 0))

    def place(self, l):
        """M_l at r."""
        return self.model.place(l, self.r.y, self.r.x)

    def check(self, l, value):
        """A zero-check over the positions of layer l."""
        return self.grid.zero(self.cells(l)) * value % R

    def claim_helpers(self, names):
        """Claims on helpers of lookups: name_l of hidden layers, others of the output; then on the table."""
        for name in names:
            _, _, l = name.partition("_")
            l = int(l or self.model.out)
            point = self.grid.at(self.cells(l))
            self.run.claims.add(self.run.evals[name], slot(self.run, "helper", name, point, self.model.p[l]))
        claim_table(self.run, self.grid)
