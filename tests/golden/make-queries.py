"""Makes queries.json: what gensim 4.4, POT and scipy answer to the queries that make.py does not ask.

    python3.11 -m venv 4.4 && 4.4/bin/pip install gensim==4.4.0 numpy==2.4.6 scipy==1.17.1 POT==0.9.7.post1
    4.4/bin/python make-queries.py <output folder>

Run twice, it writes the same bytes. gensim is LGPL-2.1: only its outputs are stored.
"""

import sys
import tempfile
from pathlib import Path

from make import TABLE, VECTOR, VERSIONS, as_keywords, ask, write_json  # first: it chooses numpy's arithmetic

import numpy as np
import ot
from gensim.models import KeyedVectors, Word2Vec
from gensim.test.utils import common_texts
from scipy import special, stats


def main(output):
    write_json(output / "queries.json", {
        "versions": {**VERSIONS, "pot": ot.__version__},
        "entries": make_entries(),
        "attributes": make_attributes(),
        "analogies": make_analogies(),
        "pairs": make_pairs(),
        "correlations": make_correlations(),
        "earthMovers": make_earth_movers(),
        "predictions": make_predictions(),
        "scores": make_scores(),
    })


def keyed_vectors(table, rows=None):
    keys = list(table)[:rows]
    wv = KeyedVectors(len(table[keys[0]]))
    wv.add_vectors(keys, np.array([table[key] for key in keys], np.float32))
    return wv


# ------------------------------------------------------------------ calls on the table of make.py

CALLS = [
    ["mostSimilarCosmul", "king", {"topn": 4}],
    ["mostSimilarCosmul", ["king"], {"topn": 100}],
    ["mostSimilarCosmul", ["king", "woman"], {"negative": ["man"], "topn": 5}],
    ["mostSimilarCosmul", ["king", "woman"], {"negative": "man", "topn": None}],
    ["mostSimilarCosmul", ["prince", "apple"], {"negative": ["car", "bus"], "topn": 5}],
    ["mostSimilarCosmul", VECTOR, {"topn": 5}],
    ["mostSimilarCosmul", [VECTOR, "king"], {"negative": [VECTOR], "topn": 5}],
    ["mostSimilarCosmul", "king", {"topn": 0}],
    ["mostSimilarCosmul", [], {"negative": ["car"]}],
    ["mostSimilarCosmul", "unknown"],
    ["mostSimilarToGiven", "king", ["apple", "queen", "car"]],
    ["mostSimilarToGiven", "bus", ["king", "car"]],
    ["mostSimilarToGiven", "king", []],
    ["mostSimilarToGiven", "king", ["queen", "unknown"]],
    ["similarByKey", "king", {"topn": 3}],
    ["similarByKey", "king", {"topn": 3, "restrictVocab": 4}],
    ["closerThan", "king", "man"],
    ["closerThan", "king", "queen"],
    ["closerThan", "king", "king"],
    ["closerThan", "apple", "bus"],
    ["closerThan", "king", "unknown"],
    ["rank", "king", "prince"],
    ["rank", "king", "man"],
    ["rank", "king", "king"],
    ["rank", "man", "king"],
    ["rank", "unknown", "king"],
    ["rankByCentrality", ["king", "queen", "prince", "car"]],
    ["rankByCentrality", ["king", "queen", "prince", "car"], {"useNorm": False}],
    ["rankByCentrality", ["apple", "unknown", "plum", "apple"]],
    ["rankByCentrality", ["unknown"]],
    ["distances", "king"],
    ["distances", "king", ["queen", "man", "king"]],
    ["distances", "king", []],
    ["distances", VECTOR],
    ["distances", VECTOR, ["apple", "west"]],
    ["distances", "unknown"],
    ["distances", "king", ["unknown"]],
    ["relativeCosineSimilarity", "king", "queen"],
    ["relativeCosineSimilarity", "king", "prince", {"topn": 3}],
    ["relativeCosineSimilarity", "king", "queen", {"topn": 0}],
    ["wmdistance", ["king", "apple"], ["queen", "pear"]],
    ["wmdistance", ["king", "apple", "king"], ["queen", "pear"]],
    ["wmdistance", ["king", "man", "car", "car", "plum"], ["queen", "woman", "bus", "apple", "pear", "pear", "west"]],
    ["wmdistance", ["king", "man", "car"], ["car", "king"]],
    ["wmdistance", ["king", "man", "car"], ["car", "king"], {"norm": False}],
    ["wmdistance", ["king", "unknown", "apple"], ["queen", "unseen"], {"norm": False}],
    ["wmdistance", ["king", "king"], ["king"]],
]

# gensim ignores restrict_vocab here: what it should answer is what a smaller table answers
RESTRICTED = [
    (8, ["mostSimilarCosmul", ["king", "woman"], {"negative": ["man"], "topn": 3}]),
    (5, ["mostSimilarCosmul", "king", {"topn": 10}]),
    (5, ["mostSimilarCosmul", ["king", "woman"], {"negative": ["man"], "topn": None}]),
]


def make_entries():
    wv = keyed_vectors(TABLE)
    entries = [{"call": name, "args": args, **ask(wv, name, args)} for name, *args in CALLS]
    for rows, (name, *args) in RESTRICTED:
        given = [*args[:-1], {**args[-1], "restrictVocab": rows}]
        entries.append({"call": name, "args": given, **ask(keyed_vectors(TABLE, rows), name, args)})
    vectors = np.array(list(TABLE.values()), np.float32)
    similarities = KeyedVectors.cosine_similarities(np.array(VECTOR["vector"], np.float32), vectors)
    return [*entries, {"call": "cosineSimilarities", "args": [VECTOR], "result": similarities.tolist()}]


def make_attributes():
    """The order after sort_by_descending_frequency, and what an attribute is where it was not set."""
    wv = keyed_vectors(TABLE)
    counts = [3, 7, 3, 3, 9, 1, 7, 1, 1, 3, 0, 2]
    for key, count in zip(TABLE, counts):
        wv.set_vecattr(key, "count", count)
    wv.set_vecattr("king", "royal", 1)
    wv.sort_by_descending_frequency()
    return {
        "counts": counts,
        "sorted": wv.index_to_key,
        "royal": [int(wv.get_vecattr(key, "royal")) for key in wv.index_to_key],
        "queen": wv["queen"].tolist(),
    }


# ------------------------------------------------------------------ analogies

COUNTRIES = 24


def analogy_table():
    """Countries and capitals whose differences are alike, some less; and other spellings of a few."""
    random = np.random.RandomState(7)
    table, step = {}, np.array([3, -2, 2, 0, 0, 1, -1, 2])
    for i in range(COUNTRIES):
        country = random.randint(-8, 9, 8)
        table[f"Country{i}"] = (country / 8).tolist()
        table[f"capital{i}"] = ((country + step + random.randint(-i // 3, i // 3 + 1, 8)) / 8).tolist()
    table["CAPITAL3"] = (np.array(table["capital3"]) + 0.125).tolist()
    table["COUNTRY5"] = table["Country5"]
    table["country7"] = (np.array(table["Country7"]) - 0.125).tolist()
    return table


def analogy_lines():
    for section, distance in (("near", 1), ("far apart", 5), ("empty", 0)):
        yield f": {section}"
        for i in range(COUNTRIES if distance else 0):
            j = (i + distance) % COUNTRIES
            yield f"Country{i} capital{i} Country{j} capital{j}"
    yield ": mixed"
    yield "country1 CAPITAL1  COUNTRY2 Capital2"
    yield "Country1 capital1 Atlantis Poseidonis"
    yield ""
    yield "capital4 Country4 capital9\tCountry9"


ANALOGY_OPTIONS = [
    {},
    {"caseInsensitive": False},
    {"dummy4unknown": True},
    {"restrictVocab": 20},
    {"caseInsensitive": False, "dummy4unknown": True, "restrictVocab": 30},
]


class ByCosmul(KeyedVectors):
    """What evaluate_word_analogies does where its similarity_function is not ignored."""

    def most_similar(self, positive, negative, topn, restrict_vocab):
        return [
            pair
            for pair in self.most_similar_cosmul(
                [self.get_vector(key, norm=True) for key in positive],
                [self.get_vector(key, norm=True) for key in negative],
                len(self),
            )
            if self.key_to_original[pair[0]] < restrict_vocab
            and self.key_to_original[pair[0]] not in [self.get_index(key) for key in positive + negative]
        ][:topn]


def make_analogies():
    table = analogy_table()
    text = "\n".join(analogy_lines()) + "\n"
    plain = keyed_vectors(table)
    by_cosmul = keyed_vectors(table)
    by_cosmul.__class__ = ByCosmul
    by_cosmul.key_to_original = dict(by_cosmul.key_to_index)
    cases = [{"options": options, **evaluated(plain, text, options)} for options in ANALOGY_OPTIONS]
    for options in ANALOGY_OPTIONS:
        own = {**options, "similarityFunction": "mostSimilarCosmul"}
        cases.append({"options": own, **evaluated(by_cosmul, text, options)})
    return {"table": table, "text": text, "cases": cases}


def evaluated(wv, text, options):
    score, sections = wv.evaluate_word_analogies(file_of(text), **as_keywords(options))
    return {"score": score, "sections": sections}


def file_of(text):
    path = Path(tempfile.gettempdir()) / "make-queries.txt"
    path.write_text(text, "utf-8")
    return str(path)


# ------------------------------------------------------------------ pairs

PAIRS = """\
# comments and blank lines are passed over

king\tqueen\t8.5
King\tMAN\t6.25
queen\twoman\t7
apple\tpear\t9.5
apple\tking\t0.5
car\tbus\t 9
bus\tunknown\t3
unseen\tunknown\t1.5
car\tplum\t0.5
west\toccident\t10
prince\twest\t1e-1
man\twoman\t8.5
"""

PAIR_OPTIONS = [
    {},
    {"caseInsensitive": False},
    {"dummy4unknown": True},
    {"restrictVocab": 8},
    {"delimiter": ","},
]


def make_pairs():
    wv = keyed_vectors(TABLE)
    cases = []
    for options in PAIR_OPTIONS:
        text = PAIRS.replace("\t", options.get("delimiter", "\t"))
        pearson, spearman, oov = wv.evaluate_word_pairs(file_of(text), **as_keywords(options))
        cases.append({
            "options": options,
            "pearson": [float(value) for value in pearson],
            "spearman": [float(value) for value in spearman],
            "oovRatio": oov,
        })
    return {"text": PAIRS, "cases": cases}


# ------------------------------------------------------------------ correlations

SAMPLES = [(3, 0, 11), (4, 1, 7), (5, -3, 11), (12, 2, 101), (50, 0, 13), (50, 1, 5), (353, 1, 1009), (353, -4, 1009),
           (999, 0, 997), (3000, 0, 2003), (3000, 1, 4001), (3000, 25, 4001)]
COEFFICIENTS = (0.0, 1e-9, -0.001, 0.02, 0.1, -0.3, 0.5, 0.77, -0.9, 0.99, 1 - 1e-9, -1.0)
SIZES = (3, 4, 5, 6, 10, 31, 100, 353, 1000, 3000, 100_000)


def make_correlations():
    """Samples x = i, y = slope * i + (7919 * i * i) % modulus; and the p-values of coefficients by themselves."""
    samples = []
    for size, slope, modulus in SAMPLES:
        x = list(range(size))
        y = [slope * i + 7919 * i * i % modulus for i in x]
        pearson, spearman = stats.pearsonr(x, y), stats.spearmanr(x, y)
        samples.append({
            "size": size, "slope": slope, "modulus": modulus,
            "pearson": [float(pearson.statistic), float(pearson.pvalue)],
            "spearman": [float(spearman.statistic), float(spearman.pvalue)],
        })
    p_values = [
        {"size": size, "coefficient": r, "pValue": two_sided(r, size)} for size in SIZES for r in COEFFICIENTS
    ]
    return {"samples": samples, "pValues": p_values}


def two_sided(r, size):
    """Student's, by the incomplete beta function: stats.t.sf loses digits near 1."""
    a = size / 2 - 1
    return float(special.betaincc(0.5, a, r * r) if abs(r) < 0.7 else special.betainc(a, 0.5, (1 - r) * (1 + r)))


# ------------------------------------------------------------------ earth movers

def make_earth_movers():
    """POT's least cost, with cost[i][j] = (31 i + 17 j + 7 i j) % modulus / modulus."""
    random = np.random.RandomState(11)
    cases = []
    for sources, sinks, modulus, most in [
        (1, 1, 5, 9), (1, 7, 5, 9), (7, 1, 5, 9), (3, 4, 2, 1), (5, 5, 97, 1), (8, 8, 3, 1), (12, 30, 101, 5),
        (30, 12, 101, 5), (40, 40, 1009, 1), (60, 80, 1009, 9), (150, 140, 7919, 3),
    ]:
        supply = random.randint(1, most + 1, sources)
        demand = random.randint(1, most + 1, sinks)
        # the sums become equal: each side is multiplied by the other's
        supply, demand = supply * demand.sum(), demand * supply.sum()
        i, j = np.mgrid[:sources, :sinks]
        cost = (31 * i + 17 * j + 7 * i * j) % modulus / modulus
        least = ot.emd2(supply / supply.sum(), demand / demand.sum(), cost, numItermax=10**7)
        cases.append({
            "supply": supply.tolist(), "demand": demand.tolist(), "modulus": modulus,
            "cost": float(least) * int(supply.sum()),
        })
    return cases


# ------------------------------------------------------------------ Word2Vec

MODEL = {"vectorSize": 20, "minCount": 1, "seed": 1, "workers": 1, "sample": 0, "alpha": 0.25, "epochs": 5}
CONTEXTS = [["computer", "human"], ["trees"], ["graph", "unknown", "minors", "graph"], ["unknown"], [0, "trees", 3]]
SENTENCES = [["human", "computer", "system"], ["graph", "unknown", "trees"], ["unknown"], [], ["eps"],
             ["user", "response", "time", "survey", "computer", "system", "graph", "minors", "trees", "human"]]


def trained(options):
    return Word2Vec(common_texts, **as_keywords({**MODEL, **options}))


def make_predictions():
    cases = []
    for options in ({"sg": 1}, {"sg": 0}, {"sg": 0, "cbowMean": 0}):
        model = trained(options)
        for context in CONTEXTS:
            for topn in (3, 100):
                predicted = model.predict_output_word(context, topn)
                pairs = predicted and [[word, float(probability)] for word, probability in predicted]
                cases.append({"options": {**MODEL, **options}, "context": context, "topn": topn, "result": pairs})
    return cases


def make_scores():
    cases = []
    for options in ({"sg": 1}, {"sg": 1, "window": 2}, {"sg": 0}, {"sg": 0, "cbowMean": 0}, {"sg": 1, "negative": 5}):
        own = {"hs": 1, "negative": 0, **options}
        scores = trained(own).score(SENTENCES, len(SENTENCES))
        cases.append({"options": {**MODEL, **own}, "scores": scores.tolist()})
    return {"sentences": SENTENCES, "cases": cases}


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
