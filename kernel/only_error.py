"""The one error of a group of errors: who caught it need not know of groups."""

from __future__ import annotations


def only_error(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The one error of a group, however deep; the group itself when there are several."""
    while len(group.exceptions) == 1:
        inner = group.exceptions[0]
        if not isinstance(inner, BaseExceptionGroup):
            return inner
        group = inner
    return group
