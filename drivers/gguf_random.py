"""Writes a small Llama model with random weights, for tests and for measuring speed where no weights are needed.

- `write_random(path)` makes a model of 100,000 parameters; its shape is `RandomShape`'s.
- The tokenizer is byte-level with ChatML's control tokens and the two tool-call markers, as nano's.
- The same shape and seed give the same file. It needs the `gguf` package (extra `train`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from llmasos.drivers.gguf_export import Header, write

CONTROL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
USER_DEFINED = ("<tool_call>", "</tool_call>")


@dataclass(frozen=True, slots=True)
class RandomShape:
    width: int = 64
    layers: int = 2
    heads: int = 2
    kv_heads: int = 0  # 0: as many as heads
    ffn: int = 128
    window_tokens: int = 512
    num_fillers: int = 0  # tokens that no text has, to make the vocabulary as large as a real one's


def write_random(path: Path, shape: RandomShape | None = None, *, kind: str = "f16", seed: int = 0) -> None:
    """Write the model; weights are large enough that its logits tell tokens and positions apart."""
    shape = shape or RandomShape()
    fillers = [f"[filler{i}]" for i in range(shape.num_fillers)]
    tokens = [*CONTROL, *USER_DEFINED, *_letters(), "th", "Ġt", *fillers]
    header = Header(
        name=path.stem,
        licence="Apache-2.0",
        width=shape.width,
        layers=shape.layers,
        heads=shape.heads,
        kv_heads=shape.kv_heads or shape.heads,
        ffn=shape.ffn,
        window_tokens=shape.window_tokens,
        rope_theta=10000.0,
        norm_eps=1e-5,
        tokens=tokens,
        merges=["t h", "Ġ t"],
        control=frozenset(CONTROL),
        user_defined=frozenset(USER_DEFINED),
        eos_id=tokens.index("<|im_end|>"),
        pad_id=0,
        template="{% for message in messages %}{{ message.content }}{% endfor %}",
    )
    write(path, header, _weights(shape, len(tokens), seed), kind)


def _letters() -> list[str]:
    """The 256 bytes as byte-level BPE spells them.

    Source: Radford et al. 2019, GPT-2's `bytes_to_unicode`.
    """
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    spelled = {byte: chr(byte) for byte in printable} | {byte: chr(256 + i) for i, byte in enumerate(others)}
    return [spelled[byte] for byte in range(256)]


def _weights(shape: RandomShape, vocab_size: int, seed: int) -> dict[str, NDArray[np.float32]]:
    rng = np.random.default_rng(seed)

    def matrix(rows: int, columns: int, scale: float = 3.0) -> NDArray[np.float32]:
        return np.asarray(rng.standard_normal((rows, columns)) * scale / np.sqrt(columns), dtype=np.float32)

    kv_width = shape.width // shape.heads * (shape.kv_heads or shape.heads)
    ones = np.ones(shape.width, dtype=np.float32)
    weights = {"model.embed_tokens.weight": matrix(vocab_size, shape.width), "model.norm.weight": ones}
    for i in range(shape.layers):
        layer = f"model.layers.{i}"
        for name, scale in (("q", 1.0), ("k", 1.0), ("v", 9.0), ("o", 9.0)):  # attention that looks at every token
            rows = kv_width if name in "kv" else shape.width
            weights[f"{layer}.self_attn.{name}_proj.weight"] = matrix(rows, shape.width, scale)
        weights[f"{layer}.mlp.gate_proj.weight"] = matrix(shape.ffn, shape.width)
        weights[f"{layer}.mlp.up_proj.weight"] = matrix(shape.ffn, shape.width)
        weights[f"{layer}.mlp.down_proj.weight"] = matrix(shape.width, shape.ffn)
        weights[f"{layer}.input_layernorm.weight"] = ones
        weights[f"{layer}.post_attention_layernorm.weight"] = ones
    return weights
