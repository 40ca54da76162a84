"""An honest train by the definition of its sums (protocol sections 7 and 12)."""

from algebra import eq_table
from honest.common import (
    Checks, LIMBS, contract, counted, function, limb_table, lookup_of, lookups, masked, pair_table, patches, places,
    real_classes, real_rows, table_instances,
)
from honest.pictures import FA, FD, HALF, Q, train
from honest.prover import Instance, spread
from poseidon import R
from tables import tables

ONE = 1 << FD
HIDDEN = ("A", "V", "m", "D", "T", "R0", "R1", "S0", "S1")
SIG = LIMBS


class Training:
    def __init__(self, network, parent, pictures, lr, batch_bits, passes_bits, eps):
        self.network, self.pictures, self.parent, self.lr = network, pictures, parent, lr
        self.batch, self.eps, self.rows = batch_bits, eps, pictures.sigma + passes_bits
        self.out = network.out
        self.present = [l for l in network.layers if network.p[l]]
        self.hidden = self.present[:-1]
        _, self.s1, self.s2 = network.s
        output = 1 << self.rows + network.c[self.out]
        names = ("w", "e", "P", "r0", "r1", "z1")
        self.head = {name: [0] * output for name in names} | {name: [0] * (1 << self.rows) for name in ("M", "Sum")}
        self.trace_, self.child = train(network, parent, pictures, lr, batch_bits, passes_bits, self._deltas)
        t = self.tensors = dict(self.trace_.tensors)
        t["z0"], t["index"], t["value"] = [], [], []
        self._pairs()
        looked = [t[f"{name}_{l}"] for l in self.hidden for name in ("T", "R0", "R1", "S0", "S1")]
        looked += [[v - m for v, m in zip(t[f"V_{l}"], t[f"m_{l}"])] for l in self.hidden]
        looked += [t[name] for name in ("Q", "U0", "U1")]
        if self.s1:
            looked += [self.head[name] for name in ("r0", "r1", "z1", "P")] + [t["z0"], [0] * output]
        t["mult"] = counted(looked)
        kept = ("M", "Sum", "w", "e", "P", "r0", "r1", "z1") if self.s1 else ("P",) if self.s2 else ()
        t |= {name: self.head[name] for name in kept}
        if self.s1 or self.s2:
            t["mult2"] = self.times
        self.trace = {name: tensor for name, tensor in t.items() if name not in ("z0", "index", "value")}

    def _deltas(self, trace, s):
        """The output's deltas of a row, and what the head has of it."""
        l, c = self.out, 1 << self.network.c[self.out]
        outputs, at = self.network.last[l] + 1, [s + (i << self.rows) for i in range(c)]
        logits = [trace.tensors["Q"][k] - HALF for k in at]
        row, real = self.pictures.row(s), self.pictures.real(s)
        labels = [self.pictures.y[row + (i << self.pictures.sigma)] for i in range(c)]
        if self.s1:
            self._softmax(s, logits[:outputs], at)
        for i, k in enumerate(at):
            of = self.head["P"]
            if self.s2 and i < outputs:
                of[k] = tables()[SIG + logits[i] + HALF]
            if self.s1 or self.s2:
                right = ONE - (outputs if self.s1 else 2) * self.eps
                delta = (i < outputs) * (of[k] - self.eps) - labels[i] * right // (1 << FA)
            else:
                delta = Q * (logits[i] - labels[i])
            trace.tensors[f"D{l}"][k] = real * delta

    def _softmax(self, s, logits, at):
        h, largest = self.head, max(logits)
        h["M"][s] = largest
        for i, logit in enumerate(logits):
            h["e"][at[i]] = tables()[largest - logit]
        h["w"][at[logits.index(largest)]] = 1
        total = h["Sum"][s] = sum(h["e"][k] for k in at)
        for k in at:
            h["P"][k], rest = divmod(2 * ONE * h["e"][k] + total, 2 * total)
            h["r0"][k], h["r1"][k], h["z1"][k] = rest & 0xFFFF, rest >> 16, (2 * total - 1 - rest) >> 16

    def _pairs(self):
        """The looked-up pairs of the output, how often each occurs, and z0."""
        t, h = self.tensors, self.head
        self.times, self.classes = [0] * LIMBS, real_classes(self.network)
        for k, logit in enumerate(t["Q"]):
            s, i = k & (1 << self.rows) - 1, k >> self.rows
            index = self.s1 * (h["M"][s] - logit + HALF) + self.s2 * logit
            t["index"].append(index)
            t["value"].append(self.s1 * h["e"][k] + self.s2 * h["P"][k])
            t["z0"].append(2 * h["Sum"][s] - self.s1 - h["r0"][k] - LIMBS * (h["r1"][k] + h["z1"][k]))
            if (self.s1 or self.s2) and self.classes[i]:
                self.times[index] += 1

    def helper(self, run):
        t, h, beta = self.tensors, self.head, run.beta
        made = {}
        for l in self.hidden:
            over = [v - m for v, m in zip(t[f"V_{l}"], t[f"m_{l}"])]
            made[f"hA_{l}"] = lookups(beta, over, t[f"T_{l}"], t[f"R0_{l}"])
            made[f"hB_{l}"] = lookups(beta, t[f"R1_{l}"], t[f"S0_{l}"], t[f"S1_{l}"])
        made["hQ"] = lookups(beta, t["Q"], t["U0"], t["U1"])
        if self.s1:
            made["hR"] = lookups(beta, h["r0"], h["r1"], h["z1"])
            made["hP"] = lookups(beta, t["z0"], h["P"], [0] * len(h["P"]))
        if self.s1 or self.s2:
            alpha = run.alpha
            made["hF"] = [
                self.classes[k >> self.rows] * pow(beta - i - alpha * v - alpha * alpha, -1, R)
                for k, (i, v) in enumerate(zip(t["index"], t["value"]))
            ]
            self.column = function(0, SIG, self.s1, self.s2)
            made["g2"] = pair_table(beta, alpha, self.column, self.times)
        made["g"] = limb_table(beta, t["mult"])
        self.helpers = made
        return made

    def _points(self, run):
        q = run.squares
        self.r = {"s": q[: self.rows], "x": q[14:20], "y": q[20:26], "c": q[26:38]}
        if not self.network.places:
            self.r |= {"x": [], "y": [], "c": q[14:26]}
        self.mu = q[-1]

    def _axes(self, l, s=None, x=None, y=None, c=None):
        """Axes of a tensor (s; x; y; c) of layer l."""
        n = self.network
        return [(self.rows, s), (n.n[l], x), (n.n[l], y), (n.c[l], c)]

    def _delta(self, l):
        return self.tensors[f"D_{l}" if l < self.out else f"D{l}"]

    def _taps(self, l, d_bits, at, y_bits):
        """a_l(d, u; y) at a point u as a table over (y; d), by definition."""
        k, weights = self.network.kernel[l], eq_table(at)
        table = []
        for d in range(1 << d_bits):
            for y in range(1 << y_bits):
                u = d if k.flat else k.stride * y + d - k.padding
                table.append(weights[u] if (k.flat or d < k.side) and 0 <= u < len(weights) else 0)
        return table

    def sums(self, run):
        """The sums, and with them the tables of batch 1."""
        self._points(run)
        n, q = self.network, {}
        self.read, self.first_tables = {}, {}
        eq_s = eq_table(self.r["s"])
        for l in self.present:
            eq_x, eq_y, eq_c = eq_table(self.r["x"][: n.n[l]]), eq_table(self.r["y"][: n.n[l]]), eq_table(self.r["c"][: n.c[l]])
            self.read[l] = patches(n, self.trace_, self.pictures, l)
            j = 2 * n.d[l] + n.c[l - 1]
            axes = [(self.rows, None), (n.n[l], eq_x), (n.n[l], eq_y), (j, None)]
            at_place = contract(masked(n, l, self.read[l], self.rows), axes)
            delta = contract(self._delta(l), self._axes(l, c=eq_c))
            W = contract(self.parent.W[l], [(j, None), (n.c[l], eq_c)])
            read = contract(at_place, [(self.rows, eq_s), (j, None)])
            G, P = self._steps(delta, self.read[l], j), self._later(at_place, eq_s, j)
            q[f"F1_{l}"] = sum(a * b for a, b in zip(W, read))
            q[f"F2_{l}"] = sum(a * b for a, b in zip(G, P))
            earlier = self._earlier()
            q[f"F3_{l}"] = sum(value * earlier[(k & (1 << self.rows) - 1) >> self.batch] for k, value in enumerate(delta))
            self.first_tables[f"F1_{l}"] = {f"W_{l}": W, f"In_{l}": read}
            self.first_tables[f"F2_{l}"] = {f"G_{l}": G, f"P_{l}": P}
        for l in self.hidden:
            up, first = l + 1, n.pooled[l + 1]
            eq_c = eq_table(self.r["c"][: n.c[l]])
            across = [self._taps(up, n.d[up], self.r[axis][first : n.n[l]], n.n[up]) for axis in ("x", "y")]
            back = self._given_back(up, *across)
            taps = 2 * n.d[up] + n.c[up]
            W = contract(self.parent.W[up], [(2 * n.d[up], None), (n.c[l], eq_c), (n.c[up], None)])
            given = contract(back, [(self.rows, eq_s), (taps, None)])
            read = contract(self.read[up], [(self.rows + 2 * n.n[up] + 2 * n.d[up], None), (n.c[l], eq_c)])
            G, P = self._steps_back(up, read), self._later(back, eq_s, taps)
            q[f"B1_{l}"] = sum(a * b for a, b in zip(W, given))
            q[f"B2_{l}"] = sum(a * b for a, b in zip(G, P))
            self.first_tables[f"B1_{l}"] = {f"nextW_{l}": W, f"nextD_{l}": given}
            self.first_tables[f"B2_{l}"] = {f"nextG_{l}": G, f"nextP_{l}": P}
        return {name: value % R for name, value in q.items()}

    def _earlier(self):
        """LT(k, r_k) of all steps."""
        weights = eq_table(self.r["s"][self.batch :])
        return [sum(weights[k + 1 :]) % R for k in range(len(weights))]

    def _step_sums(self, products):
        """Sums over a step's rows and places. @param products a table over (s; x; y) for each tap; gives a table over (k; tap)"""
        table = []
        for product in products:
            sums = [0] * (1 << self.rows - self.batch)
            for k, value in enumerate(product):
                sums[(k & (1 << self.rows) - 1) >> self.batch] += value
            table += [value % R for value in sums]
        return table

    def _steps(self, delta, read, j):
        """G over (k; j)."""
        size = len(delta)
        return self._step_sums([a * b for a, b in zip(delta, read[size * k : size * (k + 1)])] for k in range(1 << j))

    def _steps_back(self, up, read):
        """G_(l+1)(i, (r_c, dy, dx); k) over (k; dx; dy; i)."""
        size, delta = 1 << self.rows + 2 * self.network.n[up], self._delta(up)
        taps = [read[at : at + size] for at in range(0, len(read), size)]
        channels = [delta[at : at + size] for at in range(0, len(delta), size)]
        return self._step_sums([a * b for a, b in zip(tap, channel)] for channel in channels for tap in taps)

    def _later(self, table, eq_s, rest):
        """sum_s eq(r_s, s) [k(s) > k'] of a table over (s; ..), as one over (k'; ..)."""
        out, rows = [], 1 << self.rows
        for at in range(0, rows << rest, rows):
            for k in range(rows >> self.batch):
                out.append(sum(eq_s[s] * table[at + s] for s in range(k + 1 << self.batch, rows)) % R)
        return out

    def _given_back(self, up, across, down):
        """DD over (s; dx; dy; i). @param across, down a at r over (place; tap)"""
        n, d, rows = self.network.n[up], self.network.d[up], 1 << self.rows
        delta, out = self._delta(up), []
        for i in range(1 << self.network.c[up]):
            for dy in range(1 << d):
                for dx in range(1 << d):
                    for s in range(rows):
                        out.append(sum(
                            down[y + (dy << n)] * across[x + (dx << n)] * delta[s + (x + (y << n) + (i << 2 * n)) * rows]
                            for y in range(1 << n) for x in range(1 << n)
                        ) % R)
        return out

    def first(self, run, grid, weights):
        n, made = self.network, []
        steps = list(range(self.batch, self.rows))
        for l in self.present:
            taps = grid.cells(0, n.d[l], n.d[l], n.c[l - 1])
            made += self._products(weights, l, (("F1", taps), ("F2", steps + taps)), run.sums)
        for l in self.hidden:
            taps = grid.cells(0, n.d[l + 1], n.d[l + 1], n.c[l + 1])
            made += self._products(weights, l, (("B1", taps), ("B2", steps + taps)), run.sums)
        looked = []
        for l in self.hidden:
            cells = grid.cells(self.rows, n.n[l], n.n[l], n.c[l])
            made += self._hidden(run, grid, weights, l, cells)
            looked += [(f"hA_{l}", cells), (f"hB_{l}", cells)]
        cells = grid.cells(self.rows, 0, 0, n.c[self.out])
        made += self._output(run, grid, weights, cells)
        looked += [(name, cells) for name in ("hQ", "hR", "hP", "hF") if name in self.helpers]
        pairs = self.column if "g2" in self.helpers else None
        return made + table_instances(run, grid, weights, looked, self.tensors | self.helpers, pairs)

    def _products(self, weights, l, relations, sums):
        return [
            Instance(cells, self.first_tables[f"{name}_{l}"], lambda a, b: a * b, 2, weights[f"{name}_{l}"], sums[f"{name}_{l}"])
            for name, cells in relations
        ]

    def _hidden(self, run, grid, weights, l, cells):
        named = {f"{name}_{l}": self.tensors[f"{name}_{l}"] for name in HIDDEN} | {f"h{k}_{l}": self.helpers[f"h{k}_{l}"] for k in "AB"}
        on, look = Checks(grid, weights, cells, named), lookup_of(run.beta)
        on.add(f"bit_{l}", f"m_{l}", lambda m: m * m - m, 2)
        on.add(f"active_{l}", f"A_{l} m_{l} V_{l}", lambda a, m, v: a - m * v, 2)
        on.add(f"delta_{l}", f"D_{l} m_{l} T_{l}", lambda d, m, t: d - m * (t - HALF), 2)
        on.add(f"hA_{l}", f"hA_{l} V_{l} m_{l} T_{l} R0_{l}", lambda h, v, m, t, r: look(h, v - m, t, r), 4)
        on.add(f"hB_{l}", f"hB_{l} R1_{l} S0_{l} S1_{l}", look, 4)
        return on.made

    def _output(self, run, grid, weights, cells):
        t, h, n, sigma = self.tensors, self.head, self.network, self.pictures.sigma
        rows, channels = cells[: self.rows], cells[self.rows :]
        labels = [self.pictures.y[(k & (1 << sigma) - 1) + (k >> self.rows << sigma)] for k in range(1 << len(cells))]
        out = f"D{self.out}"
        named = {name: t[name] for name in ("Q", "U0", "U1", out)} | {name: h[name] for name in ("w", "e", "P", "r0", "r1", "z1")}
        named |= {name: spread(h[name], rows, cells) for name in ("M", "Sum")}
        named |= self.helpers | {"Y": labels}
        named["real"] = spread(real_rows(self.pictures, self.rows), rows, cells)
        named["class"] = spread(self.classes, channels, cells)
        on, look, beta, eps = Checks(grid, weights, cells, named), lookup_of(run.beta), run.beta, self.eps
        s0, s1, s2 = n.s
        outputs, unit = n.last[self.out] + 1, pow(1 << FA, -1, R)
        right = s0 * Q + (s1 * (ONE - outputs * eps) + s2 * (ONE - 2 * eps)) * unit
        s12 = s1 + s2
        on.add(
            "error", f"{out} real Q class P Y",
            lambda d, r, q, c, p, y: d - r * (s0 * Q * (q - HALF) + s12 * c * (p - eps) - right * y), 3,
        )
        on.add("hQ", "hQ Q U0 U1", look, 4)
        if s1:
            on.add("firstBit", "w", lambda w: w * w - w, 2)
            on.add("firstPadding", "w class", lambda w, c: w * (1 - c), 2)
            on.add("largest", "w M Q", lambda w, m, q: w * (m - q + HALF), 2)
            on.add("powerPadding", "e class", lambda e, c: e * (1 - c), 2)
            on.add("division", "e Sum P r0 r1", lambda e, z, p, a, b: 2 * ONE * e + z - 2 * z * p - a - LIMBS * b, 2)
            on.add("hR", "hR r0 r1 z1", look, 4)
            on.add(
                "hP", "hP Sum r0 r1 z1 P", lambda k, z, a, b, c, p: look(k, 2 * z - 1 - a - LIMBS * (b + c), p, 0), 4,
            )
        if s12:
            alpha = run.alpha
            on.add(
                "hF", "hF M Q e P class",
                lambda k, m, q, e, p, c: k * (
                    beta - s1 * (m - q + HALF) - s2 * q - alpha * (s1 * e + s2 * p) - alpha * alpha
                ) - c, 2,
            )
        return on.made

    def after_first(self, run, grid):
        """Tables of batch 2, and the updates' sums."""
        n = self.network
        self.rho = dict(zip("sxyc", grid.split(grid.rho)))
        self.second_tables = {}
        eq = {axis: lambda bits_, of=axis: eq_table(self.rho[of][:bits_]) for axis in "sxyc"}
        for l in self.present:
            place = self.rows + 2 * n.n[l]
            tap = [(n.d[l], eq["x"](n.d[l])), (n.d[l], eq["y"](n.d[l]))]
            read = contract(self.read[l], [(place, None), *tap, (n.c[l - 1], eq["c"](n.c[l - 1]))])
            delta = contract(self._delta(l), self._axes(l, c=eq_table(self.r["c"][: n.c[l]])))
            given = self.mu * (1 + 15 * n.pooled[l]) << FA
            run.sums2[f"U_{l}"] = sum(d * (value + given) for d, value in zip(delta, read)) % R
            self.second_tables[l] = read, delta
        for l in self.hidden:
            up = l + 1
            place = self.rows + 2 * n.n[up]
            tap = [(n.d[up], eq["x"](n.d[up])), (n.d[up], eq["y"](n.d[up]))]
            read = contract(self.read[up], [(place, None), *tap, (n.c[l], eq_table(self.r["c"][: n.c[l]]))])
            delta = contract(self._delta(up), self._axes(up, c=eq["c"](n.c[up])))
            first = n.pooled[up]
            across, down = (
                contract(self._taps(up, n.d[up], self.r[a][first : n.n[l]], n.n[up]), [(n.n[up], None), (n.d[up], eq[a](n.d[up]))])
                for a in "xy"
            )
            taps = [a * b % R for b in down for a in across]
            self.second_tables[l, "next"] = read, delta, taps

    def second(self, run, grid, weights):
        n, made = self.network, []
        rho_k = eq_table(self.rho["s"][self.batch : self.rows])
        later = [sum(rho_k[:k]) % R for k in range(len(rho_k))]
        s, s2, mu = run.sums, run.sums2, self.mu

        def rows(values):
            return [values[k >> self.batch] for k in range(1 << self.rows)]

        for l in self.present:
            read, delta = self.second_tables[l]
            cells = grid.cells(self.rows, n.n[l], n.n[l])
            row, place = cells[: self.rows], cells[self.rows :]
            own = {
                "eq": eq_table([grid.tau[t] for t in cells]), "M": spread(places(n, l), place, cells), "later": spread(rows(later), row, cells),
                "step": spread(rows(rho_k), row, cells), "before": spread(rows(self._earlier()), row, cells),
                f"zIn_{l}": read, f"zDAtI_{l}": delta,
            }
            J, D, given = f"zIn_{l}", f"zDAtI_{l}", mu * (1 + 15 * n.pooled[l]) << FA
            for name, factors, formula, claim in (
                ("In", ("eq", "M", J), lambda e, m, j: e * m * j, s2[f"In_{l}"]),
                ("P", ("eq", "M", "later", J), lambda e, m, k, j: e * m % R * k * j, s2[f"P_{l}"]),
                ("G", ("step", D, J), lambda k, d, j: k * d * j, s2[f"G_{l}"]),
                ("U", (D, J), lambda d, j, g=given: d * (j + g), s2[f"U_{l}"]),
                ("F3", ("before", D), lambda k, d: k * d, s[f"F3_{l}"]),
            ):
                named = {factor: own[factor] for factor in factors}
                made.append(Instance(cells, named, formula, 3, weights[f"{name}_{l}"], claim))
        for l in self.hidden:
            read, delta, taps = self.second_tables[l, "next"]
            cells = grid.cells(self.rows, n.n[l + 1], n.n[l + 1])
            row, place = cells[: self.rows], cells[self.rows :]
            eq = spread(eq_table(self.r["s"]), row, cells)
            own = {
                "eq": eq, "taps": spread(taps, place, cells), "later": spread(rows(later), row, cells),
                "step": spread(rows(rho_k), row, cells), f"zNextD_{l}": delta, f"zNextIn_{l}": read,
            }
            D = f"zNextD_{l}"
            for name, factors, formula in (
                ("nextD", ("eq", "taps", D), lambda e, a, d: e * a % R * d),
                ("nextP", ("eq", "taps", "later", D), lambda e, a, k, d: e * a % R * k * d),
                ("nextG", ("step", D, f"zNextIn_{l}"), lambda k, d, j: k * d * j),
            ):
                named = {factor: own[factor] for factor in factors}
                made.append(Instance(cells, named, formula, 3, weights[f"{name}_{l}"], s2[f"{name}_{l}"]))
        return made


