"""The algebra of train (protocol section 7), of convolutional networks too (section 12)."""

from algebra import Grid, at_most, less_than, number
from layers import F, Layers, Spot
from poseidon import R
from programs import FA, HALF, LIMB, TABLE, lookup, slot, table
from shapes import ONE

TRAIN_ROWS = 14
Q = 4
UNIT = pow(1 << FA, -1, R)
HIDDEN_TENSORS = ("A", "V", "m", "D", "T", "R0", "R1", "S0", "S1")


def train(run, sizes):
    seg, model = sizes["seg"], sizes["model"]
    run.begin()
    claims = {name: value for name, value in run.sums.items() if not name.startswith("F3")}
    grid = run.batch(claims, (TRAIN_ROWS, model.places, model.places, 12), 5)
    on = Layers(run, grid, sizes, "parent", seg.trace_bits, seg.sigma, seg)
    values = first_values(run, on, seg)
    run.settle(values, run.left, run.lam, run.names["relations"], "batch 1 at its point")
    zeta = second_batch(run, on, seg)
    claim_first(run, on)
    claim_second(run, on, zeta)
    claim_linear(run, on, seg)
    claim_rows(run, on)


def mu_of(run):
    """The last of the squares."""
    return run.squares[-1]


def rate(seg, model, l):
    """lr_l of the weights: of a pooled layer a sixteenth."""
    return seg.lr // 16 if model.pooled[l] else seg.lr


def first_values(run, on, seg):
    """The relations of batch 1 at its point."""
    e, s2, grid, model = run.evals, run.sums2, on.grid, on.model
    steps = list(range(seg.batch_bits, seg.trace_bits))
    values, total = {}, 0
    for l in model.layers:
        j = on.reading(l)
        values[f"F1_{l}"] = grid.dormant(j) * e[f"W_{l}"] * s2[f"In_{l}"]
        values[f"F2_{l}"] = grid.dormant(steps + j) * s2[f"G_{l}"] * s2[f"P_{l}"]
    for l in model.hidden:
        d = model.d[l + 1]
        taps = grid.cells(0, d, d, model.c[l + 1])
        values[f"B1_{l}"] = grid.dormant(taps) * e[f"nextW_{l}"] * s2[f"nextD_{l}"]
        values[f"B2_{l}"] = grid.dormant(steps + taps) * s2[f"nextG_{l}"] * s2[f"nextP_{l}"]
        A, V, m, D, T, R0, R1, S0, S1, hA, hB = (e[f"{name}_{l}"] for name in (*HIDDEN_TENSORS, "hA", "hB"))
        checks = {
            "bit": m * m - m,
            "active": A - m * V,
            "delta": D - m * (T - HALF),
            "hA": lookup(run, hA, (V - m, T, R0), model.p[l]),
            "hB": lookup(run, hB, (R1, S0, S1), model.p[l]),
        }
        values |= {f"{name}_{l}": on.check(l, value) for name, value in checks.items()}
        total += (hA + hB) * grid.dormant(on.cells(l))
    values["hQ"] = on.check(model.out, lookup(run, e["hQ"], (e["Q"], e["U0"], e["U1"]), 1))
    values["table"], share = table(run, grid)
    values |= head_values(run, on, seg)
    total += sum(e[name] for name in ("hQ", "hR", "hP", "hF")) * grid.dormant(on.out())
    values["logUp"] = total + share - e["g2"] * grid.dormant(TABLE)
    return values


def head_values(run, on, seg):
    """The relations that make the output's delta of its logits, for every head."""
    e, grid, model, alpha, beta = run.evals, on.grid, on.model, run.alpha, run.beta
    s0, s1, s2 = model.s
    Y, D, M, Sum, w, x, P, r0, r1, z1 = (
        e[name] for name in ("Y", f"D{model.out}", "M", "Sum", "w", "e", "P", "r0", "r1", "z1")
    )
    logit, outputs = e["Q"] - HALF, model.last[model.out] + 1
    real = at_most(seg.rows, on.rho.s[: seg.sigma])
    classes = at_most(outputs - 1, on.rho.c[: model.c[model.out]])
    right = (s1 * (ONE - outputs * seg.eps) + s2 * (ONE - 2 * seg.eps)) * UNIT + s0 * Q
    target = s0 * Q * logit + (s1 + s2) * classes * (P - seg.eps) - right * Y
    z0 = 2 * Sum - s1 - r0 - LIMB * (r1 + z1)
    index, value = s1 * (M - logit) + s2 * e["Q"], s1 * x + s2 * P
    pair = beta - index - alpha * value - alpha * alpha
    k = number(grid.at(TABLE))
    entry = beta - k - alpha * e["F"] - alpha * alpha
    checks = {
        "error": D - real * target,
        "firstBit": w * w - w,
        "firstPadding": w * (1 - classes),
        "largest": w * (M - logit),
        "powerPadding": x * (1 - classes),
        "division": 2 * ONE * x + Sum - 2 * Sum * P - r0 - LIMB * r1,
        "hR": lookup(run, e["hR"], (r0, r1, z1), s1),
        "hP": lookup(run, e["hP"], (z0, P, 0), s1),
        "hF": e["hF"] * pair - (s1 + s2) * classes,
    }
    values = {name: on.check(model.out, value) for name, value in checks.items()}
    values["table2"] = grid.zero(TABLE) * (e["g2"] * entry - e["mult2"]) % R
    return values


def second_batch(run, on, seg):
    """Follows batch 2 and settles it. Gives zeta, which has no channels."""
    s, model = run.sums, on.model
    grid = run.batch2([*run.sums2.values(), *(s[f"F3_{l}"] for l in model.layers)], (TRAIN_ROWS, model.places, model.places))
    z, zeta = run.evals2, Spot(*grid.split(grid.rho), None)
    steps = slice(seg.batch_bits, seg.trace_bits)
    k = zeta.s[steps]
    later, before = less_than(on.rho.s[steps], k), less_than(k, on.r.s[steps])
    step = Grid(k, on.rho.s[steps], (len(k),)).same(range(len(k)))
    mu = mu_of(run)
    values = {}
    for l in model.layers:
        read, delta = z[f"zIn_{l}"], z[f"zDAtI_{l}"]
        cells = grid.cells(seg.trace_bits, model.n[l], model.n[l])
        dormant, at_r = grid.dormant(cells), grid.zero(cells) * model.place(l, zeta.y, zeta.x)
        values[f"In_{l}"] = at_r * read
        values[f"P_{l}"] = at_r * later * read
        values[f"G_{l}"] = dormant * step * delta * read
        values[f"U_{l}"] = dormant * delta * (read + (mu << FA) * (1 + 15 * model.pooled[l]))
        values[f"F3_{l}"] = dormant * before * delta
    for l in model.hidden:
        n, delta = model.n[l + 1], z[f"zNextD_{l}"]
        dormant = grid.dormant(grid.cells(seg.trace_bits, n, n))
        taps = dormant * grid.same(grid.cells(seg.trace_bits)) * on.taps(l + 1, on.rho, on.read_by(l + 1), zeta)
        values[f"nextD_{l}"] = taps * delta
        values[f"nextP_{l}"] = taps * later * delta
        values[f"nextG_{l}"] = dormant * step * delta * z[f"zNextIn_{l}"]
    run.settle(values, run.left, run.mu2, run.names["relations2"], "batch 2 at its point")
    return zeta


def claim_first(run, on):
    """The evaluations after batch 1."""
    e, add, model = run.evals, run.claims.add, on.model
    for l in model.layers:
        add(e[f"W_{l}"], on.weights("parent", l, on.rho, on.rho.c, on.r.c))
    for l in model.hidden:
        add(e[f"nextW_{l}"], on.weights("parent", l + 1, on.rho, on.r.c, on.rho.c, model.p[l]))
    for l in model.hidden:
        for name in HIDDEN_TENSORS:
            add(e[f"{name}_{l}"], on.tensor(name, l, on.rho))
    for name in ("Q", "U0", "U1", f"D{model.out}"):
        add(e[name], on.tensor(name, model.out, on.rho))
    add(e["Y"], on.labels(on.rho.s, on.rho.c))
    on.claim_helpers([f"{name}_{l}" for l in model.hidden for name in ("hA", "hB")] + ["hQ"])
    claim_head(run, on)


def claim_head(run, on):
    """What a head brings along; absent, all of it is 0."""
    e, add = run.evals, run.claims.add
    _, s1, s2 = on.model.s
    out, entry = on.grid.at(on.out()), on.grid.at(TABLE)
    for name in ("M", "Sum"):
        add(e[name], slot(run, "trace", name, on.rho.s[: on.rows], s1))
    for name in ("w", "e", "P", "r0", "r1", "z1"):
        add(e[name], slot(run, "trace", name, out, s1 + s2 if name == "P" else s1))
    for name in ("hR", "hP", "hF"):
        add(e[name], slot(run, "helper", name, out, s1 + s2 if name == "hF" else s1))
    add(e["g2"], slot(run, "helper", "g2", entry, s1 + s2))
    add(e["mult2"], slot(run, "trace", "mult2", entry, s1 + s2))
    add(e["F"], ("tables", 0, entry, s1), ("tables", LIMB, entry, s2))


def claim_rows(run, on):
    """Each row has one first class, and Sum is what it says."""
    s1, model = on.model.s[1], on.model
    row = on.r.s[: on.rows]
    every = [*row, *[None] * model.c[model.out]]
    run.claims.add(s1, slot(run, "trace", "w", every, s1))
    run.claims.add(0, slot(run, "trace", "e", every, s1), slot(run, "trace", "Sum", row, -s1))


def claim_second(run, on, zeta):
    """The evaluations after batch 2."""
    z, add, model = run.evals2, run.claims.add, on.model
    for l in model.layers:
        add(z[f"zIn_{l}"], *on.read(l, on.rho.c, on.rho, zeta))
    for l in model.layers:
        add(z[f"zDAtI_{l}"], _delta(on, l, zeta._replace(c=on.r.c)))
    for l in model.hidden:
        add(z[f"zNextD_{l}"], _delta(on, l + 1, zeta._replace(c=on.rho.c), model.p[l]))
    for l in model.hidden:
        add(z[f"zNextIn_{l}"], *(on.read(l + 1, on.r.c, on.rho, zeta) if model.p[l] else ()))


def _delta(on, l, at, weight=1):
    name = "D" if l < on.model.out else f"D{l}"
    return on.tensor(name, l, at, weight)


def claim_linear(run, on, seg):
    """Forward, backward, update."""
    s, s2, add, model = run.sums, run.sums2, run.claims.add, on.model
    p, mu = model.p, mu_of(run)
    for l in model.layers:
        place = on.place(l)
        earlier = rate(seg, model, l) * s[f"F2_{l}"] + seg.lr * place * (s[f"F3_{l}"] << 2 * FA)
        value = earlier - s[f"F1_{l}"] - on.constant(l)
        add(value, on.bias("parent", l, on.r.c, place << FA), *on.rounded(l))
    for l in model.hidden:
        value = s[f"B1_{l}"] - rate(seg, model, l + 1) * s[f"B2_{l}"] + p[l] * ((1 << F) * HALF + (1 << F - 1))
        parts = (("T", 1 << F), ("S0", 1), ("S1", LIMB))
        add(value, *(on.tensor(name, l, on.r, weight) for name, weight in parts))
    for l in model.layers:
        terms = []
        for oracle, sign in (("child", 1), ("parent", -1)):
            terms.append(on.weights(oracle, l, on.rho, on.rho.c, on.r.c, sign))
            terms.append(on.bias(oracle, l, on.r.c, sign * mu))
        add(-rate(seg, model, l) * s2[f"U_{l}"], *terms)
