"""The algebra of score (protocol section 11), of convolutional networks too (section 12)."""

from algebra import at_most, demand, eq, number
from argument import Scaled
from forward import claim_lookups, claim_pass, claim_rounded, claim_tensors, passing
from layers import Layers
from poseidon import R
from programs import FA, HALF, LIMB, ROWS, TABLE, claim_table, lookup, slot, table

UNIT = pow(1 << FA, -1, R)
# Where the tables of the function stand in their vector.
EXP, LOSS = 0, 2 * LIMB
OUTPUTS = ("B", "G", "P", "K")
ROW_VECTORS = ("L", "N", "c", "t", "H", "p", "LP")


def score(run, sizes):
    shard, s, named, model = sizes["shard"], run.sums, sizes["named"], sizes["model"]
    run.begin()
    claims = {f"F1_{l}": s[f"F1_{l}"] for l in model.layers}
    claims |= {name: s[name] for name in ("right", "error", "top", "absolute", "loss", "counts")}
    claims |= {"labelled": shard.cls * (s["labelled"] << FA), "predicted": shard.cls * s["predicted"]}
    grid = run.batch(claims, (ROWS, model.places, model.places, ROWS), 5)
    on = Layers(run, grid, sizes, "model", shard.sigma, shard.sigma, shard)
    values, total = passing(run, on)
    values |= _sums(run, on, shard) | _rows(run, on, shard, named["k"]) | _outputs(run, on, shard)
    values["table"], share = table(run, grid)
    values["table2"] = _table2(run, grid)
    e, out = run.evals, grid.dormant(on.out())
    total += (e["hG"] + e["hF"]) * out + e["hS"] * grid.dormant(on.rows_alone())
    values["logUp"] = total + share - e["g2"] * grid.dormant(TABLE)
    run.settle(values, run.left, run.lam, run.names["relations"], "batch 1 at its point")
    result = s["right"] if shard.cls or shard.lab else s["error"]
    demand(result == named["result"], "the result is not the sum")
    for name in ("loss", "absolute", "top", "counts"):
        demand(s[name] == named[name], f"{name} is not the sum")
    demand(run.squares[0] == named["x"], "x is not the challenge")
    _claim_evaluations(run, on)
    _claim_others(run, on)


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
    claim_pass(run, on)
    claim_tensors(run, on, OUTPUTS)
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
    claim_lookups(run, on)
    add(e["hG"], slot(run, "helper", "hG", out))
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
    claim_rounded(run, on)
    add(0, slot(run, "trace", "B", every), slot(run, "trace", "N", rows, -1))
    add(0, slot(run, "trace", "P", every), slot(run, "trace", "p", rows, -1))
    add(s1 * LIMB, slot(run, "trace", "E", every, s1), slot(run, "trace", "S", rows, s1))
