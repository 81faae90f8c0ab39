"""gensim's Phrases, as the bench of phrases asks it: a line of JSON in, a line of JSON out.

    {"corpus": <path>, "scoring": …, "threshold": …, "connectors": true | false, "into"?: <path for the phrases>}
    -> seconds of processor time to learn, to freeze, and to apply; what was found
"""

import json
import sys
import time
from pathlib import Path

from gensim.models.phrases import ENGLISH_CONNECTOR_WORDS, Phrases
from gensim.models.word2vec import LineSentence


def timed(work):
    begin = time.process_time()
    result = work()
    return time.process_time() - begin, result


def answer(request):
    corpus = LineSentence(request["corpus"])
    connectors = ENGLISH_CONNECTOR_WORDS if request["connectors"] else frozenset()
    learn, phrases = timed(
        lambda: Phrases(corpus, scoring=request["scoring"], threshold=request["threshold"], connector_words=connectors)
    )
    freeze, frozen = timed(phrases.freeze)
    apply, tokens = timed(lambda: sum(len(sentence) for sentence in frozen[corpus]))
    if "into" in request:
        text = json.dumps(frozen.phrasegrams, ensure_ascii=False)
        Path(request["into"]).write_text(text, encoding="utf8")
    return {
        "learn": learn,
        "freeze": freeze,
        "apply": apply,
        "tokens": tokens,
        "vocabSize": len(phrases.vocab),
        "words": phrases.corpus_word_count,
        "phrases": len(frozen.phrasegrams),
    }


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
