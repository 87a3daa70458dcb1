"""A witness of effects that no daemon can take back: an MCP server whose tool tells a socket of the test's.

- `python witness.py SOCKET` is the server; its one tool, `note`, is done when the other side has the word.
- `with Witness(socket) as witness`: `witness.words` are those that arrived, in their order.
"""

from __future__ import annotations

import contextlib
import json
import random
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any, Self

NAME, TOOL = "witness", "note"
CALL, CAPABILITY = f"{NAME}__{TOOL}", f"mcp:{NAME}"
SLOWEST_S = 0.1
_TOOL = {
    "name": TOOL,
    "description": "Write down a word.",
    "inputSchema": {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]},
}


def request(word: str) -> str:
    """What nano takes for a call of the tool."""
    return f"write down the word {word}"


class Witness:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.words: list[str] = []
        self._chance = random.Random(0)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)

    def __enter__(self) -> Self:
        self._socket.bind(str(self.path))
        self._socket.listen()
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    @property
    def mount(self) -> dict[str, Any]:
        """The body of POST /api/mounts."""
        command = [sys.executable, str(Path(__file__)), str(self.path)]
        folder = str(self.path.parent)
        return {
            "name": NAME,
            "command": command,
            "folder": folder,
            "reach": "unsandboxed",
            "effects": {TOOL: "write"},
        }

    def _listen(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                self._hear(self._socket.accept()[0])

    def _hear(self, said: socket.socket) -> None:
        """One word, and that it was heard; its server may be killed before, in the middle of it, or after."""
        with contextlib.suppress(OSError), said, said.makefile("r") as lines:
            time.sleep(self._chance.uniform(0.0, SLOWEST_S))
            if (line := lines.readline()).endswith("\n"):
                self.words.append(line.strip())
                time.sleep(self._chance.uniform(0.0, SLOWEST_S))
                said.sendall(b"written\n")


def note(path: str, word: str) -> str:
    """Tell the witness a word; its answer."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(path)
        with connection.makefile("rw") as lines:
            lines.write(f"{word}\n")
            lines.flush()
            return lines.readline().strip()


def main(path: str) -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        match asked.get("method"):
            case "initialize":
                version = asked["params"]["protocolVersion"]
                server = {"name": NAME, "version": "1"}
                result: dict[str, Any] = {
                    "protocolVersion": version,
                    "capabilities": {"tools": {}},
                    "serverInfo": server,
                }
            case "tools/list":
                result = {"tools": [_TOOL]}
            case "tools/call":
                said = note(path, asked["params"]["arguments"]["word"])
                result = {"content": [{"type": "text", "text": said}]}
            case _:
                continue
        print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": result}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
