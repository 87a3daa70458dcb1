"""The tokenizer inside a GGUF, through llama.cpp.

- `encode` never adds BOS; user-defined tokens are recognised in any text, control tokens only with `special`.
- `decode` joins the bytes of the tokens, so that text can be streamed token by token.
- It must not be used after the model was freed; the driver sees to that by owning both.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

from llmasos.drivers.gguf import GGUFHeader
from llmasos.drivers.llama_native import library, open_model
from llmasos.drivers.sequence import check_tokens
from llmasos.errors import DriverError

_HIDDEN = (1 << 0) | (1 << 3)  # LLAMA_TOKEN_ATTR_UNKNOWN, LLAMA_TOKEN_ATTR_CONTROL
_NO_TOKEN = -1


class LlamaTokenizer:
    def __init__(self, model: int, *, names_bos: bool) -> None:
        """`names_bos`: the file says which token is BOS; llama.cpp makes one up where it does not."""
        self._api: Any = library()
        self._vocab = self._api.llama_model_get_vocab(model)
        self.vocab_size: int = self._api.llama_vocab_n_tokens(self._vocab)
        self._bytes: list[bytes | None] = [None] * self.vocab_size
        self._control: list[bool | None] = [None] * self.vocab_size
        self._room = ctypes.create_string_buffer(256)
        self.end_tokens = self._end_tokens()
        self.eos_token = self._eos_token()
        self.bos_token = self._bos_token() if names_bos else None
        self.add_bos = self.bos_token is not None and bool(self._api.llama_vocab_get_add_bos(self._vocab))

    def encode(self, text: str, *, special: bool = False) -> list[int]:
        return self._tokenize(text, add_special=False, special=special)

    def encode_whole(self, text: str) -> list[int]:
        """A text as an embedding model wants it, with whatever the model puts around it."""
        return self._tokenize(text, add_special=True, special=False)

    def decode(self, tokens: Sequence[int], *, special: bool = False) -> bytes:
        return b"".join(self.token_bytes(token) for token in tokens if special or not self.is_control(token))

    def token_bytes(self, token: int) -> bytes:
        check_tokens((token,), self.vocab_size)
        known = self._bytes[token]
        if known is None:
            known = self._bytes[token] = self._piece(token)
        return known

    def is_control(self, token: int) -> bool:
        check_tokens((token,), self.vocab_size)
        known = self._control[token]
        if known is None:
            known = self._control[token] = bool(self._api.llama_vocab_get_attr(self._vocab, token) & _HIDDEN)
        return known

    def _tokenize(self, text: str, *, add_special: bool, special: bool) -> list[int]:
        data = text.encode(errors="replace")  # a lone surrogate would be an exception inside C++, which aborts
        room = len(data) + 16
        while True:
            tokens = (ctypes.c_int32 * room)()
            num = self._api.llama_tokenize(self._vocab, data, len(data), tokens, room, add_special, special)
            if num >= 0:
                return tokens[:num]
            if -num <= room:
                raise DriverError(f"llama.cpp cannot tokenize a text of {len(data)} bytes")
            room = -num

    def _piece(self, token: int) -> bytes:
        num = self._api.llama_token_to_piece(self._vocab, token, self._room, len(self._room), 0, True)
        if num < 0:
            self._room = ctypes.create_string_buffer(-num)
            num = self._api.llama_token_to_piece(self._vocab, token, self._room, len(self._room), 0, True)
        return self._room.raw[:num]

    def _end_tokens(self) -> frozenset[int]:
        is_end, vocab = self._api.llama_vocab_is_eog, self._vocab
        return frozenset(token for token in range(self.vocab_size) if is_end(vocab, token))

    def _bos_token(self) -> int | None:
        token = int(self._api.llama_vocab_bos(self._vocab))
        return None if token == _NO_TOKEN else token

    def _eos_token(self) -> int:
        """The model's own end token; an end-of-turn token where it names no other."""
        for token in (self._api.llama_vocab_eos(self._vocab), self._api.llama_vocab_eot(self._vocab)):
            if token != _NO_TOKEN:
                return int(token)
        return min(self.end_tokens, default=0)


class Vocabulary(LlamaTokenizer):
    """The tokenizer of a file whose weights are loaded elsewhere."""

    def __init__(self, header: GGUFHeader) -> None:
        """Raises ModelDamaged."""
        self._model: int | None = open_model(header.path, 0, vocab_only=True)
        super().__init__(self._model, names_bos=names_bos(header))

    def close(self) -> None:
        """Free it; nothing of it may be used afterwards. Idempotent."""
        if self._model is not None:
            self._api.llama_model_free(self._model)
            self._model = None


def names_bos(header: GGUFHeader) -> bool:
    """Whether the file says which token is BOS; SentencePiece models (`llama`) always have one."""
    named = "tokenizer.ggml.bos_token_id" in header.metadata
    return named or header.text("tokenizer.ggml.model") in ("llama", "bert")
