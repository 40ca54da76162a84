"""The forward pass of a fixed model, which score and infer have in common (protocol sections 11, 12 and 13)."""

from algebra import eq
from layers import Spot
from programs import FA, lookup, slot

HIDDEN_TENSORS = ("A", "V", "m", "R0", "R1")
OUTPUTS = ("Q", "U0", "U1")


def passing(run, on):
    """The relations of the forward pass, and the share of its tensors in the sum of lookups."""
    e, grid, model = run.evals, on.grid, on.model
    values, total, o = {}, 0, _output_place(on)
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
    return values, total + e["hQ"] * grid.dormant(on.out())


def _output_place(on):
    """The place of a layer's output in the sums F1, which stands where the rows are elsewhere."""
    places = on.model.places
    return Spot(None, on.rho.s[:places], on.rho.s[places : 2 * places], None)


def claim_pass(run, on):
    """Claims on weights, on what layers read and on what they make."""
    e, add, model = run.evals, run.claims.add, on.model
    place = _output_place(on)._replace(s=on.r.s)
    for l in model.layers:
        add(e[f"W_{l}"], on.weights("model", l, on.rho, on.rho.c, on.r.c))
    for l in model.layers:
        add(e[f"In_{l}"], *on.read(l, on.rho.c, on.rho, place))
    for l in model.hidden:
        for name in HIDDEN_TENSORS:
            add(e[f"{name}_{l}"], on.tensor(name, l, on.rho))
    claim_tensors(run, on, OUTPUTS)


def claim_tensors(run, on, names):
    """Claims on tensors of the size of the output."""
    for name in names:
        run.claims.add(run.evals[name], on.tensor(name, on.model.out, on.rho))


def claim_lookups(run, on):
    """Claims on the helpers of what layers make."""
    e, add, grid, model = run.evals, run.claims.add, on.grid, on.model
    for l in model.hidden:
        add(e[f"h_{l}"], slot(run, "helper", f"h_{l}", grid.at(on.cells(l)), model.p[l]))
    add(e["hQ"], slot(run, "helper", "hQ", grid.at(on.out())))


def claim_rounded(run, on):
    """The claims forward_l: sums are what was rounded."""
    for l in on.model.layers:
        bias = on.bias("model", l, on.r.c, on.place(l) << FA)
        run.claims.add(-run.sums[f"F1_{l}"] - on.constant(l), bias, *on.rounded(l))
