"""The shell's builtins on MCP servers: mount, mounts, umount, in the shell's own kernel."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import typer

from llmasos.apps import mounts as program
from llmasos.apps.commands import arguments
from llmasos.apps.shell_line import NotACommand
from llmasos.errors import UsageError

if TYPE_CHECKING:
    from llmasos.apps.shell import Shell


async def mount(shell: Shell, args: list[str]) -> str:
    """mount mcp NAME [--net] [--unsandboxed] [--env K[=V]] [--read DIR] -- COMMAND...: the tools of an MCP server"""
    if args[:1] != ["mcp"]:
        raise NotACommand
    try:
        given = arguments(["mount", *args])
    except typer.TyperException as error:
        raise UsageError(error.format_message()) from None
    if not given:
        return ""
    lists = tuple(given["command"] or ()), tuple(given["env"] or ())
    readable, as_json = tuple(given["read"] or ()), given["as_json"]
    order = program.Order(
        *("mcp", given["name"], *lists),
        given["net"],
        given["unsandboxed"],
        readable,
        given["workspace"],
        tuple(given["effect"] or ()),
        as_json,
        given["force"],
    )
    made = await shell.kernel.mounts.add(program.wanted(order, shell.kernel.config))
    left_out = "".join(f"\nleft out {line}" for line in made["left_out"])
    return json.dumps(made, ensure_ascii=False) if as_json else program.said(made) + left_out


async def mounts(shell: Shell, args: list[str]) -> str:
    """mounts [--json]: the mounted MCP servers"""
    if args not in ([], ["--json"]):
        raise NotACommand
    found = shell.kernel.mounts.facts()
    return json.dumps(found, ensure_ascii=False) if args else program.drawn(found)


async def umount(shell: Shell, args: list[str]) -> str:
    """umount NAME: take one away"""
    if len(args) != 1:
        raise NotACommand
    await shell.kernel.mounts.remove(args[0])
    return ""


MOUNTS: dict[str, Callable[[Shell, list[str]], Awaitable[str]]] = {"mount": mount, "mounts": mounts, "umount": umount}
