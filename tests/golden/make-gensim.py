"""Makes tests/golden/gensim/: what gensim saves, and expected-<version>.json with what it answers.

    pip install gensim==4.4.0 numpy==2.4.6 && python tests/golden/make-gensim.py
    pip install gensim==4.3.3 numpy==1.24.2 scipy==1.10.1 && python tests/golden/make-gensim.py
"""

import json
import os
import sys

import gensim
from gensim.models import Doc2Vec, FastText, Phrases, Word2Vec
from gensim.models.doc2vec import TaggedDocument

VERSION = gensim.__version__[:3]
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gensim")
TEXTS = [
    "the cat sees the dog", "a dog hears the cat", "the bird sees a fish", "el niño ve el árbol", "中文 的 词 在 这里",
    "the cat hears a bird", "a fish sees the sea", "the sea hears the bird", "the new york dog sees new york",
]  # fmt: skip
SENTENCES = [text.split() for text in TEXTS]
UNKNOWN = ["cats", "birds", "niñoñ", "词语", "x", "", "a b"]
SETTINGS = dict(vector_size=5, min_count=1, workers=1, window=2, epochs=2, seed=3)


def save(model, name, **options):
    """Saves a model without its history, which tells of the machine."""
    for part in (model, getattr(model, "wv", None), getattr(model, "dv", None)):
        if part is not None:
            part.lifecycle_events = None
    model.save(os.path.join(FOLDER, name), **options)


def answers(vectors):
    """What is compared: keys, counts, rows."""
    keys = list(vectors.index_to_key)
    return {
        "keys": keys,
        "counts": [int(vectors.get_vecattr(key, "count")) for key in keys],
        "rows": vectors.vectors.tolist(),
    }


def tables(model):
    """What training goes on from."""
    answer = answers(model.wv)
    answer["sampling"] = [int(model.wv.get_vecattr(key, "sample_int")) for key in model.wv.index_to_key]
    for name in ("syn1neg", "syn1"):
        if hasattr(model, name):
            answer[name] = getattr(model, name).tolist()
    state = model.random.get_state()
    answer["random"] = [*map(int, state[1]), int(state[2])]
    return answer


def main():
    os.makedirs(FOLDER, exist_ok=True)
    expected = {}

    skipgram = Word2Vec(SENTENCES, sg=1, **SETTINGS)
    expected["skipgram"] = tables(skipgram)
    save(skipgram, f"skipgram-{VERSION}.model")
    save(skipgram, f"separate-{VERSION}.model", sep_limit=0)
    skipgram.wv.set_vecattr("sea", "weight", 7)
    save(skipgram.wv, f"vectors-{VERSION}.kv")
    skipgram.wv.vectors = skipgram.wv.vectors.astype("float16")
    expected["float16"] = skipgram.wv.vectors.tolist()
    save(skipgram.wv, f"float16-{VERSION}.kv")

    both = Word2Vec(SENTENCES, hs=1, negative=3, sample=0.1, comment="of birds", **SETTINGS)
    expected["both"] = tables(both)
    save(both, f"both-{VERSION}.model")
    if VERSION == "4.4":
        for protocol in (0, 1, 2, 3, 5):
            save(both, f"both-protocol{protocol}.model", pickle_protocol=protocol)
        save(both, "both.model.gz", sep_limit=0)

    # its tree, and how often words are dropped, are those of other counts
    recounted = Word2Vec(SENTENCES, hs=1, negative=0, sample=0.1, **SETTINGS)
    recounted.wv.set_vecattr("sea", "count", 50)
    expected["recounted"] = tables(recounted)
    for name in ("point", "code"):
        expected["recounted"][name] = [recounted.wv.get_vecattr(key, name).tolist() for key in recounted.wv.index_to_key]
    save(recounted, f"recounted-{VERSION}.model")

    fasttext = FastText(SENTENCES, bucket=40, min_n=2, max_n=4, **SETTINGS)
    expected["fasttext"] = answers(fasttext.wv)
    expected["fasttext"]["unknown"] = {word: fasttext.wv.get_vector(word).tolist() for word in UNKNOWN}
    save(fasttext, f"fasttext-{VERSION}.model")

    documents = [TaggedDocument(words, [f"document {i}"]) for i, words in enumerate(SENTENCES)]
    doc2vec = Doc2Vec(documents, **SETTINGS)
    expected["doc2vec"] = answers(doc2vec.wv)
    save(doc2vec, f"doc2vec-{VERSION}.model")

    phrases = Phrases(SENTENCES, min_count=1, threshold=0.5, delimiter="+", connector_words={"the", "a"})
    expected["phrases"] = {"vocab": phrases.vocab, "words": phrases.corpus_word_count}
    save(phrases, f"phrases-{VERSION}.model")
    frozen = Phrases(SENTENCES, min_count=1, threshold=0.1, scoring="npmi").freeze()
    expected["frozen"] = frozen.phrasegrams
    save(frozen, f"frozen-{VERSION}.model")

    with open(os.path.join(FOLDER, f"expected-{VERSION}.json"), "w", encoding="utf8") as file:
        json.dump(expected, file, ensure_ascii=False)


if __name__ == "__main__":
    sys.exit(main())
