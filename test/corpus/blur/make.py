"""Writes times in seconds as numpy and pandas do: run it with numpy, pandas and pyarrow, python3 test/corpus/blur/make.py"""

from pathlib import Path

import numpy as np
import pandas as pd

FOLDER = Path(__file__).parent
times = 1_700_000_000 + np.arange(64)
np.save(FOLDER / "times.npy", np.c_[times, np.arange(64) / 8])
labels = np.where(np.arange(64) % 2 == 0, "a", "b")
pd.DataFrame({"time": times, "x": np.arange(64) / 8, "label": labels}).to_parquet(FOLDER / "times.parquet", index=False)
