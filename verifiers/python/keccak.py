"""Keccak-256 as Ethereum uses it: padding 0x01, not SHA3-256's 0x06."""

_MASK = (1 << 64) - 1
_RATE = 136


def _round_constants():
    """The 24 constants of iota, from the 8-bit LFSR of the Keccak specification."""
    state, constants = 1, []
    for _ in range(24):
        word = 0
        for j in range(7):
            if state & 1:
                word |= 1 << ((1 << j) - 1)
            state = (state << 1) ^ (0x171 if state >> 7 else 0)
        constants.append(word)
    return constants


def _rotations():
    """Offsets of rho, and where pi moves each lane, as (from, to, offset); lane (x, y) is x + 5 y."""
    moves, x, y = [(0, 0, 0)], 1, 0
    for t in range(24):
        moves.append((x + 5 * y, y + 5 * ((2 * x + 3 * y) % 5), (t + 1) * (t + 2) // 2 % 64))
        x, y = y, (2 * x + 3 * y) % 5
    return moves


_CONSTANTS = _round_constants()
_MOVES = _rotations()


def _permute(lanes):
    for constant in _CONSTANTS:
        parity = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        for x in range(5):
            right = parity[(x + 1) % 5]
            d = parity[x - 1] ^ ((right << 1 | right >> 63) & _MASK)
            for y in range(0, 25, 5):
                lanes[x + y] ^= d
        moved = [0] * 25
        for source, target, offset in _MOVES:
            lane = lanes[source]
            moved[target] = (lane << offset | lane >> (64 - offset)) & _MASK
        for y in range(0, 25, 5):
            for x in range(5):
                lanes[x + y] = moved[x + y] ^ (~moved[(x + 1) % 5 + y] & moved[(x + 2) % 5 + y] & _MASK)
        lanes[0] ^= constant


def keccak256(data):
    """The 32 bytes of Keccak-256 of bytes."""
    padded = bytearray(data) + b"\x01" + bytes(-(len(data) + 1) % _RATE)
    padded[-1] |= 0x80
    lanes = [0] * 25
    for block in range(0, len(padded), _RATE):
        for i in range(_RATE // 8):
            lanes[i] ^= int.from_bytes(padded[block + 8 * i : block + 8 * i + 8], "little")
        _permute(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])
