"""What the contract makes of a statement and a proof: digests h_0..h_5, sizes, fold, v (protocol sections 1 and 2)."""

from algebra import demand
from keccak import keccak256
from networks import Network
from numbering import IDS, base
from poseidon import R
from programs import coefficients
from shapes import Form, Model, Segment, Shard, chunks_of
from sparse import Method, Vectors

# Parameters that h_0 does not hold, the last ones: a challenge and what is public, as a polynomial at it.
LATE = {"score": 2, "infer": 3, "disjoint": 2}
DOMAIN = int.from_bytes(keccak256(b"descent.statement.v3"), "big")


def hash_words(words):
    """keccak256 of plain 32-byte words, mod r."""
    return int.from_bytes(keccak256(b"".join(word.to_bytes(32, "big") for word in words)), "big") % R


def digests(dump):
    """h_0 .. h_5."""
    bound = [*dump.params[: len(dump.params) - LATE.get(base(dump.program), 0)], *dump.extra]
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
    if program in ("data", "score", "subset"):
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
        measures(named, sizes["shard"], dump.given["counts"], dump.extra[0])
    if program == "merge":
        present = [len(chunks) > 0 for chunks in dump.commitments[1:]]
        sizes["factors"] = coefficients(dump.params[-sizes["model"].out :], sizes["model"], present)
    own = {"shard": sizes["shard"].chunks} if "shard" in sizes else {}
    if program == "infer":
        sizes["named"] = named
        own = inference(sizes, named, dump.given, dump.extra)
    if program == "sparseMerge":
        shape = dump.extra[0]
        sizes["model"] = Network(shape) if shape >> 249 else Model(shape)
        sizes["vectors"] = Vectors(sizes["model"])
        demand([named["slots_1"], named["slots_2"]] == sizes["vectors"].words(), "slots: not those of the shape")
        sizes["method"] = Method(named, sizes["vectors"])
        present = [int(len(chunks) > 0) for chunks in dump.commitments[1:]]
        demand(present == [1, *sizes["method"].n.values()], "a parent without coefficients, or without points")
    if program == "disjoint":
        sizes["named"] = named
        own = sides(sizes, named, dump.given["record"], dump.extra[0], len(dump.commitments[1]) > 0)
    if program == "subset":
        own |= sets_of(sizes, named)
    for name, chunks in zip(dump.names["oracles"], dump.commitments):
        if chunks or not name.startswith("parent_"):
            demand(len(chunks) == own.get(name, sizes["model"].chunks if "model" in sizes else 0), f"{name}: chunks of the commitment")
    return sizes


def inference(sizes, named, given, extra):
    """Refuses inputs and outputs that contracts refuse, or that are not those of the statement or of its signals. Gives the chunks
    of both.
    """
    model = sizes["model"]
    form = sizes["form"] = Form(named["form"])
    *hashes, word = extra
    shard = Shard(word) if word else None
    form.reads(shard, model)
    rows, side, channels, outputs = form.rows + 1, model.side[0] + 1, model.last[0] + 1, model.last[model.out] + 1
    # A value's exponent, in the order of the values.
    row, channel = (1 << 24, 1 << 12) if model.places else (1 << 12, 1)
    lines = range(side)
    pixels = [x + (y << 6) + channel * c + row * s for s in range(rows) for c in range(channels) for y in lines for x in lines]
    results = [i + (s << 12) for s in range(rows) for i in range(outputs)]
    for name, shown, counted, exponents in zip(given, (form.show_in, form.show_out), hashes, (pixels, results)):
        data = given[name]
        demand(counted == (int.from_bytes(keccak256(data), "big") if shown else 0), f"the hash of the {name}")
        demand(len(data) == 2 * shown * len(exponents), f"length of the {name}")
        values = [int.from_bytes(data[at : at + 2], "big", signed=True) for at in range(0, len(data), 2)]
        total = sum(value * pow(named["x"], exponent, R) for value, exponent in zip(values, exponents)) % R
        demand(total == named[name], f"the {name} at x")
    bits = form.sigma + model.inputs.bit_length(), form.sigma + model.c[model.out]
    return {"input": shard.chunks if shard else chunks_of(1 << bits[0]), "output": chunks_of(1 << bits[1])}


def sides(sizes, named, record, hashed, is_shard):
    """Refuses two sides that contracts refuse, and a record that is not that of the statement or of its signal. Gives the chunks of both.

    @param is_shard whether the second side has points
    """
    first, second = sizes["first"], sizes["second"] = Shard(named["first"]), Shard(named["second"])
    demand(first.inputs == second.inputs, "the sides have other inputs")
    if not is_shard:
        demand((second.rows, second.outputs, second.cls, second.lab) == (0, 0, 0, 0), "second: not a record")
    demand(len(record) == (0 if is_shard else 2 * (second.inputs + 1)), "length of the record")
    demand(hashed == (int.from_bytes(keccak256(record), "big") if record else 0), "the hash of the record")
    values = [int.from_bytes(record[at : at + 2], "big", signed=True) for at in range(0, len(record), 2)]
    demand(sum(value * pow(named["r"], j, R) for j, value in enumerate(values)) % R == named["record"], "the record at r")
    return {"first": first.chunks, "second": second.chunks if is_shard else 0}


def sets_of(sizes, named):
    """Refuses sets that contracts refuse. Gives the chunks of all."""
    shard, count = sizes["shard"], named["sets"]
    demand(1 <= count <= 16, "number of sets")
    words = [named[f"set_{k}"] for k in range(1, 17)]
    demand(not any(words[count:]), "a set behind the last")
    sizes["sets"] = [Shard(word) if k < count else None for k, word in enumerate(words)]
    for one in sizes["sets"][:count]:
        kinds = [(own.inputs, own.outputs, own.cls, own.lab) for own in (shard, one)]
        demand(kinds[0] == kinds[1], "a set of another kind")
    return {f"set_{k}": one.chunks if one else 0 for k, one in enumerate(sizes["sets"], 1)}


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
