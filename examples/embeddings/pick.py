"""Picks packages of eight sections out of Debian's lists: name, section and the line that describes it.

    apt-cache dumpavail | python3 pick.py > packages.csv

128 packages of each section, in an order that only their names decide. Lists of another day give other rows.
"""

import csv
import hashlib
import re
import sys

SECTIONS = ["database", "editors", "games", "graphics", "mail", "net", "science", "sound"]
EACH = 128

found = {section: {} for section in SECTIONS}
for paragraph in sys.stdin.read().split("\n\n"):
    fields = dict(re.findall(r"^(Package|Section|Description(?:-en)?): (.*)$", paragraph, re.M))
    name, section = fields.get("Package", ""), fields.get("Section", "")
    text = fields.get("Description") or fields.get("Description-en")
    # Packages of data, symbols and documents have the line of the package that they are for.
    if section not in found or not text or re.search(r"-(common|data|dbg|dev|doc|l10n)\b", name):
        continue
    found[section].setdefault(text, name)


def order(text: str) -> str:
    """Looks random, and is the same everywhere."""
    return hashlib.sha256(text.encode()).hexdigest()


rows = []
for section, texts in found.items():
    rows += [(name, section, text) for text, name in sorted(texts.items(), key=lambda row: order(row[1]))[:EACH]]
out = csv.writer(sys.stdout, lineterminator="\n")
out.writerow(["package", "section", "description"])
# Other hashes than above: the first of a large section have smaller ones than those of a small one.
out.writerows(sorted(rows, key=lambda row: order(f"row {row[0]}")))
