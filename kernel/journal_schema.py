"""The journal's tables, and how an older format becomes this one."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from llmasos.kernel.journal_chain import START, link
from llmasos.kernel.journal_pages import PAGE_BYTES

FORMAT = 2
PAGES = f"PRAGMA page_size = {PAGE_BYTES}"  # SQLite's own default, unless it was built otherwise
SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS record (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    pid INTEGER NOT NULL, kind TEXT NOT NULL, at REAL NOT NULL, body TEXT NOT NULL, chain BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS record_pid ON record (pid, seq);
CREATE INDEX IF NOT EXISTS record_kind ON record (kind, pid) WHERE kind IN ('spawn', 'exit');
"""


def migrate(db: sqlite3.Connection, path: Path) -> str | None:
    """Bring format 1, which had no chain, to this one, with a copy of the file beside it; what was done, if anything.

    A newer format is left as it is: the caller refuses it.
    """
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
        return None
    row = db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
    if row is None or row[0] != "1":
        return None
    backup = path.with_name(f"{path.name}.format1-{time.strftime('%Y-%m-%dT%H-%M-%S')}")
    with closing(sqlite3.connect(backup)) as copy:
        db.backup(copy)
    db.execute("BEGIN IMMEDIATE")
    db.execute("ALTER TABLE record ADD COLUMN chain BLOB NOT NULL DEFAULT x''")
    links: dict[int, bytes] = {}
    for seq, pid, kind, at, body in db.execute("SELECT seq, pid, kind, at, body FROM record ORDER BY seq").fetchall():
        links[pid] = link(links.get(pid, START), kind, at, body)
        db.execute("UPDATE record SET chain = ? WHERE seq = ?", (links[pid], seq))
    db.execute("UPDATE meta SET value = ? WHERE key = 'format'", (str(FORMAT),))
    db.execute("COMMIT")
    return f"the journal was brought from format 1 to {FORMAT}; the old one is {backup}"
