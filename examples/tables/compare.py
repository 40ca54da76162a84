"""Writes the four tables as CSV and measures scikit-learn on the rows that descent fit holds out.

    python3 -m venv scikit && scikit/bin/pip install scikit-learn==1.9.1
    scikit/bin/python compare.py

The order is that of descent fit: Fisher and Yates' shuffle with mulberry32, seed 1 unless another is given as argument. The
last fifth is held out; features are scaled on the others, as there.
"""

import csv
import pathlib
import sys
import warnings

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

MASK = 0xFFFFFFFF


def mulberry32(seed):
    a = seed & MASK
    while True:
        a = (a + 0x6D2B79F5) & MASK
        t = ((a ^ (a >> 15)) * (1 | a)) & MASK
        t = ((t + (((t ^ (t >> 7)) * (61 | t)) & MASK)) & MASK) ^ t
        yield (t ^ (t >> 14)) & MASK


def shuffled(count, seed):
    random = mulberry32(seed)
    order = list(range(count))
    for k in range(count - 1, 0, -1):
        j = next(random) * (k + 1) >> 32
        order[k], order[j] = order[j], order[k]
    return order


def write(name, data, target, names):
    path = pathlib.Path(__file__).parent / f"{name}.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow([*(column.replace(" (cm)", "").replace(" ", "_") for column in names), target])
        answers = data.target if target == "progression" else data.target_names[data.target]
        for row, answer in zip(data.data, answers):
            out.writerow([*(f"{value:g}" for value in row), f"{answer:g}" if target == "progression" else answer])


seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
warnings.simplefilter("ignore", ConvergenceWarning)
for name, data, target in [
    ("iris", load_iris(), "species"),
    ("wine", load_wine(), "cultivar"),
    ("breast-cancer", load_breast_cancer(), "diagnosis"),
    ("diabetes", load_diabetes(scaled=False), "progression"),
]:
    write(name, data, target, data.feature_names)
    order = shuffled(len(data.target), seed)
    held = round(0.2 * len(order))
    train, test = order[:-held], order[-held:]
    scaler = StandardScaler().fit(data.data[train])
    X, y = scaler.transform(data.data), data.target
    if target == "progression":
        score = LinearRegression().fit(X[train], y[train]).score(X[test], y[test])
        print(f"{name}: of {held} held out, LinearRegression R2 {score:.3f}")
        continue
    linear = LogisticRegression().fit(X[train], y[train])
    networks = [MLPClassifier((16,), random_state=k).fit(X[train], y[train]) for k in range(5)]
    rights = sorted(int((network.predict(X[test]) == y[test]).sum()) for network in networks)
    right = int((linear.predict(X[test]) == y[test]).sum())
    print(f"{name}: of {held} held out, LogisticRegression {right}, MLPClassifier of five seeds {rights}")
