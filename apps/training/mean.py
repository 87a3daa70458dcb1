"""The mean of two checkpoints of one run, weight by weight: often better than either on what neither has seen.

    python -m llmasos.apps.training.mean RECIPE FIRST.gguf SECOND.gguf SHARE FOLDER

SHARE (0 to 1) is the second's part. Both have the recipe's shape and the tokenizer.json that lies beside the first.
Method: Wortsman et al. 2022, model soups (arXiv 2203.05482).
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import torch

from llmasos.apps.training import recipe as recipes
from llmasos.apps.training.export import export
from llmasos.apps.training.grow import grow
from llmasos.apps.training.loop import shape_of
from llmasos.apps.training.model import Llama, Shape


def mean(shape: Shape, first: Path, second: Path, share: float) -> Llama:
    """(1 - share) of the first and share of the second. Raises ConfigError for a file of another shape."""
    model, other = Llama(shape), Llama(shape)
    grow(model, first)
    grow(other, second)
    with torch.no_grad():
        for weight, added in zip(model.parameters(), other.parameters(), strict=True):
            weight.mul_(1 - share).add_(added, alpha=share)
    return model


def main(recipe: Path, first: Path, second: Path, share: float, folder: Path) -> None:
    from tokenizers import Tokenizer

    read = recipes.load(recipe)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = Path(shutil.copy(first.parent / "tokenizer.json", folder))
    shape = shape_of(read, Tokenizer.from_file(str(tokenizer)).get_vocab_size())
    export(mean(shape, first, second, share), tokenizer, folder, read.output.name)


if __name__ == "__main__":
    if len(sys.argv) != 6:
        sys.exit(f"usage: {__doc__.splitlines()[2].strip() if __doc__ else ''}")
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), float(sys.argv[4]), Path(sys.argv[5]))
