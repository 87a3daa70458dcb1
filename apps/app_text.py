"""What the text of an app's file says that the app asks for, read without running it.

- `declared(text)` is what `asks` of llmasos/app_file.py gives of the same app once it is run; None where the text does
  not say it plainly: a name that is computed, an App that another file defines.
- It is for the question whether to run the file at all; what the app really asks for is compared with it afterwards.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from typing import Any


def declared(text: bytes) -> dict[str, Any] | None:
    """Raises SyntaxError, ValueError, RecursionError, MemoryError for what Python would not read either."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they are for whoever writes it
        module = ast.parse(text)
    made = [node for node in ast.walk(module) if isinstance(node, ast.Call) and _name(node.func) == "App"]
    try:
        if len(made) != 1:
            return None
        named = {word.arg: word.value for word in made[0].keywords}
        name = ast.literal_eval(made[0].args[0] if made[0].args else named["name"])
        words = ast.literal_eval(named["capabilities"]) if "capabilities" in named else None
        return {
            "name": str(name),
            "capabilities": None if words is None else sorted(map(str, words)),
            "calls": list(_calls(module)),
        }
    except (ValueError, KeyError, TypeError):  # it is computed
        return None


def _calls(module: ast.Module) -> Iterator[dict[str, str]]:
    for node in ast.walk(module):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for mark in node.decorator_list:
            if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Attribute) and mark.func.attr == "syscall":
                said = {word.arg: word.value for word in mark.keywords}
                effect, capability = ast.literal_eval(said["effect"]), ast.literal_eval(said["capability"])
                yield {"name": node.name, "effect": str(effect), "capability": str(capability)}


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
