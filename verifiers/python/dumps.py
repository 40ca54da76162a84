"""Reads witness dumps strictly: every field that is expected, none besides, numbers as decimal strings in their ranges."""

import json

from algebra import Refused, demand
from numbering import IDS, base, numbering
from poseidon import R

FORMAT = "descent-witness/1"
P = 21888242871839275222246405745257275088696311157297823662689037894645226208583
WORD = 1 << 256
ROUNDS1 = {"train": 26, "convTrain": 38} | {f"conv{name}": 36 for name in ("Seed", "Import", "Merge", "Score", "Infer")}
ROUNDS2 = {"train": 14, "convTrain": 26}
ROUNDS1 |= {"disjoint": 12, "subset": 12, "sparseMerge": 23}
DEGREE1 = {"data": 3, "disjoint": 3, "subset": 3}
EXTRA = {"data": 1, "seed": 1, "train": 1, "import": 2, "score": 1, "infer": 3, "disjoint": 1, "subset": 1, "sparseMerge": 1}
# Bytes that the contract is given beside the parameters.
BYTES = {"score": ("counts",), "infer": ("inputs", "outputs"), "disjoint": ("record",)}


def _keys(value, names, what):
    demand(isinstance(value, dict) and set(value) == set(names), f"{what}: fields")


def number(value, limit, what):
    demand(isinstance(value, str) and value.isascii() and value.isdigit(), f"{what}: not a number")
    demand(len(value) < 80 and str(int(value)) == value and int(value) < limit, f"{what}: out of range")
    return int(value)


def numbers(value, count, limit, what):
    demand(isinstance(value, list) and len(value) == count, f"{what}: length")
    return [number(item, limit, what) for item in value]


def _rounds(value, count, degree, what):
    demand(isinstance(value, list) and len(value) == count, f"{what}: length")
    return [numbers(sent, degree, R, what) for sent in value]


def _address(value, what):
    demand(isinstance(value, str) and len(value) == 42 and value[:2] == "0x", f"{what}: not an address")
    demand(set(value[2:]) <= set("0123456789abcdefABCDEF"), f"{what}: not an address")
    return int(value[2:], 16)


def _bytes(value, what):
    demand(isinstance(value, str) and value[:2] == "0x" and len(value) % 2 == 0, f"{what}: not bytes")
    demand(set(value[2:]) <= set("0123456789abcdef"), f"{what}: not bytes")
    return bytes.fromhex(value[2:])


def point(value, what):
    """A finite point of G1."""
    _keys(value, ("x", "y"), what)
    x, y = number(value["x"], P, what), number(value["y"], P, what)
    demand((y * y - x**3 - 3) % P == 0, f"{what}: not on the curve")
    return x, y


def points(value, what):
    demand(isinstance(value, list) and len(value) <= 256, f"{what}: number of chunks")
    return [point(item, what) for item in value]


class Dump:
    """A dump's fields as numbers and points."""

    def __init__(self, value):
        demand(isinstance(value, dict), "not an object")
        proof = ("opening", "groth16", "key", "powers") if value.get("checks") == "proof" else ()
        fields = ("checks", "format", "program", "statement", "points", "messages", "outputs", "signals")
        _keys(value, fields + proof, "dump")
        demand(value["format"] == FORMAT, "format")
        demand(value["checks"] in ("proof", "argument"), "checks")
        demand(isinstance(value["program"], str) and value["program"] in IDS, "program")
        self.program, self.is_proof = value["program"], bool(proof)
        self.names = numbering(self.program)
        self.opens_tables = "tables" in self.names["oracles"]
        self._statement(value["statement"])
        self._points(value["points"])
        self._messages(value["messages"])
        self.outputs = numbers(value["outputs"], 16, R, "outputs")
        _keys(value["signals"], ("c", "v", "fold"), "signals")
        self.signals = [number(value["signals"][name], R, name) for name in ("c", "v", "fold")]
        if proof:
            self.opening = point(value["opening"], "pi")
            self.groth16 = numbers(value["groth16"], 8, P, "groth16")
            self.key = numbers(value["key"], 18, P, "key")
            powers = {"tau": 4, "tauC": 4} | ({"tables": 2} if self.opens_tables else {})
            _keys(value["powers"], powers, "powers")
            self.powers = {name: numbers(value["powers"][name], count, P, name) for name, count in powers.items()}

    def _statement(self, value):
        given = BYTES.get(base(self.program), ())
        _keys(value, ("chainId", "registry", "trainer", "params", "extra", "commitments", *given), "statement")
        self.chain = number(value["chainId"], WORD, "chainId")
        self.registry = _address(value["registry"], "registry")
        self.trainer = _address(value["trainer"], "trainer")
        self.params = numbers(value["params"], len(self.names["public"]), R, "params")
        self.extra = numbers(value["extra"], EXTRA.get(base(self.program), 0), WORD, "extra")
        self.given = {name: _bytes(value[name], name) for name in given}
        stated = [name for name in self.names["oracles"] if name not in ("trace", "helper", "tables")]
        demand(isinstance(value["commitments"], list) and len(value["commitments"]) == len(stated), "commitments")
        self.commitments = [points(chunks, name) for chunks, name in zip(value["commitments"], stated)]

    def _points(self, value):
        single = ("rows", "columns", "quotient", "quotient2")
        _keys(value, ("trace", "helper", *single), "points")
        self.points = {name: [point(value[name], name)] for name in single}
        for name in ("trace", "helper"):
            self.points[name] = points(value[name], name)
            demand(self.points[name], f"{name}: no chunk")

    def _messages(self, value):
        names, train = self.names, base(self.program) == "train"
        optional = [name for name in ("sums", "sums2") if names[name]] + (["batch2", "evals2"] if train else [])
        optional += ["thresholds"] if self.program == "sparseMerge" else []
        lists = {
            "traceOffset": (len(names["trace"]), 1 << 26), "helperOffset": (len(names["helper"]), 1 << 26),
            "nonce": (5, R), "sums": (len(names["sums"]), R), "evals1": (len(names["evaluations"]), R),
            "sums2": (len(names["sums2"]), R), "evals2": (len(names["evaluations2"]), R), "thresholds": (48, R),
            "u": (len(names["oracles"]), R), "u12": (2, R), "p2": (32, R), "s2": (32, R),
        }
        rounds = {
            "batch1": (ROUNDS1.get(self.program, 24), DEGREE1.get(self.program, 5)),
            "batch2": (ROUNDS2.get(self.program, 0), 3), "reduce": (26, 2), "level2": (10, 2),
        }
        always = ("traceOffset", "helperOffset", "nonce", "batch1", "evals1", "reduce", "u", "level2", "u12", "p2", "s2")
        _keys(value, (*always, *optional), "messages")
        self.messages = {}
        for name, sent in value.items():
            if name in lists:
                self.messages[name] = numbers(sent, *lists[name], name)
            else:
                self.messages[name] = _rounds(sent, *rounds[name], name)


def load(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError, RecursionError) as reason:
        raise Refused("not a file of JSON") from reason
