"""The numbering of slots, sums, relations, evaluations and claims, from circuits/programs/*.json."""

import json
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).resolve().parents[2] / "circuits" / "programs"
IDS = {"data": 1, "seed": 2, "train": 3, "import": 4, "merge": 5, "score": 6}
IDS |= {"convSeed": 7, "convTrain": 8, "convImport": 9, "convMerge": 10, "convScore": 11, "infer": 12, "convInfer": 13}
IDS |= {"disjoint": 14, "subset": 15, "sparseMerge": 16}


def base(program):
    """The dense program of which this one is the twin for convolutional networks; a dense one is its own."""
    return program[4:].lower() if program.startswith("conv") else program


def _names(table, entries):
    names = []
    for entry in entries:
        if "all" in entry:
            names += _names(table, table[entry["all"]])
        elif "each" in entry:
            first, last = entry["for"]
            names += [f"{each['name']}_{k}" for k in range(first, last + 1) for each in entry["each"]]
        elif "for" in entry:
            first, last = entry["for"]
            names += [f"{entry['name']}_{k}" for k in range(first, last + 1)]
        else:
            names += [entry["name"]] * entry.get("count", 1)
    return names


@lru_cache(maxsize=None)
def numbering(program):
    """Lists of names by the name of the list; a list that the program has not is empty."""
    table = json.loads((_FOLDER / f"{program}.json").read_text())
    lists = ("public", "oracles", "squares", "trace", "helper", "sums", "relations", "evaluations")
    lists += ("sums2", "relations2", "evaluations2", "claims")
    return {name: _names(table, table.get(name, [])) for name in lists}
