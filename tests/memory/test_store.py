"""The store over the real Chroma and SQLite: found again, kept, rebuilt, and never opened for nothing."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from llmasos.errors import StoreUnavailable, UsageError
from llmasos.memory import seal
from llmasos.memory.embed import HashedNgrams, Vectors, content_stems
from llmasos.memory.lexical import Metadata
from llmasos.memory.store import ChromaStore, identity, open_store
from tests.pace import allowed

FACTS = [
    "the launch is on friday",
    "the lunch is at noon",
    "my sister is called Anna",
    "the wifi password is tulip42",
    "I am allergic to peanuts",
    "the dentist is on Elm Street",
]
Open = Callable[..., ChromaStore]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """`opened()` opens the store of tmp_path, again if need be; `said` has what it said."""
    stores: list[ChromaStore] = []

    def make(width: int = 512) -> ChromaStore:
        for store in stores:
            store.close()
        ticks = iter(range(1_000_000))
        stores.append(ChromaStore(tmp_path, HashedNgrams(width), clock=lambda: float(next(ticks)), say=SAID.append))
        return stores[-1]

    SAID.clear()
    yield make
    for store in stores:
        store.close()


SAID: list[str] = []


def texts(store: ChromaStore, query: str, limit: int = 1) -> list[str]:
    return [hit.text for hit in store.search("facts", query, limit)]


def fill(store: ChromaStore) -> ChromaStore:
    for fact in FACTS:
        assert store.put("facts", fact)
    return store


@pytest.mark.parametrize(
    ("query", "fact"),
    [
        ("when is the launch?", 0),
        ("tulip42", 3),
        ("wireless password", 3),
        ("what are my allergies", 4),
        ("sisters name", 2),
        ("lunch", 1),
        ("dentists", 5),
    ],
)
def test_exact_words_and_other_forms_find_a_text(opened: Open, query: str, fact: int) -> None:
    assert texts(fill(opened()), query) == [FACTS[fact]]


def test_texts_outlive_the_store(opened: Open) -> None:
    assert texts(fill(opened()), "launch") == [FACTS[0]]
    assert texts(opened(), "launch") == [FACTS[0]]
    assert SAID == []


def test_the_same_text_twice_is_one(opened: Open) -> None:
    store = fill(opened())
    assert not store.put("facts", "The launch  is on Friday.")
    texts(store, "launch")
    assert not store.put("facts", FACTS[0])
    assert store.count("facts") == len(FACTS)


def test_a_removed_text_is_not_found_again(opened: Open) -> None:
    store = fill(opened())
    store.remove("facts", store.search("facts", "launch", 1)[0].document_id)
    store.remove("facts", "no such id")
    assert FACTS[0] not in texts(store, "launch friday", 50)
    assert FACTS[0] not in texts(opened(), "launch friday", 50)


def test_namespaces_do_not_meet(opened: Open) -> None:
    store = fill(opened())
    store.put("other", "the launch was cancelled")
    assert texts(store, "launch", 50).count("the launch was cancelled") == 0
    assert [hit.text for hit in store.search("other", "launch", 50)] == ["the launch was cancelled"]
    with pytest.raises(UsageError):
        store.put("../etc", "x")


def test_the_newer_of_two_alike_goes_first(opened: Open) -> None:
    store = opened()
    store.put("facts", "the code is 1111")
    store.put("facts", "the code is 2222")
    assert texts(store, "what is the code", 2) == ["the code is 2222", "the code is 1111"]


class Directions:
    """An embedder by hand: vectors as they are given, so that only what the store makes of cosines counts."""

    name, width, relevance = "directions", 16, 0.3

    def __init__(self, given: dict[str, dict[int, float]]) -> None:
        self._given = given

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.width), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for axis, share in self._given[text].items():
                row[axis] = share
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit

    def close(self) -> None:
        pass


def strongest(tmp_path: Path, given: dict[str, dict[int, float]], query: str) -> str:
    store = ChromaStore(tmp_path, Directions(given))
    try:
        store.put("facts", *(text for text in given if text != query))
        return max(store.search("facts", query, 50), key=lambda hit: hit.strength).text
    finally:
        store.close()


def test_a_question_is_taken_for_less_near_than_what_answers_one(tmp_path: Path) -> None:
    given = {"abc": {0: 1.0}, "def?": {0: 0.60, 1: 0.8}, "ghi": {0: 0.50, 2: 0.866}}
    assert strongest(tmp_path / "a", given, "abc") == "ghi"
    plain = {text.rstrip("?"): where for text, where in given.items()}
    assert strongest(tmp_path / "b", plain, "abc") == "def"


def test_what_stands_in_a_crowd_of_its_like_hides_nothing_that_does_not(tmp_path: Path) -> None:
    """Of a cosine of 0.68 a crowd that is as near as 0.88 to each other loses 0.38; half of that was too little."""
    crowd = {f"c{i}": {0: 0.68, 1: 0.64, 3 + i: 0.35} for i in range(12)}
    assert strongest(tmp_path, {"abc": {0: 1.0}, "lone": {0: 0.45, 2: 0.893}, **crowd}, "abc") == "lone"


def test_texts_added_before_and_after_the_first_search_are_found(opened: Open) -> None:
    store = fill(opened())
    texts(store, "anything")
    store.put("facts", "the train leaves at nine")
    assert texts(store, "trains") == ["the train leaves at nine"]


def test_another_embedder_makes_its_own_vectors(opened: Open) -> None:
    texts(fill(opened()), "launch")
    assert texts(opened(width=256), "launching") == [FACTS[0]]
    assert texts(opened(), "launching") == [FACTS[0]]


@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_index_is_set_aside_and_rebuilt(opened: Open, tmp_path: Path, seed: int) -> None:
    store = fill(opened())
    texts(store, "launch")
    store.close()
    damage(tmp_path / "vectors", random.Random(seed))
    assert texts(opened(), "launch") == [FACTS[0]]
    assert len(SAID) == 1 and "set aside as" in SAID[0]
    assert len(list(tmp_path.glob("vectors.damaged-20*"))) == 1


def damage(folder: Path, chance: random.Random) -> None:
    """Random bytes, truncation or loss of one file."""
    file = chance.choice(sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size))
    data = bytearray(file.read_bytes())
    at = chance.randrange(len(data))
    match chance.choice(["bytes", "cut", "gone"]):
        case "bytes":
            data[at : at + 4096] = bytes(255 - byte for byte in data[at : at + 4096])
            file.write_bytes(data)
        case "cut":
            file.write_bytes(data[:at])
        case _:
            file.unlink()


def test_an_index_whose_process_was_killed_is_made_anew(opened: Open, tmp_path: Path) -> None:
    script = (
        "import os, sys, pathlib; from llmasos.memory.store import open_store;"
        "store = open_store(pathlib.Path(sys.argv[1])); store.put('facts', 'the launch is on friday');"
        "assert store.search('facts', 'launch', 1); os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", script, str(tmp_path)], timeout=60).returncode == 9
    for file in (tmp_path / "vectors").rglob("*.*"):
        file.write_bytes(b"junk")
    assert texts(opened(), "launch") == [FACTS[0]]
    assert SAID == []


def test_a_store_that_nobody_closed_is_closed_at_exit(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib; from llmasos.memory.store import open_store;"
        "store = open_store(pathlib.Path(sys.argv[1])); store.put('facts', 'the launch is on friday');"
        "assert store.search('facts', 'launch', 1)"
    )
    for _ in range(3):
        subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, timeout=60)
        assert seal.check(tmp_path / "vectors") is seal.Verdict.GOOD


def test_damaged_texts_are_recovered_from_the_index(opened: Open, tmp_path: Path) -> None:
    store = fill(opened())
    texts(store, "launch")
    store.close()
    (tmp_path / "texts.db").write_bytes(b"junk" * 4096)
    store = opened()
    assert texts(store, "launch") == [FACTS[0]]
    assert store.count("facts") == len(FACTS)
    assert len(SAID) == 1 and "6 recovered" in SAID[0]


def test_what_is_lost_is_said(opened: Open, tmp_path: Path) -> None:
    fill(opened()).close()
    (tmp_path / "texts.db").write_bytes(b"junk" * 4096)
    store = opened()
    assert texts(store, "launch") == []
    assert "0 recovered" in SAID[0]
    assert store.put("facts", "new") and texts(store, "new") == ["new"]


KNOWN: list[Metadata] = [{"process": 7, "turn": n, "role": "user", "source": "user"} for n in range(len(FACTS))]
ASK_CHROMA = """
import json, sys
import chromadb
from chromadb.config import Settings
from tests.pace import allowed
client = chromadb.PersistentClient(sys.argv[1], Settings(anonymized_telemetry=False))
(collection,) = client.list_collections()
found = collection.get(where={"$and": [{"process": 7}, {"turn": 3}]}, include=["documents", "metadatas"])
print(json.dumps([found["documents"], found["metadatas"]]))
"""


def asked_of_chroma(folder: Path) -> list[object]:
    """What somebody finds who opens a closed index with the library's own client."""
    script = [sys.executable, "-W", "ignore", "-c", ASK_CHROMA, str(folder / "vectors")]
    found: list[object] = json.loads(subprocess.run(script, check=True, timeout=60, capture_output=True).stdout)
    return found


@pytest.mark.parametrize("way", ["put", "searched first", "made anew", "recovered"])
def test_what_is_known_of_a_text_stands_beside_it_and_in_chroma(opened: Open, tmp_path: Path, way: str) -> None:
    store = opened()
    if way == "searched first":
        store.put("facts", "the train leaves at nine")
        texts(store, "train")
    store.put("facts", *FACTS, metadata=KNOWN)
    texts(store, "launch")
    store.close()
    if way == "made anew":
        damage(tmp_path / "vectors", random.Random(1))
    if way == "recovered":
        (tmp_path / "texts.db").write_bytes(b"junk" * 4096)
    store = opened()
    texts(store, "launch")
    (hit,) = store.search("facts", FACTS[3], 1)
    document = store.get("facts", hit.document_id)[hit.document_id]
    assert (document.text, document.metadata) == (FACTS[3], KNOWN[3])
    store.close()
    created = 3.0 + (way == "searched first")
    assert asked_of_chroma(tmp_path) == [[FACTS[3]], [{**KNOWN[3], "created": created}]]


def test_a_text_that_nothing_was_known_of_is_described_when_it_is_put_again(opened: Open, tmp_path: Path) -> None:
    store = fill(opened())
    texts(store, "launch")
    assert store.put("facts", *FACTS, metadata=KNOWN)
    assert not store.put("facts", *FACTS, metadata=KNOWN[::-1])
    store.close()
    assert asked_of_chroma(tmp_path) == [[FACTS[3]], [{**KNOWN[3], "created": 3.0}]]


BEFORE_METADATA = """
CREATE TABLE documents (
    number INTEGER PRIMARY KEY, namespace TEXT NOT NULL, id TEXT NOT NULL, text TEXT NOT NULL, created REAL NOT NULL,
    UNIQUE (namespace, id)
);
CREATE VIRTUAL TABLE stems USING fts5(body, tokenize = "unicode61 remove_diacritics 0 tokenchars '_'");
CREATE VIRTUAL TABLE terms USING fts5vocab(stems, row);
"""


def test_a_database_from_before_metadata_is_taken_over(opened: Open, tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "texts.db")
    db.executescript(BEFORE_METADATA)
    for n, fact in enumerate(FACTS):
        row = (n + 1, "facts", identity(fact), fact, 100.5 + n)
        db.execute("INSERT INTO documents (number, namespace, id, text, created) VALUES (?, ?, ?, ?, ?)", row)
        db.execute("INSERT INTO stems (rowid, body) VALUES (?, ?)", (n + 1, " ".join(content_stems(fact))))
    db.commit()
    db.close()
    store = opened()
    assert texts(store, "launch") == [FACTS[0]]
    document = store.get("facts", identity(FACTS[3]))[identity(FACTS[3])]
    assert (document.text, document.created, document.metadata) == (FACTS[3], 103.5, {})
    store.put("facts", *FACTS, metadata=KNOWN)
    store.close()
    assert asked_of_chroma(tmp_path) == [[FACTS[3]], [{**KNOWN[3], "created": 103.5}]]
    assert SAID == []


def test_vectors_from_before_metadata_are_described_and_not_made_again(opened: Open, tmp_path: Path) -> None:
    store = opened()
    store.put("facts", *FACTS, metadata=KNOWN)
    texts(store, "launch")
    (collection,) = store._vectors()._client.list_collections()
    ids = collection.get(include=[])["ids"]
    collection.update(ids=ids, metadatas=[dict.fromkeys([*KNOWN[0], "created"])] * len(ids))
    assert collection.get()["metadatas"][0] is None
    store.close()
    store = opened()
    store._embedder.embed = lambda texts: HashedNgrams().embed(["x"] * len(texts))  # type: ignore[method-assign]
    texts(store, "launch")
    store.close()
    assert asked_of_chroma(tmp_path) == [[FACTS[3]], [{**KNOWN[3], "created": 3.0}]]
    store = opened()
    texts(store, "launch")
    assert SAID and "vectors" in SAID[0], "who looks inside changes the files: the index is made anew, which is said"


@pytest.mark.parametrize("note", ["{junk", "7"])
def test_a_damaged_note_costs_no_text(opened: Open, tmp_path: Path, note: str) -> None:
    store = opened()
    store.put("facts", *FACTS, metadata=KNOWN)
    store.close()
    with sqlite3.connect(tmp_path / "texts.db") as db:
        db.execute("UPDATE documents SET metadata = ? WHERE id = ?", (note, identity(FACTS[0])))
    db.close()
    assert texts(opened(), "launch") == [FACTS[0]]


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = open_store(tmp_path / "file" / "memory")
    with pytest.raises(StoreUnavailable):
        store.put("facts", "x")


def test_the_library_is_imported_by_the_first_search_that_needs_it(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib; from llmasos.memory.store import open_store;"
        "store = open_store(pathlib.Path(sys.argv[1]));"
        "assert store.search('facts', 'x', 3) == []; store.put('facts', 'x is y');"
        "assert 'chromadb' not in sys.modules; assert store.search('facts', 'x', 3); assert 'chromadb' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, timeout=60)


def test_hundreds_of_texts_are_searched_in_milliseconds(opened: Open) -> None:
    store, chance = opened(), random.Random(0)
    things = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=8)) for _ in range(300)]
    for n, thing in enumerate(things):
        store.put("facts", f"the {thing} is number {n}")
    texts(store, "warm")
    started = time.process_time()
    for n in range(0, 300, 15):
        assert texts(store, f"what is the {things[n]}?", 3)[0].endswith(f" is number {n}")
    assert (took := (time.process_time() - started) / 20) < 0.05 or took < allowed(0.05)
