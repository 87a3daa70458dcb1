"""What may be asked in llmasos's own words: a process to spawn, a signal, input."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Annotated, Self

from pydantic import Field, model_validator

from llmasos import Limits
from llmasos.apps.daemon.shape import Shape, Text

Number = Annotated[int, Field(ge=0)]


class LimitsShape(Shape):
    """What is not named here is the daemon's own limit; null is none."""

    tokens: Number | None = None
    seconds: Annotated[float, Field(ge=0)] | None = None
    syscalls: Number | None = None
    children: Number | None = None
    depth: Number | None = None
    context: Number | None = None

    def named(self) -> dict[str, float | int | None]:
        return {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}

    @staticmethod
    def of(limits: Limits) -> dict[str, float | int | None]:
        return asdict(limits)

    def over(self, base: Limits) -> Limits:
        return replace(base, **self.named())  # type: ignore[arg-type]


class SpawnRequest(Shape):
    """`attended`: somebody will answer what it asks, through /input."""

    app: Text = "agent"
    request: str = ""
    model: Text | None = None
    capabilities: list[Text] | None = None
    limits: LimitsShape | None = None
    nice: Annotated[int, Field(ge=-20, le=19)] = 0
    workspace: Text | None = None
    interactive: bool = False
    attended: bool = False
    breaks: list[Text] = Field(default_factory=list)  # as PUT .../breaks has them

    @model_validator(mode="after")
    def _has_something_to_do(self) -> Self:
        if not self.request and not self.interactive:
            raise ValueError("request is needed, unless the process is interactive")
        return self


class ChangeRequest(Shape):
    nice: Annotated[int, Field(ge=-20, le=19)] | None = None
    limits: LimitsShape | None = None

    @model_validator(mode="after")
    def _is_a_change(self) -> Self:
        if self.nice is None and self.limits is None:
            raise ValueError("give nice, limits or both")
        return self


class ForkRequest(Shape):
    """What the copy is told next. What is not given is the process's own."""

    request: str = ""
    limits: LimitsShape | None = None
    nice: Annotated[int, Field(ge=-20, le=19)] | None = None
    interactive: bool = False
    attended: bool = False

    @model_validator(mode="after")
    def _has_something_to_do(self) -> Self:
        if not self.request and not self.interactive:
            raise ValueError("request is needed, unless the process is interactive")
        return self


class SignalRequest(Shape):
    """`reason` goes on record with it; a stopped process is shown to be stopped on it.

    `if_seq`: it arrives only while that is the number of the process's last record.
    """

    signal: Text
    reason: Annotated[str, Field(max_length=200)] = ""
    if_seq: Number | None = None


class InputRequest(Shape):
    """One of three: the user's next turn, an answer to what it asked, or the end of its input."""

    text: str | None = None
    reply: str | None = None
    close: bool = False

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.text is not None) + (self.reply is not None) + self.close != 1:
            raise ValueError("give one of text, reply, close")
        return self
