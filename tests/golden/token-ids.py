"""Ids and offsets of Python's tokenizers, and of sentencepiece, for strings that are drawn from a seed.

    pip install tokenizers==0.23.3 sentencepiece==0.2.3
    python tests/golden/token-ids.py <folder of real tokenizers> tests/golden           writes token-ids.json.gz
    python tests/golden/token-ids.py <folder of real tokenizers> <folder> components    writes all of it, a file a component,
                                                                                        for tests/golden/compare-token-ids.mjs

token-ids.json.gz holds, for each real tokenizer and for a small one for each component of tokenizer.json: the SHA-256 of all ids, and the
component's tokenizer.json where it is small; and some strings with their ids in full. token-strings.json has what the strings are
drawn from; tests/helpers/token-strings.ts draws the same.
"""

import gzip
import hashlib
import json
import os
import sys

from tokenizers import AddedToken, Regex, Tokenizer
from tokenizers import decoders as D
from tokenizers import models
from tokenizers import normalizers as N
from tokenizers import pre_tokenizers as P
from tokenizers import processors as PP
from tokenizers import trainers as T

HERE = os.path.dirname(os.path.abspath(__file__))
PARTS = json.load(open(os.path.join(HERE, "token-strings.json")))
WORD = 0xFFFFFFFF


def draws(seed):
    state = seed & WORD

    def draw(below):
        nonlocal state
        state = (state + 0x6D2B79F5) & WORD
        mixed = state
        mixed = ((mixed ^ (mixed >> 15)) * (mixed | 1)) & WORD
        mixed ^= (mixed + ((mixed ^ (mixed >> 7)) * (mixed | 61) & WORD)) & WORD
        return ((mixed ^ (mixed >> 14)) & WORD) % below

    return draw


def token_strings(count, seed):
    letters = [list(alphabet) for alphabet in PARTS["alphabets"]]
    pieces = PARTS["pieces"]
    draw = draws(seed)
    strings = []
    for _ in range(count):
        text = ""
        for _ in range(1 + draw(6)):
            kind = draw(4)
            if kind < 2:
                alphabet = letters[draw(len(letters))]
                for _ in range(1 + draw(9)):
                    text += alphabet[draw(len(alphabet))]
            elif kind == 2:
                text += pieces[draw(len(pieces))]
            else:
                odd = letters[len(letters) - 1 - draw(5)]
                text += odd[draw(len(odd))]
            if draw(3) > 0:
                text += " "
        strings.append(text)
    return strings


def digest(lists):
    """SHA-256 of lists of numbers: "1,2,3" a line."""
    return hashlib.sha256("".join(",".join(map(str, ids)) + "\n" for ids in lists).encode()).hexdigest()


def trained(normalizer=None, pre=None, decoder=None, post=None, model="bpe", added=(), size=300, **options):
    special = ["<unk>", "[CLS]", "[SEP]"]
    common = dict(special_tokens=special, show_progress=False)
    if model == "bpe":
        tokenizer = Tokenizer(models.BPE(unk_token="<unk>", **options))
        bytes_ = "ByteLevel" in f"{pre} {normalizer}"
        affixes = {name: options[name] for name in ("continuing_subword_prefix", "end_of_word_suffix") if name in options}
        alphabet = P.ByteLevel.alphabet() if bytes_ else []
        trainer = T.BpeTrainer(vocab_size=size, limit_alphabet=200, initial_alphabet=alphabet, **affixes, **common)
    elif model == "wordpiece":
        tokenizer = Tokenizer(models.WordPiece(unk_token="<unk>", **options))
        trainer = T.WordPieceTrainer(vocab_size=size, limit_alphabet=150, **common)
    elif model == "wordlevel":
        tokenizer = Tokenizer(models.WordLevel(unk_token="<unk>"))
        trainer = T.WordLevelTrainer(vocab_size=size, **common)
    else:
        tokenizer = Tokenizer(models.Unigram())
        trainer = T.UnigramTrainer(vocab_size=6000, unk_token="<unk>", **common)
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre if pre else P.WhitespaceSplit()
    tokenizer.train_from_iterator(token_strings(3000, 5), trainer)
    if decoder:
        tokenizer.decoder = decoder
    if post:
        tokenizer.post_processor = post
    if added:
        tokenizer.add_tokens(list(added))
    return tokenizer


PATTERNS = {
    "gpt4": r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
    "o200k": r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "bloom": r" ?[^(\s|[.,!?…。，、।۔،])]+",
    "deepseek": "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    "kimi": r"[\p{Han}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "han": r"[一-龥぀-ゟ゠-ヿ]+",
    "words": r"\w+|[^\w\s]+",
    "not words": r"\W+",
    "hex": r"[\h]+|\H",
    "lines": r"^.*$",
    "anchors": r"\A\s|\s\z|\b\d+\b",
    "posix": r"[[:alpha:]]+|[[:space:]]+|[[:punct:]]",
    "atomic": r"(?>\s+|a+)\S",
    "lookbehind": r"(?<=\d)(?=\p{L})|(?<!\s)[A-Z]",
    "empty": r"x*",
    "threes": r"\p{N}{1,3}(?=(?:\p{N}{3})*(?:\P{N}|$))",
    "case": r"(?i)abc|[k-t]+",
    "scripts": r"\p{Hiragana}+|\p{katakana}+|\p{Cyrillic}+|\p{^Latin}",
}


def components():
    """A name and a tokenizer for each component of tokenizer.json."""
    level = P.ByteLevel
    for name in ["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt"]:
        yield f"normalizer {name}", trained(getattr(N, name)())
    yield "normalizer Strip", trained(N.Strip(), P.Punctuation())
    yield "normalizer Strip left", trained(N.Strip(left=True, right=False), P.Punctuation())
    yield "normalizer Replace", trained(N.Replace(Regex(r"\s+|\d"), "_"))
    yield "normalizer Replace text", trained(N.Replace("a", "bc"))
    yield "normalizer Prepend", trained(N.Prepend("▁"))
    yield "normalizer ByteLevel", trained(N.ByteLevel())
    bert = dict(pre=P.BertPreTokenizer(), model="wordpiece")
    yield "normalizer BertNormalizer", trained(N.BertNormalizer(), **bert)
    yield "normalizer BertNormalizer cased", trained(N.BertNormalizer(lowercase=False, strip_accents=True), **bert)
    plain = N.BertNormalizer(clean_text=False, handle_chinese_chars=False, lowercase=False)
    yield "normalizer BertNormalizer plain", trained(plain, **bert)
    several = N.Sequence([N.NFD(), N.StripAccents(), N.Lowercase(), N.Replace(" ", "▁")])
    yield "normalizer Sequence", trained(several, P.Metaspace())
    for name, pre in {
        "ByteLevel": level(),
        "ByteLevel no space": level(add_prefix_space=False),
        "ByteLevel no pattern": level(use_regex=False),
        "BertPreTokenizer": P.BertPreTokenizer(),
        "Whitespace": P.Whitespace(),
        "WhitespaceSplit": P.WhitespaceSplit(),
        "Metaspace": P.Metaspace(),
        "Metaspace first": P.Metaspace(prepend_scheme="first"),
        "Metaspace never": P.Metaspace(prepend_scheme="never"),
        "Metaspace whole": P.Metaspace(split=False),
        "CharDelimiterSplit": P.CharDelimiterSplit("a"),
        "CharDelimiterSplit space": P.CharDelimiterSplit(" "),
        "Digits": P.Digits(),
        "Digits individual": P.Digits(individual_digits=True),
        "UnicodeScripts": P.UnicodeScripts(),
        "FixedLength": P.FixedLength(length=3),
    }.items():
        yield f"pre_tokenizer {name}", trained(pre=pre)
    for behavior in ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]:
        yield f"pre_tokenizer Punctuation {behavior}", trained(pre=P.Punctuation(behavior))
        for inverted in (False, True):
            name = f"{behavior}{' inverted' if inverted else ''}"
            yield f"pre_tokenizer Split Regex {name}", trained(pre=P.Split(Regex(r"\s+|\p{P}"), behavior, inverted))
            yield f"pre_tokenizer Split String {name}", trained(pre=P.Split(" ", behavior, inverted))
    for name, pattern in PATTERNS.items():
        pre = P.Sequence([P.Split(Regex(pattern), "isolated"), level(add_prefix_space=False, use_regex=False)])
        yield f"pattern {name}", trained(pre=pre)
        yield f"pattern {name} removed", trained(pre=P.Split(Regex(pattern), "removed"))
    words = dict(pre=P.Whitespace())
    yield "model BPE continuing_subword_prefix", trained(**words, continuing_subword_prefix="##")
    yield "model BPE end_of_word_suffix", trained(**words, end_of_word_suffix="</w>")
    yield "model BPE fuse_unk", trained(**words, fuse_unk=True)
    yield "model Unigram", trained(pre=P.Metaspace(), model="unigram")
    yield "model Unigram whole", trained(pre=P.Metaspace(split=False), model="unigram")
    yield "model WordLevel", trained(**words, model="wordlevel")
    yield "model WordPiece", trained(**words, model="wordpiece")
    yield "model WordPiece max_input_chars_per_word", trained(**words, model="wordpiece", max_input_chars_per_word=5)
    special = [("[CLS]", 1), ("[SEP]", 2)]
    types = dict(single="[CLS]:0 $A:1 [SEP]:2", pair="[CLS] $A:0 [SEP]:0 $B:1 [SEP]:1", special_tokens=special)
    around = dict(single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=special)
    yield "post_processor TemplateProcessing", trained(**words, post=PP.TemplateProcessing(**types))
    yield "post_processor BertProcessing", trained(**words, post=PP.BertProcessing(("[SEP]", 2), ("[CLS]", 1)))
    roberta = lambda **options: PP.RobertaProcessing(("[SEP]", 2), ("[CLS]", 1), **options)
    yield "post_processor RobertaProcessing", trained(pre=level(), post=roberta())
    plain = roberta(trim_offsets=False, add_prefix_space=False)
    yield "post_processor RobertaProcessing untrimmed", trained(pre=level(), post=plain)
    yield "post_processor ByteLevel", trained(pre=level(), post=PP.ByteLevel(trim_offsets=True))
    both = PP.Sequence([PP.ByteLevel(trim_offsets=True), PP.TemplateProcessing(**around)])
    yield "post_processor Sequence", trained(pre=level(), post=both)
    contents = ["<s>", "</s>", "the", "Hello", "<|im_end|>", "你好", "a", "\n\n", "é"]
    for name, flags in {
        "plain": {},
        "single_word": dict(single_word=True),
        "lstrip": dict(lstrip=True),
        "rstrip": dict(rstrip=True),
        "lstrip rstrip": dict(lstrip=True, rstrip=True),
        "special": dict(special=True),
        "special normalized": dict(special=True, normalized=True),
        "not normalized": dict(normalized=False),
    }.items():
        added = [AddedToken(content, **flags) for content in contents]
        yield f"added_tokens {name}", trained(N.Lowercase(), P.Whitespace(), added=added)
    spaces = D.Sequence([D.Replace("▁", " "), D.ByteFallback(), D.Fuse(), D.Strip(" ", 1, 0)])
    for name, decoder in {
        "ByteLevel": D.ByteLevel(),
        "WordPiece": D.WordPiece(),
        "WordPiece as it is": D.WordPiece(prefix="##", cleanup=False),
        "Metaspace": D.Metaspace(),
        "BPEDecoder": D.BPEDecoder(suffix="e"),
        "CTC": D.CTC(pad_token="a", word_delimiter_token="e"),
        "Replace": D.Replace(Regex(r"[aeiou]"), "_"),
        "Fuse": D.Fuse(),
        "Strip": D.Strip("a", 1, 0),
        "ByteFallback": D.ByteFallback(),
        "Sequence": spaces,
    }.items():
        yield f"decoder {name}", trained(**words, decoder=decoder)


def real(folder):
    """A name and a tokenizer for each real one; without its truncation and padding."""
    for name in ["qwen2.5", "gpt2", "bert-base-uncased", "llama2", "t5-small"]:
        path = os.path.join(folder, name, "tokenizer.json")
        if os.path.exists(path):
            tokenizer = Tokenizer.from_file(path)
            tokenizer.no_truncation()
            tokenizer.no_padding()
            yield name, tokenizer


def answers(tokenizer, strings):
    encodings = tokenizer.encode_batch(strings)
    pairs = tokenizer.encode_batch(list(zip(strings[:100], strings[200:300])))
    return {
        "ids": [one.ids for one in encodings],
        "offsets": [one.offsets for one in encodings],
        "texts": [tokenizer.decode(one.ids, skip_special_tokens=False) for one in encodings],
        "pairs": [[one.ids, one.type_ids] for one in pairs],
    }


def sentence_pieces(folder, strings):
    import sentencepiece

    model = sentencepiece.SentencePieceProcessor(model_file=os.path.join(folder, "t5-small", "spiece.model"))
    return [model.encode(text) for text in strings]


# sentencepiece reads what tokenizers takes for tokens as text
def is_plain(text):
    return "<" not in text


def write_all(folder, out):
    os.makedirs(out, exist_ok=True)
    strings = token_strings(1800, 11)
    for name, tokenizer in components():
        whole = {"tokenizer": json.loads(tokenizer.to_str()), "seed": 11, **answers(tokenizer, strings)}
        json.dump(whole, open(os.path.join(out, f"{name}.json"), "w"))
    strings = token_strings(5000, 7)
    for name, tokenizer in real(folder):
        json.dump({"real": name, "seed": 7, **answers(tokenizer, strings)}, open(os.path.join(out, f"real {name}.json"), "w"))
    plain = [i for i, text in enumerate(strings) if is_plain(text)]
    pieces = sentence_pieces(folder, [strings[i] for i in plain])
    json.dump({"at": plain, "ids": pieces}, open(os.path.join(out, "sentencepiece.json"), "w"))


def write_golden(folder, out):
    golden = {"real": {}, "components": {}}
    strings = token_strings(5000, 7)
    for name, tokenizer in real(folder):
        if name == "t5-small":
            plain = [text for text in strings if is_plain(text)]
            ids = [[*one, 1] for one in sentence_pieces(folder, plain)]
            golden["real"][name] = {"sha256": digest(ids), "ids": ids[:40]}
        else:
            ids = [one.ids for one in tokenizer.encode_batch(strings)]
            offsets = [[at for offset in one.offsets for at in offset] for one in tokenizer.encode_batch(strings)]
            golden["real"][name] = {"sha256": digest(ids), "offsets": digest(offsets), "ids": ids[:40]}
    strings = token_strings(300, 11)
    for name, tokenizer in components():
        tokenizer_json = tokenizer.to_str()
        if len(tokenizer_json) > 30_000:
            continue
        found = answers(tokenizer, strings)
        golden["components"][name] = {
            "tokenizer": json.loads(tokenizer_json),
            "ids": digest(found["ids"]),
            "offsets": digest([[at for offset in one for at in offset] for one in found["offsets"]]),
            "pairs": digest([number for pair in found["pairs"] for number in pair]),
            "texts": hashlib.sha256("\n".join(found["texts"]).encode()).hexdigest(),
        }
    packed = gzip.compress(json.dumps(golden, separators=(",", ":")).encode(), mtime=0)
    with open(os.path.join(out, "token-ids.json.gz"), "wb") as file:
        file.write(packed)


if __name__ == "__main__":
    if len(sys.argv) > 3:
        write_all(sys.argv[1], sys.argv[2])
    else:
        write_golden(sys.argv[1], sys.argv[2])
