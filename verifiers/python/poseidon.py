"""Poseidon over the scalar field of BN254 with circomlib's parameters, made anew by the published Grain LFSR."""

from functools import lru_cache
from operator import mul

R = 21888242871839275222246405745257275088548364400416034343698204186575808495617
FULL_ROUNDS = 8
PARTIAL_ROUNDS = (56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68)
_BITS = 254


def _grain(t, partial):
    """The self-shrunk bits of the generator: of each pair, the second where the first is 1."""
    fields = ((1, 2), (0, 4), (_BITS, 12), (t, 12), (FULL_ROUNDS, 10), (partial, 10), ((1 << 30) - 1, 30))
    text = "".join(format(value, f"0{width}b") for value, width in fields)
    # Bit i of the state is the i-th oldest. The youngest tap is 18 old, so 16 new bits are made at once.
    state = sum(1 << i for i, bit in enumerate(text) if bit == "1")
    clocked = 0
    while True:
        new = (state ^ state >> 13 ^ state >> 23 ^ state >> 38 ^ state >> 51 ^ state >> 62) & 0xFFFF
        state = state >> 16 | new << 64
        clocked += 16
        if clocked <= 160:  # the first 160 bits are thrown away
            continue
        for i in range(0, 16, 2):
            if new >> i & 1:
                yield new >> (i + 1) & 1


def _numbers(bits):
    while True:
        value = 0
        for _ in range(_BITS):
            value = value << 1 | next(bits)
        yield value


@lru_cache(maxsize=None)
def _parameters(t):
    """Round constants, t for each round, and the rows of the MDS matrix, for a state of t elements (2..17)."""
    partial = PARTIAL_ROUNDS[t - 2]
    numbers = _numbers(_grain(t, partial))
    below = (value for value in numbers if value < R)
    rounds = [[next(below) for _ in range(t)] for _ in range(FULL_ROUNDS + partial)]
    points = []
    while len(set(points)) != 2 * t:
        points = [next(numbers) % R for _ in range(2 * t)]
    matrix = [[pow(x + y, -1, R) for y in points[t:]] for x in points[:t]]
    return rounds, matrix


def poseidon(inputs):
    """circomlib's Poseidon of 1 to 16 field elements."""
    state = [0, *inputs]
    rounds, matrix = _parameters(len(state))
    half, last = FULL_ROUNDS // 2, len(rounds) - FULL_ROUNDS // 2
    for k, constants in enumerate(rounds):
        state = [(a + b) % R for a, b in zip(state, constants)]
        if half <= k < last:
            state[0] = pow(state[0], 5, R)
        else:
            state = [pow(a, 5, R) for a in state]
        state = [sum(map(mul, row, state)) % R for row in matrix]
    return state[0]


def absorb(state, elements):
    """The transcript's state after these elements, in chunks of at most 15 (protocol section 3)."""
    for k in range(0, len(elements), 15):
        state = poseidon([state, *elements[k : k + 15]])
    return state
