"""Writes a GGUF file of a Llama-architecture model with a byte-level BPE, for unmodified llama.cpp.

- `write(path, header, tensors, kind)`; tensors come under their Hugging Face names in float32.
- Kinds: `f16`, `q8_0` and `q4_0`. Vectors (the norms) stay float32, as llama.cpp wants them.
- The projections q and k are permuted: llama.cpp rotates neighbouring pairs, Hugging Face halves.

It knows nothing of training. The file is written beside its place and moved there whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import numpy
from numpy.typing import NDArray

Array = NDArray[numpy.float32]

KINDS = {
    "f16": (gguf.GGMLQuantizationType.F16, gguf.LlamaFileType.MOSTLY_F16),
    "q8_0": (gguf.GGMLQuantizationType.Q8_0, gguf.LlamaFileType.MOSTLY_Q8_0),
    "q4_0": (gguf.GGMLQuantizationType.Q4_0, gguf.LlamaFileType.MOSTLY_Q4_0),
}

NAMES = {
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


@dataclass(frozen=True)
class Header:
    """What the file says about the model. `control` and `user_defined` are tokens that text is split at."""

    name: str
    licence: str
    width: int
    layers: int
    heads: int
    kv_heads: int
    ffn: int
    window_tokens: int
    rope_theta: float
    norm_eps: float
    tokens: Sequence[str]
    merges: Sequence[str]
    control: frozenset[str]
    user_defined: frozenset[str]
    eos_id: int
    pad_id: int
    template: str


def gguf_name(name: str) -> str:
    """A Hugging Face tensor name as llama.cpp calls it."""
    if name == "model.embed_tokens.weight":
        return "token_embd.weight"
    if name == "model.norm.weight":
        return "output_norm.weight"
    if name == "lm_head.weight":
        return "output.weight"
    index, part = name.removeprefix("model.layers.").removesuffix(".weight").split(".", 1)
    return f"blk.{index}.{NAMES[part]}.weight"


def permute(weight: Array, heads: int) -> Array:
    """Rows of each head from halves to neighbouring pairs: (heads * 2 * half, width), same shape."""
    rows, width = weight.shape
    return weight.reshape(heads, 2, rows // heads // 2, width).swapaxes(1, 2).reshape(rows, width)


def unpermute(weight: Array, heads: int) -> Array:
    """What `permute` was given."""
    rows, width = weight.shape
    return weight.reshape(heads, rows // heads // 2, 2, width).swapaxes(1, 2).reshape(rows, width)


def _describe(writer: Any, header: Header, file_type: int) -> None:
    writer.add_name(header.name)
    writer.add_license(header.licence)
    writer.add_file_type(file_type)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_context_length(header.window_tokens)
    writer.add_embedding_length(header.width)
    writer.add_block_count(header.layers)
    writer.add_feed_forward_length(header.ffn)
    writer.add_head_count(header.heads)
    writer.add_head_count_kv(header.kv_heads)
    writer.add_rope_dimension_count(header.width // header.heads)
    writer.add_rope_freq_base(header.rope_theta)
    writer.add_layer_norm_rms_eps(header.norm_eps)
    writer.add_vocab_size(len(header.tokens))


def _describe_tokens(writer: Any, header: Header) -> None:
    kinds = [
        gguf.TokenType.CONTROL
        if token in header.control
        else gguf.TokenType.USER_DEFINED
        if token in header.user_defined
        else gguf.TokenType.NORMAL
        for token in header.tokens
    ]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(list(header.tokens))
    writer.add_token_types(kinds)
    writer.add_token_merges(list(header.merges))
    writer.add_eos_token_id(header.eos_id)
    writer.add_pad_token_id(header.pad_id)
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)
    writer.add_chat_template(header.template)


def write(path: Path, header: Header, tensors: Mapping[str, Array], kind: str) -> None:
    """Write the model to `path`. A tied output matrix is simply left out of `tensors`."""
    quantisation, file_type = KINDS[kind]
    beside = path.with_name(path.name + ".tmp")
    writer = gguf.GGUFWriter(beside, "llama")
    _describe(writer, header, file_type)
    _describe_tokens(writer, header)
    for name, tensor in tensors.items():
        if ".q_proj." in name or ".k_proj." in name:
            tensor = permute(tensor, header.heads if ".q_proj." in name else header.kv_heads)
        tensor = numpy.ascontiguousarray(tensor, numpy.float32)
        if tensor.ndim == 1:
            writer.add_tensor(gguf_name(name), tensor)
        else:
            writer.add_tensor(gguf_name(name), gguf.quants.quantize(tensor, quantisation), raw_dtype=quantisation)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    beside.replace(path)
