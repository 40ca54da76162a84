"""Tables at points, and what the programs with rows have in common."""

from algebra import eq_table
from honest.pictures import inside, patch
from honest.prover import Instance
from poseidon import R
from programs import TABLE
from tables import tables

LIMBS = 1 << 16


def contract(table, axes):
    """The table over the axes that are kept. @param axes from the lowest: (bits, weights of the sum over it, None to keep it)"""
    low = 1
    for bits, weights in axes:
        size = 1 << bits
        if weights is None:
            low *= size
            continue
        block, out = low * size, []
        for first in range(0, len(table), block):
            for k in range(low):
                out.append(sum(w * table[first + k + a * low] for a, w in enumerate(weights)) % R)
        table = out
    return table


def inverse(value):
    return pow(value, -1, R)


def lookups(beta, *limbs):
    """The helper of three limb tensors. A number stands for a tensor of it."""
    return [sum(inverse(beta - limb) for limb in row) % R for row in zip(*limbs)]


def counted(tensors):
    """How often each limb occurs."""
    times = [0] * LIMBS
    for tensor in tensors:
        for value in tensor:
            times[value] += 1
    return times


def limb_table(beta, times):
    return [count * inverse(beta - k) % R if count else 0 for k, count in enumerate(times)]


def pair_table(beta, alpha, values, times):
    return [
        count * inverse(beta - k - alpha * value - alpha * alpha) % R if count else 0
        for k, (value, count) in enumerate(zip(values, times))
    ]


def function(first, second, s1, s2):
    """The column of tables that a head looks up: first and second are places of tables in their vector."""
    column = tables()
    return [s1 * a + s2 * b for a, b in zip(column[first : first + LIMBS], column[second : second + LIMBS])]


def lookup_of(beta, p=1):
    """The relation of a helper of three limbs, without eq."""

    def relation(h, a, b, c):
        a, b, c = beta - a, beta - b, beta - c
        return h * a * b % R * c - p * (a * b + a * c + b * c)

    return relation


def table_instances(run, grid, weights, total_names, tensors, pairs=None):
    """The relations of the tables and the sum of lookups. @param total_names helpers with their cells; @param pairs column, times"""
    beta, numbers = run.beta, range(LIMBS)
    eq = eq_table([grid.tau[t] for t in TABLE])
    own = {"eq": eq, "g": tensors["g"], "mult": tensors["mult"], "k": numbers}
    made = [Instance(TABLE, own, lambda e, g, m, k: e * (g * (beta - k) - m), 3, weights["table"])]
    log_up = [Instance(TABLE, {"": tensors["g"]}, lambda g: -g, 1, weights["logUp"], None)]
    if pairs:
        alpha = run.alpha
        own = {"eq": eq, "g2": tensors["g2"], "mult2": tensors["mult2"], "F": pairs, "k": numbers}
        made.append(Instance(
            TABLE, own, lambda e, g, m, f, k: e * (g * (beta - k - alpha * f - alpha * alpha) - m), 3, weights["table2"],
        ))
        log_up.append(Instance(TABLE, {"": tensors["g2"]}, lambda g: -g, 1, weights["logUp"], None))
    log_up += [Instance(cells, {"": tensors[name]}, lambda h: h, 1, weights["logUp"], None) for name, cells in total_names]
    if sum(instance.total for instance in log_up) % R:
        raise AssertionError("the lookups do not balance")
    return made + log_up


class Checks:
    """Zero-checks over some positions, with the tensors that they speak of as tables over all of these positions."""

    def __init__(self, grid, weights, cells, named):
        self.weights, self.cells, self.named = weights, cells, named
        self.eq = eq_table([grid.tau[t] for t in cells])
        self.made = []

    def add(self, relation, names, formula, degree):
        """@param formula without eq, in the tensors that are named"""
        tables_ = {"": self.eq} | {name: self.named[name] for name in names.split()}
        self.made.append(Instance(self.cells, tables_, lambda e, *v: e * formula(*v), degree + 1, self.weights[relation]))


def real_rows(pictures, bits):
    """le_rows of all rows of the trace."""
    return [int(pictures.real(s)) for s in range(1 << bits)]


def real_classes(network):
    return [int(i <= network.last[network.out]) for i in range(1 << network.c[network.out])]


def patches(network, trace, pictures, l):
    """IN_l as a table over (s; x; y; dx; dy; c)."""
    size, rows = range(1 << network.n[l]), range(1 << trace.rows)
    at = {(s, x, y): patch(network, l, trace.below(pictures, l, s), y, x) for s in rows for x in size for y in size}
    return [at[s, x, y][j] for j in range(len(at[0, 0, 0])) for y in size for x in size for s in rows]


def places(network, l):
    """M_l as a table over (x; y)."""
    size = range(1 << network.n[l])
    return [inside(network, l, y, x) for y in size for x in size]


def masked(network, l, table, rows):
    """A table over (s; x; y; ..), 0 at places that are not real."""
    real = places(network, l)
    return [value * real[(k >> rows) % len(real)] for k, value in enumerate(table)]


