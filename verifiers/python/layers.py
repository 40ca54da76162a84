"""What train and score have in common, and the algebra of train (protocol section 7)."""

from algebra import Grid, at_most, dot, eq, less_than, number, powers, sumcheck
from poseidon import R
from programs import FA, HALF, LIMB, TABLE, claim_table, lookup, slot, table
from shapes import ONE

F = 32
TRAIN_ROWS = 14
Q = 4
HIDDEN = (1, 2, 3)
LAYERS = (1, 2, 3, 4)


class Layers:
    """Points of the tensors of a network on rows: rho = (rho_s; rho_f), tau = (r_s; r_i)."""

    def __init__(self, run, grid, sizes, oracle, rows, shard_rows, shard):
        self.run, self.grid, self.model, self.oracle = run, grid, sizes["model"], oracle
        self.rows, self.shard_rows, self.shard = rows, shard_rows, shard
        self.rho_s, self.rho_f = grid.rho[: grid.row_bits], grid.rho[grid.row_bits :]
        self.r_s, self.r_i = grid.tau[: grid.row_bits], grid.tau[grid.row_bits :]

    def cells(self, l):
        return self.grid.cells(self.rows, self.model.a[l])

    def tensor(self, name, l, rows, features, weight=1, p=None):
        """A term on the trace's tensor name_l at (features; rows)."""
        p = self.model.p[l] if p is None else p
        full = f"{name}_{l}" if l < 4 else name
        return slot(self.run, "trace", full, [*rows[: self.rows], *features[: self.model.a[l]]], p * weight)

    def weights(self, oracle, l, j, i, weight=1):
        """A term on W_l at (i; j)."""
        a, p = self.model.a, self.model.p[l]
        return oracle, self.model.offset[f"W_{l}"], [*j[: a[l - 1]], *i[: a[l]]], p * weight

    def bias(self, oracle, l, i, weight):
        return oracle, self.model.offset[f"b_{l}"], i[: self.model.a[l]], self.model.p[l] * weight

    def data(self, name, rows, features, weight=1):
        """A term on X or Y, which do not depend on the pass."""
        bits = self.model.a[0 if name == "X" else 4]
        return "shard", self.shard.offset[name], [*rows[: self.shard_rows], *features[:bits]], weight

    def input(self, l, rows, features):
        """The terms of In_l: A_(l-1) where that layer is present, else X."""
        p, terms = self.model.p, [self.data("X", rows, features, self.model.p[l] - self.model.p[l - 1])]
        return terms if l == 1 else [*terms, self.tensor("A", l - 1, rows, features, p[l - 1])]

    def rounded(self, l):
        """The terms of the claim forward_l that are in the trace."""
        at = (self.r_s, self.r_i)
        if l == 4:
            parts = (("Q", -(1 << F)), ("U0", -1), ("U1", -LIMB))
        else:
            parts = (("A", -(2 << F)), ("V", 1 << F), ("R0", -1), ("R1", -LIMB))
        return [self.tensor(name, l, *at, weight) for name, weight in parts]

    def constant(self, l):
        """What forward_l has on the side of the value."""
        return self.model.p[l] * ((1 << F - 1) + ((1 << F) * HALF if l == 4 else 0))

    def check(self, name, l, value):
        """A zero-check over the positions of layer l."""
        return self.grid.zero(self.cells(l)) * value % R


def train(run, sizes):
    seg = sizes["seg"]
    run.begin()
    s = run.sums
    claims = {name: value for name, value in s.items() if not name.startswith("F3")}
    grid = Grid(run.batch(claims, TRAIN_ROWS, 5), run.squares, TRAIN_ROWS)
    on = Layers(run, grid, sizes, "parent", seg.trace_bits, seg.sigma, seg)
    values = first_values(run, on, seg)
    run.settle(values, run.left, run.lam, run.names["relations"], "batch 1 at its point")
    zeta = second_batch(run, on, seg)
    claim_first(run, on)
    claim_second(run, on, zeta)
    claim_linear(run, on, seg)
    claim_rows(run, on)


def first_values(run, on, seg):
    """The relations of batch 1 at its point."""
    e, s2, grid, a, p = run.evals, run.sums2, on.grid, on.model.a, on.model.p
    steps = list(range(seg.batch_bits, seg.trace_bits))
    values, total = {}, 0
    for l in LAYERS:
        features = grid.cells(0, a[l - 1])
        values[f"F1_{l}"] = grid.dormant(features) * e[f"W_{l}"] * s2[f"In_{l}"]
        values[f"F2_{l}"] = grid.dormant(steps + features) * s2[f"G_{l}"] * s2[f"P_{l}"]
    for l in HIDDEN:
        features = grid.cells(0, a[l + 1])
        values[f"B1_{l}"] = grid.dormant(features) * e[f"nextW_{l}"] * s2[f"nextD_{l}"]
        values[f"B2_{l}"] = grid.dormant(steps + features) * s2[f"nextG_{l}"] * s2[f"nextP_{l}"]
        A, V, m, D, T, R0, R1, S0, S1, hA, hB = (
            e[f"{name}_{l}"] for name in ("A", "V", "m", "D", "T", "R0", "R1", "S0", "S1", "hA", "hB")
        )
        values[f"bit_{l}"] = on.check("bit", l, m * m - m)
        values[f"active_{l}"] = on.check("active", l, A - m * V)
        values[f"delta_{l}"] = on.check("delta", l, D - m * (T - HALF))
        values[f"hA_{l}"] = on.check("hA", l, lookup(run, hA, (V - m, T, R0), p[l]))
        values[f"hB_{l}"] = on.check("hB", l, lookup(run, hB, (R1, S0, S1), p[l]))
        total += (hA + hB) * grid.dormant(on.cells(l))
    values["hQ"] = on.check("hQ", 4, lookup(run, e["hQ"], (e["Q"], e["U0"], e["U1"]), 1))
    values["table"], share = table(run, grid)
    values |= head_values(run, on, seg)
    total += sum(e[name] for name in ("hQ", "hR", "hP", "hF")) * grid.dormant(on.cells(4))
    values["logUp"] = total + share - e["g2"] * grid.dormant(TABLE)
    return values


def head_values(run, on, seg):
    """The relations that make the output's delta of its logits, for every head."""
    e, grid, model, alpha, beta = run.evals, on.grid, on.model, run.alpha, run.beta
    s0, s1, s2 = model.s
    Y, D4, M, Sum, w, x, P, r0, r1, z1 = (
        e[name] for name in ("Y", "D4", "M", "Sum", "w", "e", "P", "r0", "r1", "z1")
    )
    logit = e["Q"] - HALF
    real = at_most(seg.rows, on.rho_s[: seg.sigma])
    classes = at_most(model.last[4], on.rho_f[: model.a[4]])
    right = (s1 * (ONE - (model.last[4] + 1) * seg.eps) + s2 * (ONE - 2 * seg.eps)) * pow(1 << FA, -1, R) + s0 * Q
    target = s0 * Q * logit + (s1 + s2) * classes * (P - seg.eps) - right * Y
    z0 = 2 * Sum - s1 - r0 - LIMB * (r1 + z1)
    index, value = s1 * (M - logit) + s2 * e["Q"], s1 * x + s2 * P
    pair = beta - index - alpha * value - alpha * alpha
    k = number(grid.at(TABLE))
    entry = beta - k - alpha * e["F"] - alpha * alpha
    checks = {
        "error": D4 - real * target,
        "firstBit": w * w - w,
        "firstPadding": w * (1 - classes),
        "largest": w * (M - logit),
        "powerPadding": x * (1 - classes),
        "division": 2 * ONE * x + Sum - 2 * Sum * P - r0 - LIMB * r1,
        "hR": lookup(run, e["hR"], (r0, r1, z1), s1),
        "hP": lookup(run, e["hP"], (z0, P, 0), s1),
        "hF": e["hF"] * pair - (s1 + s2) * classes,
    }
    values = {name: on.check(name, 4, value) for name, value in checks.items()}
    values["table2"] = grid.zero(TABLE) * (e["g2"] * entry - e["mult2"]) % R
    return values


def second_batch(run, on, seg):
    """Follows batch 2 and settles it. Gives zeta."""
    m, s, s2, z = run.messages, run.sums, run.sums2, run.evals2
    mu = run.squares[26]
    mu2 = run.transcript.absorb([*run.evals.values(), *s2.values()])
    claims = [*s2.values(), *(s[f"F3_{l}"] for l in LAYERS)]
    claim = dot(claims, powers(mu2, len(claims)))
    left, zeta = sumcheck(run.transcript, claim, m["batch2"], TRAIN_ROWS, 3, "batch 2")
    active, steps = slice(0, seg.trace_bits), slice(seg.batch_bits, seg.trace_bits)
    dormant = 1
    for x in zeta[seg.trace_bits :]:
        dormant = dormant * (1 - x) % R
    same = dormant * eq(on.r_s[active], zeta[active])
    later = same * less_than(on.rho_s[steps], zeta[steps])
    step = dormant * eq(on.rho_s[steps], zeta[steps])
    before = dormant * less_than(zeta[steps], on.r_s[steps])
    values = {}
    for l in LAYERS:
        at_input, delta = z[f"zIn_{l}"], z[f"zDAtI_{l}"]
        values[f"In_{l}"] = same * at_input
        values[f"P_{l}"] = later * at_input
        values[f"G_{l}"] = step * delta * at_input
        values[f"U_{l}"] = dormant * delta * (at_input + (mu << FA))
        values[f"F3_{l}"] = before * delta
    for l in HIDDEN:
        delta = z[f"zNextD_{l}"]
        values[f"nextD_{l}"] = same * delta
        values[f"nextP_{l}"] = later * delta
        values[f"nextG_{l}"] = step * delta * z[f"zNextIn_{l}"]
    run.settle(values, left, mu2, run.names["relations2"], "batch 2 at its point")
    return zeta


def claim_first(run, on):
    """Claims 0..61: the evaluations after batch 1."""
    e, add, at = run.evals, run.claims.add, (on.rho_s, on.rho_f)
    for l in LAYERS:
        add(e[f"W_{l}"], on.weights("parent", l, on.rho_f, on.r_i))
    for l in HIDDEN:
        add(e[f"nextW_{l}"], on.weights("parent", l + 1, on.r_i, on.rho_f, on.model.p[l]))
    for l in HIDDEN:
        for name in ("A", "V", "m", "D", "T", "R0", "R1", "S0", "S1"):
            add(e[f"{name}_{l}"], on.tensor(name, l, *at))
    for name in ("Q", "U0", "U1", "D4"):
        add(e[name], on.tensor(name, 4, *at))
    add(e["Y"], on.data("Y", *at))
    claim_helpers(run, on, [f"{name}_{l}" for l in HIDDEN for name in ("hA", "hB")] + ["hQ"])
    claim_head(run, on)


def claim_head(run, on):
    """What a head brings along; absent, all of it is 0."""
    e, add = run.evals, run.claims.add
    _, s1, s2 = on.model.s
    out, entry = on.grid.at(on.cells(4)), on.grid.at(TABLE)
    for name in ("M", "Sum"):
        add(e[name], slot(run, "trace", name, on.rho_s[: on.rows], s1))
    for name in ("w", "e", "P", "r0", "r1", "z1"):
        add(e[name], slot(run, "trace", name, out, s1 + s2 if name == "P" else s1))
    for name in ("hR", "hP", "hF"):
        add(e[name], slot(run, "helper", name, out, s1 + s2 if name == "hF" else s1))
    add(e["g2"], slot(run, "helper", "g2", entry, s1 + s2))
    add(e["mult2"], slot(run, "trace", "mult2", entry, s1 + s2))
    add(e["F"], ("tables", 0, entry, s1), ("tables", LIMB, entry, s2))


def claim_rows(run, on):
    """Claims 87 and 88: each row has one first class, and Sum is what it says."""
    s1 = on.model.s[1]
    row = on.r_s[: on.rows]
    every = [*row, *[None] * on.model.a[4]]
    run.claims.add(s1, slot(run, "trace", "w", every, s1))
    run.claims.add(0, slot(run, "trace", "e", every, s1), slot(run, "trace", "Sum", row, -s1))


def claim_helpers(run, on, names):
    for name in names:
        l = int(name[-1]) if "_" in name else 4
        point = on.grid.at(on.cells(l))
        run.claims.add(run.evals[name], slot(run, "helper", name, point, on.model.p[l]))
    claim_table(run, on.grid)


def claim_second(run, on, zeta):
    """Claims 62..75: the evaluations after batch 2."""
    z, add = run.evals2, run.claims.add
    delta = {1: "D", 2: "D", 3: "D", 4: "D4"}
    for l in LAYERS:
        add(z[f"zIn_{l}"], *on.input(l, zeta, on.rho_f))
    for l in LAYERS:
        add(z[f"zDAtI_{l}"], on.tensor(delta[l], l, zeta, on.r_i))
    for l in HIDDEN:
        add(z[f"zNextD_{l}"], on.tensor(delta[l + 1], l + 1, zeta, on.rho_f, on.model.p[l]))
    for l in HIDDEN:
        add(z[f"zNextIn_{l}"], on.tensor("A", l, zeta, on.r_i))


def claim_linear(run, on, seg):
    """Claims 76..86: forward, backward, update."""
    s, s2, add, lr, p = run.sums, run.sums2, run.claims.add, seg.lr, on.model.p
    mu = run.squares[26]
    for l in LAYERS:
        earlier = s[f"F2_{l}"] + (s[f"F3_{l}"] << 2 * FA)
        value = lr * earlier - s[f"F1_{l}"] - on.constant(l)
        add(value, on.bias("parent", l, on.r_i, 1 << FA), *on.rounded(l))
    for l in HIDDEN:
        value = s[f"B1_{l}"] - lr * s[f"B2_{l}"] + p[l] * ((1 << F) * HALF + (1 << F - 1))
        parts = (("T", 1 << F), ("S0", 1), ("S1", LIMB))
        add(value, *(on.tensor(name, l, on.r_s, on.r_i, weight) for name, weight in parts))
    for l in LAYERS:
        terms = []
        for oracle, sign in (("child", 1), ("parent", -1)):
            terms.append(on.weights(oracle, l, on.rho_f, on.r_i, sign))
            terms.append(on.bias(oracle, l, on.r_i, sign * mu))
        add(-lr * s2[f"U_{l}"], *terms)
