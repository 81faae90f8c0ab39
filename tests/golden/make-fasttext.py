"""Small models of fastText, and the vectors that fastText itself gives for known and unknown words.

    pip install fasttext-wheel==0.9.2
    python make-fasttext.py
"""

import base64
import json
import random
import struct
import tempfile
from pathlib import Path

import fasttext

FOLDER = Path(__file__).parent
ASKED = ["kühe", "kühen", "sea", "seas", "", "x", "日本", "日本語", "</s>", "😀😀", "ühe", "<kü", "a b"]
random.seed(1)
words = ["kühe", "sea", "日本語", "fish", "bird", "😀", "a", "ab"]


def text_of(labels):
    lines = []
    for i in range(300):
        mark = f"__label__{i % labels} " if labels else ""
        lines.append(mark + " ".join(random.choices(words, weights=range(len(words), 0, -1), k=6)))
    return "\n".join(lines) + "\n"


def without_head(file):
    """The file as fastText wrote it in 2016: no magic number and version, no list of what was pruned, no marks of quantization."""
    settings, at = file[8 : 8 + 56], 8 + 56
    size, nwords, nlabels, ntokens, prunes = struct.unpack_from("<iiiqq", file, at)
    assert prunes == -1
    begin = at + 28
    end = begin
    for _ in range(size):
        end = file.index(b"\0", end) + 1 + 9
    rows, columns = struct.unpack_from("<qq", file, end + 1)
    matrix = file[end + 1 : end + 17 + rows * columns * 4]
    output = file[end + 17 + rows * columns * 4 + 1 :]
    return settings + struct.pack("<iiiq", size, nwords, nlabels, ntokens) + file[begin:end] + matrix + output


golden = {"asked": ASKED}


def keep(name, model, file):
    keys = [word for word in model.get_words(on_unicode_error="replace")]
    golden[name] = {
        "file": base64.b64encode(file).decode(),
        "keys": keys,
        "counts": [int(n) for n in model.get_words(include_freq=True, on_unicode_error="replace")[1]],
        "vectors": {word: [float(x) for x in model.get_word_vector(word)] for word in dict.fromkeys(keys + ASKED)},
    }


with tempfile.TemporaryDirectory() as folder:
    plain, labelled, saved = (str(Path(folder) / name) for name in ["plain.txt", "labelled.txt", "model"])
    Path(plain).write_text(text_of(0))

    settings = {"dim": 3, "minCount": 1, "epoch": 2, "thread": 1, "bucket": 30, "verbose": 0}
    model = fasttext.train_unsupervised(plain, model="skipgram", minn=1, maxn=3, **settings)
    model.save_model(saved)
    file = Path(saved).read_bytes()
    keep("skipgram", model, file)
    golden["of2016"] = {**golden["skipgram"], "file": base64.b64encode(without_head(file)).decode()}

    model = fasttext.train_unsupervised(plain, model="cbow", minn=0, maxn=0, **settings)
    model.save_model(saved)
    keep("words-only", model, Path(saved).read_bytes())

    # quantization learns its 256 centroids from as many rows
    for name, labels, options in [
        ("quantized", 2, {}),
        ("pruned", 2, {"cutoff": 270, "retrain": False, "qnorm": True, "dsub": 2}),
        ("quantized-output", 260, {"qout": True, "dsub": 3}),
    ]:
        Path(labelled).write_text(text_of(labels))
        model = fasttext.train_supervised(labelled, minn=2, maxn=4, **{**settings, "bucket": 300, "dim": 5})
        model.quantize(labelled, **options)
        model.save_model(saved)
        keep(name, model, Path(saved).read_bytes())

(FOLDER / "fasttext.json").write_text(json.dumps(golden, ensure_ascii=False) + "\n")
print({name: len(value["file"]) for name, value in golden.items() if name != "asked"})
