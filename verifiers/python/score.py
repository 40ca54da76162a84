"""The algebra of score (protocol section 11), of convolutional networks too (section 12)."""

from algebra import at_most, demand, eq, number
from argument import Scaled
from layers import Layers, Spot
from poseidon import R
from programs import FA, HALF, LIMB, ROWS, TABLE, claim_table, lookup, slot, table

UNIT = pow(1 << FA, -1, R)
# Where the tables of the function stand in their vector.
EXP, LOSS = 0, 2 * LIMB
HIDDEN_TENSORS = ("A", "V", "m", "R0", "R1")
OUTPUTS = ("Q", "U0", "U1", "B", "G", "P", "K")
ROW_VECTORS = ("L", "N", "c", "t", "H", "p", "LP")


def score(run, sizes):
    shard, s, named, model = sizes["shard"], run.sums, sizes["named"], sizes["model"]
    run.begin()
    claims = {f"F1_{l}": s[f"F1_{l}"] for l in model.layers}
    claims |= {name: s[name] for name in ("right", "error", "top", "absolute", "loss", "counts")}
    claims |= {"labelled": shard.cls * (s["labelled"] << FA), "predicted": shard.cls * s["predicted"]}
    grid = run.batch(claims, (ROWS, model.places, model.places, ROWS), 5)
    on = Layers(run, grid, sizes, "model", shard.sigma, shard.sigma, shard)
    values, total = _layers(run, on)
    values |= _sums(run, on, shard) | _rows(run, on, shard, named["k"]) | _outputs(run, on, shard)
    values["table"], share = table(run, grid)
    values["table2"] = _table2(run, grid)
    e, out = run.evals, grid.dormant(on.out())
    total += (e["hQ"] + e["hG"] + e["hF"]) * out + e["hS"] * grid.dormant(on.rows_alone())
    values["logUp"] = total + share - e["g2"] * grid.dormant(TABLE)
    run.settle(values, run.left, run.lam, run.names["relations"], "batch 1 at its point")
    result = s["right"] if shard.cls or shard.lab else s["error"]
    demand(result == named["result"], "the result is not the sum")
    for name in ("loss", "absolute", "top", "counts"):
        demand(s[name] == named[name], f"{name} is not the sum")
    demand(run.squares[0] == named["x"], "x is not the challenge")
    _claim_evaluations(run, on)
    _claim_others(run, on)


def _layers(run, on):
    """The relations of the forward pass, and the hidden layers' share in the sum of lookups."""
    e, grid, model = run.evals, on.grid, on.model
    values, total, o = {}, 0, output_place(on)
    for l in model.layers:
        n = model.n[l]
        cells = [*range(n), *range(model.places, model.places + n), *on.reading(l)]
        same = eq(on.r.x[:n], o.x[:n]) * eq(on.r.y[:n], o.y[:n])
        values[f"F1_{l}"] = grid.dormant(cells) * same * model.place(l, o.y, o.x) * e[f"W_{l}"] * e[f"In_{l}"]
    for l in model.hidden:
        A, V, m, R0, R1, h = (e[f"{name}_{l}"] for name in (*HIDDEN_TENSORS, "h"))
        values[f"bit_{l}"] = on.check(l, m * m - m)
        values[f"active_{l}"] = on.check(l, A - m * V)
        values[f"h_{l}"] = on.check(l, lookup(run, h, (V - m, R0, R1), model.p[l]))
        total += h * grid.dormant(on.cells(l))
    values["hQ"] = on.check(model.out, lookup(run, e["hQ"], (e["Q"], e["U0"], e["U1"]), 1))
    return values, total


def output_place(on):
    """The place of a layer's output in the sums F1, which stands where the rows are elsewhere."""
    places = on.model.places
    return Spot(None, on.rho.s[:places], on.rho.s[places : 2 * places], None)


def _real(on, shard):
    """le_rows at the batch's point."""
    return at_most(shard.rows, on.rho.s[: on.rows])


def _sums(run, on, shard):
    """The relations that are sums over rows, or over rows and features."""
    e, grid, cls, lab = run.evals, on.grid, shard.cls, shard.lab
    _, s1, s2 = on.model.s
    logit, y, real = e["Q"] - HALF, e["Y"], _real(on, shard)
    rows, out = grid.dormant(on.rows_alone()), grid.dormant(on.out())
    softmax = y * UNIT * ((e["Z"] - logit) * (LIMB >> FA) - e["S"])
    same_row = eq(on.r.s[: on.rows], on.rho.s[: on.rows])
    return {
        "right": rows * e["c"],
        "top": rows * (cls + lab) * e["t"],
        "counts": rows * (cls * e["Yx"] * UNIT + lab) * e["Px"],
        "error": out * real * (logit - y) ** 2,
        "absolute": out * real * (1 - cls - lab) * e["G"],
        "loss": out * real * (s1 * softmax + s2 * e["E"]),
        "labelled": out * same_row * cls * y * logit,
        "predicted": out * same_row * cls * e["P"] * logit,
    }


def _rows(run, on, shard, k):
    """The checks of what has one entry a row."""
    e, grid = run.evals, on.grid
    outputs, real = shard.outputs + 1, _real(on, shard)
    N, c, t, H, p = (e[name] for name in ("N", "c", "t", "H", "p"))
    checks = {
        "hS": lookup(run, e["hS"], (H, e["S"], 0), 1),
        "predictedOne": shard.cls * (p * p - p),
        "claimedBit": c * c - c,
        "claimedPadding": c * (1 - real),
        "claimedAll": c * (outputs - N),
        "topBit": t * t - t,
        "topPadding": t * (1 - real),
        "topRank": H - t * (N - outputs + k - 1),
    }
    weight = grid.zero(on.rows_alone())
    return {name: weight * value % R for name, value in checks.items()}


def _outputs(run, on, shard):
    """The checks of what has the size of Y."""
    e, model, cls, lab, alpha = run.evals, on.model, shard.cls, shard.lab, run.alpha
    _, s1, s2 = model.s
    logit, y, B, P, E = e["Q"] - HALF, e["Y"], e["B"], e["P"], e["E"]
    real, classes = _real(on, shard), at_most(shard.outputs, on.rho.c[: model.c[model.out]])
    sign = 2 * y * UNIT - 1
    over = cls * (e["L"] - logit - 1 + y * UNIT) + lab * (sign * logit - 1)
    error = (1 - cls - lab) * real * (2 * B - 1) * (logit - y)
    index = s1 * (e["Z"] - logit) + s2 * (HALF - sign * logit)
    checks = {
        "hG": lookup(run, e["hG"], (e["G"], e["K"], 0), 1),
        "hF": e["hF"] * (run.beta - index - alpha * E - alpha * alpha) - (s1 + s2) * classes,
        "margin": e["G"] - classes * B * over - error,
        "lead": e["K"] - cls * classes * e["p"] * (e["LP"] - logit - 1 + P),
        "belowBit": B * B - B,
        "belowPadding": B * (1 - classes),
        "predictedBit": P * P - P,
        "predictedPadding": P * (1 - real * classes),
        "predictedLabel": lab * P * (1 - B),
        "powerPadding": E * (1 - classes),
    }
    return {name: on.check(model.out, value) for name, value in checks.items()}


def _table2(run, grid):
    e, alpha = run.evals, run.alpha
    k = number(grid.at(TABLE))
    return grid.zero(TABLE) * (e["g2"] * (run.beta - k - alpha * e["F"] - alpha * alpha) - e["mult2"]) % R


def _claim_evaluations(run, on):
    """Claims on the evaluations, in their order."""
    e, add, model = run.evals, run.claims.add, on.model
    _, s1, s2 = model.s
    rows, out, entry = on.rho.s[: on.rows], on.grid.at(on.out()), on.grid.at(TABLE)
    place = output_place(on)._replace(s=on.r.s)
    for l in model.layers:
        add(e[f"W_{l}"], on.weights("model", l, on.rho, on.rho.c, on.r.c))
    for l in model.layers:
        add(e[f"In_{l}"], *on.read(l, on.rho.c, on.rho, place))
    for l in model.hidden:
        for name in HIDDEN_TENSORS:
            add(e[f"{name}_{l}"], on.tensor(name, l, on.rho))
    for name in OUTPUTS:
        add(e[name], on.tensor(name, model.out, on.rho))
    add(e["E"], on.tensor("E", model.out, on.rho, s1 + s2))
    add(e["Y"], on.labels(on.rho.s, on.rho.c))
    for name in ROW_VECTORS:
        add(e[name], slot(run, "trace", name, rows))
    for name in ("Z", "S"):
        add(e[name], slot(run, "trace", name, rows, s1))
    # Powers of x over the classes: of Y x^(4096 i), of P x^j.
    of_label, of_class = ([Scaled(q) for q in run.squares[first : first + ROWS]] for first in (ROWS, 0))
    add(e["Yx"], on.labels(on.rho.s, of_label))
    add(e["Px"], on.tensor("P", model.out, on.rho._replace(c=of_class)))
    for l in model.hidden:
        add(e[f"h_{l}"], slot(run, "helper", f"h_{l}", on.grid.at(on.cells(l)), model.p[l]))
    for name in ("hQ", "hG"):
        add(e[name], slot(run, "helper", name, out))
    add(e["hS"], slot(run, "helper", "hS", rows))
    add(e["hF"], slot(run, "helper", "hF", out, s1 + s2))
    claim_table(run, on.grid)
    add(e["g2"], slot(run, "helper", "g2", entry, s1 + s2))
    add(e["mult2"], slot(run, "trace", "mult2", entry, s1 + s2))
    add(e["F"], ("tables", EXP, entry, s1), ("tables", LOSS, entry, s2))


def _claim_others(run, on):
    """Claims on sums, on rounding, on what the classes of a row sum to."""
    s, add, model, s1 = run.sums, run.claims.add, on.model, on.model.s[1]
    rows = on.r.s[: on.rows]
    every = [*rows, *[None] * model.c[model.out]]
    add(s["labelled"], slot(run, "trace", "L", rows))
    add(s["predicted"], slot(run, "trace", "LP", rows))
    for l in model.layers:
        add(-s[f"F1_{l}"] - on.constant(l), on.bias("model", l, on.r.c, on.place(l) << FA), *on.rounded(l))
    add(0, slot(run, "trace", "B", every), slot(run, "trace", "N", rows, -1))
    add(0, slot(run, "trace", "P", every), slot(run, "trace", "p", rows, -1))
    add(s1 * LIMB, slot(run, "trace", "E", every, s1), slot(run, "trace", "S", rows, s1))
