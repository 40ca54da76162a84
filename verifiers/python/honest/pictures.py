"""A convolutional network by its definition (protocol section 12), in plain loops over indices: what layers read, training, scores."""

from random import Random

F, FA, FD = 32, 9, 11
HALF = 1 << 15
Q = 4


class Pictures:
    """Rows of pictures and their labels. `pixel(s, x, y, c)` reads a grid of 2^n_0 by 2^n_0, whose rest is not 0."""

    def __init__(self, network, rows, kind, seed):
        random = Random(seed)
        self.rows, self.kind = rows, kind
        self.sigma, n, c = (rows - 1).bit_length(), network.n[0], network.last[0] + 1
        size, outputs = 1 << n, network.last[network.out] + 1
        self.x = [0] * (1 << self.sigma + 2 * n + network.c[0])
        self.y = [0] * (1 << self.sigma + network.c[network.out])
        for s in range(rows):
            for at in range(size * size * c):
                self.x[s + (at << self.sigma)] = random.randrange(-400, 400)
            label = random.randrange(outputs)
            for i in range(outputs):
                value = {"classes": int(i == label) << FA, "labels": random.randrange(2) << FA, "regression": random.randrange(-300, 300)}
                self.y[s + (i << self.sigma)] = value[kind]

    def crop(self, network):
        """Puts 0 in place of pixels beyond the picture."""
        n, last = network.n[0], network.side[0]
        for k in range(len(self.x)):
            at = k >> self.sigma
            if max(at & (1 << n) - 1, at >> n & (1 << n) - 1) > last:
                self.x[k] = 0

    def row(self, s):
        return s & (1 << self.sigma) - 1

    def real(self, s):
        return self.row(s) < self.rows


class Weights:
    """W_l[i, c, dy, dx] and b_l[i] by layer, as the slots hold them."""

    def __init__(self, network, W, b):
        self.network, self.W, self.b = network, W, b

    @classmethod
    def random(cls, network, seed, most=1 << 29):
        random = Random(seed)
        W, b = {}, {}
        for l in network.layers:
            K, C, made = network.kernel[l].side, network.last[l - 1] + 1, network.last[l] + 1
            W[l] = [0] * (1 << sum(network.cells(l, "W")))
            b[l] = [0] * (1 << network.c[l])
            if network.p[l]:
                for i in range(made):
                    b[l][i] = random.randrange(-most, most)
                    for c in range(C):
                        for dy in range(K):
                            for dx in range(K):
                                W[l][cls.at(network, l, i, c, dy, dx)] = random.randrange(-most, most)
        return cls(network, W, b)

    @staticmethod
    def at(network, l, i, c, dy, dx):
        d = network.d[l]
        return dx | dy << d | c << 2 * d | i << 2 * d + network.c[l - 1]

    def copy(self):
        return Weights(self.network, {l: list(w) for l, w in self.W.items()}, {l: list(b) for l, b in self.b.items()})

    def slots(self):
        """The tensors of present layers in the order of the layout."""
        return {f"{kind}_{l}": (self.W if kind == "W" else self.b)[l] for l in self.network.layers if self.network.p[l] for kind in "Wb"}


def reads(network, l, below, u, v, c):
    """In_l(c; u, v): a pixel, or the sum of four, 0 outside of the grid. @param below gives (x, y, c) of the layer before"""
    size = 1 << network.n[l - 1] - network.pooled[l]
    if not (0 <= u < size and 0 <= v < size):
        return 0
    if not network.pooled[l]:
        return below(v, u, c)
    return sum(below(2 * v + a, 2 * u + b, c) for a in (0, 1) for b in (0, 1))


def patch(network, l, below, y, x):
    """IN_l(j; y, x) for all j = (dx, dy, c), dx lowest."""
    k, taps = network.kernel[l], range(1 << network.d[l])

    def one(c, dy, dx):
        if k.flat:
            return reads(network, l, below, dy, dx, c)
        if dy >= k.side or dx >= k.side:
            return 0
        return reads(network, l, below, k.stride * y + dy - k.padding, k.stride * x + dx - k.padding, c)

    return [one(c, dy, dx) for c in range(1 << network.c[l - 1]) for dy in taps for dx in taps]


def read_from(network, l):
    """The layer that layer l reads, 0 for the picture."""
    return l - 1 if network.p[l - 1] else 0


def halved(z):
    """round(z / 2^f), and what was cut off."""
    whole = z + (1 << F - 1)
    return whole >> F, whole & (1 << F) - 1


class Trace:
    """Tensors [channel, y, x, row] of all layers, by name; `rows` bits of rows."""

    def __init__(self, network, rows):
        self.network, self.rows, self.tensors = network, rows, {}
        for l in network.layers:
            if network.p[l]:
                hidden = ("A", "V", "m", "D", "T", "R0", "R1", "S0", "S1")
                for name in hidden if l < network.out else ("Q", "U0", "U1", f"D{l}"):
                    full = f"{name}_{l}" if l < network.out else name
                    self.tensors[full] = [0] * (1 << rows + 2 * network.n[l] + network.c[l])

    def index(self, l, s, x, y, c):
        n = self.network.n[l]
        return s + ((x + (y << n) + (c << 2 * n)) << self.rows)

    def below(self, pictures, l, s):
        """(x, y, c) of what layer l reads, for a row."""
        before = read_from(self.network, l)
        if before == 0:
            n, row = self.network.n[0], pictures.row(s)
            return lambda x, y, c: pictures.x[row + ((x + (y << n) + (c << 2 * n)) << pictures.sigma)]
        return lambda x, y, c: self.tensors[f"A_{before}"][self.index(before, s, x, y, c)]

    def put(self, name, l, s, x, y, c, value):
        self.tensors[f"{name}_{l}" if l < self.network.out else name][self.index(l, s, x, y, c)] = value

    def of(self, name, l, s, x, y, c):
        return self.tensors[f"{name}_{l}" if l < self.network.out else name][self.index(l, s, x, y, c)]


def grid(network, l):
    """All (c, y, x) of layer l, with padding."""
    size = range(1 << network.n[l])
    return [(c, y, x) for c in range(1 << network.c[l]) for y in size for x in size]


def inside(network, l, y, x):
    """M_l."""
    return int(y <= network.side[l] and x <= network.side[l])


def forward(network, weights, trace, pictures, s):
    """Rounded values of a row, from the input up."""
    for l in network.layers:
        if not network.p[l]:
            continue
        below, width = trace.below(pictures, l, s), 1 << 2 * network.d[l] + network.c[l - 1]
        patches = {}
        for i, y, x in grid(network, l):
            if (y, x) not in patches:
                patches[y, x] = patch(network, l, below, y, x)
            row = weights.W[l][i * width : (i + 1) * width]
            z = sum(w * value for w, value in zip(row, patches[y, x])) + (weights.b[l][i] << FA)
            q, rest = halved(z * inside(network, l, y, x))
            limbs = rest & 0xFFFF, rest >> 16
            if l == network.out:
                if not -HALF <= q < HALF:
                    raise AssertionError("a logit out of range")
                values = {"Q": q + HALF, "U0": limbs[0], "U1": limbs[1]}
            else:
                if not -(1 << 16) < q < 1 << 16:
                    raise AssertionError("a value out of range")
                values = {"A": max(q, 0), "V": abs(q), "m": int(q > 0), "R0": limbs[0], "R1": limbs[1]}
            for name, value in values.items():
                trace.put(name, l, s, x, y, i, value)


def backward(network, weights, trace, s):
    """Deltas of hidden layers of a row, from the output down."""
    for l in reversed(network.hidden):
        if not network.p[l]:
            continue
        above, n = l + 1, network.n[l]
        sums = [0] * (1 << 2 * n + network.c[l])
        k, d = network.kernel[above], network.d[above]
        for i, y, x in grid(network, above):
            delta = trace.of("D" if above < network.out else f"D{above}", above, s, x, y, i)
            if delta == 0:
                continue
            for c in range(1 << network.c[l]):
                for dy in range(1 << d):
                    for dx in range(1 << d):
                        u, v = (dy, dx) if k.flat else (k.stride * y + dy - k.padding, k.stride * x + dx - k.padding)
                        size = 1 << n - network.pooled[above]
                        if not (0 <= u < size and 0 <= v < size) or (not k.flat and max(dy, dx) >= k.side):
                            continue
                        share = weights.W[above][Weights.at(network, above, i, c, dy, dx)] * delta
                        for a in range(1 + network.pooled[above]):
                            for b in range(1 + network.pooled[above]):
                                py, px = (2 * u + a, 2 * v + b) if network.pooled[above] else (u, v)
                                sums[px + (py << n) + (c << 2 * n)] += share
        for c, y, x in grid(network, l):
            t, rest = halved(sums[x + (y << n) + (c << 2 * n)])
            if not -HALF <= t < HALF:
                raise AssertionError("a delta out of range")
            m = trace.of("m", l, s, x, y, c)
            for name, value in {"T": t + HALF, "D": m * t, "S0": rest & 0xFFFF, "S1": rest >> 16}.items():
                trace.put(name, l, s, x, y, c, value)


def step(network, weights, trace, pictures, rows, lr):
    """The weights after a step on some rows of the trace."""
    after = weights.copy()
    for l in network.layers:
        if not network.p[l]:
            continue
        rate, width = lr // 16 if network.pooled[l] else lr, 1 << 2 * network.d[l] + network.c[l - 1]
        for s in rows:
            below, patches = trace.below(pictures, l, s), {}
            for i, y, x in grid(network, l):
                delta = trace.of("D" if l < network.out else f"D{l}", l, s, x, y, i)
                if delta == 0:
                    continue
                if (y, x) not in patches:
                    patches[y, x] = patch(network, l, below, y, x)
                for j, value in enumerate(patches[y, x]):
                    after.W[l][i * width + j] -= rate * delta * value
                after.b[l][i] -= lr * delta << FA
    return after


def train(network, parent, pictures, lr, batch_bits, passes_bits, deltas):
    """Trace and child. @param deltas (trace, s) puts the output's deltas and what the head has"""
    trace, weights = Trace(network, pictures.sigma + passes_bits), parent
    for k in range(1 << pictures.sigma + passes_bits - batch_bits):
        rows = range(k << batch_bits, (k + 1) << batch_bits)
        for s in rows:
            forward(network, weights, trace, pictures, s)
            deltas(trace, s)
            backward(network, weights, trace, s)
        weights = step(network, weights, trace, pictures, rows, lr)
    return trace, weights


def least_log_sum(logits, exponentials):
    """The least Z with a sum of EXP[Z - Q] of at most 2^16, and the sum."""
    z = max(logits)
    while (total := sum(exponentials[z - q] for q in logits)) > 1 << 16:
        z += 1
    return z, total


