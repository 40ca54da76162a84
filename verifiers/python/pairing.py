"""The optimal ate pairing of BN254, and the equations of protocol section 4 joined in one product of pairings."""

from algebra import demand, eq_table, powers
from curve import G1, G2, P, R, XI, combine, in_g2, inv2, mul2, negated, pow2, slope2, sub2, third2

_LOOP = 6 * 4965661367192848881 + 2
# An element of F_p^12 is six coefficients of powers of w, w^6 = XI.
ONE = ((1, 0),) + ((0, 0),) * 5


def mul12(a, b):
    real, imaginary = [0] * 11, [0] * 11
    for i, (x, y) in enumerate(a):
        if x or y:
            for j, (u, v) in enumerate(b):
                real[i + j] += x * u - y * v
                imaginary[i + j] += x * v + y * u
    for k in range(6, 11):
        real[k - 6] += 9 * real[k] - imaginary[k]
        imaginary[k - 6] += 9 * imaginary[k] + real[k]
    return tuple((real[k] % P, imaginary[k] % P) for k in range(6))


def _conjugate(a):
    """a^(p^6)."""
    return tuple((-x % P, -y % P) if k & 1 else (x, y) for k, (x, y) in enumerate(a))


def _inverse(a):
    conjugate = _conjugate(a)
    c0, c1, c2 = mul12(a, conjugate)[::2]  # in F_p^6, by powers of w^2
    t0 = sub2(mul2(c0, c0), mul2(XI, mul2(c1, c2)))
    t1 = sub2(mul2(XI, mul2(c2, c2)), mul2(c0, c1))
    t2 = sub2(mul2(c1, c1), mul2(c0, c2))
    x, y = mul2(c0, t0), mul2(XI, mul2(c2, t1))
    z = mul2(XI, mul2(c1, t2))
    scale = inv2((x[0] + y[0] + z[0], x[1] + y[1] + z[1]))
    zero = (0, 0)
    norm = (mul2(t0, scale), zero, mul2(t1, scale), zero, mul2(t2, scale), zero)
    return mul12(conjugate, norm)


def _line(slope, at, point):
    """The line through a point of the twist, at a point of G1."""
    zero = (0, 0)
    at_w = (-slope[0] * point[0] % P, -slope[1] * point[0] % P)
    return (point[1], 0), at_w, zero, sub2(mul2(slope, at[0]), at[1]), zero, zero


_FROBENIUS = [(pow2(XI, (P**k - 1) // 3), pow2(XI, (P**k - 1) // 2)) for k in (1, 2)]


def _miller(pairs):
    """The product of the Miller loops, its squarings shared."""
    f, at = ONE, [q for _, q in pairs]
    for bit in bin(_LOOP)[3:]:
        f = mul12(f, f)
        for k, (p, q) in enumerate(pairs):
            for other in (at[k], q) if bit == "1" else (at[k],):
                slope = slope2(at[k], other)
                f = mul12(_line(slope, at[k], p), f)
                at[k] = third2(at[k], other, slope)
    for k, (p, (x, y)) in enumerate(pairs):
        (x1, y1), (x2, y2) = _FROBENIUS
        first = mul2((x[0], -x[1] % P), x1), mul2((y[0], -y[1] % P), y1)
        second = mul2(x, x2), mul2((-y[0] % P, -y[1] % P), y2)
        for other in (first, second):
            slope = slope2(at[k], other)
            f = mul12(_line(slope, at[k], p), f)
            at[k] = third2(at[k], other, slope)
    return f


def product_is_one(pairs):
    """Whether the product of e(p, q) is 1. @param pairs of a point of G1 (None: infinity) and a finite one of G2"""
    f = _miller([(p, q) for p, q in pairs if p is not None])
    f = mul12(_conjugate(f), _inverse(f))
    squared = tuple(mul2(c, pow2(XI, k * (P**2 - 1) // 6)) for k, c in enumerate(f))
    f, result = mul12(squared, f), ONE
    for bit in bin((P**4 - P**2 + 1) // R)[2:]:
        result = mul12(result, result)
        if bit == "1":
            result = mul12(result, f)
    return result == ONE


def _g1(words, what):
    x, y = words
    demand((y * y - x**3 - 3) % P == 0, f"{what}: not on the curve")
    return x, y


def _g2(words, what):
    x1, x0, y1, y0 = words
    demand(in_g2(((x0, x1), (y0, y1))), f"{what}: not in G2")
    return (x0, x1), (y0, y1)


def joined(dump, hash_words):
    """Checks Groth16's equation and the two of the opening, weighted by powers of kappa, in one product (N = 1)."""
    a, b, c = _g1(dump.groth16[:2], "A"), _g2(dump.groth16[2:6], "B"), _g1(dump.groth16[6:], "C")
    key = dump.key
    alpha, beta, delta = _g1(key[:2], "alpha"), _g2(key[2:6], "beta"), _g2(key[6:10], "delta")
    ic = [_g1(key[k : k + 2], "IC") for k in range(10, 18, 2)]
    tau, tau_c = (_g2(dump.powers[name], "powers") for name in ("tau", "tauC"))
    digest, v, fold = dump.signals
    kappa = hash_words([fold, *dump.groth16, *dump.opening])
    eta, gamma, theta, gamma2, z, e2, *chunk, rest, bits = dump.outputs
    p = {name: sent[0] for name, sent in dump.points.items()}
    oracles = [*dump.commitments, dump.points["trace"], dump.points["helper"]]
    if dump.opens_tables:
        oracles.append([_g1(dump.powers["tables"], "tables")])
    blocks = [rest * block for block in eq_table(chunk[:bits])]
    k1, k2 = powers(kappa, 3)[1:]
    terms = [(1, ic[0]), (digest, ic[1]), (v, ic[2]), (fold, ic[3])]
    for factor, chunks in zip(powers(eta, len(oracles)), oracles):
        terms += [(k1 * factor * block, point) for block, point in zip(blocks, chunks)]
    terms += [(-k1, p["columns"]), (k1 * gamma, p["quotient"])]
    terms += [(k2, p["rows"]), (k2 * theta, p["columns"]), (k2 * (gamma2 - pow(z, 32, R)), p["quotient2"])]
    terms += [(-k2 * e2, G1), (k2 * z, dump.opening)]
    pairs = [
        (negated(a), b),
        (alpha, beta),
        (c, delta),
        (combine(terms), G2),
        (combine([(-k1, p["quotient"])]), tau_c),
        (combine([(-k2, dump.opening)]), tau),
    ]
    demand(product_is_one(pairs), "the pairing")
