"""`llmasos evaluate nano`: exact-success rates on the held-out sets.

- A dialogue succeeds if every call (name and arguments) and every answer in it is exactly the expected one.
- Each dialogue is a process of a real kernel: the same driver, grammar and batches that agents run on.
- `--failures FILE` writes what went wrong, `--json` prints the rates for programs.

The sets are `llmasos.models.nano.heldout`: phrasings, names, values and tools of no training template.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import anyio

from llmasos import Kernel
from llmasos.config import Config, load_config
from llmasos.errors import ConfigError, LLMasOSError
from llmasos.events import Program, Task

TARGETS = {"single": 95.0, "steps": 85.0, "unseen": 80.0, "none": 95.0, "conversation": None}
MAX_ANSWER_TOKENS = 400
AT_ONCE = 16  # dialogues in one batch

Message = dict[str, Any]


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


class Judge:
    """Dialogues followed by agents in one kernel, many at once: each is shown what its dialogue says it was shown."""

    def __init__(self, kernel: Kernel, report: Callable[[int, int], None] | None = None) -> None:
        self._kernel = kernel
        self._report = report
        self._places = anyio.CapacityLimiter(AT_ONCE)
        self._done = 0
        self._failures: list[Failure] = []

    async def rate(self, set_name: str, dialogues: Sequence[Any]) -> tuple[Rate, list[Failure]]:
        """The rate of one set and its failures, in the order they were found."""
        began = time.monotonic()
        async with anyio.create_task_group() as group:
            for dialogue in dialogues:
                group.start_soon(self._judge, set_name, dialogue)
        spent = time.monotonic() - began
        successes = len(dialogues) - len(self._failures)
        return Rate(set_name, len(dialogues), successes, TARGETS.get(set_name), spent), self._failures

    async def _judge(self, set_name: str, dialogue: Any) -> None:
        async with self._places:
            failure = await follow(self._kernel, set_name, dialogue)
        self._done += 1
        if failure is not None:
            self._failures.append(failure)
        if self._report is not None:
            self._report(self._done, len(self._failures))


async def follow(kernel: Kernel, set_name: str, dialogue: Any) -> Failure | None:
    """The first wrong message of a dialogue, or None.

    Up to it, what the model said is what was expected, so the history is its own and tools need not run.
    """
    found: list[Failure] = []

    async def body(task: Task, request: str) -> str:
        task.tools = list(dialogue.tools)
        for i, message in enumerate(dialogue.messages):
            if message["role"] != "assistant":
                await task.add(message["role"], message["content"])
                continue
            got = (await task.complete(max_tokens=MAX_ANSWER_TOKENS)).message
            if not same(message, got):
                found.append(Failure(set_name, dialogue.kind, list(dialogue.messages[:i]), message, got))
                break
        return ""

    try:
        await (await kernel.spawn(Program("evaluate", body, streams=False), "")).wait()
    except LLMasOSError as error:
        found.append(Failure(set_name, dialogue.kind, list(dialogue.messages), {}, {"error": str(error)}))
    return found[0] if found else None


def unpaged(config: Config) -> Config:
    """Settings under which a dialogue is judged as it stands: what does not fit the window fails."""
    return replace(config, memory=replace(config.memory, paging=False))


async def judged(model: str, sets: Sequence[str], count: int, seed: int) -> tuple[list[Rate], list[Failure]]:
    """Rates and failures of a model on held-out sets, in a kernel with a state of its own."""
    from llmasos.models.nano.heldout import heldout

    rates, failures = [], []
    with tempfile.TemporaryDirectory(prefix="llmasos-") as home:
        async with Kernel.boot(unpaged(load_config()), home=Path(home), model=model) as kernel:
            await kernel.model(model)
            for name in sets:
                rate, wrong = await Judge(kernel, _progress(name, count)).rate(name, heldout(name, count, seed))
                rates.append(rate)
                failures += wrong
    return rates, failures


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
    parser = argparse.ArgumentParser(
        prog="llmasos evaluate",
        description="Exact-success rates on held-out dialogues.",
        epilog="Example: llmasos evaluate nano --count 20 --sets single,none",
    )
    parser.add_argument("model", help="nano, or a GGUF file trained on its format")
    parser.add_argument("--count", type=int, default=300, help="dialogues a set")
    parser.add_argument("--sets", default=",".join(TARGETS), help="which sets, separated by commas")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--failures", type=Path, help="write the failures to this file, one JSON object a line")
    parser.add_argument("--json", action="store_true", help="print the rates as JSON")
    return parser.parse_args(argv)


def main(argv: list[str]) -> int:
    """The exit code. Raises ConfigError, ModelNotFound."""
    options = _arguments(argv)
    sets = options.sets.split(",")
    if unknown := sorted(set(sets) - TARGETS.keys()):
        raise ConfigError(f"unknown set {unknown[0]}: use {', '.join(TARGETS)}")
    rates, failures = anyio.run(judged, options.model, sets, options.count, options.seed)
    if options.failures is not None:
        _write_failures(options.failures, failures)
    print(json.dumps([{**asdict(rate), "percent": rate.percent} for rate in rates]) if options.json else table(rates))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
