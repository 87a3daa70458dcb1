"""What the routes share: the kernel, the models that may be named, and what has been counted.

- `Here` is the parameter by which a route gets it.
- `models()` are the names a client may use: those of the catalog, the kernel's own, the sentence model; never a path.
- `model(name)` loads one at its first use; an unknown one is refused as OpenAI does.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import asdict
from functools import cached_property
from typing import Annotated, Any

import anyio
from fastapi import Depends, Request

from llmasos import Kernel, __version__
from llmasos.apps.daemon.refusals import Refused
from llmasos.apps.programs import app_names
from llmasos.errors import LLMasOSError
from llmasos.events import State
from llmasos.schedules import Timer, Timetable
from llmasos.serving import MINILM, Embedder, Health, Model, catalog, sentence_embedder


class Daemon:
    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.timetable: Timetable  # both once it is served
        self.timer: Timer
        self.started = time.time()
        self._began = time.monotonic()
        self.socket = ""
        self.http: str | None = None
        self.token_file: str | None = None
        self.ending = anyio.Event()
        self._missing = "the model is being loaded"  # why, while there is no model
        self.requests: Counter[tuple[str, str, int]] = Counter()  # by method, route and status
        self.busy = 0  # requests under way
        self.standing = anyio.Lock()  # held by who looks for a copy of a process, and makes it

    async def prepare(self) -> None:
        """Load the model that agents run on, so that the first request does not wait for it."""
        try:
            await self.kernel.model(self.kernel.default_model)
        except LLMasOSError as error:
            self._missing = str(error)

    async def models(self) -> list[str]:
        """The kernel's own first."""
        names = await anyio.to_thread.run_sync(catalog(self.kernel.config.home).names)
        own = self.kernel.default_model
        sentences = [MINILM] if self.sentences is not None else []
        return [own, *(name for name in [*names, *sentences] if name != own)]

    async def check_named(self, app: str, model: str | None) -> None:
        """What a process is to be made of. Raises Refused for an app or a model that is not there."""
        names = await anyio.to_thread.run_sync(app_names, self.kernel.config.home)
        if app not in names:
            raise Refused(404, f"no app {app!r}; known: {', '.join(names)}", param="app", code="app_not_found")
        if model is not None:
            await self.check_model(model)

    async def check_model(self, name: str) -> None:
        """Raises Refused for one that is not there."""
        if name not in await self.models():
            what = f"the model {name!r} does not exist; there are: {', '.join(await self.models())}"
            raise Refused(404, what, param="model", code="model_not_found")

    async def model(self, name: str) -> Model:
        """Raises Refused, LLMasOSError."""
        await self.check_model(name)
        if name == MINILM and self.sentences is not None:
            raise Refused(400, f"{name} gives embeddings only", param="model", code="invalid_value")
        return await self.kernel.model(name)

    def drivers(self) -> dict[str, Health]:
        """How the processes of the models' drivers fare, by model."""
        return {name: model.driver.health for name, model in self.kernel.models.items()}

    @property
    def unready(self) -> str:
        """Why no agent can be run now; empty when it can."""
        own = self.drivers().get(self.kernel.default_model)
        if own is None:
            return self._missing
        return f"model {self.kernel.default_model}: {own.down}" if own.down else ""

    @cached_property
    def sentences(self) -> Embedder | None:
        return sentence_embedder(self.kernel)

    def facts(self) -> dict[str, Any]:
        """What `status` prints."""
        return {
            "version": __version__,
            "pid": os.getpid(),
            "socket": self.socket,
            "http": self.http,
            "token_file": self.token_file,
            "started": self.started,
            "seconds": round(time.monotonic() - self._began, 3),
            "ready": not self.unready,
            "processes": len(self.kernel.processes()) - 1,  # without init
            "model": self.kernel.default_model,
            **load(self.kernel),
            "models": list(self.kernel.models),
            "drivers": [{"model": name, **asdict(health)} for name, health in self.drivers().items()],
        }

    def close(self) -> None:
        """Blocks."""
        if self.__dict__.get("sentences") is not None:
            self.__dict__["sentences"].close()


def load(kernel: Kernel) -> dict[str, Any]:
    """How much there is to do: processes that would run, and the machine's load average by its cores."""
    runnable = sum(process.state in (State.READY, State.RUNNING) for process in kernel.processes()[1:])
    cores = os.cpu_count() or 1
    return {"runnable": runnable, "cores": cores, "load": round(os.getloadavg()[0], 2)}


def here(request: Request) -> Daemon:
    daemon: Daemon = request.app.state.daemon
    return daemon


Here = Annotated[Daemon, Depends(here)]
