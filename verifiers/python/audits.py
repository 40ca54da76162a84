"""The algebra of audits: disjoint and subset (protocol section 14)."""

from algebra import at_most, demand
from argument import Scaled
from poseidon import R
from programs import ROWS, slot

WIDEST = 1 << 12


def _begin(run):
    """r is drawn first, from the statement alone. Gives it with the grid of the batch."""
    r = run.transcript.absorb([0])
    run.begin()
    return r, run.batch({}, (ROWS,), 3)


def _rising(base, count):
    """The weights of base^k over so many bits of k."""
    return [Scaled(pow(base, 1 << t, R)) for t in range(count)]


def _fingerprint(oracle, shard, r, rho, labels=False):
    """The terms of phi at rho, with the labels or without."""
    rows = rho[: shard.sigma]
    terms = [(oracle, shard.offset["X"], [*rows, *_rising(r, shard.inputs_bits)], 1)]
    if labels:
        terms.append((oracle, shard.offset["Y"], [*rows, *_rising(r, shard.outputs_bits)], pow(r, WIDEST, R)))
    return terms


def disjoint(run, sizes):
    named, sides = sizes["named"], (("A", "first"), ("B", "second"))
    r, grid = _begin(run)
    e, rho, eq = run.evals, grid.rho, grid.same(range(ROWS))
    values = {}
    for side, name in sides:
        phi = e[f"phi{side}"] + (named["record"] if side == "B" else 0)
        real = at_most(sizes[name].rows, rho)
        values[f"leaf{side}"] = eq * (e[f"leaf{side}"] - 1 - real * (run.beta - phi - 1))
        values[f"node{side}"] = eq * (e[f"node{side}"] - e[f"even{side}"] * e[f"odd{side}"])
    run.settle(values, run.left, run.lam, run.names["relations"], "batch 1 at its point")
    demand((e["U"] * e["productA"] + e["V"] * e["productB"]) % R == 1, "a row of both sides")
    demand(r == named["r"], "r is not the challenge")
    for side, name in sides:
        run.claims.add(e[f"phi{side}"], *_fingerprint(name, sizes[name], r, rho))
    last = [0, *[1] * ROWS]
    for entry, point in (("leaf", [*rho, 0]), ("node", [*rho, 1]), ("even", [0, *rho]), ("odd", [1, *rho]), ("product", last)):
        for side, _ in sides:
            run.claims.add(e[f"{entry}{side}"], slot(run, "helper", f"tree{side}", point))
    for name in "UV":
        run.claims.add(e[name], slot(run, "trace", name, _rising(run.beta, ROWS)))


def subset(run, sizes):
    r, grid = _begin(run)
    e, rho, eq = run.evals, grid.rho, grid.same(range(ROWS))
    values = {"inside": eq * (e["hS"] * (run.beta - e["phiS"]) - at_most(sizes["shard"].rows, rho))}
    total = e["hS"]
    for k, one in enumerate(sizes["sets"], 1):
        m = at_most(one.rows, rho) * e[f"m_{k}"] if one else 0
        values[f"offered_{k}"] = eq * (e[f"h_{k}"] * (run.beta - e[f"phi_{k}"]) - m)
        total -= e[f"h_{k}"]
    values["logUp"] = total
    run.settle(values, run.left, run.lam, run.names["relations"], "batch 1 at its point")
    run.claims.add(e["phiS"], *_fingerprint("shard", sizes["shard"], r, rho, True))
    run.claims.add(e["hS"], slot(run, "helper", "hS", rho))
    for k, one in enumerate(sizes["sets"], 1):
        run.claims.add(e[f"phi_{k}"], *(_fingerprint(f"set_{k}", one, r, rho, True) if one else ()))
    for name, oracle in (("m", "trace"), ("h", "helper")):
        for k in range(1, len(sizes["sets"]) + 1):
            run.claims.add(e[f"{name}_{k}"], slot(run, oracle, f"{name}_{k}", rho))
