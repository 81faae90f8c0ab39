"""Small files of torch.save and the numbers of their tensors.

    pip install torch   (1.13 made the ones here)
    python make-torch.py
"""

import base64
import io
import json
import sys
from collections import OrderedDict
from pathlib import Path

import torch

torch.manual_seed(1)


def saved(value, **options):
    file = io.BytesIO()
    torch.save(value, file, **options)
    return base64.b64encode(file.getvalue()).decode()


numbers = lambda tensor: tensor.detach().float().flatten().tolist()

model = torch.nn.Module()
model.embed = torch.nn.Embedding(5, 4)
model.head = torch.nn.Linear(4, 5, bias=False)
model.head.weight = model.embed.weight
wide = torch.randn(6, 7)
kinds = OrderedDict(
    half=torch.randn(3, 4).half(),
    bfloat16=torch.randn(3, 4).bfloat16(),
    double=torch.randn(3, 4).double(),
    char=torch.arange(-6, 6, dtype=torch.int8).reshape(3, 4),
    long=torch.arange(12).reshape(3, 4),
    part=wide[1:5, 2:6],
    turned=wide.t(),
    spread=torch.arange(4.0).expand(3, 4),
    column=wide[:, 3:4],
    parameter=torch.nn.Parameter(torch.randn(2, 3)),
)

files = {
    "state": saved(model.state_dict()),
    "kinds": saved(kinds),
    "checkpoint": saved({"epoch": 3, "lr": 1e-3, "state_dict": {"embed.weight": model.embed.weight}}),
    "old": saved(model.state_dict(), _use_new_zipfile_serialization=False),
    "module": saved(torch.nn.Embedding(2, 3)),
    "nothing": saved({"epoch": 3}),
}
script = io.BytesIO()
torch.jit.save(torch.jit.script(torch.nn.Embedding(2, 3)), script)
files["script"] = base64.b64encode(script.getvalue()).decode()

golden = {
    "files": files,
    "embed": numbers(model.embed.weight),
    "kinds": {name: numbers(tensor) for name, tensor in kinds.items()},
}
Path(__file__).with_name("torch.json").write_text(json.dumps(golden) + "\n")
print(torch.__version__, {name: len(value) for name, value in files.items()}, file=sys.stderr)
