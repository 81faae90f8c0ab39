"""What tokenizers' models make of pieces: the ids, and where each token begins and ends, for every rule of BPE and WordPiece; and for real
models a hash of the ids of many random pieces, which tests/tokenizing/models/compact-model.test.ts makes in the same way.

    pip install tokenizers==0.23.1
    python make-token-models.py <folder of tokenizers>
"""

import hashlib
import json
import sys
from pathlib import Path

from tokenizers import Tokenizer, models

LETTERS = ["l", "o", "w", "e", "r", "n"]
MERGES = [("l", "o"), ("lo", "w"), ("e", "r"), ("n", "e"), ("ne", "w"), ("new", "er"), ("low", "er")]
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
PIECES = [
    "low", "lower", "newer", "newest", "lowlow", "o", "x", "xlow", "lowx", "xy", "xloxyw", "é", "éé", "lé", "中low", "😀",
    "lower😀", "a" * 40, "lower" * 20, "x" * 40 + "er", "low er", "wolererner", "lol" * 15, "l\0o", "é中😀x",
]  # fmt: skip


def vocab(tokens):
    return {token: i for i, token in enumerate(dict.fromkeys(tokens))}


def bpe(tokens, merges, **options):
    made = [a + b for a, b in merges]
    return models.BPE(vocab=vocab([*tokens, *made, "unk"]), merges=merges, **options)


PREFIXED = [
    *["l", "o", "w", "e", "##l", "##o", "##w", "##e", "##r", "l@", "o@", "##w@", "##r@", "##er@", "lo", "##we", "lowe"],
    *["low@", "lower@", "unk"],
]
PREFIXED_MERGES = [("l", "##o"), ("##e", "##r@"), ("##w", "##e"), ("lo", "##we"), ("lo", "##w@"), ("lowe", "##r@")]
WORDS = ["[UNK]", "l", "low", "lower", "n", "new", "##er", "##e", "##r", "##est", "##low", "##é", "中", "😀", "##😀", "é"]

SMALL = {
    "no unk": bpe(LETTERS, MERGES),
    "unk": bpe(LETTERS, MERGES, unk_token="unk"),
    "fuse_unk": bpe(LETTERS, MERGES, unk_token="unk", fuse_unk=True),
    "byte_fallback": bpe(LETTERS + BYTES, MERGES, unk_token="unk", byte_fallback=True),
    "some bytes": bpe(LETTERS + BYTES[:200], MERGES, unk_token="unk", fuse_unk=True, byte_fallback=True),
    "ignore_merges": bpe([*LETTERS, "lol", "ol", "wolererner"], MERGES, unk_token="unk", ignore_merges=True),
    "affixes": models.BPE(
        vocab=vocab(PREFIXED),
        merges=[pair for pair in PREFIXED_MERGES],
        unk_token="unk",
        continuing_subword_prefix="##",
        end_of_word_suffix="@",
    ),
    "affixes, byte_fallback": models.BPE(
        vocab=vocab(PREFIXED + BYTES),
        merges=PREFIXED_MERGES,
        continuing_subword_prefix="##",
        end_of_word_suffix="@",
        byte_fallback=True,
    ),
    "sparse ids": models.BPE(vocab={"o": 7, "l": 3, "lo": 2_000_000}, merges=[("l", "o")]),
    "WordPiece": models.WordPiece(vocab=vocab(WORDS), unk_token="[UNK]", max_input_chars_per_word=100),
    "WordPiece, short": models.WordPiece(vocab=vocab(WORDS), unk_token="[UNK]", max_input_chars_per_word=5),
    "WordPiece, other prefix": models.WordPiece(
        vocab=vocab([word.replace("##", "é") for word in WORDS]), unk_token="[UNK]", continuing_subword_prefix="é"
    ),
}

POOL = ["a", "b", "e", "n", "t", "h", "s", "ing", "the", "É", "é", "中", "文", "😀", "я", "֍", " ", "Ġ", "▁", "ā", "1", "<", "-", "\n"]  # fmt: skip


def random_pieces(count):
    """Of up to twelve parts; one in a hundred of up to a thousand."""
    state = 1

    def below(limit):
        nonlocal state
        state = state * 48271 % 2147483647
        return state % limit

    return [
        "".join(POOL[below(len(POOL))] for _ in range(1 + below(1000 if i % 100 == 0 else 12))) for i in range(count)
    ]


def units(text):
    return len(text.encode("utf-16-le")) // 2


def in_units(piece, begin, end):
    """Tokens begin and end with the characters that they have bytes of; those behind the last one are of that."""
    raw = piece.encode()
    begin, end = min(begin, len(raw) - 1), min(end, len(raw))
    while raw[begin] & 0xC0 == 0x80:
        begin -= 1
    while end < len(raw) and raw[end] & 0xC0 == 0x80:
        end += 1
    return units(raw[:begin].decode()), units(raw[:end].decode())


def outcome(model, piece):
    tokens = model.tokenize(piece)
    places = [in_units(piece, *token.offsets) for token in tokens]
    return [token.id for token in tokens], [start for start, _ in places], [end for _, end in places]


small = {
    name: {
        "model": json.loads(Tokenizer(model).to_str())["model"],
        "outcomes": [outcome(model, piece) for piece in PIECES],
    }
    for name, model in SMALL.items()
}
families = {}
for folder in ["qwen2.5", "gpt2", "llama2", "bert-base-uncased"]:
    model = Tokenizer.from_file(str(Path(sys.argv[1]) / folder / "tokenizer.json")).model
    outcomes = [outcome(model, piece) for piece in random_pieces(4000)]
    text = json.dumps(outcomes, separators=(",", ":"))
    families[folder] = hashlib.sha256(text.encode()).hexdigest()
golden = {"pieces": PIECES, "pool": POOL, "small": small, "families": families}
Path(__file__).with_name("token-models.json").write_text(json.dumps(golden, ensure_ascii=False) + "\n")
