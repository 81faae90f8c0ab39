"""Makes static-models.json: small folders of static encoders in each layout, and the vectors that Python's libraries give.

    python3.11 -m venv static && static/bin/pip install model2vec==0.10.0 sentence-transformers==6.2.0 wordllama==0.4.0.post1
    static/bin/python make-static.py <output folder>
"""

import base64
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
from model2vec import StaticModel
from safetensors.numpy import save_file
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from wordllama import inference

WORDS = ["[UNK]", "a", "cat", "dog", "sat", "the", "mat", "elephants", "你好", "😀😀", "on", "blue", "."]
D = 5
TEXTS = [
    "the cat sat on the mat .",
    "THE dog",
    "",
    "nothing known",
    "cat nothing dog",
    "你好 😀😀 elephants",
    "unknown unknown unknown cat dog mat",
    " ".join(["cat", "dog", "on", "a", "mat"] * 8),
]


def tokenizer(**settings):
    made = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    made.normalizer = normalizers.Lowercase()
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    if "truncation" in settings:
        made.enable_truncation(**settings["truncation"])
    return made


draw = np.random.default_rng(20)
TABLE = draw.normal(size=(len(WORDS), D)).astype(np.float32)


def model2vec_model(vectors=TABLE, **settings):
    return StaticModel(vectors, tokenizer(), config={"model_type": "model2vec"}, **settings)


def saved(save):
    with tempfile.TemporaryDirectory() as folder:
        save(Path(folder))
        return {
            path.relative_to(folder).as_posix(): base64.b64encode(path.read_bytes()).decode()
            for path in sorted(Path(folder).rglob("*"))
            if path.is_file() and path.name != "README.md"
        }


def opened(files, open_folder):
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(base64.b64decode(content))
        return open_folder(folder)


def rows(vectors):
    return [[float(f"{x:.9g}") for x in row] for row in np.asarray(vectors, dtype=np.float64)]


def model2vec_case(name, files, options=None, max_length=None):
    options = options or {}
    model = opened(files, lambda folder: StaticModel.from_pretrained(folder, **options))
    limit = {} if max_length is None else {"max_length": max_length}
    names = {"quantize_to": "quantizeTo"}
    sequences = [
        np.zeros((0, model.dim)) if not len(sequence) else sequence for sequence in model.encode_as_sequence(TEXTS)
    ]
    return {
        "name": name,
        "files": files,
        "options": {names.get(key, key): value for key, value in options.items()},
        "maxLength": max_length,
        "dtype": model.embedding_dtype,
        "normalize": model.normalize,
        "vectors": rows(model.encode(TEXTS, **limit)),
        "sequences": [rows(sequence) for sequence in sequences],
    }


def sentence_transformers_case(name, files, dtype="float32"):
    model = opened(files, lambda folder: SentenceTransformer(folder, device="cpu"))
    return {
        "name": name,
        "files": files,
        "options": {},
        "maxLength": None,
        "dtype": dtype,
        "normalize": any(isinstance(module, Normalize) for module in model),
        "vectors": rows(model.encode(TEXTS)),
    }


def sentence_transformers_files(normalize, **settings):
    modules = [StaticEmbedding(tokenizer(**settings), embedding_weights=TABLE)]
    if normalize:
        modules.append(Normalize())
    return saved(lambda folder: SentenceTransformer(modules=modules, device="cpu").save(str(folder)))


def older(files):
    """As sentence-transformers 3 to 5 laid it out."""
    modules = [{"idx": 0, "name": "0", "path": "0_StaticEmbedding", "type": "sentence_transformers.models.StaticEmbedding"}]
    below = ["model.safetensors", "tokenizer.json"]
    return {
        **{f"0_StaticEmbedding/{name}": files[name] for name in below},
        **{name: content for name, content in files.items() if name not in [*below, "modules.json"]},
        "modules.json": base64.b64encode(json.dumps(modules).encode()).decode(),
    }


def wordllama_case():
    def save(folder):
        save_file({"embedding.weight": TABLE.astype(np.float16)}, folder / "model.safetensors")
        tokenizer(truncation={"max_length": 3}).save(str(folder / "tokenizer.json"))

    made = tokenizer(truncation={"max_length": 3})
    model = inference.WordLlamaInference(TABLE.astype(np.float16), made)
    return {
        "name": "WordLlama",
        "files": saved(save),
        "options": {},
        "maxLength": None,
        "dtype": "float16",
        "normalize": False,
        "vectors": rows(model.embed(TEXTS)),
    }


plain = saved(model2vec_model(normalize=True).save_pretrained)
half = saved(model2vec_model(TABLE.astype(np.float16), normalize=True).save_pretrained)
mapping = draw.integers(0, 4, size=len(WORDS))
weights = draw.uniform(0.2, 3, size=len(WORDS))
quantized = saved(
    model2vec_model(TABLE[:4], normalize=False, token_mapping=mapping, weights=weights).save_pretrained
)
quantized_int8 = saved(
    model2vec_model(
        draw.integers(-127, 128, size=(4, D)).astype(np.int8),
        normalize=True,
        token_mapping=mapping.astype(np.int32),
        weights=weights.astype(np.float32),
    ).save_pretrained
)
weighted = saved(model2vec_model(normalize=False, weights=weights.astype(np.float16)).save_pretrained)
st = sentence_transformers_files(True)
st_cut = sentence_transformers_files(False, truncation={"max_length": 4})
st_cut_left = sentence_transformers_files(False, truncation={"max_length": 4, "direction": "left"})

cases = [
    model2vec_case("model2vec, float32", plain),
    model2vec_case("model2vec, not normalized", plain, {"normalize": False}),
    model2vec_case("model2vec, 3 dimensions", plain, {"dimensionality": 3}),
    model2vec_case("model2vec, at most 4 tokens", plain, {}, 4),
    model2vec_case("model2vec, no maximum length", saved(model2vec_model(normalize=True, max_length=None).save_pretrained)),
    model2vec_case("model2vec, maximum length 3", saved(model2vec_model(normalize=True, max_length=3).save_pretrained)),
    model2vec_case("model2vec, float16", half),
    model2vec_case("model2vec, float16, not normalized", half, {"normalize": False}),
    model2vec_case("model2vec, float32 to int8", plain, {"quantize_to": "int8", "normalize": False}),
    model2vec_case("model2vec, float32 to int8, 2 dimensions", plain, {"quantize_to": "int8", "dimensionality": 2}),
    model2vec_case("model2vec, float16 to int8", half, {"quantize_to": "int8", "normalize": False}),
    model2vec_case("model2vec, float32 to float16", plain, {"quantize_to": "float16"}),
    model2vec_case("model2vec, float64", saved(model2vec_model(TABLE.astype(np.float64), normalize=True).save_pretrained)),
    model2vec_case("model2vec, vocabulary quantized", quantized),
    model2vec_case("model2vec, vocabulary quantized, int8", quantized_int8),
    model2vec_case("model2vec, weights", weighted),
    sentence_transformers_case("sentence-transformers", st),
    sentence_transformers_case("sentence-transformers, cut by its tokenizer", st_cut),
    sentence_transformers_case("sentence-transformers, cut from the left", st_cut_left),
    sentence_transformers_case("sentence-transformers, in 0_StaticEmbedding", older(st_cut)),
    wordllama_case(),
]
# each file once
contents = sorted({content for case in cases for content in case["files"].values()})
for case in cases:
    case["files"] = {name: contents.index(content) for name, content in case["files"].items()}
text = json.dumps({"texts": TEXTS, "contents": contents, "cases": cases}, ensure_ascii=False)
(Path(sys.argv[1]) / "static-models.json").write_text(text + "\n")
