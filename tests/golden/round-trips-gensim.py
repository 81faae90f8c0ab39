"""Files of gensim's through the library, and the library's through gensim, both ways; run under gensim 4.3.3 and 4.4.0.

    node build.mjs && python tests/golden/round-trips-gensim.py

Prints a line for each round trip, and ends with 1 where one is not what it was.
"""

import json
import os
import subprocess
import sys
import tempfile

import gensim
import numpy as np
from gensim.models import Doc2Vec, FastText, KeyedVectors, Word2Vec
from gensim.models.doc2vec import TaggedDocument

LIBRARY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "build", "entries", "node.js")
TEXTS = ["the cat sees the dog", "a dog hears the cat", "el niño ve el árbol", "中文 的 词 在 这里", "the sea hears a bird"]
SENTENCES = [text.split() for text in TEXTS] * 20
UNKNOWN = ["cats", "niñoñ", "词语", "x", ""]
SETTINGS = dict(vector_size=20, min_count=1, workers=1, seed=3)
KINDS = {
    "skip-gram": dict(sg=1),
    "cbow": dict(),
    "hierarchical softmax": dict(sg=1, hs=1, negative=0),
    "both": dict(hs=1, negative=3, sample=0),
}  # fmt: skip

JAVASCRIPT = """
const { KeyedVectors, Word2Vec } = await import(process.argv[1]);
const [kind, from, to, ...words] = process.argv.slice(2);
const opened = kind === "model" ? await Word2Vec.load(from) : await KeyedVectors.load(from);
if (to) await opened.save(to);
const wv = opened.wv ?? opened;
const unknown = Object.fromEntries(words.map((word) => [word, [...wv.getVector(word)]]));
const counts = wv.indexToKey.map((key) => wv.getVecattr(key, "count"));
process.stdout.write(JSON.stringify({ keys: wv.indexToKey, rows: wv.toMatrix().toArrays(), counts, unknown }));
"""

failures = 0


def library(kind, path, to="", words=()):
    """What the library makes of a file; it saves it again."""
    command = ["node", "--input-type=module", "-e", JAVASCRIPT, os.path.abspath(LIBRARY), kind, path, to, *words]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def report(what, holds):
    global failures
    failures += not holds
    print(("ok      " if holds else "FAILED  ") + what, flush=True)


def same(vectors, got):
    keys, rows = list(vectors.index_to_key), np.array(got["rows"], dtype=np.float32)
    counts = [int(vectors.get_vecattr(key, "count")) for key in keys]
    return keys == got["keys"] and counts == got["counts"] and np.array_equal(rows, vectors.vectors)


def same_vectors(one, other):
    return one.index_to_key == other.index_to_key and np.array_equal(one.vectors, other.vectors)


def goes_on(model):
    """Whether gensim trains a model on, lets its vocabulary grow, and saves and loads it."""
    trained, raw = model.train(SENTENCES, total_examples=len(SENTENCES), epochs=3)
    finite = np.isfinite(model.wv.vectors).all() and trained > 0
    if not model.hs:
        model.build_vocab([["new", "words", "the"]] * 5, update=True)
        model.train(SENTENCES, total_examples=len(SENTENCES), epochs=1)
        finite = finite and "new" in model.wv
    with tempfile.TemporaryDirectory() as folder:
        model.save(os.path.join(folder, "again"))
        again = Word2Vec.load(os.path.join(folder, "again"))
    model.wv.most_similar("the")
    return finite and same_vectors(model.wv, again.wv)


def model_round_trips(folder):
    for name, kind in KINDS.items():
        model = Word2Vec(SENTENCES, **SETTINGS, **kind)
        ways = {"one file": {}, "separate": dict(sep_limit=0), "protocol 2": dict(pickle_protocol=2), ".gz": dict(sep_limit=0)}
        for way, options in ways.items():
            path = os.path.join(folder, f"{name} {way}.model" + (".gz" if way == ".gz" else ""))
            model.save(path, **options)
            ours = os.path.join(folder, "ours.model")
            report(f"{name}, {way}: gensim -> library", same(model.wv, library("model", path, ours)))
            back = Word2Vec.load(ours)
            report(f"{name}, {way}: -> gensim", same_vectors(model.wv, back.wv) and same_tables(model, back))
        report(f"{name}: trained on alike by gensim", trained_alike(model, back))
        report(f"{name}: gensim goes on with it", goes_on(back))
        report(f"{name}: and the library again", same(back.wv, saved_and_read(back, folder)))


def same_tables(model, back):
    names = [name for name in ("syn1neg", "syn1") if hasattr(model, name)]
    # the last row of the tree's is no node's
    rows = {"syn1neg": len(model.wv), "syn1": len(model.wv) - 1}
    tables = all(np.array_equal(getattr(model, name)[: rows[name]], getattr(back, name)[: rows[name]]) for name in names)
    expandos = ["count", "sample_int", *(["point", "code"] if model.hs else [])]
    plan = all(np.array_equal(model.wv.get_vecattr(key, name), back.wv.get_vecattr(key, name)) for key in model.wv.index_to_key for name in expandos)
    return tables and plan and model.random.get_state()[2] == back.random.get_state()[2]


def trained_alike(model, back):
    """Whether a model that went through the library is trained to the same bits as the one that did not."""
    for one in (model, back):
        one.train(SENTENCES, total_examples=len(SENTENCES), epochs=2)
    return same_vectors(model.wv, back.wv)


def saved_and_read(model, folder):
    path = os.path.join(folder, "grown.model")
    model.save(path)
    return library("model", path)


def vector_round_trips(folder):
    model = Word2Vec(SENTENCES, **SETTINGS)
    for way, options in {"one file": {}, "separate": dict(sep_limit=0), "protocol 5": dict(pickle_protocol=5)}.items():
        path, ours = os.path.join(folder, f"{way}.kv"), os.path.join(folder, "ours.kv")
        model.wv.save(path, **options)
        report(f"KeyedVectors, {way}: gensim -> library", same(model.wv, library("vectors", path, ours)))
        back = KeyedVectors.load(ours)
        report(f"KeyedVectors, {way}: -> gensim", same_vectors(model.wv, back) and back.most_similar("the") == model.wv.most_similar("the"))
        back.add_vectors(["one more"], np.ones((1, 20), dtype=np.float32))
        report(f"KeyedVectors, {way}: it can grow", len(back) == len(model.wv) + 1)
    documents = [TaggedDocument(words, [i]) for i, words in enumerate(SENTENCES)]
    for name, other in {"Doc2Vec": Doc2Vec(documents, **SETTINGS), "FastText": FastText(SENTENCES, bucket=500, **SETTINGS)}.items():
        path = os.path.join(folder, name)
        other.save(path)
        words = UNKNOWN if name == "FastText" else []
        got = library("vectors", path, "", words)
        unknown = all(np.array_equal(np.float32(got["unknown"][word]), other.wv.get_vector(word)) for word in words)
        report(f"{name}: gensim -> library" + (", unknown words too" if words else ""), same(other.wv, got) and unknown)


with tempfile.TemporaryDirectory() as folder:
    model_round_trips(folder)
    vector_round_trips(folder)
print(f"gensim {gensim.__version__}, numpy {np.__version__}: {failures} failures")
sys.exit(bool(failures))
