"""What a daemon does for its journal: compacting by the settings, at its start and every hour, or when it is asked to.

The file itself is made smaller at the start and when asked: nobody can append while that lasts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Self

import anyio
from fastapi import APIRouter
from pydantic import Field, model_validator

from llmasos import Kernel
from llmasos.apps.daemon.body import StrictRoute
from llmasos.apps.daemon.shape import Shape
from llmasos.apps.daemon.state import Here
from llmasos.apps.journal_care import compacted_words
from llmasos.errors import LLMasOSError
from llmasos.journals import Keep

HOUR = 3600.0  # seconds

routes = APIRouter(prefix="/api", tags=["native"], route_class=StrictRoute)


class CompactRequest(Shape):
    keep_days: Annotated[float, Field(ge=0)] | None = None
    keep_mb: Annotated[float, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.keep_days is None and self.keep_mb is None:
            raise ValueError("give keep_days, keep_mb or both")
        return self


@routes.post("/journal/compact")
async def compact(daemon: Here, body: CompactRequest) -> dict[str, Any]:
    """Take the conversations of processes that ended long ago out of the journal; their answers stay."""
    count, freed = await _compact(daemon.kernel, Keep(body.keep_days, body.keep_mb), give_back=True)
    return {"processes": count, "bytes": freed}


async def keep_house(kernel: Kernel, say: Callable[[str], None]) -> None:
    """Until cancelled. Nothing is done where the settings keep everything."""
    section = kernel.config.journal
    keep, give_back = Keep(section.keep_days, section.keep_mb), True
    while keep != Keep():
        try:
            count, freed = await _compact(kernel, keep, give_back=give_back)
            if count:
                say(compacted_words(count, freed))
        except LLMasOSError as error:  # a full disk: the next hour may be better
            say(f"the journal was not compacted: {error}")
        give_back = False
        await anyio.sleep(HOUR)


async def _compact(kernel: Kernel, keep: Keep, *, give_back: bool) -> tuple[int, int]:
    return await anyio.to_thread.run_sync(lambda: kernel.journal.compact(keep, give_back=give_back))
