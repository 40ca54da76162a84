"""What the contract makes of a statement and a proof: digests h_0..h_5, sizes, fold, v (protocol sections 1 and 2)."""

from algebra import demand
from keccak import keccak256
from networks import Network
from numbering import IDS, base
from poseidon import R
from programs import coefficients
from shapes import Model, Segment, Shard

# Parameters that h_0 does not hold, the last ones: x and counts.
LATE = {"score": 2, "convScore": 2}
DOMAIN = int.from_bytes(keccak256(b"descent.statement.v3"), "big")


def hash_words(words):
    """keccak256 of plain 32-byte words, mod r."""
    return int.from_bytes(keccak256(b"".join(word.to_bytes(32, "big") for word in words)), "big") % R


def digests(dump):
    """h_0 .. h_5."""
    bound = [*dump.params[: len(dump.params) - LATE.get(dump.program, 0)], *dump.extra]
    stated = [word for chunks in dump.commitments for xy in chunks for word in xy]
    head = [DOMAIN, dump.chain, dump.registry, dump.trainer, IDS[dump.program]]
    first = 32 * 7
    second = first + 32 * (1 + len(bound))
    h = [hash_words([*head, first, second, len(bound), *bound, len(stated), *stated])]
    p = dump.points
    sent = (p["trace"], p["helper"], p["rows"], p["columns"] + p["quotient"], p["quotient2"])
    for message in sent:
        h.append(hash_words([h[-1], *(word for xy in message for word in xy)]))
    return h


def sizes_of(dump):
    """What the parameters say, by name; refuses what contracts refuse."""
    program, named = base(dump.program), dict(zip(dump.names["public"], dump.params))
    sizes = {}
    if "layout_1" in named:
        sizes["model"] = Network(named["shape"])
        demand([named["layout_1"], named["layout_2"]] == sizes["model"].layout, "layout: not that of the shape")
    elif "shape" in named:
        sizes["model"] = Model(named["shape"])
    if program in ("data", "score"):
        sizes["shard"] = Shard(named["shard"])
    if program == "train":
        sizes["seg"] = Segment(named["seg"])
        sizes["shard"] = Shard(dump.extra[0])
        sizes["seg"].of(sizes["shard"])
        sizes["seg"].smooths(sizes["model"])
        sizes["seg"].divides(sizes["model"])
    if program in ("train", "score"):
        sizes["shard"].fits(sizes["model"])
    if program == "seed":
        sizes["seed"] = named["seed"]
    if program == "score":
        sizes["named"] = named
        measures(named, sizes["shard"], dump.counts, dump.extra[0])
    if program == "merge":
        present = [len(chunks) > 0 for chunks in dump.commitments[1:]]
        sizes["factors"] = coefficients(dump.params[-sizes["model"].out :], sizes["model"], present)
    for name, chunks in zip(dump.names["oracles"], dump.commitments):
        if chunks or not name.startswith("parent_"):
            kind = "shard" if name == "shard" else "model"
            demand(len(chunks) == sizes[kind].chunks, f"{name}: chunks of the commitment")
    return sizes


def measures(named, shard, counts, counted):
    """Refuses numbers and counts that contracts refuse, and counts that are not those of the statement or of its signal."""
    demand(named["loss"] < 1 << 64 and named["absolute"] < 1 << 64, "loss or absolute error out of range")
    outputs, rows = shard.outputs + 1, shard.rows + 1
    demand(named["k"] <= outputs and (named["k"] or not named["top"]), "top out of range")
    demand(counted == (int.from_bytes(keccak256(counts), "big") if counts else 0), "the hash of the counts")
    lines = 0
    if shard.cls and outputs <= 32:
        lines = outputs
    if shard.lab and outputs <= 1024:
        lines = 1
    demand(len(counts) in (0, 2 * lines * outputs), "length of the counts")
    numbers = [int.from_bytes(counts[at : at + 2], "big") for at in range(0, len(counts), 2)]
    demand(sum(numbers) <= (rows if shard.cls else rows * outputs), "counts out of range")
    x, value = named["x"], 0
    for at, count in enumerate(numbers):
        i, j = divmod(at, outputs)
        value += count * pow(x, 4096 * i + j, R)
    demand(value % R == named["counts"], "the counts at x")


def folded(signals, fold):
    """sum sigma_i fold^i."""
    v = 0
    for signal in reversed(signals):
        v = (v * fold + signal) % R
    return v
