"""Makes the golden files of this folder: what the real gensim answers.

    python3.11 -m venv 4.3 && 4.3/bin/pip install gensim==4.3.3 numpy==1.24.2 scipy==1.12.0
    python3.11 -m venv 4.4 && 4.4/bin/pip install gensim==4.4.0 numpy==2.4.6 scipy==1.17.1
    4.3/bin/python make.py <output folder> <data folder>
    4.4/bin/python make.py <output folder> <data folder>

Run it under both: gensim 4.4 breaks ties of the vocabulary order in another way, so each version has its own
expected vectors. What does not depend on the version is written under 4.4. Run twice, it writes the same bytes.
The data folder holds corpora/lee_background.cor. gensim is LGPL-2.1: only its outputs are stored.
"""

import base64
import hashlib
import io
import json
import os
import re
import sys
import unicodedata
from pathlib import Path

# The order in which BLAS adds up float32 depends on the processor, unless it is told which one to take. Each of numpy
# and scipy loads its own BLAS. Queries run on numpy's: AVX2, which prints the article's numbers. Training runs on
# scipy's: SSE, where no product is fused with its sum and the order is simple enough to follow to the last bit:
# a dot product adds whole blocks of 32 in four sums of four lanes, and the rest one by one in float64.
os.environ["OPENBLAS_CORETYPE"] = "Haswell"
import numpy as np

os.environ["OPENBLAS_CORETYPE"] = "Nehalem"
import scipy.linalg.blas

import gensim
from gensim.models import KeyedVectors, Word2Vec
from gensim.models.word2vec import LineSentence
from gensim.test.utils import common_texts
from gensim.utils import deaccent, simple_preprocess, simple_tokenize

VERSION = ".".join(gensim.__version__.split(".")[:2])
VERSIONS = {
    "gensim": gensim.__version__,
    "numpy": np.__version__,
    "scipy": scipy.__version__,
    "python": sys.version.split()[0],
    "trainingBlas": "OpenBLAS Nehalem",
    "queryBlas": "OpenBLAS Haswell",
}


def main(output, data):
    corpora = read_corpora(data)
    write_json(output / "corpora.json", {name: corpora[name] for name in ("article", "toy")})
    for name, options in GRIDS.items():
        make_word2vec(output / f"word2vec-{name}-{VERSION}.safetensors", corpora[name.split("-")[0]], options)
    make_options(output / f"options-{VERSION}.safetensors", corpora)
    make_internals(output / f"internals-{VERSION}.json", corpora["lee"])
    make_article_run(output / "article-run.json", corpora["article"])
    make_vocabulary_order(output / "vocabulary-order.json")
    if VERSION == "4.4":  # the same in 4.3, queries to the last bits
        make_simple_preprocess(output / "simple-preprocess.json")
        make_word_characters(output / "word-characters.json")
        make_line_sentence(output / "line-sentence.json")
        make_keyed_vectors(output / "keyed-vectors.json")


# ------------------------------------------------------------------ corpora

ARTICLE = """\
I love programming in Python.
Python is a versatile language.
Machine learning is fascinating.
Deep learning is a subset of machine learning.
Natural language processing is a field of AI."""

LEE_LINES = 40

# Longer than the 10,000 tokens that gensim trains on in one go; the test builds the same from this description.
LONG = [{"length": 12_000, "modulus": 97}, {"length": 50, "modulus": 31}]


def read_corpora(data):
    """Token lists by name; lee_background.cor is plain ASCII with \\n line ends."""
    lee = (data / "corpora/lee_background.cor").read_text("utf-8").split("\n")
    return {
        "article": [simple_preprocess(line) for line in ARTICLE.split("\n")],
        "toy": common_texts,
        "lee": [simple_preprocess(line) for line in lee[:LEE_LINES]],
        "long": [[f"w{i * i % part['modulus']}" for i in range(part["length"])] for part in LONG],
    }


# ------------------------------------------------------------------ trained vectors

# Options are named as in our library, so that a test can spread them; snake_case makes gensim's names of them.
COMMON = {"window": 5, "sample": 1e-3, "alpha": 0.025, "minAlpha": 0.0001, "nsExponent": 0.75, "seed": 1, "workers": 1}
# So short a corpus loses nearly all its words to `sample`, and no vector moves at all in "article" and "toy": these
# show the first vectors and that skipped words change nothing. The "-unsampled" ones learn.
EAGER = {"sample": 0, "alpha": 0.25, "epochs": 5}
GRIDS = {
    "article": {**COMMON, "vectorSize": 100, "minCount": 1, "epochs": 1},
    "article-unsampled": {**COMMON, "vectorSize": 100, "minCount": 1, **EAGER},
    "toy": {**COMMON, "vectorSize": 20, "minCount": 1, "epochs": 1},
    "toy-unsampled": {**COMMON, "vectorSize": 20, "minCount": 1, **EAGER},
    "lee": {**COMMON, "vectorSize": 50, "minCount": 5, "epochs": 2},
}
LOSSES = {
    "ns": {"hs": 0, "negative": 5},
    "hs": {"hs": 1, "negative": 0},
    "both": {"hs": 1, "negative": 5},
}


def combinations():
    """The 18 ways to train: {sg | cbow}-{ns | hs | both}[-{mean | sum}]-{shrink | fixed}."""
    for loss, chosen in LOSSES.items():
        for window, shrink in {"shrink": True, "fixed": False}.items():
            yield f"sg-{loss}-{window}", {"sg": 1, **chosen, "shrinkWindows": shrink}
            for merge, mean in {"mean": 1, "sum": 0}.items():
                own = {"sg": 0, **chosen, "cbowMean": mean, "shrinkWindows": shrink}
                yield f"cbow-{loss}-{merge}-{window}", own


class Recorded(Word2Vec):
    """Word2Vec that notes each job it trains on: [sentences, raw words, words trained on, alpha]."""

    def _do_train_job(self, sentences, alpha, inits):
        trained, raw = super()._do_train_job(sentences, alpha, inits)
        self.jobs.append([len(sentences), raw, trained, alpha])
        return trained, raw


def snake_case(name):
    return re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), name)


def as_keywords(options):
    return {snake_case(name): value for name, value in options.items()}


def prepare(corpus, options):
    """A model with its vocabulary and its first vectors, not trained."""
    model = Recorded(**as_keywords(options))
    model.jobs = []
    model.build_vocab(corpus)
    return model


def train(corpus, options, compute_loss=False):
    """What Word2Vec(corpus, **options) does, with the jobs noted."""
    model = prepare(corpus, options)
    model.train(corpus, total_examples=model.corpus_count, epochs=model.epochs, compute_loss=compute_loss)
    return model


def counts_of(wv):
    return [int(wv.get_vecattr(key, "count")) for key in wv.index_to_key]


def make_word2vec(path, corpus, options):
    """One tensor (V, D) f32 a combination. The loss is of a second run: to watch it must not change the vectors."""
    tensors, losses = {}, {}
    for name, own in combinations():
        model = train(corpus, {**options, **own})
        watched = train(corpus, {**options, **own}, compute_loss=True)
        assert np.array_equal(model.wv.vectors, watched.wv.vectors), name
        tensors[name] = model.wv.vectors
        losses[name] = float(watched.get_latest_training_loss())
    write_tensors(path, tensors, {
        "options": options,
        "combinations": dict(combinations()),
        "keys": model.wv.index_to_key,
        "counts": counts_of(model.wv),
        "loss": losses,
        "versions": VERSIONS,
    })


# ------------------------------------------------------------------ options, one at a time

TOY = {"vectorSize": 20, "minCount": 1, "sg": 1, "seed": 1, "workers": 1, **EAGER}
LEE = {"vectorSize": 16, "epochs": 2, "sg": 1, "seed": 1, "workers": 1}
ONCE = {"vectorSize": 20, "minCount": 1, "sg": 1, "seed": 1, "workers": 1, "epochs": 1}

# name: (corpus, options, calls of train() after the first)
CASES = {
    "sample-off": ("lee", {**LEE, "sample": 0}, []),
    "sample-absolute": ("lee", {**LEE, "sample": 10}, []),
    "ns-exponent-half": ("lee", {**LEE, "nsExponent": 0.5}, []),
    "ns-exponent-negative": ("lee", {**LEE, "nsExponent": -0.5}, []),
    "negative-2": ("toy", {**TOY, "negative": 2}, []),
    "window-1": ("lee", {**LEE, "window": 1}, []),
    "window-10": ("lee", {**LEE, "sg": 0, "window": 10}, []),
    "batch-words-50": ("lee", {**LEE, "batchWords": 50}, []),
    "batch-words-1000": ("lee", {**LEE, "sg": 0, "batchWords": 1000}, []),
    "max-final-vocab": ("lee", {**LEE, "maxFinalVocab": 100}, []),
    "max-vocab-size": ("lee", {**LEE, "minCount": 1, "maxVocabSize": 300}, []),
    "unsorted-vocab": ("lee", {**LEE, "sortedVocab": 0, "hs": 1}, []),
    "null-word": ("toy", {**TOY, "nullWord": 1, "hs": 1}, []),
    "seed-42": ("toy", {**TOY, "seed": 42}, []),
    "alpha": ("lee", {**LEE, "alpha": 0.05, "minAlpha": 0.001}, []),
    "second-train": ("lee", LEE, [{"totalExamples": LEE_LINES, "epochs": 1}]),
    "second-train-alpha": ("lee", LEE, [
        {"totalExamples": LEE_LINES, "epochs": 1, "startAlpha": 0.01, "endAlpha": 0.005},
        {"totalExamples": LEE_LINES, "epochs": 1},
    ]),
    "second-train-words": ("lee", {**LEE, "batchWords": 1000}, [{"totalWords": 7015, "epochs": 2}]),
    "long-sentence": ("long", {**ONCE, "sample": 0}, []),
    "long-sentence-sampled": ("long", ONCE, []),
    "long-sentence-hs-only": ("long", {**ONCE, "sample": 0, "hs": 1, "negative": 0}, []),
}


def make_options(path, corpora):
    """One tensor (V, D) f32 a case, with its options, later train() calls, vocabulary and jobs in the metadata."""
    tensors, cases = {}, {}
    for name, (corpus, options, calls) in CASES.items():
        model = train(corpora[corpus], options)
        for call in calls:
            model.train(corpora[corpus], **as_keywords(call))
        tensors[name] = model.wv.vectors
        cases[name] = {
            "corpus": corpus,
            "options": options,
            "thenTrain": calls,
            "keys": model.wv.index_to_key,
            "counts": counts_of(model.wv),
            "jobs": model.jobs,
        }
    write_tensors(path, tensors, {
        "cases": cases,
        "jobs": "each [sentences, raw words, words trained on, alpha]",
        "long": {"sentences": LONG, "token": "`w${(i * i) % modulus}` for i from 0 to length - 1"},
        "versions": VERSIONS,
    })


# ------------------------------------------------------------------ what lies between corpus and vectors

SEEDS = (1, 0, 42, 4_294_967_295)


def make_internals(path, lee):
    """Each step of training on the lee corpus, so that a test says where a difference begins."""
    options = {**GRIDS["lee"], "hs": 1, "negative": 5}
    model = prepare(lee, options)
    wv = model.wv
    first = wv.index_to_key[:30]
    rows = wv.vectors[:2].tolist()
    model.train(lee, total_examples=model.corpus_count, epochs=model.epochs)
    write_json(path, {
        "versions": VERSIONS,
        "options": options,
        "keys": wv.index_to_key,
        "counts": counts_of(wv),
        "corpusCount": model.corpus_count,
        "corpusTotalWords": model.corpus_total_words,
        "sampleInt": [int(wv.get_vecattr(key, "sample_int")) for key in wv.index_to_key],
        "cumTable": model.cum_table.tolist(),
        "codes": [wv.get_vecattr(key, "code").tolist() for key in first],
        "points": [wv.get_vecattr(key, "point").tolist() for key in first],
        "initialRows": rows,
        "jobs": model.jobs,
        "random": {str(seed): random_numbers(seed) for seed in SEEDS},
    })


def random_numbers(seed):
    """Each list is drawn by a new generator, but for `job`: its calls follow one another, as in a training job."""
    legacy = np.random.RandomState
    job = legacy(seed)
    return {
        "randint16777216": legacy(seed).randint(0, 2**24, 5).tolist(),
        "randint5": legacy(seed).randint(0, 5, 20).tolist(),
        "randint1": legacy(seed).randint(0, 1, 3).tolist(),
        "job": [job.randint(0, 2**24), job.randint(0, 2**24), *job.randint(0, 5, 7).tolist(), job.randint(0, 2**24)],
        "float32": np.random.default_rng(seed).random(8, dtype=np.float32).tolist(),
    }


def make_article_run(path, article):
    """The article's own script; gensim 4.3 prints the article's numbers."""
    wv = Word2Vec(article, vector_size=100, window=5, min_count=1, workers=4, sg=1).wv
    add_json(path, f"gensim-{VERSION}", {
        "keys": wv.index_to_key,
        "mostSimilar": wv.most_similar("python", topn=5),
        "similarity": float(wv.similarity("python", "language")),
        "python": wv["python"].tolist(),
        "versions": VERSIONS,
    })


def make_vocabulary_order(path):
    """Order of the words, as numbers in order of first sight, for lists of counts with many ties."""
    lengths = (1, 2, 3, 10, 15, 16, 17, 18, 31, 33, 100, 257, 1000)
    lists = [random_counts(most * 10_000 + length, most, length) for most in (4, 40) for length in lengths]
    for counts in ([3] * 17, [1] * 100, [1 + i // 3 for i in range(60)], [20 - i // 3 for i in range(60)]):
        lists.append({"counts": counts})
    add_json(path, "lists", lists)
    add_json(path, f"gensim-{VERSION}", [vocabulary_order(entry["counts"]) for entry in lists])


def random_counts(seed, most, length):
    return {"seed": seed, "counts": np.random.RandomState(seed).randint(1, most, length).tolist()}


def vocabulary_order(counts):
    wv = KeyedVectors(1)
    wv.add_vectors([str(i) for i in range(len(counts))], np.zeros((len(counts), 1), np.float32))
    for i, count in enumerate(counts):
        wv.set_vecattr(str(i), "count", count)
    wv.sort_by_descending_frequency()
    return [int(key) for key in wv.index_to_key]


# ------------------------------------------------------------------ text to tokens

TEXTS = [
    "",  # nothing
    " \t\n",  # white space
    ".",  # punctuation
    "!?, -- ...",
    "Hello, World! It's a test; isn't it?",  # apostrophes
    "The QUICK brown fox's e-mail: fox@example.com (http://example.com/a_b?c=d)",  # addresses
    "Café naïve résumé Ångström",  # accents, composed
    "Cafe\u0301 nai\u0308ve re\u0301sume\u0301 A\u030angstro\u0308m",  # accents, decomposed
    "Việt Nam tiếng Vie\u0323\u0302t",  # two marks on a letter
    "Šéf český žluťoučký kůň Łódź Ørsted Đà",  # what has no decomposition keeps its stroke
    "ΟΔΥΣΣΕΥΣ ΣΩΚΡΑΤΗΣ. Σ ΑΣ ΣΑ ΑΣΑ",  # Greek final sigma
    "Άνθρωπος μέλισσα ΐ ΰ ΈΣ.",  # Greek accents
    "ΑΣ\u0301 ΑΣ’Α Α.Σ. ΑΣ\u00adA ΑΣ\u0345",  # sigma before marks and signs
    "ᾈρα ᾀ ᾼῌῼ ᾳ Ὑδωρ",  # Greek iota subscript and titlecase
    "α\u0345β \u0345 Α\u0345",  # iota subscript alone
    "İstanbul İIıi DIĞER",  # Turkish
    "STRASSE Straße STRAẞE ẞẞ",  # German
    "ﬁnal ﬃx oﬀer ﬆop ŉa ǅemper ǈǋ ĳs",  # ligatures, digraphs
    "Привет, мир! Ёлка йод И\u0306 Їжак",  # Cyrillic
    "नमस्ते दुनिया हिन्दी १२३",  # Devanagari: marks split words
    # Arabic: marks, tatweel, digits
    "\u0645\u064e\u0631\u0652\u062d\u064e\u0628\u064b\u0627 "
    "\u0628\u0627\u0644\u0639\u0627\u0644\u0645 \u0640\u0640 \u0661\u0662\u0663",
    "\u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd \u05e2\u05d5\u05dc\u05dd \u05e6\u05d4\u05f4\u05dc",  # Hebrew: points
    "สวัสดีชาวโลก ที่นั่น ๑๒",  # Thai
    "你好，世界！我们喜欢 机器 学习。",  # Chinese
    "こんにちは世界 コーヒー ガガ ニ\u3099 \uff76\uff9e 々〆〇",  # Japanese: voicing marks
    "안녕하세요 세계 \u1112\u1161\u11ab\u1100\u1173\u11af",  # Korean: syllables and letters
    "😀 hi😀there 👨\u200d👩\u200d👧 🇫🇷fr ❤\ufe0fheart 1\ufe0f\u20e3one",  # emoji: joined, flags, keycap
    "_leading __two in_ner trailing_ _ __ ___x ‿undertie a‿b ＿full",  # underscores
    "x² ½ half ¹²³ a①b Ⅷth ⅷii \u0663\u0664 ab3cd 4you c3po ㊉十",  # digits: only decimal ones split
    "mixed中文Text рussianМих a1b22c333 one·two l·l",  # mixed
    "nonbreaking\u00a0space zero\u200bwidth soft\u00adhyphen byte\ufefforder word\u2060joiner",  # invisible characters
    "line\u2028separator next\u0085line tab\tform\ffeed vertical\vtab nul\0byte unit\x1fseparator",  # separators
    "supercalifragilisticexpialidocious fifteenletters1 fifteenletterss sixteenletterssx",  # lengths 15 and 16
    # lengths beyond the BMP
    "\U0001d400\U0001d401\U0001d402 \U00020000 \U00020000\U00020001 " + "\U00010400" * 15 + " " + "\U00010400" * 16,
    # cases and digits beyond the BMP
    "\U00010428\U00010400 \U0001e900\U0001e922 \U00010d40 \U0001d7d8 \U0001fbf0 \U00010107",
    "Ǆungla ẛ\u0323 \u212bngström \u2126 \u212aelvin ⅠⅯ Ⓐⓐ",  # capitals with odd small letters
    "\u13a0\u13f8\uab70 \u10a0\u2d00\u1c90\u10d0 \u2c2f\ua64a",  # Cherokee and Georgian
    "e\u0301\u0301x o\u0327\u0302\u0301y \u0301start a\u20ddb ःी",  # marks in other places
    "don’t rockʼnʼroll ‘quoted’ «gu» naʻu",  # quotes and letters like them
    "a b c d I we é ée 中",  # single letters
    "a\ud800b \udc00c lone",  # halves of surrogate pairs
]

# (index of the text, deacc, minLen, maxLen) beyond each text with and without deacc
LENGTHS = [
    (4, False, 1, 15), (4, False, 3, 4), (7, False, 2, 4), (7, True, 2, 4), (24, True, 1, 2), (27, False, 1, 15),
    (32, False, 2, 100), (32, False, 16, 16), (33, False, 1, 16), (33, True, 15, 15), (39, False, 1, 1),
    (39, True, 0, 2),
]


def make_simple_preprocess(path):
    calls = [(i, deacc, 2, 15) for i in range(len(TEXTS)) for deacc in (False, True)]
    write_json(path, [
        {
            "text": TEXTS[i],
            "deacc": deacc,
            "minLen": shortest,
            "maxLen": longest,
            "tokens": simple_preprocess(TEXTS[i], deacc, shortest, longest),
        }
        for i, deacc, shortest, longest in calls + LENGTHS
    ])


def make_word_characters(path):
    """What gensim and Python do to each code point alone; surrogates are left out."""
    points = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
    write_json(path, {
        "python": sys.version.split()[0],
        "unicode": unicodedata.unidata_version,
        "unassigned": ranges(c for c in points if unicodedata.category(chr(c)) == "Cn"),
        "token": ranges(c for c in points if any(simple_tokenize(chr(c)))),
        "digit": ranges(c for c in points if re.match(r"\d", chr(c))),
        "whitespace": ranges(c for c in points if len(f"a{chr(c)}b".split()) == 2),
        "lower": {f"{c:x}": chr(c).lower() for c in points if chr(c).lower() != chr(c)},
        "deaccent": {f"{c:x}": deaccent(chr(c)) for c in (*range(0xC0, 0x250), *range(0x370, 0x400))},
        "deaccentLines": "`${hex(c)}:${[...deaccent(c)].map(hex).join(' ')}\\n` for each of 4096 code points",
        "deaccentSha256": {f"{first:x}": deaccent_digest(first) for first in range(0, 0x110000, 4096)},
    })


def ranges(points):
    """Runs of neighbours as [first, last]."""
    runs = []
    for c in points:
        if runs and runs[-1][1] == c - 1:
            runs[-1][1] = c
        else:
            runs.append([c, c])
    return runs


def deaccent_digest(first):
    points = (c for c in range(first, first + 4096) if not 0xD800 <= c <= 0xDFFF)
    lines = (f"{c:x}:{' '.join(f'{ord(mark):x}' for mark in deaccent(chr(c)))}\n" for c in points)
    return hashlib.sha256("".join(lines).encode("ascii")).hexdigest()


# ------------------------------------------------------------------ files of sentences

LINES = {
    "plain": b"one two\nthree four\n",
    "no final newline": b"one two\nthree four",
    "CRLF": b"one two\r\nthree four\r\n",
    "lone CR in a line": b"one\rtwo\nthree\r",
    "blank lines": b"\none two\n\n \n\t\r\nthree\n\n",
    "only newlines": b"\n\n\n",
    "empty": b"",
    "spaces and tabs": b"  one \t two\t\tthree  \n",
    "vertical tab and form feed": b"one\x0btwo\x0cthree\nfour\x0b\nfive\n",
    "U+001C to U+001F": b"one\x1ctwo\x1dthree\x1efour\x1ffive\nsix\n",
    "other controls": b"one\x00two\x08three\x1bfour\x7ffive\n",
    "U+0085": "one\u0085two\nthree\n".encode(),
    "U+00A0": "one\u00a0two\nthree\n".encode(),
    "U+1680": "one\u1680two\n".encode(),
    "U+180E": "one\u180etwo\n".encode(),
    "U+2000 to U+200A": "".join(f"{i}{chr(0x2000 + i)}" for i in range(11)).encode() + b"end\n",
    "U+200B": "one\u200btwo\n".encode(),
    "U+2028 and U+2029": "one\u2028two\u2029three\nfour\n".encode(),
    "U+202F, U+205F, U+2060": "one\u202ftwo\u205fthree\u2060four\n".encode(),
    "U+3000": "\u4e00\u3000\u4e8c\n".encode(),
    "U+FEFF": "\ufeffone\ufefftwo\n\ufeff\n".encode(),
    "beyond the BMP": "\U0001f600 \U00020000\U00020001\n".encode(),
    "upper case and punctuation": b"One, TWO. 3 _four_\n",
    "invalid UTF-8": b"one two\nthree \xff four\nfive\n",
    "UTF-8 cut short": b"one \xe4\xb8\n",
    "UTF-8 cut short at the end": b"one\ntwo \xe4\xb8",
    "overlong UTF-8": b"one \xc0\xaf\n",
    "surrogate as UTF-8": b"one \xed\xa0\x80\n",
    "UTF-16": "\ufeffone two\n".encode("utf-16-le"),
}

# words a line: 10,000 words make a sentence (max_sentence_length)
LONG_LINES = {"10,050 words": [10_050, 2], "10,000 words": [10_000, 2], "20,001 words": [20_001]}


def make_line_sentence(path):
    """`sentences` up to the `error`, if any; of the long lines ("w w w …\\n") only the words a sentence."""
    entries = [
        {"name": name, "bytes": base64.b64encode(data).decode("ascii"), **read_sentences(data)}
        for name, data in LINES.items()
    ]
    for name, words in LONG_LINES.items():
        lengths = [len(sentence) for sentence in LineSentence(long_lines(words))]
        entries.append({"name": name, "wordsPerLine": words, "wordsPerSentence": lengths})
    write_json(path, entries)


def read_sentences(data):
    sentences = []
    try:
        for sentence in LineSentence(io.BytesIO(data)):
            sentences.append(sentence)
    except UnicodeDecodeError as error:
        return {"sentences": sentences, "error": type(error).__name__}
    return {"sentences": sentences}


def long_lines(words):
    return io.BytesIO(b"".join(b" ".join([b"w"] * count) + b"\n" for count in words))


# ------------------------------------------------------------------ queries

# Multiples of 1/8: exact in float32. "occident" is twice "west".
TABLE = {
    "king": [1.5, 0.75, 0.125, 0.5, 0.25],
    "queen": [1.375, -0.625, 0.25, 0.5, 0.125],
    "man": [0.25, 0.875, 0.125, 0.25, 0.5],
    "woman": [0.125, -0.75, 0.25, 0.375, 0.375],
    "prince": [1.125, 0.625, -0.25, 0.875, 0.5],
    "apple": [0.125, 0.0, 1.5, -0.5, 0.25],
    "pear": [0.25, 0.125, 1.25, -0.75, 0.0],
    "plum": [0.0, 0.25, 0.875, -0.625, 0.375],
    "car": [-0.5, 0.375, 0.125, -0.25, 1.75],
    "bus": [-0.625, 0.5, 0.25, -0.375, 1.5],
    "west": [-1.0, 0.125, -0.5, -0.75, -0.25],
    "occident": [-2.0, 0.25, -1.0, -1.5, -0.5],
}
VECTOR = {"vector": [1.0, -0.5, 0.25, 0.0, 0.125]}

# [method, arguments]; {vector} is an array, {key, weight} gensim's (key, weight), a last object of other names options.
CALLS = [
    ["mostSimilar", "west"],
    ["mostSimilar", "king", {"topn": 3}],
    ["mostSimilar", ["king"], {"topn": 3}],
    ["mostSimilar", "king", {"topn": 1}],
    ["mostSimilar", "west", {"topn": 100}],
    ["mostSimilar", "king", {"topn": 0}],
    ["mostSimilar", "king", {"topn": None}],
    ["mostSimilar", ["king", "woman"], {"topn": 5}],
    ["mostSimilar", ["king", "woman"], {"negative": ["man"], "topn": 5}],
    ["mostSimilar", ["king", "woman"], {"negative": "man", "topn": 5}],
    ["mostSimilar", [], {"negative": ["car"], "topn": 3}],
    ["mostSimilar", ["king"], {"negative": ["king"], "topn": None}],
    ["mostSimilar", [{"key": "king", "weight": 2}, {"key": "apple", "weight": 0.5}], {"topn": 5}],
    ["mostSimilar", [{"key": "king", "weight": 1}, "woman"], {"negative": [{"key": "man", "weight": -0.5}], "topn": 5}],
    ["mostSimilar", [{"key": "west", "weight": -1}], {"topn": 3}],
    ["mostSimilar", VECTOR, {"topn": 5}],
    ["mostSimilar", [VECTOR, "king"], {"topn": 5}],
    ["mostSimilar", [{"key": VECTOR, "weight": 3}, "king"], {"topn": 5}],
    ["mostSimilar", 0, {"topn": 3}],
    ["mostSimilar", [0, "woman"], {"negative": [2], "topn": 3}],
    ["mostSimilar", "king", {"topn": 3, "clipStart": 5}],
    ["mostSimilar", "king", {"topn": 3, "clipEnd": 5}],
    ["mostSimilar", "king", {"topn": 3, "clipStart": 1, "clipEnd": 4}],
    ["mostSimilar", "king", {"topn": None, "clipStart": 2, "clipEnd": 6}],
    ["mostSimilar", "king", {"topn": 3, "clipEnd": 0}],
    ["mostSimilar", "king", {"topn": 3, "clipEnd": -3}],
    ["mostSimilar", "king", {"topn": 10, "restrictVocab": 4}],
    ["mostSimilar", "king", {"topn": 10, "restrictVocab": 4, "clipStart": 2, "clipEnd": 3}],
    ["mostSimilar", "bus", {"topn": 3, "restrictVocab": 6}],
    ["similarByVector", VECTOR, {"topn": 4}],
    ["similarByVector", {"vector": [0.0, 0.25, 0.875, -0.625, 0.375]}, {"topn": 3}],
    ["similarByVector", VECTOR, {"topn": 3, "restrictVocab": 4}],
    ["similarByVector", VECTOR, {"topn": None}],
    ["similarity", "king", "queen"],
    ["similarity", "king", "king"],
    ["similarity", "west", "occident"],
    ["similarity", "king", "west"],
    ["similarity", 0, 4],
    ["distance", "king", "queen"],
    ["distance", "west", "occident"],
    ["nSimilarity", ["king", "queen"], ["apple", "pear"]],
    ["nSimilarity", ["king"], ["prince", "man", "man"]],
    ["nSimilarity", ["west"], ["occident"]],
    ["doesntMatch", ["king", "queen", "prince", "car"]],
    ["doesntMatch", ["apple", "pear", "man", "plum"]],
    ["doesntMatch", ["apple", "pear", "unknown", "king", "plum"]],
    ["doesntMatch", ["bus", "unknown"]],
    ["getVector", "man"],
    ["getVector", 2],
    ["getVector", "man", {"norm": True}],
    ["getVector", "occident", {"norm": True}],
    ["getMeanVector", ["king", "queen", "man"]],
    ["getMeanVector", ["king"]],
    ["getMeanVector", ["king", "king", 4]],
    ["getMeanVector", ["king", "queen", "man"], {"weights": [1, 0.5, -2]}],
    ["getMeanVector", ["king", "queen", "man"], {"preNormalize": False}],
    ["getMeanVector", ["king", "queen", "man"], {"postNormalize": True}],
    ["getMeanVector", ["king", "queen"], {"weights": [3, 1], "preNormalize": False, "postNormalize": True}],
    ["getMeanVector", ["king", "unknown", "man"]],
    ["getMeanVector", ["king", "unknown", "man"], {"weights": [1, 5, 3], "preNormalize": False}],
    ["getMeanVector", ["king", VECTOR]],
    ["getIndex", "plum"],
    ["getIndex", 3],
    ["getIndex", "unknown", {"default": -1}],
    # errors
    ["mostSimilar", []],
    ["mostSimilar", "unknown"],
    ["mostSimilar", ["king"], {"negative": ["unknown"]}],
    ["mostSimilar", 12],
    ["mostSimilar", -1],
    ["similarity", "king", "unknown"],
    ["distance", "unknown", "king"],
    ["nSimilarity", [], ["king"]],
    ["nSimilarity", ["king"], []],
    ["nSimilarity", ["king", "unknown"], ["queen"]],
    ["doesntMatch", []],
    ["doesntMatch", ["unknown", "unseen"]],
    ["getVector", "unknown"],
    ["getVector", 12],
    ["getVector", -1],
    ["getIndex", "unknown"],
    ["getMeanVector", []],
    ["getMeanVector", ["king", "unknown"], {"ignoreMissing": False}],
    ["getMeanVector", ["king", "queen"], {"weights": [1]}],
]

# "west" and "occident" are equally far from anything: which of them comes first is numpy's choice.
TIES = [
    ["mostSimilar", {"vector": [-1.0, 0.0, 0.0, 0.0, 0.0]}, {"topn": 2}],
    ["mostSimilar", [{"key": "king", "weight": -1}], {"topn": 2}],
    ["mostSimilar", "king", {"topn": 11}],
]


def make_keyed_vectors(path):
    wv = KeyedVectors(5)
    wv.add_vectors(list(TABLE), np.array(list(TABLE.values()), np.float32))
    write_json(path, {
        "versions": VERSIONS,
        "table": TABLE,
        "entries": [{"call": name, "args": args, **ask(wv, name, args)} for name, *args in CALLS],
        "ties": [{"call": name, "args": args, **ask(wv, name, args)} for name, *args in TIES],
    })


def ask(wv, name, args):
    """{result}, or {error} with the name of Python's error."""
    last = args[-1]
    has_options = isinstance(last, dict) and not last.keys() & {"vector", "key"}
    given = [as_gensim(value) for value in (args[:-1] if has_options else args)]
    options = {snake_case(key): as_gensim(value) for key, value in last.items()} if has_options else {}
    try:
        return {"result": as_plain(getattr(wv, snake_case(name))(*given, **options))}
    except Exception as error:
        return {"error": type(error).__name__}


def as_gensim(value):
    if isinstance(value, list):
        return [as_gensim(item) for item in value]
    if isinstance(value, dict):
        if "vector" in value:
            return np.array(value["vector"], np.float32)
        return as_gensim(value["key"]), value["weight"]
    return value


def as_plain(value):
    if isinstance(value, (list, tuple)):
        return [as_plain(item) for item in value]
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value


# ------------------------------------------------------------------ files

def write_tensors(path, tensors, metadata):
    """A safetensors file of float32: u64 length of the header, the header (JSON), the tensors one after another.

    Its own package would write the metadata in random order: another file each time. Metadata holds strings only,
    so what is not a string becomes JSON.
    """
    strings = {name: value if isinstance(value, str) else json.dumps(value) for name, value in metadata.items()}
    header, end = {"__metadata__": strings}, 0
    for name, tensor in tensors.items():
        begin, end = end, end + tensor.nbytes
        header[name] = {"dtype": "F32", "shape": tensor.shape, "data_offsets": [begin, end]}
    text = json.dumps(header)
    text += " " * (-len(text) % 8)
    body = b"".join(tensor.astype("<f4").tobytes() for tensor in tensors.values())
    path.write_bytes(len(text).to_bytes(8, "little") + text.encode("ascii") + body)


def write_json(path, value):
    """JSON in ASCII (so that no odd character hides), one entry of the outermost levels a line."""
    path.write_text(lines_of(value, 2) + "\n", "ascii")


def add_json(path, name, value):
    """Sets one name of a file that both versions of gensim write to."""
    old = json.loads(path.read_text("ascii")) if path.exists() else {}
    write_json(path, dict(sorted({**old, name: value}.items())))


def lines_of(value, depth):
    if depth == 0 or not isinstance(value, (dict, list)) or not value:
        return json.dumps(value)
    if isinstance(value, dict):
        inner = [f"{json.dumps(key)}: {lines_of(item, depth - 1)}" for key, item in value.items()]
        return "{\n" + ",\n".join(inner) + "\n}"
    return "[\n" + ",\n".join(lines_of(item, depth - 1) for item in value) + "\n]"


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
