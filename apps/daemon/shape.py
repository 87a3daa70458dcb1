"""What all requests have in common: nothing that is not known is taken, and null is what leaving out is.

- `Shape` is the strict base; `Noted` has the fields that by OpenAI's own words change no answer: who asks, how the
  client files it, how a cache may be keyed, and the service tier, of which there is one.
- `branch` is the discriminator of unions that are a word or an object.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Text = Annotated[str, Field(min_length=1)]
Metadata = Annotated[
    dict[Annotated[str, Field(max_length=64)], Annotated[str, Field(max_length=512)]], Field(max_length=16)
]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Noted(Shape):
    """A request as clients send it. What is null is not asked for, also where we know no such field."""

    user: str | None = None
    safety_identifier: str | None = None
    metadata: Metadata | None = None
    prompt_cache_key: str | None = None  # prefixes are found by what they are
    prompt_cache_retention: Literal["in_memory", "24h"] | None = None  # at most so long
    service_tier: Literal["auto", "default"] | None = None

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        return {name: value for name, value in given.items() if value is not None or name in cls.model_fields}


def branch(value: Any) -> str:
    """Which kind of content or choice it is: a word or an object; unions name their branches with a `~`."""
    return "~text" if isinstance(value, str) else "~object"
