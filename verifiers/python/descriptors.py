"""Holds lines of standard input against what the protocol makes of a network's shape: "shape layout_1 layout_2 chunks", or
"shape" alone where it is said to be none. Prints the lines that are wrong; exit code 0 where there are none.
"""

import sys

from algebra import Refused
from networks import Network


def made_of(shape):
    try:
        network = Network(shape)
    except Refused:
        return []
    return [*network.layout, network.chunks]


def agrees(line):
    shape, *said = map(int, line.split())
    return made_of(shape) == said


if __name__ == "__main__":
    differing = [line for line in sys.stdin if not agrees(line)]
    print("".join(differing), end="")
    sys.exit(1 if differing else 0)
