"""Finds out what a loaded llama.cpp model can do, by trying it on two tokens.

- `check_runnable` refuses what would end in a native assert later (encoders, diffusion models).
- `probe` answers for fork, truncate and export; it leaves the context empty.
- What the model's kind rules out is not tried: recurrent state cannot be cut, and asking may abort.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from llmasos.drivers.llama_batch import Decoder
from llmasos.drivers.llama_native import library
from llmasos.errors import DriverError


@dataclass(frozen=True, slots=True)
class Abilities:
    can_fork: bool
    can_truncate: bool
    can_export: bool


def check_runnable(model: int, name: str) -> None:
    """Raise DriverError for a model that does not generate token by token."""
    api: Any = library()
    if not api.llama_model_has_decoder(model) or api.llama_model_has_encoder(model):
        raise DriverError(f"model {name} has an encoder: it cannot generate text here")
    if api.llama_model_is_diffusion(model):
        raise DriverError(f"model {name} is a diffusion model: it cannot generate text here")


def probe(model: int, context: int, decoder: Decoder, num_sequences: int) -> Abilities:
    """Decode two tokens in sequence 0 and try each verb on them."""
    api: Any = library()
    memory = api.llama_get_memory(context)
    if not memory:
        raise DriverError("the model keeps no memory between tokens: it can only embed")
    decoder.decode([0, 0], [0, 1], [0, 0], [])
    can_export = api.llama_state_seq_get_size(context, 0) > 0
    can_cut = not api.llama_model_is_recurrent(model) and not api.llama_model_is_hybrid(model)
    can_truncate = can_cut and _truncates(api, memory)
    can_fork = can_truncate and num_sequences > 1
    api.llama_memory_clear(memory, False)
    return Abilities(can_fork, can_truncate, can_export)


def _truncates(api: Any, memory: int) -> bool:
    removed = api.llama_memory_seq_rm(memory, 0, 1, -1)
    return bool(removed) and api.llama_memory_seq_pos_max(memory, 0) == 0
