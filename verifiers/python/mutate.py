"""Changes every field of a dump, one at a time, and demands that each change is refused."""

from collections import Counter
from copy import deepcopy

from algebra import Refused
from curve import G1, G2, R, add, slope2, third2
from dumps import load
from numbering import IDS
from verify import verify

# Where the points among lists of words stand: paths, and (first word, words) of each.
_WORDS = {
    ("groth16",): ((0, 2), (2, 4), (6, 2)),
    ("key",): ((0, 2), (2, 4), (6, 4), (10, 2), (12, 2), (14, 2), (16, 2)),
    ("powers", "tau"): ((0, 4),),
    ("powers", "tauC"): ((0, 4),),
    ("powers", "tables"): ((0, 2),),
}


def changes(value, path=()):
    """Every change of a dump as (path, what, the value put there)."""
    if isinstance(value, dict):
        yield from _of_dict(value, path)
        for name, inner in value.items():
            yield from changes(inner, (*path, name))
    elif isinstance(value, list):
        yield from _of_list(value, path)
        for k, inner in enumerate(value):
            yield from changes(inner, (*path, k))
    elif value.isdigit():
        yield path, "plus 1", str(int(value) + 1)
        yield path, "plus r", str(int(value) + R)
    elif value.startswith("0x"):
        if value != "0x":
            yield path, "another", value[:-1] + ("1" if value[-1] == "0" else "0")
        yield path, "two bytes more", f"{value}0000"
    else:
        others = {"checks": ("proof", "argument"), "program": tuple(IDS), "format": ("descent-witness/0",)}
        for other in others[path[-1]]:
            if other != value:
                yield path, f"is {other}", other


def _of_dict(value, path):
    for name in value:
        yield path, f"without {name}", {key: inner for key, inner in value.items() if key != name}
    yield path, "one field more", {**value, "more": "0"}
    if set(value) == {"x", "y"}:
        x, y = add((int(value["x"]), int(value["y"])), G1)
        yield path, "plus G", {"x": str(x), "y": str(y)}


def _of_list(value, path):
    if value:
        yield path, "without the last", value[:-1]
        yield path, "the last twice", [*value, value[-1]]
        if value[0] != value[-1]:
            yield path, "ends swapped", [value[-1], *value[1:-1], value[0]]
    for first, count in _WORDS.get(path, ()):
        words = [int(word) for word in value[first : first + count]]
        moved = add(tuple(words), G1) if count == 2 else _plus_g2(words)
        yield path, f"point at {first} plus G", [*value[:first], *map(str, moved), *value[first + count :]]


def _plus_g2(words):
    x1, x0, y1, y0 = words
    point = (x0, x1), (y0, y1)
    (x0, x1), (y0, y1) = third2(point, G2, slope2(point, G2))
    return x1, x0, y1, y0


def changed(dump, path, new):
    """A copy of the dump with another value at the path."""
    if not path:
        return new
    copy = deepcopy(dump)
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = new
    return copy


def mutate(paths, sample):
    """@param sample how many changes of each dump to try, spread evenly; None: all. Returns the exit code."""
    good = bool(paths)
    for path in paths:
        dump = load(path)
        verify(dump)
        every = list(changes(dump))
        count = len(every) if sample is None else min(sample, len(every))
        reasons = Counter()
        for k in range(count):
            where, what, new = every[k * len(every) // count]
            reason = _reason(changed(dump, where, new))
            if reason is None:
                good = False
                print(f"{path}: accepted although changed: {'.'.join(map(str, where))} {what}")
            reasons[reason] += 1
        print(f"{path}: {count} of {len(every)} changes")
        for reason, times in reasons.most_common():
            print(f"  {times:5} {reason or 'ACCEPTED'}")
    return 0 if good else 1


def _reason(dump):
    """Why a dump is refused, or None."""
    try:
        verify(dump)
    except Refused as reason:
        return str(reason)
    return None
