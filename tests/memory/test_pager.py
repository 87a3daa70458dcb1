"""Paging: contexts longer than their window, and nothing lost."""

from __future__ import annotations

import contextlib
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmasos.errors import WindowTooSmall
from llmasos.memory.archive import PART_WORDS, Archive, parts, parts_of
from llmasos.memory.eviction import EVICTIONS
from llmasos.memory.page_in import PAGE_INS, Found, Recent, Relevant
from llmasos.memory.page_table import Page, PageTable, pages_of
from llmasos.memory.pager import Pager, Rules
from llmasos.memory.segment import Context
from llmasos.memory.store import Store, identity, open_store
from llmasos.memory.summary import specifics
from llmasos.memory.transcript import Transcript
from tests.memory.test_transcript import END, ChatML, encode, say

WINDOW = 1000
_TEXT = (
    "anchor basket candle drum engine feather guitar hammer island jacket kettle ladder mirror needle orange pencil"
    " quilt ribbon saddle trumpet umbrella violin wagon yacht zipper bottle carpet dagger easel flute goblet harp"
)
WORDS = _TEXT.split()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "memory")
    yield opened
    opened.close()


def made(store: Store, rules: Rules | None = None, pid: int = 1) -> Pager:
    transcript = Transcript(Context(), ChatML(), encode, [END])
    transcript.add("system", "be brief")
    return Pager(transcript, Archive(store, pid), rules or Rules())


def turn(pager: Pager, request: str, answer: str = "I will keep that in mind.") -> None:
    """One turn as kernel/paging.py does it."""
    pager.transcript.add("user", request)
    if pager.begin_turn():
        pager.fetch(WINDOW)
    pager.transcript.prompt()
    if pager.is_crowded(WINDOW) and pager.evict(WINDOW):
        pager.transcript.prompt()
    pager.check_integrity()
    assert len(pager.transcript.context.tokens) <= WINDOW
    pager.transcript.context.segments.pop()  # `say` prompts again
    say(pager.transcript, answer)
    pager.transcript.context.check_integrity()


def window_text(pager: Pager) -> str:
    return "\n".join(str(message["content"]) for message in pager.transcript.messages)


def test_a_long_conversation_stays_in_its_window_and_facts_return(store: Store) -> None:
    pager = made(store)
    turn(pager, "the door code is 4512")
    for n in range(40):
        turn(pager, f"today we talked about item {n} of the list and found it fine")
    assert "4512" not in window_text(pager)
    turn(pager, "what is the door code?")
    assert "4512" in window_text(pager)
    assert pager.table.pages[1].num_faults == 1


def test_the_note_says_what_is_archived(store: Store) -> None:
    pager = made(store)
    for n in range(40):
        turn(pager, f"today we talked about item {n} of the list and found it fine")
    first = bytes(t - 100 for t in pager.transcript.context.tokens if t >= 100).decode()
    found = re.search(r"\[(\d+) earlier messages were archived; recall finds what they say.\]", first)
    assert found and int(found[1]) >= sum(len(page.messages) for page in pager.table.archived), "some may be back"


def test_pins_and_blocks_stay(store: Store) -> None:
    pager = made(store)
    turn(pager, "the door code is 4512")
    turn(pager, "keep that in view")
    assert pager.pin("door code", WINDOW) is pager.table.pages[1]
    pager.set_block("plan", "finish by friday", WINDOW)
    for n in range(40):
        turn(pager, f"today we talked about item {n} of the list and found it fine")
    assert "4512" in window_text(pager)
    assert "[plan] finish by friday" in bytes(t - 100 for t in pager.transcript.context.tokens if t >= 100).decode()
    assert pager.unpin("door code") is pager.table.pages[1]
    for n in range(40):
        turn(pager, f"then we talked about item {n} of the list and found it fine")
    assert "4512" not in window_text(pager)
    assert pager.pin("door code", WINDOW) is pager.table.pages[1], "from the archive"
    assert "4512" in window_text(pager)
    assert pager.pin("zebras", WINDOW) is None


def test_finished_steps_of_a_long_turn_leave_and_the_last_one_stays(store: Store) -> None:
    pager = made(store)
    transcript = pager.transcript
    transcript.add("user", "read every file")
    for n in range(20):
        transcript.add("assistant", f"reading {n}")
        transcript.add("tool", f"file {n} says something long about the number {n} and more")
    transcript.prompt()
    assert pager.is_crowded(WINDOW) and pager.evict(WINDOW)
    transcript.prompt()
    assert len(transcript.context.tokens) <= WINDOW
    said = window_text(pager)
    assert "read every file" in said and "file 19" in said and "file 0 " not in said
    assert "file 0 says" in pager.find("number 0")[0].text
    pager.check_integrity()


def test_a_turn_that_closes_takes_its_steps_with_it(store: Store) -> None:
    pager = made(store)
    pager.transcript.add("user", "read two files")
    for n in range(3):
        pager.transcript.add("assistant", f"reading {n}")
        pager.transcript.add("tool", f"file {n} says something")
    pager.table.see(pager.transcript.messages, pager.transcript.count)
    assert len(pager.table.pages) == 2
    pager.transcript.add("assistant", "done")
    pager.transcript.add("user", "thanks")
    assert pager.begin_turn() is False
    assert [len(page.messages) for page in pager.table.pages.values()] == [8]


def test_a_long_text_is_archived_whole_and_stands_in_part(store: Store) -> None:
    pager = made(store)
    text = "\n".join(f"line {n}: the {word} is kept in room {n}" for n, word in enumerate(WORDS))
    assert pager.is_long(text, WINDOW) and not pager.is_long("short", WINDOW)
    folded = pager.fold({"role": "tool", "content": text}, WINDOW)
    assert pager.transcript.count(folded) < 0.4 * WINDOW
    assert "line 0:" in folded and f"line {len(WORDS) - 1}:" in folded and "archived; recall finds" in folded
    turn(pager, "in which room is the trumpet kept?")
    assert f"the trumpet is kept in room {WORDS.index('trumpet')}" in window_text(pager)
    for n in range(40):
        turn(pager, f"today we talked about item {n} and found it fine")
    assert "trumpet is kept" not in window_text(pager)
    assert not [page for page in pager.table.pages.values() if page.is_copy], "an excerpt vanishes"


def chat(pager: Pager, turns: int) -> None:
    for n in range(turns):
        turn(pager, f"today we talked about item {n} of the list and found it fine")


def test_pins_and_notes_have_a_share_of_the_window_and_are_refused_past_it(store: Store) -> None:
    pager = made(store)
    for n, word in enumerate(WORDS[:8]):
        turn(pager, f"the {word} is kept in room {n}, " + "which is a room like any other " * 2)
    with pytest.raises(WindowTooSmall, match=r"the note plan does not fit: .* 0 tokens and the notes 2007, and \d+ of"):
        pager.set_block("plan", "x" * 2000, WINDOW)
    assert pager.always.blocks == {}
    pager.set_block("plan", "x" * 100, WINDOW)
    assert pager.pin(WORDS[0], WINDOW)
    with pytest.raises(WindowTooSmall, match=r"what is about 'candle' does not fit: .* 381 tokens"):
        for word in WORDS[1:8]:
            pager.pin(word, WINDOW)
    chat(pager, 40)
    assert f"the {WORDS[0]} is kept" in window_text(pager), "what was refused was not pinned, and what was pinned stays"


def test_of_a_text_longer_than_the_window_the_part_asked_for_is_pinned(store: Store) -> None:
    pager = made(store)
    text = "\n".join(f"line {n}: the {word} is kept in room {n}" for n, word in enumerate(WORDS))
    turn(pager, pager.fold({"role": "user", "content": text}, WINDOW))
    chat(pager, 20)
    page = pager.pin("in which room is the trumpet kept?", WINDOW)
    assert page is not None and page.num_tokens <= 0.4 * WINDOW
    chat(pager, 20)
    assert f"the trumpet is kept in room {WORDS.index('trumpet')}" in window_text(pager)
    assert pager.unpin("trumpet") is page
    chat(pager, 20)
    assert "trumpet is kept" not in window_text(pager)


def test_a_result_is_read_with_what_the_archive_has_about_it(store: Store) -> None:
    pager = made(store)
    turn(pager, "the parcel 5521 is for Mrs Hill in Elm Street")
    chat(pager, 40)
    assert "5521" not in window_text(pager)
    excerpt, given = pager.supplement("status: delivered\nsee parcel 5521", WINDOW)
    assert excerpt == "\n[archived, turn 1] the parcel 5521 is for Mrs Hill in Elm Street"
    assert [page.page_id for page in given] == [1] and pager.table.pages[1].num_faults == 1
    assert pager.supplement("parcel 5521 again", WINDOW) == ("", []), "once a turn"
    turn(pager, "thank you")
    assert pager.supplement("5521", WINDOW) == ("", []), "a bare number asks for nothing"
    assert pager.supplement("the parcel 5521 is for Mrs Hill in Elm Street", WINDOW) == ("", []), "recall said it"
    assert pager.supplement("parcel 5521 again", 60) == ("", []), "no room"


def test_what_the_archive_put_behind_a_result_is_not_archived_twice(store: Store) -> None:
    pager = made(store)
    transcript = pager.transcript
    transcript.add("user", "where is parcel 5521?")
    transcript.add("assistant", "looking")
    excerpt = "\n[archived, turn 1] it is for Mrs Hill"
    transcript.add("tool", f"parcel 5521 is on the van{excerpt}", excerpt=excerpt)
    transcript.add("assistant", "on the van")
    transcript.add("user", "thanks")
    (page,) = pager.table.see(transcript.messages, transcript.count)
    assert "Mrs Hill" not in page.text and "on the van" in page.text
    assert page.num_tokens > transcript.count(page.text), "it takes its room in the window all the same"


def test_a_fork_has_pages_of_its_own(store: Store) -> None:
    pager = made(store)
    turn(pager, "the door code is 4512")
    for n in range(40):
        turn(pager, f"today we talked about item {n} of the list and found it fine")
    twin = pager.fork(pager.transcript.fork(pager.transcript.context.copy()), Archive(store, 2))
    pager.archive.drop()
    assert store.count("pages-1") == 0
    turn(twin, "what is the door code?")
    assert "4512" in window_text(twin) and "4512" not in window_text(pager)
    pager.check_integrity()


def test_a_part_goes_with_what_is_known_of_it(store: Store) -> None:
    pager = made(store, pid=7)
    long = "\n".join(f"line {n} of the report says nothing at all" for n in range(60))
    turn(pager, "what does the report say?")
    pager.transcript.add("tool", long, name="read_file")
    say(pager.transcript, "Nothing.")
    for n in range(40):
        turn(pager, f"today we talked about item {n} of the list and found it fine")
    page = pager.table.pages[1]
    known = {text: store.get("pages-7", identity(text))[identity(text)] for text in parts_of(page)}
    assert [document.metadata for document in known.values()] == [
        {"process": 7, "turn": 1, "part": 1, "role": "user", "source": "user"},
        {"process": 7, "turn": 1, "part": 2, "role": "assistant", "source": "assistant"},
        *({"process": 7, "turn": 1, "part": n, "role": "tool", "source": "tool:read_file"} for n in (3, 4, 5, 6)),
        {"process": 7, "turn": 1, "part": 7, "role": "assistant", "source": "assistant"},
    ]
    assert page.labels.source == "user, assistant, tool:read_file"
    assert page.left is not None and page.left >= known["what does the report say?"].created
    assert pager.archive.stored(page) == max(document.created for document in known.values())


def test_what_was_said_twice_is_known_as_it_was_first(store: Store) -> None:
    pager = made(store)
    for n in range(40):
        turn(pager, f"today we talked about item {n} of the list and found it fine")
    answer = identity("I will keep that in mind.")
    assert store.get("pages-1", answer)[answer].metadata["turn"] == 1


def test_a_page_that_came_back_has_not_left(store: Store) -> None:
    pager = made(store)
    turn(pager, "the door code is 4512")
    for n in range(40):
        turn(pager, f"today we talked about item {n} of the list and found it fine")
    page = pager.table.pages[1]
    assert not page.resident and page.left is not None
    turn(pager, "what is the door code?")
    assert page.resident and page.left is None


def test_what_is_forgotten_is_gone(store: Store) -> None:
    pager = made(store)
    turn(pager, "the door code is 4512")
    for n in range(40):
        turn(pager, f"today we talked about item {n} of the list and found it fine")
    pager.forget(pager.find("door code")[0].page)
    assert all("4512" not in found.text for found in pager.find("door code"))
    turn(pager, "what is the door code?")
    assert "4512" not in window_text(pager)


@pytest.mark.parametrize("eviction", EVICTIONS)
@pytest.mark.parametrize("page_in", PAGE_INS)
def test_every_policy_keeps_the_window(store: Store, eviction: str, page_in: str) -> None:
    pager = made(store, Rules(eviction=EVICTIONS[eviction](), page_in=PAGE_INS[page_in]()))
    for n in range(30):
        turn(pager, f"the {WORDS[n]} number {n} of the list is fine", "Good." * (n % 5 + 1))
    assert pager.table.archived


def test_policies_differ_as_they_say() -> None:
    pages = [
        Page(n, ({"role": "user", "content": "x"},), size, n, use)
        for n, size, use in ((1, 10, 9), (2, 90, 5), (3, 20, 3))
    ]
    first = {name: kind().order(pages, 10)[0].page_id for name, kind in EVICTIONS.items()}
    assert first == {"lru": 3, "oldest": 1, "largest": 2}
    found = [Found(pages[0], 2.0, ""), Found(pages[2], 1.9, ""), Found(pages[1], 0.9, "")]
    assert [item.page.page_id for item in Relevant().choose(found)] == [1, 3]
    assert [item.page.page_id for item in Recent().choose(found)] == [3, 1]
    found = [Found(pages[0], 4.0, ""), Found(pages[2], 1.4, ""), Found(pages[1], 1.1, "")]
    assert [item.page.page_id for item in Relevant().choose(found)] == [1, 3], "what was said word for word, and more"


def test_long_lines_are_cut_between_words() -> None:
    text = " ".join(f"w{n}" for n in range(400)) + "\nend"
    cut = list(parts(text))
    assert " ".join(cut).split() == text.split()
    assert all(len(part.split()) <= PART_WORDS for part in cut)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_nothing_is_lost_over_random_conversations(store: Store, data: st.DataObject) -> None:
    """After any mix of turns, pins, blocks and forks each message is in the window or in the archive, word for word."""
    chance = random.Random(data.draw(st.integers(0, 10**9)))
    pager = made(store, pid=chance.randrange(10**9))
    said = []
    for n in range(chance.randrange(5, 40)):
        match chance.randrange(8):
            case 0:
                with contextlib.suppress(WindowTooSmall):
                    pager.pin(chance.choice(WORDS), WINDOW)
            case 1:
                pager.unpin(chance.choice(WORDS))
            case 2:
                pager.set_block(chance.choice("abc"), chance.choice(WORDS) * chance.randrange(2), WINDOW)
            case _:
                said.append(f"{n} the {chance.choice(WORDS)} is {chance.choice(WORDS)} " * chance.randrange(1, 4))
                turn(pager, said[-1])
    everywhere = window_text(pager) + "\n".join(page.text for page in pager.table.archived)
    assert all(text in everywhere for text in said)
    stored = {identity(part) for page in pager.table.archived for part in parts_of(page)}
    assert store.count(pager.archive.namespace) >= len(stored)


def test_pages_cut_a_conversation_at_its_turns() -> None:
    roles = [
        "system",
        "user",
        "assistant",
        "user",
        "assistant",
        "tool",
        "assistant",
        "user",
        "assistant",
        "tool",
        "assistant",
        "tool",
    ]
    messages = [{"role": role, "content": str(n)} for n, role in enumerate(roles)]
    assert [[m["content"] for m in page] for page in pages_of(messages)] == [
        ["1", "2"],
        ["3", "4", "5", "6"],
        ["8", "9"],
    ]
    table = PageTable()
    assert table.see(messages, len) == table.see(messages, len), "known pages are the same ones"


def test_a_summary_hints_at_what_left_and_is_never_the_only_copy(store: Store) -> None:
    pager = made(store, Rules(summary_share=0.15, page_in=PAGE_INS["never"]()))
    turn(pager, "The door code is 4512. We talked of this and that.")
    chat(pager, 40)
    assert "4512" not in window_text(pager)
    note = pager._note()
    assert "The door code is 4512." in note and "this and that" not in note
    assert pager.transcript.count(pager.summary.text) <= 0.15 * WINDOW
    assert "this and that" in pager.find("door code")[0].page.text
    pager.forget(pager.find("door code")[0].page)
    assert "4512" not in pager._note()


def test_names_and_numbers_are_what_a_summary_keeps() -> None:
    assert specifics("Box 12 holds the number 34") > specifics("My sister lives in Oslo") > specifics("We sat there")
