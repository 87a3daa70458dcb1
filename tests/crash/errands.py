"""An app whose code is killed with its kernel: two tasks side by side, with calls, children and words of their own.

Its request is four words: each ends up as a line of one file, by a call of the code's or by a child.
"""

from __future__ import annotations

import anyio

from llmasos import App
from llmasos.app import Os
from llmasos.errors import LLMasOSError

app = App("errands", capabilities=["calculate", "files:write"])


@app.main
async def main(os: Os, request: str) -> str:
    done: list[str] = []

    async def errand(own: str, childs: str) -> None:
        os.say(f"({own} goes)")
        try:
            done.append(await os.append_file("log.txt", own))
        except LLMasOSError as error:
            done.append(str(error))
        os.say(f"({own} is back)")
        child = await os.spawn(f"append {childs} to log.txt")
        try:
            done.append(await child.wait())
        except LLMasOSError as error:
            done.append(str(error))

    first, second, third, fourth = request.split()
    async with anyio.create_task_group() as group:
        group.start_soon(errand, first, second)
        group.start_soon(errand, third, fourth)
    fork = await os.fork("what is 2 times 3?")
    done.append(await os.think("what is 3 times 4?"))
    os.say("(all are back)")
    return f"{'; '.join(done)}; {await fork.wait()}"
