"""The algebra of data, seed, import and merge (protocol sections 5, 6, 9, 10), the last three of networks of both kinds (12)."""

from math import isqrt

from algebra import at_most, demand, number, pairwise
from poseidon import R

LIMB, HALF = 1 << 16, 1 << 15
FA = 9
ROWS = 12
TABLE = list(range(16))
RANGE = 1 << 47


def lookup(run, h, limbs, p):
    """h = the sum of 1 / (beta - limb) over three limbs, times p."""
    a, b, c = (run.beta - limb for limb in limbs)
    return (h * a % R * b % R * c - p * pairwise(a, b, c)) % R


def table(run, grid):
    """The relation of the lookup table, and its share in the sum of lookups."""
    e = run.evals
    k = number(grid.at(TABLE))
    relation = grid.zero(TABLE) * (e["g"] * (run.beta - k) - e["mult"]) % R
    return relation, -e["g"] * grid.dormant(TABLE)


def slot(run, oracle, name, point, weight=1):
    """A term of a claim on a slot of trace or helper."""
    return oracle, run.offset[oracle][name], point, weight


def claim_table(run, grid):
    run.claims.add(run.evals["g"], slot(run, "helper", "g", grid.at(TABLE)))
    run.claims.add(run.evals["mult"], slot(run, "trace", "mult", grid.at(TABLE)))


def data(run, sizes):
    shard = sizes["shard"]
    run.begin()
    grid = run.batch({}, (ROWS, ROWS), 3)
    e, beta = run.evals, run.beta
    rows = at_most(shard.rows, grid.rho[: shard.sigma])
    values, total = {}, 0
    cells = {}
    for name, bits, last in (("X", shard.inputs_bits, shard.inputs), ("Y", shard.outputs_bits, shard.outputs)):
        cells[name] = grid.cells(shard.sigma, bits)
        weight, h = grid.zero(cells[name]), e[f"h{name}"]
        real = rows * at_most(last, grid.rho[ROWS : ROWS + bits])
        values[f"padding{name}"] = weight * e[name] * (1 - real)
        values[f"range{name}"] = weight * (h * (beta - e[name] - HALF) - 1)
        total += h * grid.dormant(cells[name])
    values["label"] = (shard.cls + shard.lab) * grid.zero(cells["Y"]) * e["Y"] * (e["Y"] - (1 << FA))
    values["table"], share = table(run, grid)
    values["logUp"] = total + share
    run.settle(values, run.left, run.lam, run.names["relations"], "batch 1 at its point")
    for name in "XY":
        run.claims.add(e[name], ("shard", shard.offset[name], grid.at(cells[name]), 1))
    for name in "XY":
        run.claims.add(e[f"h{name}"], slot(run, "helper", f"h{name}", grid.at(cells[name])))
    claim_table(run, grid)
    tau = run.squares[: shard.sigma]
    value = shard.cls * (1 << FA) * at_most(shard.rows, tau)
    run.claims.add(value, ("shard", shard.offset["Y"], [*tau, *[None] * shard.outputs_bits], shard.cls))


def largest_prime(limit):
    """The largest prime of at most `limit`, which is below 2^33."""
    while True:
        if limit % 2 and all(limit % d for d in range(3, isqrt(limit) + 1, 2)):
            return limit
        limit -= 1


_MODULI = {}


def modulus(fan):
    """q(fan) of program seed."""
    fan = max(fan, 2)
    if fan not in _MODULI:
        _MODULI[fan] = largest_prime(isqrt((1 << 66) >> fan))
    return _MODULI[fan]


def seed(run, sizes):
    model = sizes["model"]
    sequences = model.sequences(sizes["seed"])
    run.begin()
    grid = run.batch({}, model.axes, 5)
    e = run.evals
    values, total = {}, 0
    for l in model.layers:
        p, q, (off, factor) = model.p[l], modulus(model.fan[l]), sequences[l]
        cells = grid.cells(*model.cells(l, "W"))
        v0, v1, w1, u0, u1, hA, hB, W = (e[f"{n}_{l}"] for n in ("v0", "v1", "w1", "u0", "u1", "hA", "hB", "W"))
        v, u = v0 + LIMB * v1, u0 + LIMB * u1
        weight, point = grid.zero(cells), grid.at(cells)
        x, mask = number(point), model.real(l, "W", point)
        values[f"groupA_{l}"] = weight * lookup(run, hA, (v0, v1, q - 1 - v - LIMB * w1), p)
        values[f"groupB_{l}"] = weight * lookup(run, hB, (w1, u0, u1), p)
        values[f"sequence_{l}"] = weight * (v * (x + off + 1) - p * factor - q * u)
        values[f"weights_{l}"] = weight * (W - mask * (v - p * (q - 1) // 2))
        total += (hA + hB) * grid.dormant(cells)
        for n in ("v0", "v1", "w1", "u0", "u1"):
            run.claims.add(e[f"{n}_{l}"], slot(run, "trace", f"{n}_{l}", point, p))
        for n in ("hA", "hB"):
            run.claims.add(e[f"{n}_{l}"], slot(run, "helper", f"{n}_{l}", point, p))
        run.claims.add(W, ("model", model.offset[f"W_{l}"], point, p))
    settle_weights(run, grid, values, total)
    for l in model.layers:
        point = [run.squares[t] for t in grid.cells(*model.cells(l, "b"))]
        run.claims.add(0, ("model", model.offset[f"b_{l}"], point, model.p[l]))


def settle_weights(run, grid, values, total):
    """The table, the sum of lookups, and with them the batch. @param total what the tensors have in that sum"""
    values["table"], share = table(run, grid)
    values["logUp"] = total + share
    run.settle(values, run.left, run.lam, run.names["relations"], "batch 1 at its point")
    claim_table(run, grid)


def ranged(run, grid, model, l, kind):
    """Lookups of the three limbs of a tensor W_l or b_l; its positions, value and the lowest limb's constant."""
    e, p = run.evals, model.p[l]
    cells = grid.cells(*model.cells(l, kind))
    limbs = "w" if kind == "W" else "c"
    l1, l2, h, x = (e[f"{n}_{l}"] for n in (f"{limbs}1", f"{limbs}2", f"h{kind}", kind))
    l0 = x + p * RANGE - LIMB * l1 - LIMB * LIMB * l2
    return cells, x, h, grid.zero(cells) * lookup(run, h, (l0, l1, l2), p)


def tensors(model):
    """Layer, kind and the limbs' letter of each tensor of a model."""
    return [(l, kind, limbs) for l in model.layers for kind, limbs in (("W", "w"), ("b", "c"))]


def imported(run, sizes):
    model = sizes["model"]
    run.begin()
    grid = run.batch({}, model.axes, 5)
    values, total = {}, 0
    for l, kind, limbs in tensors(model):
        cells, x, h, relation = ranged(run, grid, model, l, kind)
        point, p = grid.at(cells), model.p[l]
        values[f"range{kind}_{l}"] = relation
        values[f"padding{kind}_{l}"] = grid.zero(cells) * x * (1 - model.real(l, kind, point))
        total += h * grid.dormant(cells)
        for name in (f"{limbs}1_{l}", f"{limbs}2_{l}"):
            run.claims.add(run.evals[name], slot(run, "trace", name, point, p))
        run.claims.add(h, slot(run, "helper", f"h{kind}_{l}", point, p))
        run.claims.add(x, ("model", model.offset[f"{kind}_{l}"], point, p))
    settle_weights(run, grid, values, total)


def coefficients(packed, model, present):
    """a_(i,l) by l and i from the packed words. @param present whether parent i is there"""
    demand(2 <= sum(present) <= 8, "merge: number of parents")
    factors = {}
    for l, word in enumerate(packed, 1):
        demand(word >> 144 == 0, "merge: coefficients have more bits")
        factors[l] = [(word >> 18 * i & ((1 << 18) - 1)) - (1 << 17) for i in range(8)]
        for i, a in enumerate(factors[l]):
            demand(abs(a) < 1 << 17, "merge: a coefficient out of range")
            demand(a == 0 or (model.p[l] and present[i]), "merge: a coefficient of what is absent")
    return factors


def merge(run, sizes):
    model, factors = sizes["model"], sizes["factors"]
    run.begin()
    grid = run.batch({}, model.axes, 5)
    e, beta = run.evals, run.beta
    values, total = {}, 0
    for l, kind, limbs in tensors(model):
        cells, x, h, relation = ranged(run, grid, model, l, kind)
        p, k, m = model.p[l], e[f"k{kind}_{l}"], e[f"M{kind}_{l}"]
        rest = m + p * (1 << 13) - (x << 14)
        values[f"range{kind}_{l}"] = relation
        values[f"rest{kind}_{l}"] = grid.zero(cells) * (k * (beta - 4 * rest) - p)
        total += (h + k) * grid.dormant(cells)
        point, offset = grid.at(cells), model.offset[f"{kind}_{l}"]
        for name in (f"{limbs}1_{l}", f"{limbs}2_{l}"):
            run.claims.add(e[name], slot(run, "trace", name, point, p))
        for name in (f"h{kind}_{l}", f"k{kind}_{l}"):
            run.claims.add(e[name], slot(run, "helper", name, point, p))
        run.claims.add(x, ("child", offset, point, p))
        run.claims.add(m, *((f"parent_{i}", offset, point, p * a) for i, a in enumerate(factors[l])))
    settle_weights(run, grid, values, total)
