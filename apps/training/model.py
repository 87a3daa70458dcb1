"""The network of nano: a Llama-architecture transformer in plain torch.

- `Llama(shape)` gives final hidden states; `logits(hidden)` multiplies by the tied embedding.
- `weights(model)` names its tensors as Hugging Face's LlamaForCausalLM does, which is what the exporters take.
- Rows may be padded on the right: attention is causal, so padding reaches nothing before it.

It knows neither tokens nor files, and needs torch only, so that retraining nano installs no model library.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from llmasos.apps.training.attention import attend
from llmasos.apps.training.induction import set_induction

EMBED_STD = 0.5
FINAL_SCALE = 0.02  # of the last norm's weights


@dataclass(frozen=True)
class Shape:
    """Sizes of the network; every row length is a multiple of 32, as q8_0 needs."""

    vocab: int
    width: int
    layers: int
    heads: int
    ffn: int
    window_tokens: int
    rope_theta: float
    norm_eps: float = 1e-5

    @property
    def head_dim(self) -> int:
        return self.width // self.heads


class Norm(nn.Module):
    """Root mean square normalisation, computed in float32 whatever the activations are."""

    def __init__(self, width: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        wide = x.float()
        return (wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + self.eps) * self.weight).to(x.dtype)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary positions, half-split as in Hugging Face (llama.cpp interleaves: the exporter permutes)."""
    half = x.shape[-1] // 2
    left, right = x[..., :half], x[..., half:]
    return torch.cat((left * cos - right * sin, right * cos + left * sin), dim=-1)


class Block(nn.Module):
    """Attention and SwiGLU, each behind a norm and beside a residual."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads, self.head_dim = shape.heads, shape.head_dim
        self.attention_norm = Norm(shape.width, shape.norm_eps)
        self.ffn_norm = Norm(shape.width, shape.norm_eps)
        self.q = nn.Linear(shape.width, shape.width, bias=False)
        self.k = nn.Linear(shape.width, shape.width, bias=False)
        self.v = nn.Linear(shape.width, shape.width, bias=False)
        self.o = nn.Linear(shape.width, shape.width, bias=False)
        self.gate = nn.Linear(shape.width, shape.ffn, bias=False)
        self.up = nn.Linear(shape.width, shape.ffn, bias=False)
        self.down = nn.Linear(shape.ffn, shape.width, bias=False)

    def project(self, x: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values: (N, width) -> three of (N, H, D)."""
        flat = self.attention_norm(x)
        q, k, v = (layer(flat).view(-1, self.heads, self.head_dim) for layer in (self.q, self.k, self.v))
        return rotate(q, cos, sin), rotate(k, cos, sin), v

    def finish(self, x: Tensor, mixed: Tensor) -> Tensor:
        """What follows attention: (N, width) twice -> (N, width)."""
        x = x + self.o(mixed)
        flat = self.ffn_norm(x)
        return x + cast(Tensor, self.down(functional.silu(self.gate(flat)) * self.up(flat)))

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, length: int) -> Tensor:
        """Rows of `length` tokens end to end: (N, width) -> (N, width); cos and sin (N, 1, D / 2)."""
        rows = (part.view(-1, length, self.heads, self.head_dim).transpose(1, 2) for part in self.project(x, cos, sin))
        return self.finish(x, attend(*rows).transpose(1, 2).reshape(x.shape))


class Llama(nn.Module):
    """The whole network. The output matrix is the embedding (tied)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embed = nn.Embedding(shape.vocab, shape.width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = Norm(shape.width, shape.norm_eps)
        frequencies = shape.rope_theta ** -(torch.arange(0, shape.head_dim, 2).float() / shape.head_dim)
        angles = torch.outer(torch.arange(shape.window_tokens).float(), frequencies)
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)
        self._initialise()

    def _initialise(self) -> None:
        """Projections back into the stream start at zero, so each block starts as identity; then induction heads.

        Embeddings are large beside what the blocks add at first, or what was read drowns in it; the last norm starts
        small, since with tied embeddings every token would predict itself.
        """
        nn.init.normal_(self.embed.weight, std=EMBED_STD)
        nn.init.constant_(self.norm.weight, FINAL_SCALE)
        for name, weight in self.named_parameters():
            if name.endswith((".o.weight", ".down.weight")):
                nn.init.zeros_(weight)
            elif weight.dim() == 2 and not name.startswith("embed"):
                nn.init.normal_(weight, std=1.0 / math.sqrt(weight.shape[1]))
        if self.shape.layers >= 2 and self.shape.heads >= 2 and self.shape.width >= 3 * self.shape.head_dim:
            with torch.no_grad():
                set_induction(self)

    def forward(self, tokens: Tensor) -> Tensor:
        """Hidden states after the last norm: (B, T) -> (B, T, width)."""
        rows, length = tokens.shape
        x = self.embed(tokens.reshape(-1))
        dtype = torch.bfloat16 if torch.is_autocast_enabled(x.device.type) else x.dtype
        cos, sin = (  # (N, 1, D / 2), so that what is computed between the attentions knows tokens and no rows
            cast(Tensor, table)[:length].to(dtype).repeat(rows, 1).unsqueeze(1) for table in (self.cos, self.sin)
        )
        for block in self.blocks:
            x = block(x, cos, sin, length)
        return cast(Tensor, self.norm(x)).view(rows, length, -1)

    def logits(self, hidden: Tensor) -> Tensor:
        """(..., width) -> (..., vocab)."""
        return functional.linear(hidden, self.embed.weight)


HF_NAMES = {
    "attention_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    "q": "self_attn.q_proj",
    "k": "self_attn.k_proj",
    "v": "self_attn.v_proj",
    "o": "self_attn.o_proj",
    "gate": "mlp.gate_proj",
    "up": "mlp.up_proj",
    "down": "mlp.down_proj",
}


def hf_name(name: str) -> str:
    """Our parameter name as LlamaForCausalLM calls it."""
    if name == "embed.weight":
        return "model.embed_tokens.weight"
    if name == "norm.weight":
        return "model.norm.weight"
    _, index, part, leaf = name.split(".")
    return f"model.layers.{index}.{HF_NAMES[part]}.{leaf}"


def weights(model: Llama) -> dict[str, Tensor]:
    """Every parameter in float32 under its Hugging Face name."""
    return {hf_name(name): value.detach().float().cpu().contiguous() for name, value in model.named_parameters()}
