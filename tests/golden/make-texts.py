"""Makes texts.json: what gensim 4.4's tokenize, remove_stopwords, Text8Corpus and PathLineSentences make of texts.

    python3.11 -m venv 4.4 && 4.4/bin/pip install gensim==4.4.0
    4.4/bin/python make-texts.py <output folder>

Run twice, it writes the same bytes. gensim is LGPL-2.1: only its outputs are stored.
"""

import json
import sys
import tempfile
from pathlib import Path

import gensim
from gensim.models.word2vec import PathLineSentences, Text8Corpus
from gensim.parsing.preprocessing import remove_stopwords
from gensim.utils import tokenize

TEXTS = [
    "Nic nemůže letět rychlostí vyšší, než 300 tisíc kilometrů za sekundu!",
    "It's 2nd-hand: a ½ price __init__ x² café CAFÉ naïve_bayes",
    "हिन्दी 東京 日本語テスト İstanbul ẞ ﬁne",
    "",
    "1234 !?",
]
TOKENIZE = [{}, {"lowercase": True}, {"to_lower": True}, {"deacc": True}, {"lowercase": True, "deacc": True}]

STOPPED = ["a", "the", "is", "than"]
STOP_TEXTS = ["Better late than never, better never than the late.", "  the\ta \n is ", "nothing here", ""]

TEXT8 = [
    ("one two three\nfour five  six\n\nseven eight nine ten eleven", 4),
    (" a b c d ", 2),
    ("a\nb\nc", 10),
    ("", 3),
    ("x" * 9000 + " y z\n" + "w " * 5000, 1000),
]

FOLDER = {
    "b.txt": "b one\nb two\nb three",
    "a.txt": "a one\n\na two words\n",
    "c.txt": "",
    "Z.txt": "z one z two z three\n",
}


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def in_folder(work):
    with tempfile.TemporaryDirectory() as folder:
        return work(Path(folder))


def text8(text, length):
    def work(folder):
        (folder / "text8").write_text(text, encoding="utf8", newline="")
        return [len(words) for words in Text8Corpus(str(folder / "text8"), max_sentence_length=length)]

    return in_folder(work)


def path_lines(**options):
    def work(folder):
        for name, text in FOLDER.items():
            (folder / name).write_text(text, encoding="utf8", newline="")
        return list(PathLineSentences(str(folder), **options))

    return in_folder(work)


def main(output):
    golden = {
        "versions": {"gensim": gensim.__version__},
        "tokenize": [
            {"text": text, "options": {camel(name): value for name, value in options.items()}, "tokens": list(tokenize(text, **options))}
            for text in TEXTS
            for options in TOKENIZE
        ],
        "stopwords": STOPPED,
        "removeStopwords": [{"text": text, "left": remove_stopwords(text, STOPPED)} for text in STOP_TEXTS],
        "text8": [{"text": text, "maxSentenceLength": n, "wordsPerSentence": text8(text, n)} for text, n in TEXT8],
        "folder": FOLDER,
        "pathLines": [
            {"options": {camel(name): value for name, value in options.items()}, "sentences": path_lines(**options)}
            for options in [{}, {"limit": 2}, {"max_sentence_length": 2}, {"limit": 1, "max_sentence_length": 4}]
        ],
    }
    text = json.dumps(golden, ensure_ascii=False, separators=(",", ":"))
    (output / "texts.json").write_text(text + "\n", encoding="utf8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
