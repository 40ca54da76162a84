"""The inputs of a circuit, from a dump: of convolutional programs and of audits."""

from dumps import Dump
from numbering import base
from shapes import fields_of
from statement import digests

_LAYER = (12, 6, 6, 1, 2, 1, 1)


def _bits(value, size):
    return [value >> t & 1 for t in range(size)]


def _shape(word):
    channels, side, *fields = fields_of(word, [12, 6, *_LAYER * 6, *[1] * 5, 1, 1, 51], "shape")
    layers = [fields[k : k + 7] for k in range(0, 42, 7)]
    columns = list(zip(*layers))
    return {
        "shape": word, "channels1": [channels, *columns[0]], "sides1": [side, *columns[1]], "kernels1": columns[2], "strides1": columns[3],
        "paddings": [_bits(padding, 2) for padding in columns[4]], "flat": columns[5], "pooled": columns[6],
        "present": fields[42:47], "head": fields[47:49],
    }


def _layout(words):
    fields = [fields_of(word >> 51 * k & (1 << 51) - 1, (23, 23, 5), "layout") for word in words for k in range(3)]
    offsets = [_bits(offset, 23) for w, b, _ in fields for offset in (w, b)]
    return {"layout": words, "offsets": offsets, "fans": [_bits(fan, 5) for _, _, fan in fields]}


def _own(program, named):
    """What the program has besides."""
    if program == "train":
        lr, rows, batch, trace, x, y, eps = fields_of(named["seg"], (17, 12, 12, 14, 26, 26, 8), "seg")
        return {
            "seg": named["seg"], "lr": lr, "rows1": rows, "batchRows1": batch, "traceRows1": trace,
            "shardOffset": [_bits(x, 26), _bits(y, 26)], "smoothing": eps,
        }
    if program == "seed":
        return {"seed": named["seed"]}
    if program == "merge":
        words = [named[f"coefficients_{l}"] for l in range(1, 7)]
        return {"coefficients": words, "factors": [fields_of(word, (18,) * 8, "coefficients") for word in words]}
    if program == "score":
        inputs, outputs, rows, classes, x, y, labels = fields_of(named["shard"], (12, 12, 12, 1, 26, 26, 1), "shard")
        stated = {name: named[name] for name in ("shard", "result", "loss", "absolute", "k", "top")}
        return stated | {
            "inputs1": inputs, "outputs1": outputs, "rows1": rows, "classes": classes, "labels": labels,
            "shardOffset": [_bits(x, 26), _bits(y, 26)],
        }
    if program == "infer":
        rows, offset, show_in, show_out, ranged = fields_of(named["form"], (12, 26, 1, 1, 1), "form")
        return {name: named[name] for name in ("form", "inputs", "outputs")} | {
            "rows1": rows, "inputOffset": _bits(offset, 26), "showIn": show_in, "showOut": show_out, "ranged": ranged,
        }
    return {}


def _shards(words):
    """Inputs, outputs, rows, kinds and places of some shards; of absent ones 0."""
    inputs, outputs, rows, classes, x, y, labels = zip(*(fields_of(word, (12, 12, 12, 1, 26, 26, 1), "shard") for word in words))
    places = [[_bits(offset, 26) for offset in pair] for pair in zip(x, y)]
    return inputs[0], outputs, rows, classes, labels, places


def _audit(program, named):
    if program == "disjoint":
        words = [named["first"], named["second"]]
        inputs, outputs, rows, classes, labels, places = _shards(words)
        own = {"first": words[0], "second": words[1], "record": named["record"]}
        return own | {
            "inputs1": inputs, "outputs1": outputs, "rows1": rows, "classes": classes, "labels": labels, "places": places,
        }
    words = [named[f"set_{k}"] for k in range(1, 17)]
    inputs, outputs, rows, classes, labels, places = _shards([named["shard"], *words])
    return {
        "shard": named["shard"], "sets": named["sets"], "set": words, "present": [int(word > 0) for word in words], "inputs1": inputs,
        "outputs1": outputs[0], "rows1": rows, "classes": classes[0], "labels": labels[0], "places": places,
    }


def circuit_inputs(value):
    """@param value a parsed dump of chunks without coordinates"""
    dump = Dump(value)
    named = dict(zip(dump.names["public"], dump.params))
    messages = dict(dump.messages)
    offsets = {name: [_bits(offset, 26) for offset in messages.pop(name)] for name in ("traceOffset", "helperOffset")}
    made = {"fold": dump.signals[2], "h": digests(dump), "chunkMask": [0] * 8} | messages | offsets
    if "shape" in named:
        made |= _shape(named["shape"]) | _layout([named["layout_1"], named["layout_2"]]) | _own(base(dump.program), named)
    else:
        made |= _audit(dump.program, named)
    return {name: _text(value) for name, value in made.items()}


def _text(value):
    return [_text(item) for item in value] if isinstance(value, (list, tuple)) else str(value)
