"""nano's tokenizer: a byte-level BPE whose merges keep copied text the same wherever it stands.

- `build(words, spaced, num_merges, num_spaced)` makes it from word counts; the same counts give the same file.
- `count(texts)` takes those counts from rendered dialogues.
- It is a plain Hugging Face `tokenizers` file; llama.cpp reads it as model `gpt2`, pre-tokenizer `gpt-2`.

A small model copies by finding the same tokens again. "milk" after a space in the request, after a quote in the
call and at a line's start in a result must therefore be the same tokens. So ordinary merges are learned on words
without their space and without digits, and only the commonest words of the prompt itself get a token with a space,
by merges at the very end of the list, where they can split no other word.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

CONTROL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
USER_DEFINED = ("<tool_call>", "</tool_call>")
SPACE = "Ġ"
MIN_SPACED_LETTERS = 3
PURITY = 20  # a spaced word is met so many times as often as longer words that begin with it

# What surrounds the values in a call and the names in a signature. Order is rank: inner pairs come first.
SCAFFOLD = (
    ('"', ":"),
    ('"', ","),
    ("}", "}"),
    ('"', "}}"),
    ('"', "}"),
    ("{", '"'),
    ("(", ")"),
    ("?", ":"),
    (SPACE, '"'),
    (SPACE, '{"'),
    (SPACE, "{"),
    (SPACE, "-"),
)

_WORD = re.compile(r"[^\W\d_]+")
_SPACED = re.compile(r" [A-Za-z]+")


def count(texts: Iterable[str]) -> tuple[Counter[str], Counter[str]]:
    """How often each word stands in the texts, and how often with a space before it (spelt with SPACE)."""
    words: Counter[str] = Counter()
    spaced: Counter[str] = Counter()
    for text in texts:
        words.update(_WORD.findall(text))
        spaced.update(word.replace(" ", SPACE) for word in _SPACED.findall(text))
    return words, spaced


def _learn(words: Mapping[str, int], num_merges: int) -> list[tuple[str, str]]:
    """Ordinary BPE merges over single words, most frequent pair first."""
    trainer = trainers.BpeTrainer(
        vocab_size=256 + num_merges,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
        max_token_length=12,
    )
    learner = Tokenizer(models.BPE())
    learner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    ordered = sorted(words.items(), key=lambda item: (-item[1], item[0]))
    learner.train_from_iterator((word for word, times in ordered for _ in range(times)), trainer)
    return [(left, right) for left, right in json.loads(learner.to_str())["model"]["merges"]]


def _assemble(merges: list[tuple[str, str]]) -> Tokenizer:
    pieces = [*CONTROL, *USER_DEFINED, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    pieces += [left + right for left, right in merges]
    unique = list(dict.fromkeys(pieces))
    tokenizer = Tokenizer(models.BPE(vocab={piece: i for i, piece in enumerate(unique)}, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in CONTROL])
    tokenizer.add_tokens([AddedToken(text, special=False, normalized=False) for text in USER_DEFINED])
    return tokenizer


def build(words: Mapping[str, int], spaced: Mapping[str, int], num_merges: int, num_spaced: int) -> Tokenizer:
    """The tokenizer with `num_merges` word merges and at most `num_spaced` words that carry their space.

    A word gets a spaced token only if it is a token by itself, has three letters or more, and if nearly all of what
    the merge would touch is that word: "Ġto" also turns " todo.txt" into " to" + "do.txt", which is then copied to
    where it stands without its space, as "to" + "do.txt". Short pieces begin most invented words and file names.
    """
    merges = _learn(words, num_merges)
    plain = _assemble(merges)
    whole: Counter[str] = Counter()
    prefix: Counter[str] = Counter()
    for word, times in spaced.items():
        pieces = plain.encode(word[1:]).tokens
        (whole if len(pieces) == 1 else prefix)[pieces[0]] += times
    chosen = [
        piece
        for piece, times in whole.most_common()
        if len(piece) >= MIN_SPACED_LETTERS and times >= PURITY * prefix[piece]
    ][:num_spaced]
    return _assemble([*merges, *SCAFFOLD, *((SPACE, piece) for piece in chosen)])
