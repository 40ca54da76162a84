"""Multilinear extensions over the scalar field of BN254. Points are lists of coordinates, lowest bit first."""

from poseidon import R


class Refused(Exception):
    """A proof is not accepted; the text names the first thing that fails."""


def demand(holds, what):
    """Refuses unless something holds."""
    if not holds:
        raise Refused(what)


def product(factors):
    result = 1
    for factor in factors:
        result = result * factor % R
    return result


def eq(xs, ys):
    """1 where both are the same corner."""
    return product(1 - x - y + 2 * x * y for x, y in zip(xs, ys, strict=True))


def less_than(xs, ys):
    """Extension of [x < y] of two numbers of as many bits."""
    result = 0
    for x, y in zip(xs, ys, strict=True):
        result = ((1 - x) * y + (1 - x - y + 2 * x * y) * result) % R
    return result


def at_most(last, zs):
    """Extension of [z <= last]."""
    result = 1
    for t, z in enumerate(zs):
        result = (1 - z) + z * result if last >> t & 1 else (1 - z) * result
        result %= R
    demand(last >> len(zs) == 0, "a bound wider than its point")
    return result


def number(zs):
    """Extension of the number whose bits these are."""
    return sum(z << t for t, z in enumerate(zs)) % R


def powers(base, count):
    result = [1]
    while len(result) < count:
        result.append(result[-1] * base % R)
    return result[:count]


def dot(xs, ys):
    return sum(x * y for x, y in zip(xs, ys, strict=True)) % R


def eq_table(point):
    """eq(point, j) of all corners j in order."""
    table = [1]
    for z in point:
        table = [e * (1 - z) % R for e in table] + [e * z % R for e in table]
    return table


def pairwise(a, b, c):
    return (a * b + a * c + b * c) % R


class Grid:
    """The variables of a batch: positions by axis, of which the widths are given; rho is where it ends, tau where zero-checks are."""

    def __init__(self, rho, tau, widths):
        self.rho, self.tau, self.widths = rho, tau[: len(rho)], widths

    def cells(self, *sizes):
        """The positions of a tensor with so many bits on each axis; axes that are not named have none."""
        positions, first = [], 0
        for width, size in zip(self.widths, sizes):
            demand(size <= width, "a tensor wider than its axis")
            positions += range(first, first + size)
            first += width
        return positions

    def split(self, point):
        """The coordinates of a point by axis."""
        parts, first = [], 0
        for width in self.widths:
            parts.append(point[first : first + width])
            first += width
        return parts

    def dormant(self, cells):
        """The factor of an instance over these positions alone."""
        awake = set(cells)
        return product(1 - x for t, x in enumerate(self.rho) if t not in awake)

    def same(self, cells):
        """eq(tau, rho) over these positions."""
        return eq([self.tau[t] for t in cells], self.at(cells))

    def zero(self, cells):
        """The weight of a zero-check over these positions."""
        return self.dormant(cells) * self.same(cells) % R

    def at(self, cells):
        return [self.rho[t] for t in cells]


def sumcheck(transcript, claim, rounds, count, degree, what):
    """Follows the rounds of a sumcheck. Gives the claim left and the point, lowest variable first."""
    demand(len(rounds) == count, f"{what} has another number of rounds")
    point = []
    for sent in rounds:
        demand(len(sent) == degree, f"a round of {what} has another degree")
        x = transcript.absorb(sent)
        linear = claim - 2 * sent[0] - sum(sent[1:])
        claim = dot([sent[0], linear, *sent[1:]], powers(x, degree + 1))
        point.insert(0, x)
    return claim, point
