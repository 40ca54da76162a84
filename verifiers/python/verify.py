"""Verifies dumps of Descent's proofs, from docs/protocol.md alone.

python3 verify.py <dump.json>...                        exit code 0 where all are accepted
python3 verify.py --mutate [--sample=n] <dump.json>...  exit code 0 where each change of a field (n of them) is refused
"""

import sys

from algebra import Refused, demand
from argument import Run
from audits import disjoint, subset
from dumps import Dump, load
from infer import infer
from numbering import base
from poseidon import absorb
from programs import data, imported, merge, seed
from score import score
from sparse import sparse_merge
from statement import digests, folded, hash_words, sizes_of
from train import train

PROGRAMS = {"data": data, "seed": seed, "train": train, "import": imported, "merge": merge, "score": score, "infer": infer}
PROGRAMS |= {"disjoint": disjoint, "subset": subset, "sparseMerge": sparse_merge}


def verify(value):
    """Verifies a parsed dump. Raises Refused, which names the first thing that fails."""
    dump = Dump(value)
    h, sizes = digests(dump), sizes_of(dump)
    run = Run(dump, h)
    PROGRAMS[base(dump.program)](run, sizes)
    outputs = run.open()
    for name, made, said in zip(OUTPUTS, outputs, dump.outputs, strict=True):
        demand(made == said, f"output {name}")
    sigma = [*dump.outputs, *h, *dump.params]
    c, v, fold = dump.signals
    demand(absorb(sigma[0], sigma[1:]) == c, "c")
    demand(hash_words([c, *sigma]) == fold, "fold")
    demand(folded(sigma, fold) == v, "v")
    if dump.is_proof:
        from pairing import joined

        joined(dump, hash_words)
    # Last, so that no other check is shadowed: any earlier message moves the point.
    run.require_tables()


OUTPUTS = ("eta", "gamma", "theta", "gamma2", "z", "e2", *(f"y_{k}" for k in range(8)), "rest", "bits")


def main(arguments):
    if "--mutate" in arguments:
        from mutate import mutate

        paths = [argument for argument in arguments if not argument.startswith("--")]
        samples = [int(argument.removeprefix("--sample=")) for argument in arguments if argument.startswith("--sample=")]
        return mutate(paths, samples[0] if samples else None)
    accepted = bool(arguments)
    for path in arguments:
        try:
            verify(load(path))
            print(f"{path}: accepted")
        except Refused as reason:
            print(f"{path}: refused: {reason}")
            accepted = False
    return 0 if accepted else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
