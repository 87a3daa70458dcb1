"""`llmasos --help`: fifty commands in sections, by what one wants."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

SECTIONS = {
    "Run and follow": "run attach wait logs",
    "Look": "ps top pmap vmstat strace",
    "Control": "kill nice limit step",
    "Consent": "approve deny audit",
    "Time": "checkpoint restore replay branch diff at every schedules",
    "Models": "models show pull import export quantize use rm",
    "Apps and tools": "apps install remove mount mounts umount",
    "The daemon, and other machines": "serve status stop cluster",
    "The workshop": "data train evaluate bench",
    "Keeping house": "doctor config du compact completion version",
}


class Sections(TyperGroup):
    def format_commands(self, ctx: Any, formatter: Any) -> None:
        known = {name for names in SECTIONS.values() for name in names.split()}
        others = " ".join(name for name in self.list_commands(ctx) if name not in known)
        width = max(map(len, self.commands))
        for title, names in {**SECTIONS, "More": others}.items():
            if rows := [(name.ljust(width), self._about(ctx, name, formatter, width)) for name in names.split()]:
                with formatter.section(title):
                    formatter.write_dl(rows)

    def _about(self, ctx: Any, name: str, formatter: Any, width: int) -> str:
        command = self.get_command(ctx, name)
        assert command is not None, name
        return str(command.get_short_help_str(formatter.width - width - 6))
