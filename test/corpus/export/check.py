"""Reads torch-state.pt with torch, loads it into a network and writes what that computes to torch-state.json.

Run with torch 2.15.0 (pip install torch).
"""

import json
import os

import torch
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
state = torch.load(os.path.join(HERE, "torch-state.pt"), weights_only=True)
model = nn.Sequential(nn.Linear(5, 4), nn.ReLU(), nn.Linear(4, 3))
model.load_state_dict(state, strict=True)
rows = torch.arange(-10, 10).reshape(4, 5) / 4
outputs = model(rows).detach()
with open(os.path.join(HERE, "torch-state.json"), "w") as file:
    json.dump({"features": rows.flatten().tolist(), "outputs": outputs.flatten().tolist()}, file)
    file.write("\n")
