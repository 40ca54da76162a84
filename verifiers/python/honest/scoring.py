"""An honest score by the definition of its sums (protocol sections 11 and 12)."""

from algebra import eq_table
from honest.common import LIMBS, Checks, counted, function, limb_table, lookup_of, lookups, pair_table, table_instances
from honest.pictures import FA, HALF, least_log_sum
from honest.passing import Passing
from honest.prover import Instance, spread
from poseidon import R
from tables import tables

ROWS = 12
UNIT = pow(1 << FA, -1, R)
OUTPUTS = ("B", "G", "P", "K", "E")
ROW_VECTORS = ("L", "N", "c", "t", "H", "p", "LP", "Z", "S")
EXP, LOSS = 0, 2 * LIMBS


class Scoring(Passing):
    def __init__(self, network, model, pictures, k, stated):
        """@param stated whether the counts are; else no class is shown to be predicted"""
        super().__init__(network, model, pictures)
        self.stated, self.k, t = stated, k, self.tensors
        self.cls, self.lab = int(pictures.kind == "classes"), int(pictures.kind == "labels")
        _, self.s1, self.s2 = network.s
        t |= {name: [0] * len(t["Q"]) for name in OUTPUTS} | {name: [0] * (1 << self.rows) for name in ROW_VECTORS}
        self.times = [0] * LIMBS
        for s in range(1 << self.rows):
            self._row(s)
        own = [t[name] for name in ("G", "K", "H", "S")] + [[0] * len(t["Q"]), [0] * len(t["S"])]
        t["mult"] = counted(self.looked_up() + own)
        t["mult2"] = self.times
        absent = () if self.s1 else ("Z", "S") if self.s2 else ("Z", "S", "E", "mult2")
        self.trace = {name: tensor for name, tensor in t.items() if name not in absent}

    def _row(self, s):
        t, outputs = self.tensors, sum(self.classes)
        at = [s + (i << self.rows) for i in range(outputs)]
        logits, labels = [t["Q"][k] - HALF for k in at], [self.pictures.y[k] for k in at]
        if self.real[s]:
            if self.cls:
                self._ranked(s, at, logits, labels.index(1 << FA))
            for k, q, y in zip(at, logits, labels):
                if self.lab and (q > 0 if y else q < 0):
                    t["B"][k], t["P"][k], t["G"][k] = 1, int(self.stated), abs(q) - 1
                if not (self.cls or self.lab):
                    t["B"][k], t["G"][k] = int(q > y), abs(q - y)
        t["N"][s], t["p"][s] = sum(t["B"][k] for k in at), sum(t["P"][k] for k in at)
        if self.real[s] and (self.cls or self.lab):
            t["c"][s], t["t"][s] = int(t["N"][s] == outputs), int(t["N"][s] >= outputs - self.k + 1)
            t["H"][s] = t["t"][s] * (t["N"][s] - outputs + self.k - 1)
        if self.s1:
            t["Z"][s], total = least_log_sum(logits, tables())
            t["S"][s] = LIMBS - total
        for k, q, y in zip(at, logits, labels):
            index = self.s1 * (t["Z"][s] - q) + self.s2 * ((-q if y else q) + HALF)
            if self.s1 or self.s2:
                t["E"][k] = tables()[index + (LOSS if self.s2 else EXP)]
                self.times[index] += 1

    def _ranked(self, s, at, logits, label):
        t = self.tensors
        t["L"][s] = logits[label]
        for i, (k, q) in enumerate(zip(at, logits)):
            over = logits[label] - q - 1 + (i == label)
            if over >= 0:
                t["B"][k], t["G"][k] = 1, over
        best = max(logits)
        if self.stated and logits.count(best) == 1:
            t["P"][at[logits.index(best)]], t["LP"][s] = 1, best
            for i, (k, q) in enumerate(zip(at, logits)):
                t["K"][k] = best - q - 1 + (q == best)

    def counts(self):
        """C(i, j) of classes row by row, C(j) of labels."""
        t, outputs = self.tensors, sum(self.classes)
        rows = [s for s in range(1 << self.rows) if self.real[s]]
        if self.lab:
            return [sum(t["P"][s + (j << self.rows)] for s in rows) for j in range(outputs)]
        if not self.cls:
            return []
        return [
            sum(t["P"][s + (j << self.rows)] for s in rows if self.pictures.y[s + (i << self.rows)])
            for i in range(outputs) for j in range(outputs)
        ]

    def measures(self):
        """result, loss, absolute, top."""
        t = self.tensors
        rows = [(s, s + (i << self.rows)) for s in range(1 << self.rows) if self.real[s] for i in range(len(self.classes))]
        error = sum((t["Q"][k] - HALF - self.pictures.y[k]) ** 2 for _, k in rows)
        right = sum(t["c"]) if self.cls or self.lab else error
        loss = self.s2 * sum(t["E"][k] for _, k in rows)
        if self.s1:
            loss = sum((self.pictures.y[k] >> FA) * ((t["Z"][s] - t["Q"][k] + HALF << 7) - t["S"][s]) for s, k in rows)
        absolute = 0 if self.cls or self.lab else sum(t["G"])
        return {"error": error, "result": right, "loss": loss, "absolute": absolute, "top": sum(t["t"])}

    def helper(self, run):
        t, beta = self.tensors, run.beta
        made = self.lookups_of(beta)
        made["hG"] = lookups(beta, t["G"], t["K"], [0] * len(t["G"]))
        made["hS"] = lookups(beta, t["H"], t["S"], [0] * len(t["S"]))
        if self.s1 or self.s2:
            self.column = function(EXP, LOSS, self.s1, self.s2)
            made["hF"] = [
                self.classes[k >> self.rows] and pow(beta - self._index(k) - run.alpha * e - run.alpha**2, -1, R)
                for k, e in enumerate(t["E"])
            ]
            made["g2"] = pair_table(beta, run.alpha, self.column, self.times)
        made["g"] = limb_table(beta, t["mult"])
        self.helpers = made
        return made

    def _index(self, k):
        t, q = self.tensors, self.tensors["Q"][k] - HALF
        return self.s1 * (t["Z"][k & (1 << self.rows) - 1] - q) + self.s2 * ((-q if self.pictures.y[k] else q) + HALF)

    def sums(self, run):
        n, q, t = self.network, run.squares, self.tensors
        made = self.sums_of(q)
        eq_s = eq_table(self.r["s"])
        said, powers_of = self.measures(), [[1], [1]]
        for first, own in zip((12, 0), powers_of):
            for z in q[first : first + n.c[self.out]]:
                own += [value * z % R for value in own]
        of_label, of_class = powers_of
        self.Yx, self.Px = (
            [sum(w * table[s + (i << self.rows)] for i, w in enumerate(own)) % R for s in range(1 << self.rows)]
            for own, table in ((of_label, self.pictures.y), (of_class, t["P"]))
        )
        factor = [self.cls * y * UNIT + self.lab for y in self.Yx]
        made |= {
            "right": sum(t["c"]), "error": said["error"], "top": (self.cls + self.lab) * said["top"], "absolute": said["absolute"],
            "loss": said["loss"], "counts": sum(a * b for a, b in zip(factor, self.Px)),
            "labelled": sum(a * b for a, b in zip(eq_s, t["L"])), "predicted": sum(a * b for a, b in zip(eq_s, t["LP"])),
        }
        named = {"x": q[0], "counts": made["counts"] % R if self.stated and self.cls + self.lab else 0}
        run.statement.params[-2:] = named.values()
        self.sizes["named"].update(named)
        return {name: value % R for name, value in made.items()}

    def first(self, run, grid, weights):
        made, looked = self.passed(run, grid, weights)
        rows, out = grid.cells(self.rows), grid.cells(self.rows, 0, 0, self.network.c[self.out])
        made += self._of_rows(run, grid, weights, rows) + self._of_outputs(run, grid, weights, rows, out)
        looked += [(name, out) for name in ("hG", "hF") if name in self.helpers] + [("hS", rows)]
        pairs = self.column if "g2" in self.helpers else None
        return made + table_instances(run, grid, weights, looked, self.tensors | self.helpers, pairs)

    def _of_rows(self, run, grid, weights, cells):
        t, k, outputs, look = self.tensors, self.k, sum(self.classes), lookup_of(run.beta)
        named = {name: t[name] for name in ROW_VECTORS} | {"hS": self.helpers["hS"], "real": self.real}
        on = Checks(grid, weights, cells, named)
        on.add("hS", "hS H S", lambda h, a, b: look(h, a, b, 0), 4)
        on.add("predictedOne", "p", lambda p: self.cls * (p * p - p), 2)
        on.add("claimedBit", "c", lambda c: c * c - c, 2)
        on.add("claimedPadding", "c real", lambda c, r: c * (1 - r), 2)
        on.add("claimedAll", "c N", lambda c, x: c * (outputs - x), 2)
        on.add("topBit", "t", lambda x: x * x - x, 2)
        on.add("topPadding", "t real", lambda x, r: x * (1 - r), 2)
        on.add("topRank", "H t N", lambda h, x, m: h - x * (m - outputs + k - 1), 2)
        cls, lab = self.cls, self.lab
        sums = (
            ("right", {"c": t["c"]}, lambda c: c),
            ("top", {"t": t["t"]}, lambda x: (cls + lab) * x),
            ("counts", {"Yx": self.Yx, "Px": self.Px}, lambda y, p: (cls * y * UNIT + lab) * p),
        )
        return on.made + [Instance(cells, tables_, f, 2, weights[name], run.sums[name]) for name, tables_, f in sums]

    def _of_outputs(self, run, grid, weights, rows, cells):
        t, cls, lab, s1, s2 = self.tensors, self.cls, self.lab, self.s1, self.s2
        regression = 1 - cls - lab
        named = {name: t[name] for name in ("Q", *OUTPUTS)} | self.helpers | {"Y": self.pictures.y}
        named |= {name: spread(t[name], rows, cells) for name in ROW_VECTORS} | {"real": spread(self.real, rows, cells)}
        named["class"] = spread(self.classes, cells[self.rows :], cells)
        named["row"] = spread(eq_table(self.r["s"]), rows, cells)
        on, look, beta = Checks(grid, weights, cells, named), lookup_of(run.beta), run.beta
        on.add("hG", "hG G K", lambda h, a, b: look(h, a, b, 0), 4)
        on.add("margin", "G class B L Q Y real", lambda g, c, b, l, q, y, r: (
            g - c * b * (cls * (l - (q - HALF) - 1 + y * UNIT) + lab * ((2 * y * UNIT - 1) * (q - HALF) - 1))
            - regression * r * (2 * b - 1) * (q - HALF - y)
        ), 4)
        on.add("lead", "K class p LP Q P", lambda k, c, p, lp, q, own: k - cls * c * p * (lp - (q - HALF) - 1 + own), 3)
        on.add("belowBit", "B", lambda b: b * b - b, 2)
        on.add("belowPadding", "B class", lambda b, c: b * (1 - c), 2)
        on.add("predictedBit", "P", lambda p: p * p - p, 2)
        on.add("predictedPadding", "P real class", lambda p, r, c: p * (1 - r * c), 3)
        on.add("predictedLabel", "P B", lambda p, b: lab * p * (1 - b), 2)
        if s1 + s2:
            alpha = run.alpha
            on.add("powerPadding", "E class", lambda e, c: e * (1 - c), 2)
            on.add("hF", "hF Z Q Y E class", lambda h, z, q, y, e, c: h * (
                beta - s1 * (z - q + HALF) - s2 * ((1 - 2 * y * UNIT) * (q - HALF) + HALF) - alpha * e - alpha * alpha
            ) - c, 3)
        claims, sums = run.sums, (
            ("error", "real Q Y", lambda r, q, y: r * (q - HALF - y) ** 2, 3, 1),
            ("absolute", "real G", lambda r, g: regression * r * g, 2, 1),
            ("loss", "real Y Z Q S E", lambda r, y, z, q, s, e: r * (s1 * y * UNIT * (128 * (z - q + HALF) - s) + s2 * e), 3, 1),
            ("labelled", "row Y Q", lambda e, y, q: cls * e * y % R * (q - HALF), 3, cls << FA),
            ("predicted", "row P Q", lambda e, p, q: cls * e * p % R * (q - HALF), 3, cls),
        )
        return on.made + [
            Instance(cells, {own: named[own] for own in names.split()}, f, degree, weights[name], factor * claims[name])
            for name, names, f, degree, factor in sums
        ]
