"""Static encoders through Python and back: model2vec and sentence-transformers open what is saved here, with equal vectors.

    node build.mjs
    python tests/golden/static-models.py <tokenizers: a folder with bert-base-uncased, qwen2.5, … in it>

It prints a line for each model and library, and ends with 1 where one differs. Tested: model2vec 0.10.0, tokenizers 0.23.3,
sentence-transformers 6.2.0 and 5.1.0, numpy 2.4.6.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import sentence_transformers
from model2vec import StaticModel
from safetensors.numpy import save_file
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

try:
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding
except ImportError:
    from sentence_transformers.models import Normalize, StaticEmbedding

HERE = Path(__file__).parent
TOKENIZERS = Path(sys.argv[1])
TEXTS = [
    "The cat sat on the mat.",
    "",
    "New York, new york; NEW YORK hot dogs and a hot dog!",
    "naïve café 你好 世界 😀 ﬁne",
    "don't stop: sentence-transformers & e-mail@example.org 42 3.14",
    "A long text. " * 120,
    "\tWhite \n space   everywhere\u3000here ",
    "Ελληνικά ΣΊΣΥΦΟΣ русский текст العربية",
]
# characters that one of the tokenizers does not know are another matter: model2vec leaves them out
KNOWN = [TEXTS[i] for i in (0, 1, 2, 4, 5, 6)]
BOUND = 1e-6
BOTH = ["model2vec", "sentence-transformers"]


def table(rows, columns, seed=5):
    return np.random.default_rng(seed).normal(size=(rows, columns)).astype(np.float32)


def write_theirs(folder):
    """What Python's libraries write of tables with the tokenizers that are there."""
    theirs = {}
    for path in sorted(TOKENIZERS.iterdir()):
        if not (path / "tokenizer.json").exists():
            continue
        tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
        vectors = table(tokenizer.get_vocab_size(), 16)
        model = StaticModel(vectors, tokenizer, config={"model_type": "model2vec"}, normalize=True)
        model.save_pretrained(folder / f"model2vec, {path.name}")
        theirs[f"model2vec, {path.name}"] = {"options": {}, "kinds": BOTH}
        name = f"sentence-transformers, {path.name}"
        embedding = StaticEmbedding(tokenizer, embedding_weights=vectors)
        SentenceTransformer(modules=[embedding, Normalize()], device="cpu").save(str(folder / name))
        theirs[name] = {"options": {}, "kinds": [BOTH[1]]}
    tokenizer = Tokenizer.from_file(str(TOKENIZERS / "bert-base-uncased" / "tokenizer.json"))
    count = tokenizer.get_vocab_size()
    draw = np.random.default_rng(6)
    quantized = StaticModel(
        table(300, 16),
        tokenizer,
        config={"model_type": "model2vec"},
        normalize=True,
        token_mapping=draw.integers(0, 300, size=count),
        weights=draw.uniform(0.1, 2, size=count),
    )
    quantized.save_pretrained(folder / "model2vec, vocabulary quantized")
    theirs["model2vec, vocabulary quantized"] = {"options": {}, "kinds": BOTH}
    for options in ({"quantizeTo": "int8"}, {"quantizeTo": "float16"}, {"dimensionality": 5, "normalize": False}):
        name = f"model2vec, {', '.join(map(str, options.values()))}"
        StaticModel(table(count, 16), tokenizer, config={"model_type": "model2vec"}, normalize=True).save_pretrained(
            folder / name
        )
        theirs[name] = {"options": options, "kinds": BOTH[:1] if options.get("quantizeTo") == "int8" else BOTH}
    return theirs


def write_language_model(folder):
    folder.mkdir()
    tokenizer = Tokenizer.from_file(str(TOKENIZERS / "bert-base-uncased" / "tokenizer.json"))
    rows = tokenizer.get_vocab_size() + 6
    save_file({"bert.embeddings.word_embeddings.weight": table(rows, 24)}, folder / "model.safetensors")
    tokenizer.save(str(folder / "tokenizer.json"))


def encode(kind, folder, texts):
    if kind == "model2vec":
        return StaticModel.from_pretrained(folder).encode(texts)
    return SentenceTransformer(str(folder), device="cpu").encode(texts, show_progress_bar=False)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "theirs").mkdir()
        (folder / "texts.json").write_text(json.dumps(TEXTS))
        (folder / "theirs.json").write_text(json.dumps(write_theirs(folder / "theirs")))
        write_language_model(folder / "language-model")
        subprocess.run(["node", str(HERE / "static-models.mjs"), name], check=True)
        worst = 0.0
        for model, ours in json.loads((folder / "ours.json").read_text()).items():
            for kind in ours["kinds"]:
                texts = KNOWN if kind != BOTH[0] else TEXTS
                # of an empty text sentence-transformers makes NaN in float16
                texts = [text for text in texts if text or kind == BOTH[0] or "float16" not in model]
                got = np.asarray(encode(kind, folder / "ours" / model, texts), dtype=np.float64)
                expected = np.array([ours["vectors"][TEXTS.index(text)] for text in texts])
                # float16's last bit is 2^-11 of a number below 1
                bound = 5e-4 if "float16" in model else BOUND
                difference = float(np.abs(got - expected).max())
                is_equal = got.shape == expected.shape and difference <= bound
                print(f"{'equal  ' if is_equal else 'DIFFERS'} {difference:.1e}  {model}, in {kind}")
                if not is_equal:
                    print("   ", np.abs(got - expected).max(axis=1))
                worst = max(worst, 0 if is_equal else 1)
        print("sentence-transformers", sentence_transformers.__version__)
        sys.exit(int(worst))


main()
