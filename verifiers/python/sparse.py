"""The algebra of sparseMerge: TIES and DARE (protocol section 15)."""

from algebra import demand, eq, number
from poseidon import R, poseidon
from programs import LIMB, RANGE, claim_table, lookup, slot, table
from shapes import fields_of

BITS, SCALE = 23, 1 << 14
TASKS, LAYERS, SLOTS = range(1, 5), 6, 12
PRIME = (1 << 64) + 13
SEED_DOMAIN = 2


class Vectors:
    """The slots of a model as one vector of 2^m entries; slot 2 (l - 1) is W_l, the next one b_l, (offset, log2) or None."""

    def __init__(self, model):
        # A perceptron has four layers, the last one the output too.
        shift = LAYERS - model.out
        self.slots = [None] * SLOTS
        for l in model.layers:
            if model.p[l]:
                for k, kind in enumerate("Wb"):
                    at = 2 * (l + shift - 1) + k
                    self.slots[at] = model.offset[f"{kind}_{l}"], sum(model.cells(l, kind))
        self.present = [int(self.slots[2 * l] is not None) for l in range(LAYERS)]
        self.m = max(offset for offset, _ in filter(None, self.slots)).bit_length()

    def words(self):
        """slots_1 and slots_2."""
        made = [0, 0]
        for l in range(LAYERS):
            if self.present[l]:
                (w, size_w), (b, size_b) = self.slots[2 * l : 2 * l + 2]
                made[l // 3] |= (w | b << 23 | size_w << 46 | size_b << 51 | 1 << 56) << 57 * (l % 3)
        return made

    def inside(self, n, x):
        """Ind_n at a point of m coordinates."""
        if self.slots[n] is None:
            return 0
        offset, size = self.slots[n]
        return eq([offset >> t & 1 for t in range(size, self.m)], x[size:])

    def all(self, x):
        return [self.inside(n, x) for n in range(SLOTS)]


class Method:
    """What is done: flags, shares T, the seed's numbers, counts by slot and task, coefficients by layer and task."""

    def __init__(self, named, vectors):
        self.tr, self.dr, self.mn, *shares = fields_of(named["method"], [1, 1, 1, 17, 17, 17, 17], "method")
        demand(self.tr or not self.mn, "method: a mean without signs")
        self.T = dict(zip(TASKS, shares))
        demand(self.dr or named["seed"] == 0, "method: a seed without masks")
        digest = poseidon([named["seed"], SEED_DOMAIN])
        self.off, self.factor = digest & (1 << 26) - 1, 1 + (digest >> 26 & (1 << 64) - 1)
        words = [named[f"counts_{k}"] for k in range(1, 6)]
        self.counts = [count for word in words for count in fields_of(word, [24] * 10, "counts")]
        demand(self.counts[48:] == [0, 0] and (self.tr or not any(self.counts)), "counts of nothing")
        factors = [fields_of(named[f"coefficients_{l}"], [18] * 8, "coefficients") for l in range(1, LAYERS + 1)]
        self.a = [[a - (1 << 17) for a in own] for own in factors]
        for present, (base, *tasks) in zip(vectors.present, self.a):
            demand(base == present * SCALE, "coefficient of the base")
            demand(min(tasks) >= 0 and not any(tasks[4:]) and (present or not any(tasks)), "coefficient of a task")
        self.n = {i: int(any(own[i] for own in self.a)) for i in TASKS}
        demand(any(self.n.values()), "no task")
        shared = all(0 < T <= 1 << 16 if self.dr and self.n[i] else T == 0 for i, T in self.T.items())
        demand(shared, "method: the share of a task")


def sparse_merge(run, sizes):
    vectors, method = sizes["vectors"], sizes["method"]
    run.begin(run.messages["thresholds"])
    grid = run.batch({}, (BITS,), 5)
    point, cells = grid.rho[: vectors.m], range(vectors.m)
    run.settle(_values(run, grid, vectors, method, point, cells), run.left, run.lam, run.names["relations"], "batch 1 at its point")
    _claims(run, grid, vectors, method, point)


def _limbs(e, name, count, task=""):
    return sum(e[f"{name}{k}{task}"] << 16 * k for k in range(count))


def _values(run, grid, vectors, method, point, cells):
    e, tr, dr, mn = run.evals, method.tr, method.dr, method.mn
    inside = vectors.all(point)
    factor = {i: sum(method.a[n // 2][i] * own for n, own in enumerate(inside)) for i in TASKS}
    checks, looked, o = {}, {}, e["o"]
    S = A = N = 0
    for i in TASKS:
        s, c, k, m, t = (e[f"{name}_{i}"] for name in "sckmt")
        a, b, there = _limbs(e, "a", 3, f"_{i}"), _limbs(e, "b", 3, f"_{i}"), method.n[i]
        d = e[f"P_{i}"] - there * e["B"]
        threshold = sum(run.messages["thresholds"][4 * n + i - 1] * own for n, own in enumerate(inside))
        G = tr * (m + (1 - dr) * there)
        checks |= {
            f"signBit_{i}": s * s - s,
            f"keptBit_{i}": c * c - c,
            f"size_{i}": (2 * s - tr * there) * d - c - a,
            f"trim_{i}": G * ((2 * c - 1) * ((2 * s - 1) * d - threshold) - c) - b,
            f"masked_{i}": dr * c * (1 - m),
            f"maskBit_{i}": m * m - m,
            f"draw_{i}": (2 * m - dr * there) * (method.T[i] - e[f"v{i - 1}"]) - m - t,
            f"agree_{i}": 2 * k - c - c * (2 * s - 1) * (2 * o - 1),
        }
        for name, limb in (("hA", "a"), ("hB", "b")):
            looked[f"{name}_{i}"] = [e[f"{limb}{at}_{i}"] for at in range(3)], tr * there
        S += factor[i] * c * d
        A += factor[i] * k
        N += factor[i] * (k + (1 - tr) * m) * d
    D, L = 1 - mn + mn * A + e["z"], 1 - mn + mn * sum(factor.values())
    v, u, r, y = _limbs(e, "v", 4), _limbs(e, "u", 2), _limbs(e, "r", 2), _limbs(e, "y", 2)
    checks |= {
        "sequence": v * (number(point) + method.off + 1) - dr * method.factor - PRIME * u,
        "electedBit": o * o - o,
        "election": (2 * o - tr) * S - tr + o - _limbs(e, "e", 4),
        "noneBit": e["z"] * (e["z"] - 1),
        "none": e["z"] * A,
        "quotient": SCALE * D * (e["C"] - e["B"]) + r - L * N - (D << 13),
        "rest": SCALE * D - 1 - r - y,
    }
    w0 = e["C"] + RANGE - LIMB * e["w1"] - LIMB * LIMB * e["w2"]
    looked |= {
        "hT": ([e["t_1"], e["t_2"], e["t_3"]], dr), "hV": ([e["v0"], e["v1"], e["v2"]], dr), "hU": ([e["v3"], e["u0"], e["u1"]], dr),
        "hE": ([e["e0"], e["e1"], e["e2"]], tr), "hW": ([w0, e["w1"], e["w2"]], 1), "hR": ([e["r0"], e["r1"], e["y0"]], 1),
        "hY": ([e["y1"], e["e3"], e["t_4"]], 1),
    }
    checks |= {name: lookup(run, e[name], limbs, there) for name, (limbs, there) in looked.items()}
    weight = grid.zero(cells)
    values = {name: weight * value % R for name, value in checks.items()}
    values["table"], share = table(run, grid)
    values["logUp"] = sum(e[name] for name in looked) * grid.dormant(cells) + share
    return values


def _presence(method, name):
    """1 where a vector of trace or helper is there."""
    own, _, task = name.partition("_")
    tr, dr = method.tr, method.dr
    if task:
        return method.n[int(task)] * (dr if own in "mt" else tr)
    if own in ("v0", "v1", "v2", "v3", "u0", "u1", "hT", "hV", "hU"):
        return dr
    if own in ("o", "e0", "e1", "e2", "e3", "hE"):
        return tr
    return method.mn if own == "z" else 1


def _claims(run, grid, vectors, method, point):
    models = {"C": "child", "B": "parent_0"} | {f"P_{i}": f"parent_{i}" for i in TASKS}
    for name, value in run.evals.items():
        if name in ("g", "mult"):
            continue
        if name in models:
            terms = [
                (models[name], own[0], point[: own[1]], vectors.inside(n, point)) for n, own in enumerate(vectors.slots) if own
            ]
            run.claims.add(value, *terms)
        else:
            oracle = "trace" if name in run.offset["trace"] else "helper"
            run.claims.add(value, slot(run, oracle, name, point, _presence(method, name)))
    claim_table(run, grid)
    for n, own in enumerate(vectors.slots):
        for i in TASKS:
            if own:
                within = [None] * own[1] + [own[0] >> t & 1 for t in range(own[1], vectors.m)]
                terms = [slot(run, "trace", f"c_{i}", within, method.tr * method.n[i])]
            else:
                terms = []
            run.claims.add(method.counts[4 * n + i - 1], *terms)
