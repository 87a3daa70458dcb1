"""A sentence-embedding model of the BERT family as GGUF, from its Hugging Face folder.

- `export(folder, file)` reads config.json, vocab.txt and model.safetensors and writes q8_0 (vectors and norms in f32).
- Texts are pooled by the mean of their tokens, as sentence-transformers' models of this family are trained for.

Needs gguf and safetensors (the extra `embed`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gguf
import numpy
from safetensors import safe_open

from llmasos.errors import ModelDamaged

SPECIAL = frozenset({"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"})
START = "\u2581"  # llama.cpp marks the beginning of a word, WordPiece its going on
UNUSED = ("position_ids", "pooler.")


def export(folder: Path, file: Path) -> None:
    """Write the GGUF. Raises ModelDamaged when the folder holds no such model."""
    beside = file.with_name(file.name + ".tmp")
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        tokens = (folder / "vocab.txt").read_text("utf-8").split("\n")[: config["vocab_size"]]
        writer = gguf.GGUFWriter(beside, "bert")
        _describe(writer, config, folder.name)
        _describe_tokens(writer, tokens)
        _add_tensors(writer, folder / "model.safetensors", config["num_hidden_layers"])
    except (OSError, ValueError, KeyError) as error:
        raise ModelDamaged(f"{folder}: no sentence model: {error}") from error
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    beside.replace(file)


def _describe(writer: Any, config: dict[str, Any], name: str) -> None:
    writer.add_name(name)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_layer_norm_eps(config["layer_norm_eps"])
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.MEAN)


def _describe_tokens(writer: Any, tokens: list[str]) -> None:
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([_spelled(token) for token in tokens])
    writer.add_token_types([gguf.TokenType.CONTROL if token in SPECIAL else gguf.TokenType.NORMAL for token in tokens])
    writer.add_token_type_count(2)
    writer.add_bos_token_id(tokens.index("[CLS]"))
    writer.add_eos_token_id(tokens.index("[SEP]"))
    writer.add_sep_token_id(tokens.index("[SEP]"))
    writer.add_mask_token_id(tokens.index("[MASK]"))
    writer.add_unk_token_id(tokens.index("[UNK]"))
    writer.add_pad_token_id(tokens.index("[PAD]"))
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(True)


def _spelled(token: str) -> str:
    if token in SPECIAL or (token.startswith("[") and token.endswith("]")):
        return token
    return token.removeprefix("##") if token.startswith("##") else START + token


def _add_tensors(writer: Any, file: Path, layers: int) -> None:
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.BERT, layers)
    with safe_open(file, "numpy") as tensors:
        for name in tensors.keys():  # noqa: SIM118
            if any(part in name for part in UNUSED):
                continue
            written = names.get_name(name, try_suffixes=(".weight", ".bias"))
            if written is None:
                raise ValueError(f"unknown tensor {name}")
            values = numpy.ascontiguousarray(tensors.get_tensor(name), numpy.float32)
            kind = gguf.GGMLQuantizationType.Q8_0
            if values.ndim == 2 and values.shape[1] % 32 == 0 and "position" not in name and "token_type" not in name:
                writer.add_tensor(written, gguf.quants.quantize(values, kind), raw_dtype=kind)
            else:
                writer.add_tensor(written, values)
