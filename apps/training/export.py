"""A trained model as files that other programs read: safetensors with its config, and GGUF.

- `export(model, tokenizer_file, folder, name)` writes a Hugging Face folder (`hf/`), NAME-f16.gguf and NAME-q8_0.gguf.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy
from safetensors.torch import save_file

from llmasos.apps.training.model import Llama, Shape, weights
from llmasos.apps.training.text import Template
from llmasos.drivers import gguf_export
from llmasos.models.nano import tokenizer as tokenizers

LICENCE = "apache-2.0"
EXPORTED = ("f16", "q8_0")  # so small a model loses too much in fewer bits
END, PAD = "<|im_end|>", "<|endoftext|>"


def config_of(shape: Shape, ids: dict[str, int]) -> dict[str, Any]:
    """config.json for LlamaForCausalLM."""
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": shape.vocab,
        "hidden_size": shape.width,
        "intermediate_size": shape.ffn,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.heads,
        "head_dim": shape.head_dim,
        "hidden_act": "silu",
        "max_position_embeddings": shape.window_tokens,
        "rms_norm_eps": shape.norm_eps,
        "rope_theta": shape.rope_theta,
        "rope_parameters": {"rope_type": "default", "rope_theta": shape.rope_theta},
        "tie_word_embeddings": True,
        "attention_bias": False,
        "mlp_bias": False,
        "bos_token_id": None,
        "eos_token_id": ids[END],
        "pad_token_id": ids[PAD],
        "dtype": "float32",
    }


def header_of(shape: Shape, name: str, vocabulary: dict[str, Any], template: str) -> gguf_export.Header:
    """The GGUF header; `vocabulary` is tokenizer.json."""
    ids: dict[str, int] = vocabulary["model"]["vocab"]
    return gguf_export.Header(
        name=name,
        licence=LICENCE,
        width=shape.width,
        layers=shape.layers,
        heads=shape.heads,
        kv_heads=shape.heads,
        ffn=shape.ffn,
        window_tokens=shape.window_tokens,
        rope_theta=shape.rope_theta,
        norm_eps=shape.norm_eps,
        tokens=sorted(ids, key=lambda token: ids[token]),
        merges=[" ".join(pair) for pair in vocabulary["model"]["merges"]],
        control=frozenset(tokenizers.CONTROL),
        user_defined=frozenset(tokenizers.USER_DEFINED),
        eos_id=ids[END],
        pad_id=ids[PAD],
        template=template,
    )


def _hugging_face(model: Llama, vocabulary: dict[str, Any], template: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    ids = vocabulary["model"]["vocab"]
    save_file(weights(model), folder / "model.safetensors", {"format": "pt"})
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": END,
        "pad_token": PAD,
        "model_max_length": model.shape.window_tokens,
        "clean_up_tokenization_spaces": False,
        "chat_template": template,
    }
    for name, content in (
        ("config.json", config_of(model.shape, ids)),
        ("tokenizer_config.json", settings),
        ("tokenizer.json", vocabulary),
        ("generation_config.json", {"do_sample": False, "eos_token_id": ids[END], "pad_token_id": ids[PAD]}),
    ):
        (folder / name).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")


def export(model: Llama, tokenizer_file: Path, folder: Path, name: str) -> list[Path]:
    """Write every format into `folder`; returns the GGUF files, f16 first."""
    vocabulary = json.loads(tokenizer_file.read_text("utf-8"))
    template = Template().source
    _hugging_face(model, vocabulary, template, folder / "hf")
    header = header_of(model.shape, name, vocabulary, template)
    tensors = {key: numpy.asarray(value.numpy()) for key, value in weights(model).items()}
    files = []
    for kind in EXPORTED:
        files.append(folder / f"{name}-{kind}.gguf")
        gguf_export.write(files[-1], header, tensors, kind)
    return files
