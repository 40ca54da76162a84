"""BN254: points of G1 and of the twist G2, None for infinity. An element of F_p^2 is (real, imaginary)."""

P = 21888242871839275222246405745257275088696311157297823662689037894645226208583
R = 21888242871839275222246405745257275088548364400416034343698204186575808495617
G1 = (1, 2)
G2 = (
    (
        10857046999023057135944570762232829481370756359578518086990519993285655852781,
        11559732032986387107991004021392285783925812861821192530917403151452391805634,
    ),
    (
        8495653923123431417604973247489272438418190587263600148770280649306958101930,
        4082367875863433681332203403145435568316851327593401208105741076214120093531,
    ),
)


def mul2(a, b):
    return (a[0] * b[0] - a[1] * b[1]) % P, (a[0] * b[1] + a[1] * b[0]) % P


def sub2(a, b):
    return (a[0] - b[0]) % P, (a[1] - b[1]) % P


def add2(a, b):
    return (a[0] + b[0]) % P, (a[1] + b[1]) % P


def inv2(a):
    norm = pow(a[0] * a[0] + a[1] * a[1], -1, P)
    return a[0] * norm % P, -a[1] * norm % P


def pow2(a, exponent):
    result = (1, 0)
    for bit in bin(exponent)[2:]:
        result = mul2(result, result)
        if bit == "1":
            result = mul2(result, a)
    return result


XI = (9, 1)
TWIST_B = mul2((3, 0), inv2(XI))


def add(a, b):
    """The sum in G1."""
    if a is None or b is None:
        return b if a is None else a
    if a[0] == b[0]:
        if (a[1] + b[1]) % P == 0:
            return None
        slope = 3 * a[0] * a[0] * pow(2 * a[1], -1, P) % P
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P) % P
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def times(scalar, point):
    result = None
    for bit in bin(scalar % R)[2:]:
        result = add(result, result)
        if bit == "1":
            result = add(result, point)
    return result


def combine(terms):
    """The sum of scalar * point over pairs."""
    result = None
    for scalar, point in terms:
        result = add(result, times(scalar, point))
    return result


def negated(point):
    return None if point is None else (point[0], -point[1] % P)


def slope2(a, b):
    """The slope of the line through two points of the twist, of the tangent where they are one; None where it is vertical."""
    if a[0] != b[0]:
        return mul2(sub2(b[1], a[1]), inv2(sub2(b[0], a[0])))
    if add2(a[1], b[1]) == (0, 0):
        return None
    square = mul2(a[0], a[0])
    return mul2((3 * square[0], 3 * square[1]), inv2(add2(a[1], a[1])))


def third2(a, b, slope):
    """a + b of the twist, the slope being that of the line through them."""
    x = sub2(sub2(mul2(slope, slope), a[0]), b[0])
    return x, sub2(mul2(slope, sub2(a[0], x)), a[1])


def in_g2(point):
    """Whether a finite point is on the twist and in the subgroup of order r."""
    x, y = point
    if mul2(y, y) != add2(mul2(x, mul2(x, x)), TWIST_B):
        return False
    sum_ = None
    for bit in bin(R)[2:]:
        sum_ = _add2(sum_, sum_)
        if bit == "1":
            sum_ = _add2(sum_, point)
    return sum_ is None


def _add2(a, b):
    if a is None or b is None:
        return b if a is None else a
    slope = slope2(a, b)
    return None if slope is None else third2(a, b, slope)
