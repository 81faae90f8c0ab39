"""How good word vectors are, whoever trained them: one judge for all.

    python evaluate.py VECTORS FOLDER

VECTORS is a file in word2vec's text format, the most frequent word first; FOLDER holds the tests. Prints JSON.

- Analogies (questions-words.txt): a : b = c : ? is answered with the word whose unit vector is nearest to b - a + c
  (3CosAdd) among the 30,000 most frequent, a, b and c left out. Questions with a word outside those are passed over.
- Pairs (WordSim-353, SimLex-999, MEN): Spearman's correlation of the cosine with people's scores, over the pairs whose
  two words have vectors.

gensim's evaluate_word_analogies(restrict_vocab=30000) and evaluate_word_pairs give the same figures. Words are compared in
lower case.
"""

import json
import sys
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

ANALOGY_WORDS = 30_000
BATCH = 512
PAIRS = {"ws353": "wordsim353.tsv", "simlex999": "simlex999.txt", "men": "EN-MEN-TR-3k.txt"}


def read_vectors(path):
    """-> unit vectors (V, D), and each word's row; of words that differ in case only, the most frequent one's"""
    with open(path, encoding="utf-8", errors="replace", newline="\n") as lines:
        shape = tuple(map(int, next(lines).split()))
        vectors = np.empty(shape, np.float32)
        rows = {}
        for row, line in enumerate(lines):
            word, numbers = line.split(" ", 1)
            vectors[row] = np.fromstring(numbers, np.float32, sep=" ")
            rows.setdefault(word.lower(), row)
    if row + 1 != len(vectors):
        raise SystemExit(f"{path}: {row + 1} words, but its first line says {len(vectors)}")
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12), rows


def read_questions(path):
    """-> {section: [(a, b, c, d)]}"""
    sections = {}
    for line in Path(path).read_text("utf-8").lower().splitlines():
        if line.startswith(":"):
            questions = sections.setdefault(line[1:].strip(), [])
        elif line.strip():
            questions.append(line.split())
    return sections


def answer(unit, questions):
    """a, b, c rows (N, 3) -> each one's best row (N,)"""
    a, b, c = questions.T
    scores = (unit[b] - unit[a] + unit[c]) @ unit.T
    np.put_along_axis(scores, questions, -np.inf, axis=1)
    return scores.argmax(axis=1)


def analogies(unit, rows, path):
    """-> {section: {correct, asked}} with totals over semantic, syntactic (gram...) and all sections"""
    unit = unit[:ANALOGY_WORDS]
    result = {}
    for section, questions in read_questions(path).items():
        known = [[rows[word] for word in question] for question in questions if all(word in rows for word in question)]
        known = np.array([question for question in known if max(question) < len(unit)], int).reshape(-1, 4)
        correct = sum(
            int((answer(unit, batch[:, :3]) == batch[:, 3]).sum())
            for batch in np.array_split(known, len(known) // BATCH + 1)
        )
        result[section] = {"correct": correct, "asked": len(known)}
    totals = {
        "semantic": [of for name, of in result.items() if not name.startswith("gram")],
        "syntactic": [of for name, of in result.items() if name.startswith("gram")],
        "total": list(result.values()),
    }
    for name, parts in totals.items():
        result[name] = {key: sum(part[key] for part in parts) for key in ("correct", "asked")}
    return result


def pairs(unit, rows, path):
    """-> {spearman, pairs, of}"""
    lines = [line.lower().split() for line in Path(path).read_text("utf-8").splitlines() if not line.startswith("#")]
    known = [(rows[a], rows[b], float(score)) for a, b, score in lines if a in rows and b in rows]
    if len(known) < 2:
        return {"spearman": None, "pairs": len(known), "of": len(lines)}
    first, second, scores = map(list, zip(*known))
    cosines = np.einsum("nd,nd->n", unit[first], unit[second])
    return {"spearman": float(spearmanr(cosines, scores).statistic), "pairs": len(known), "of": len(lines)}


def evaluate(vectors, folder):
    unit, rows = read_vectors(vectors)
    result = {"analogies": analogies(unit, rows, Path(folder) / "questions-words.txt")}
    return result | {name: pairs(unit, rows, Path(folder) / file) for name, file in PAIRS.items()}


if __name__ == "__main__":
    print(json.dumps(evaluate(*sys.argv[1:])))
