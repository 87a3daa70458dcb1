"""`llmasos train RECIPE`: train a model from scratch on a recipe, on a GPU if there is one, and export it.

- `llmasos train models/nano/recipe.toml` makes nano again; stop it at any time, the same command goes on.
- `--from FILE.gguf` starts from a trained model, of the recipe's shape or smaller: it is grown (training/grow.py), and
  keeps the tokenizer.json beside it.
- `--device cpu` leaves the GPU alone; on processors `--processes` share the work, on a GPU they make the data.
- `--export-only` writes the files of the newest checkpoint; `--out FOLDER` works elsewhere than the recipe says.

Needs the extra `train` (torch, tokenizers, safetensors, gguf).
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmasos.config import load_config
from llmasos.errors import ConfigError, DriverNotInstalled, LLMasOSError

if TYPE_CHECKING:
    from llmasos.apps.training.loop import Step
    from llmasos.apps.training.recipe import Recipe

LINE_EVERY_S = 10.0  # seconds between lines when the output is no terminal


class Progress:
    """One line of progress: rewritten on a terminal, now and then a new one elsewhere."""

    def __init__(self, total_tokens: int) -> None:
        self.total, self.began, self.shown = total_tokens, time.monotonic(), 0.0
        self.first: int | None = None
        self.mean: float | None = None
        self.live = sys.stderr.isatty()

    def __call__(self, step: Step) -> None:
        self.first = step.tokens - 1 if self.first is None else self.first
        self.mean = step.loss if self.mean is None else 0.98 * self.mean + 0.02 * step.loss
        now = time.monotonic()
        if now - self.shown < (0.2 if self.live else LINE_EVERY_S):
            return
        self.shown = now
        speed = (step.tokens - self.first) / max(1e-6, now - self.began)
        left = max(0, self.total - step.tokens) / max(1.0, speed)
        share = min(1.0, step.tokens / self.total)
        bar = "#" * round(24 * share)
        text = (
            f"[{bar:<24}] {share:6.1%}  step {step.step}  {step.tokens / 1e6:.2f}M tokens  loss {self.mean:.4f}"
            f"  {speed:,.0f} tokens/s  {int(left) // 60}:{int(left) % 60:02d} left"
        )
        print(f"\r{text}" if self.live else text, end="" if self.live else "\n", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave the line as it is: what follows begins a new one."""
        if self.live and self.shown:
            print(file=sys.stderr)


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="llmasos train",
        description="Train a model from scratch and export it.",
        epilog="Example: llmasos train models/nano/recipe.toml --device cpu --max-steps 20",
    )
    parser.add_argument("recipe", type=Path, help="the recipe (TOML)")
    parser.add_argument("--out", type=Path, help="folder of checkpoints, log and exports (default: the recipe's)")
    parser.add_argument(
        "--from", dest="start", type=Path, help="start from this GGUF's weights (same or smaller shape)"
    )
    parser.add_argument("--export-only", action="store_true", help="export the newest checkpoint and stop")
    parser.add_argument("--max-steps", type=int, help="stop after so many steps")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="processes, of one thread each")
    parser.add_argument("--device", help="cpu, cuda, cuda:1, ... (default: a GPU if there is one)")
    return parser.parse_args(argv)


def make_tokenizer(recipe: Recipe, file: Path) -> Any:
    """The folder's tokenizer, built from the generator's text the first time."""
    import itertools

    from tokenizers import Tokenizer

    from llmasos.apps.training.text import Template
    from llmasos.models.nano import tokenizer

    if not file.exists():
        from llmasos.models.nano.generate import generate

        template = Template()
        dialogues = itertools.islice(generate(recipe.data.seed - 1), recipe.tokenizer.dialogues)
        words, spaced = tokenizer.count(template.render(item.messages, item.tools) for item in dialogues)
        made = tokenizer.build(words, spaced, recipe.tokenizer.num_merges, recipe.tokenizer.num_spaced)
        made.save(str(file))
    return Tokenizer.from_file(str(file))


def keep_tokenizer(start: Path, folder: Path) -> None:
    """A model that is trained further keeps the tokenizer that lies beside it; nothing where the folder has one."""
    beside, ours = start.parent / "tokenizer.json", folder / "tokenizer.json"
    if beside.exists() and not ours.exists():
        shutil.copyfile(beside, ours)


def device_named(name: str | None) -> Any:
    """The torch device of that name, or the best there is.

    Raises:
        ConfigError: there is no such device here.
    """
    import torch

    if name is None:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:  # torch built without CUDA asserts
        raise ConfigError(f"--device {name}: {str(error).splitlines()[0]}") from error
    return device


def train(
    recipe: Recipe,
    folder: Path,
    processes: int,
    device: Any,
    start: Path | None = None,
    export_only: bool = False,
    max_steps: int | None = None,
) -> list[Path]:
    """Train (or go on) in `folder` and export; returns the GGUF files. `start` is used if there is no checkpoint."""
    from llmasos.apps.training.curve import draw
    from llmasos.apps.training.export import export
    from llmasos.apps.training.grow import grow
    from llmasos.apps.training.loop import Trainer

    folder.mkdir(parents=True, exist_ok=True)
    if start is not None:
        keep_tokenizer(start, folder)
    vocabulary = make_tokenizer(recipe, folder / "tokenizer.json")
    trainer = Trainer(recipe, folder, vocabulary.get_vocab_size(), processes=processes, device=device)
    resumed = trainer.load()
    if export_only and not resumed:
        raise ConfigError(f"{folder}: no checkpoint to export")
    if start is not None and resumed:
        print(f"going on from {trainer.checkpoint}, not from {start}", file=sys.stderr)
    elif start is not None:
        grow(trainer.model, start)
    if not export_only:
        parameters = sum(p.numel() for p in trainer.model.parameters())
        size = f"{parameters / 1e6:.2f}M parameters, {vocabulary.get_vocab_size()} tokens"
        print(f"{size}, on {device}", file=sys.stderr)
        makers = 1 if device.type == "cpu" else max(1, processes - 1)  # one core drives the GPU
        progress = Progress(recipe.schedule.tokens)
        try:
            trainer.run(progress, makers, max_steps)
        finally:
            progress.end()
    (folder / "loss.svg").write_text(draw(trainer.log.rows(), f"{recipe.output.name}: training loss"), "utf-8")
    return export(trainer.model, folder / "tokenizer.json", folder, recipe.output.name)


def main(argv: list[str]) -> int:
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # busy threads that spin take ten times as long
    options = _arguments(argv)
    try:
        try:
            from llmasos.apps.training.recipe import load
            from llmasos.apps.training.runs import Run, note
        except ImportError as error:
            raise DriverNotInstalled(f"training needs {error.name}: pip install 'llmasos[train]'") from error
        recipe = load(options.recipe)
        folder = options.out or Path(recipe.output.folder)
        device = device_named(options.device)
        note(load_config().home, Run(recipe.output.name, str(folder.absolute()), recipe.schedule.tokens))
        files = train(recipe, folder, options.processes, device, options.start, options.export_only, options.max_steps)
    except LLMasOSError as error:
        print(f"llmasos: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("llmasos: stopped; the same command goes on from the last checkpoint", file=sys.stderr)
        return 130
    for file in files:
        print(f"{file}  {file.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
