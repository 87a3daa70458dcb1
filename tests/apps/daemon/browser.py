"""A real browser, for tests of the web page: Debian's Chromium, driven over a pipe by its own protocol.

- `with Browser(folder) as browser`: `open(url)`, `run(javascript)`, `until(javascript)`, `picture(file)`.
- `said` are the errors that the page and its policy put on the console.
- `CHROMIUM` is None where there is none: such tests are skipped.
"""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
PATIENCE_S = 30.0
# As root, in a container, with no network.
OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
    *("--window-size=1400,1100", "--hide-scrollbars", "--remote-debugging-pipe"),
)

# It reads its orders from 3 and answers on 4.
AS_IT_EXPECTS = (
    "import os, sys; there, back = (os.dup(os.dup(os.dup(int(n)))) for n in sys.argv[1:3]);"
    " os.dup2(there, 3); os.dup2(back, 4); os.execv(sys.argv[3], sys.argv[3:])"
)


class Browser:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._session = ""
        self.said: list[str] = []

    def __enter__(self) -> Self:
        assert CHROMIUM is not None
        (there, self._send), (self._receive, back) = os.pipe(), os.pipe()
        command = [CHROMIUM, *OPTIONS, f"--user-data-dir={self._folder}", "about:blank"]
        with (self._folder.parent / "chromium.log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", AS_IT_EXPECTS, str(there), str(back), *command],
                pass_fds=(there, back),
                stdout=log,
                stderr=log,
            )
        os.close(there)
        os.close(back)
        self._rest = b""
        page = next(one for one in self._ask("Target.getTargets")["targetInfos"] if one["type"] == "page")
        attached = self._ask("Target.attachToTarget", targetId=page["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self._ask(f"{domain}.enable")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._send)
        os.close(self._receive)

    def open(self, url: str) -> None:
        self._ask("Page.navigate", url=url)

    def run(self, javascript: str) -> Any:
        """What an expression gives; a promise is waited for."""
        done = self._ask("Runtime.evaluate", expression=javascript, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def until(self, javascript: str) -> Any:
        """What an expression gives once that is true."""
        ends = time.monotonic() + PATIENCE_S
        while not (found := self.run(javascript)):
            assert time.monotonic() < ends, f"never: {javascript}\n{self.run('document.body.innerText')}\n{self.said}"
            time.sleep(0.05)
        return found

    def picture(self, file: Path) -> None:
        file.write_bytes(base64.b64decode(self._ask("Page.captureScreenshot", captureBeyondViewport=True)["data"]))

    def _ask(self, method: str, **parameters: Any) -> Any:
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._send, json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != number:
            self._hear(answer)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def _next(self) -> Any:
        while b"\0" not in self._rest:
            piece = os.read(self._receive, 1 << 16)
            assert piece, "the browser has gone"
            self._rest += piece
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)

    def _hear(self, event: Any) -> None:
        match event:
            case {"method": "Runtime.exceptionThrown", "params": {"exceptionDetails": details}}:
                self.said.append(str(details.get("exception", {}).get("description") or details["text"]))
            case {"method": "Log.entryAdded", "params": {"entry": {"level": "error", "text": text}}}:
                self.said.append(str(text))
