"""What a model is asked about a record, and how sure it was of the label that it gave.

- `Question(labels, prompt)`; `question.about(record)` is the text. `{text}`, `{labels}` and `{name}` for any field are
  filled in; a prompt without `{text}` has the text below it; `{{` is a brace.
- `certainty(said, grammar)` gives the log-probability of what was said, and its share among what could be.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from llmasos.apps.dataset.record import Record, text_of
from llmasos.errors import UsageError
from llmasos.events import Said
from llmasos.serving import Constraint

PROMPT = "Which of these labels fits the text: {labels}?\nAnswer with the label alone.\n\nText: {text}"
_PLACE = re.compile(r"\{\{|\}\}|\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Question:
    labels: tuple[str, ...]
    prompt: str = PROMPT
    field: str | None = None

    @classmethod
    def of(cls, labels: str, prompt: str | None, field: str | None) -> Question:
        """From a command line. Raises UsageError."""
        words = tuple(word.strip() for word in labels.split(","))
        if len(words) < 2 or not all(words) or len(set(words)) < len(words):
            raise UsageError(f"--labels takes two or more different words: --labels good,bad, not {labels!r}")
        return cls(words, PROMPT if prompt is None else prompt, field)

    def about(self, record: Record) -> str:
        """Raises UsageError for a place in the prompt that the record has nothing for."""
        text = text_of(record, self.field)
        if text is None:
            raise UsageError(f"line {record.line}: the record has no field {self.field!r}")
        known = {**{name: str(value) for name, value in record.fields.items()}}
        known |= {"text": text, "labels": ", ".join(self.labels)}

        def fill(place: re.Match[str]) -> str:
            if place[1] is None:
                return place[0][0]
            if place[1] not in known:
                raise UsageError(f"the prompt has {place[0]}, and the record of line {record.line} no such field")
            return known[place[1]]

        prompt = self.prompt if "{text}" in self.prompt else self.prompt + "\n\n{text}"
        return _PLACE.sub(fill, prompt)


def certainty(said: Said, grammar: Constraint) -> tuple[float, float]:
    """The log-probability of the tokens that were chosen, and the confidence: from 0 to 1.

    The log-probability is the model's own, over its whole vocabulary; forced tokens count nothing. The confidence is
    the product, over the choices, of the chosen token's share of what the grammar allowed there (of the likeliest
    thousand tokens; what is less likely than those adds next to nothing).
    """
    total, sure = 0.0, 0.0
    for (token, logprob), top in zip(said.logprobs, said.top_logprobs, strict=True):
        if logprob is not None:
            mask = grammar.mask()
            allowed = [p for t, p in top if mask is None or (t < len(mask) and mask[t])]
            total += logprob
            sure += logprob - _log_sum([*allowed, *([] if any(t == token for t, _ in top) else [logprob])])
        grammar.accept(token)
    return total, math.exp(min(0.0, sure))


def _log_sum(values: Sequence[float]) -> float:
    best = max(values)
    return best + math.log(sum(math.exp(value - best) for value in values))
