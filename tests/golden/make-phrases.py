"""Makes phrases.json: the phrases that gensim 4.4 finds in made-up texts.

    python3.11 -m venv 4.4 && 4.4/bin/pip install gensim==4.4.0
    4.4/bin/python make-phrases.py <output folder>

Run twice, it writes the same bytes. gensim is LGPL-2.1: only its outputs are stored.
"""

import json
import random
import sys
from pathlib import Path

import gensim
from gensim.models.phrases import ENGLISH_CONNECTOR_WORDS, Phrases

WORDS = "new york city times bank america tea cup san jose ice cream green house x café 東京 _ a_b b_c".split()
CONNECTORS = ["of", "the", "a"]
# words that hold the delimiter: what the text writes itself, and what another pass has joined
JOINED = ["new_york", "ice_cream", "new_york_city", "bank_of_america", "york_city", "_cup", "tea_"]


def make_sentences(seed, words, count=120):
    draw = random.Random(seed)
    return [
        [words[min(draw.randrange(len(words)), draw.randrange(len(words)))] for _ in range(draw.randrange(0, 14))]
        for _ in range(count)
    ]


PLAIN = make_sentences(1, WORDS[:16] + CONNECTORS)
MORE = make_sentences(2, WORDS[:16] + CONNECTORS + ["late", "words"], 60)
MIXED = make_sentences(3, JOINED + WORDS + CONNECTORS, 240)
MORE_MIXED = make_sentences(4, WORDS + JOINED + CONNECTORS, 100)

CASES = [
    ("plain", None, {"min_count": 1, "threshold": 0.3}),
    ("plain", None, {"min_count": 3, "threshold": 0.1}),
    ("plain", None, {"min_count": 1, "threshold": 0.2, "scoring": "npmi"}),
    ("plain", None, {"min_count": 1, "threshold": 0.3, "connector_words": CONNECTORS}),
    ("plain", "more", {"min_count": 2, "threshold": 0.15, "connector_words": CONNECTORS}),
    ("plain", None, {"min_count": 1, "threshold": 0.3, "delimiter": "::"}),
    ("plain", None, {"min_count": 1, "threshold": 0.1, "max_vocab_size": 200}),
    ("plain", "more", {"min_count": 1, "threshold": 0.05, "max_vocab_size": 100, "connector_words": CONNECTORS}),
    ("mixed", None, {"min_count": 1, "threshold": 0.5}),
    ("mixed", None, {"min_count": 1, "threshold": 0.5, "connector_words": CONNECTORS}),
    ("mixed", "moreMixed", {"min_count": 1, "threshold": 0.3, "connector_words": CONNECTORS}),
    ("mixed", None, {"min_count": 1, "threshold": 0.5, "delimiter": "__"}),
    ("mixed", "plain", {"min_count": 2, "threshold": 0.1, "scoring": "npmi"}),
]

CORPORA = {"plain": PLAIN, "more": MORE, "mixed": MIXED, "moreMixed": MORE_MIXED}


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def make_case(first, second, options):
    phrases = Phrases(CORPORA[first], **options)
    if second:
        phrases.add_vocab(CORPORA[second])
    frozen = phrases.freeze()
    return {
        "corpora": [name for name in (first, second) if name],
        "options": {camel(name): value for name, value in options.items()},
        "vocabSize": len(phrases.vocab),
        "corpusWordCount": phrases.corpus_word_count,
        "phrases": sorted(phrases.export_phrases().items()),
        "found": sorted(phrases.find_phrases(CORPORA[first]).items()),
        "applied": [phrases[sentence] for sentence in CORPORA[first]],
        "appliedFrozen": [frozen[sentence] for sentence in CORPORA[first]],
    }


def main(output):
    golden = {
        "versions": {"gensim": gensim.__version__},
        "connectorWords": sorted(ENGLISH_CONNECTOR_WORDS),
        "corpora": CORPORA,
        # of the saves that make-gensim.py made
        "saves": {
            name: sorted(Phrases.load(str(output / "gensim" / name)).export_phrases().items())
            for name in ["phrases-4.3.model", "phrases-4.4.model"]
        },
        "cases": [make_case(*case) for case in CASES],
    }
    text = json.dumps(golden, ensure_ascii=False, separators=(",", ":"))
    (output / "phrases.json").write_text(text + "\n", encoding="utf8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
