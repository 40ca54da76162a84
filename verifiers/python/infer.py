"""The algebra of infer (protocol section 13), of convolutional networks too (section 12)."""

from algebra import at_most, demand
from argument import Scaled
from forward import claim_lookups, claim_pass, claim_rounded, passing
from layers import Layers
from programs import HALF, ROWS, claim_table, slot, table


def infer(run, sizes):
    form, named, model = sizes["form"], sizes["named"], sizes["model"]
    run.begin()
    grid = run.batch(dict(run.sums), (ROWS, model.places, model.places, ROWS), 5)
    on = Layers(run, grid, sizes, "model", form.sigma, form.sigma, form, "input")
    values, total = passing(run, on)
    values |= _sides(run, on, form)
    values["table"], share = table(run, grid)
    values["logUp"] = total + share + run.evals["hX"] * grid.dormant(on.cells(0))
    run.settle(values, run.left, run.lam, run.names["relations"], "batch 1 at its point")
    demand(run.squares[0] == named["x"], "x is not the challenge")
    _claims(run, on, form, named)


def _sides(run, on, form):
    """The checks of inputs and outputs."""
    e, model, rho = run.evals, on.model, on.rho
    rows = at_most(form.rows, rho.s[: on.rows])
    inputs = model.place(0, rho.y, rho.x) * at_most(model.last[0], rho.c[: model.c[0]])
    outputs = at_most(model.last[model.out], rho.c[: model.c[model.out]])
    return {
        "rangeX": on.check(0, e["hX"] * (run.beta - e["X"] - HALF) - form.ranged),
        "paddingX": on.check(0, form.ranged * e["X"] * (1 - rows * inputs)),
        "output": on.check(model.out, e["O"] - rows * outputs * (e["Q"] - HALF)),
    }


def _claims(run, on, form, named):
    e, add, grid = run.evals, run.claims.add, on.grid
    x, out = on.cells(0), on.out()
    claim_pass(run, on)
    add(e["X"], ("input", form.offset["X"], grid.at(x), 1))
    add(e["O"], ("output", 0, grid.at(out), 1))
    claim_lookups(run, on)
    add(e["hX"], slot(run, "helper", "hX", grid.at(x), form.ranged))
    claim_table(run, grid)
    claim_rounded(run, on)
    add(named["inputs"], ("input", form.offset["X"], _monomial(run, on, 0), form.show_in))
    add(named["outputs"], ("output", 0, _monomial(run, on, on.model.out), form.show_out))


def _monomial(run, on, l):
    """The point at which layer l is the polynomial of a public vector: of each bit a power of x, of x, y, c and s in this order."""
    model, squares = on.model, run.squares
    n, c, rows = model.n[l], model.c[l], on.rows
    # The output has no place: its channels come first. So they do in a dense network.
    first = 2 * model.places if l == 0 else 0
    powers = [
        squares[first + ROWS : first + ROWS + rows], squares[:n], squares[model.places : model.places + n], squares[first : first + c]
    ]
    return [Scaled(q) for part in powers for q in part]
