"""What `pmap` shows of rows as the kernel gives them."""

from __future__ import annotations

import time
from typing import Any

from llmasos.apps.memory_map import map_table

ROW: dict[str, Any] = {
    "segment": None, "page": None, "role": "user", "start": None, "tokens": 9, "resident": 0, "swapped": 0,
    "archived": False, "pinned": False, "turn": None, "last_use": None, "left": None, "source": "user",
    "trusted": True, "text": "hello",
}  # fmt: skip


def test_an_archived_page_says_when_it_left_and_who_said_it() -> None:
    now = time.time()
    away = {"page": 3, "archived": True, "turn": 2, "last_use": 5, "source": "user, tool:read_file", "trusted": False}
    rows = [
        {**ROW, "segment": 0, "start": 0, "resident": 9},
        {**ROW, **away, "left": now},
        {**ROW, **away, "left": now - 3 * 86400},
    ]
    heads, here, today, earlier, bar = map_table(7, rows).splitlines()
    left = heads.index("LEFT")
    assert here[left:].split() == ["user", "hello"]
    assert today[left:].split()[0] == time.strftime("%H:%M:%S", time.localtime(now))
    assert earlier[left:].split()[:2] == time.strftime("%m-%d %H:%M", time.localtime(now - 3 * 86400)).split()
    assert [today[heads.index(head) :].split()[0] for head in ("TURN", "USED")] == ["2", "5"]
    assert today.endswith("user, tool:read_file (untrusted)  hello")
    assert bar.endswith("process 7: 9 tokens, 9 resident, 0 swapped; 18 archived")
