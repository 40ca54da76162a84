"""What the contract makes of a statement and a proof: digests h_0..h_5, sizes, fold, v (protocol sections 1 and 2)."""

from algebra import demand
from keccak import keccak256
from numbering import IDS
from poseidon import R
from programs import coefficients
from shapes import Model, Segment, Shard

DOMAIN = int.from_bytes(keccak256(b"descent.statement.v3"), "big")


def hash_words(words):
    """keccak256 of plain 32-byte words, mod r."""
    return int.from_bytes(keccak256(b"".join(word.to_bytes(32, "big") for word in words)), "big") % R


def digests(dump):
    """h_0 .. h_5."""
    bound = [*dump.params, *dump.extra]
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
    program, named = dump.program, dict(zip(dump.names["public"], dump.params))
    sizes = {}
    if "shape" in named:
        sizes["model"] = Model(named["shape"])
    if program in ("data", "score"):
        sizes["shard"] = Shard(named["shard"])
    if program == "train":
        sizes["seg"] = Segment(named["seg"])
        sizes["shard"] = Shard(dump.extra[0])
        sizes["seg"].of(sizes["shard"])
        sizes["seg"].smooths(sizes["model"])
    if program in ("train", "score"):
        sizes["shard"].fits(sizes["model"])
    if program == "seed":
        sizes["seed"] = named["seed"]
    if program == "score":
        sizes["result"] = named["result"]
    if program == "merge":
        present = [len(chunks) > 0 for chunks in dump.commitments[1:]]
        sizes["factors"] = coefficients(dump.params[1:], sizes["model"], present)
    for name, chunks in zip(dump.names["oracles"], dump.commitments):
        if chunks or not name.startswith("parent_"):
            kind = "shard" if name == "shard" else "model"
            demand(len(chunks) == sizes[kind].chunks, f"{name}: chunks of the commitment")
    return sizes


def folded(signals, fold):
    """sum sigma_i fold^i."""
    v = 0
    for signal in reversed(signals):
        v = (v * fold + signal) % R
    return v
