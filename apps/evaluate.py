"""`llmasos evaluate nano`: exact-success rates on the held-out sets.

- A dialogue succeeds if every call (name and arguments) and every answer in it is exactly the expected one.
- `evaluate(complete, dialogues)` needs only `complete(messages, tools) -> assistant message`; `LlamaCpp` is one.
- `--failures FILE` writes what went wrong, `--json` prints the rates for programs.

The sets are `llmasos.models.nano.heldout`: phrasings, names, values and tools of no training template.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from llmasos.errors import ConfigError, LLMasOSError

TARGETS = {"single": 95.0, "steps": 85.0, "unseen": 80.0, "none": 95.0, "conversation": None}
MAX_ANSWER_TOKENS = 400

Message = dict[str, Any]


class Complete(Protocol):
    def __call__(self, messages: Sequence[Message], tools: Sequence[Any]) -> Message: ...


@dataclass(frozen=True)
class Failure:
    """The first message of a dialogue that was not the expected one."""

    set: str
    kind: str
    messages: list[Message]
    expected: Message
    got: Message


@dataclass(frozen=True)
class Rate:
    set: str
    count: int
    successes: int
    target: float | None
    seconds: float

    @property
    def percent(self) -> float:
        return 100.0 * self.successes / max(1, self.count)


def parse(text: str) -> Message:
    """The assistant message in generated text: a call in Hermes form or an answer."""
    body = text.strip()
    if body.startswith("<tool_call>"):
        try:
            call = json.loads(body.removeprefix("<tool_call>").removesuffix("</tool_call>"))
            function = {"name": call["name"], "arguments": call["arguments"]}
            return {"role": "assistant", "content": "", "tool_calls": [{"type": "function", "function": function}]}
        except (ValueError, KeyError, TypeError):
            pass
    return {"role": "assistant", "content": text}


def same(expected: Message, got: Message) -> bool:
    """Equal calls (arguments as JSON values) and, for an answer, equal text."""

    def calls(message: Message) -> list[tuple[str, Any]]:
        functions = [call["function"] for call in message.get("tool_calls") or ()]
        return [
            (f["name"], json.loads(f["arguments"]) if isinstance(f["arguments"], str) else f["arguments"])
            for f in functions
        ]

    if calls(expected) or calls(got):
        return calls(expected) == calls(got)
    return bool(expected["content"] == got["content"])


def check(complete: Complete, dialogue: Any, set_name: str) -> Failure | None:
    """The first wrong message of a dialogue, or None.

    Up to it, what the model said is what was expected, so the history is its own and tools need not run.
    """
    for i, message in enumerate(dialogue.messages):
        if message["role"] == "assistant":
            got = complete(dialogue.messages[:i], dialogue.tools)
            if not same(message, got):
                return Failure(set_name, dialogue.kind, dialogue.messages[:i], message, got)
    return None


def evaluate(
    complete: Complete, set_name: str, dialogues: Sequence[Any], report: Callable[[int, int], None] | None = None
) -> tuple[Rate, list[Failure]]:
    """The rate of one set and its failures; `report(done, failed)` after each dialogue."""
    began = time.monotonic()
    failures = []
    for done, dialogue in enumerate(dialogues, 1):
        failure = check(complete, dialogue, set_name)
        if failure is not None:
            failures.append(failure)
        if report is not None:
            report(done, len(failures))
    spent = time.monotonic() - began
    return Rate(set_name, len(dialogues), len(dialogues) - len(failures), TARGETS.get(set_name), spent), failures


class LlamaCpp:
    """Greedy decoding of a GGUF in llama.cpp; the prompt that two calls share is computed once."""

    def __init__(self, file: Path, threads: int = 1) -> None:
        import llama_cpp

        from llmasos.apps.training.text import Template

        self._llama = llama_cpp.Llama(str(file), n_ctx=2048, n_threads=threads, n_threads_batch=threads, verbose=False)
        self._template = Template(self._llama.metadata["tokenizer.chat_template"])
        self._end = self._llama.token_eos()

    def __call__(self, messages: Sequence[Message], tools: Sequence[Any]) -> Message:
        prompt = self._template.render(messages, tools, add_generation_prompt=True)
        tokens = self._llama.tokenize(prompt.encode(), add_bos=False, special=True)
        made: list[int] = []
        room = min(MAX_ANSWER_TOKENS, self._llama.n_ctx() - len(tokens) - 1)
        for token in self._llama.generate(tokens, temp=0.0, repeat_penalty=1.0):
            if token == self._end or len(made) >= room:
                break
            made.append(token)
        return parse(self._llama.detokenize(made, special=True).decode("utf-8", "replace"))


def _progress(set_name: str, count: int) -> Callable[[int, int], None]:
    def report(done: int, failed: int) -> None:
        bar = "#" * round(24 * done / count)
        end = "\n" if done == count else ""
        print(f"\r{set_name:<14}[{bar:<24}] {done}/{count}  {failed} failed", end=end, file=sys.stderr, flush=True)

    return report


def _write_failures(file: Path, failures: Iterable[Failure]) -> None:
    lines = (json.dumps(asdict(failure), ensure_ascii=False) for failure in failures)
    file.write_text("".join(line + "\n" for line in lines), "utf-8")


def table(rates: Iterable[Rate]) -> str:
    rows = [f"{'set':<14}{'count':>6}{'exact':>9}{'target':>8}{'seconds':>9}"]
    for rate in rates:
        target = f"{rate.target:.0f}%" if rate.target is not None else "-"
        rows.append(f"{rate.set:<14}{rate.count:>6}{rate.percent:>8.1f}%{target:>8}{rate.seconds:>9.0f}")
    return "\n".join(rows)


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="llmasos evaluate", description="Exact-success rates on held-out dialogues.")
    parser.add_argument("model", help="nano, or a GGUF file trained on its format")
    parser.add_argument("--count", type=int, default=300, help="dialogues a set")
    parser.add_argument("--sets", default=",".join(TARGETS), help="which sets, separated by commas")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--failures", type=Path, help="write the failures to this file, one JSON object a line")
    parser.add_argument("--json", action="store_true", help="print the rates as JSON")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    return parser.parse_args(argv)


def _file_of(model: str) -> Path:
    from llmasos.apps.training.text import FOLDER

    file = FOLDER / "nano-q8_0.gguf" if model == "nano" else Path(model)
    if not file.is_file():
        raise ConfigError(f"no model file {file}")
    return file


def main(argv: list[str]) -> int:
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    options = _arguments(argv)
    from llmasos.models.nano.heldout import heldout

    try:
        if unknown := sorted(set(options.sets.split(",")) - TARGETS.keys()):
            raise ConfigError(f"unknown set {unknown[0]}: use {', '.join(TARGETS)}")
        complete = LlamaCpp(_file_of(options.model), options.threads)
        rates, failures = [], []
        for name in options.sets.split(","):
            rate, wrong = evaluate(
                complete, name, heldout(name, options.count, options.seed), _progress(name, options.count)
            )
            rates.append(rate)
            failures += wrong
    except LLMasOSError as error:
        print(f"llmasos: {error}", file=sys.stderr)
        return error.exit_code
    if options.failures is not None:
        _write_failures(options.failures, failures)
    print(json.dumps([{**asdict(rate), "percent": rate.percent} for rate in rates]) if options.json else table(rates))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
