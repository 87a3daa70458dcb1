"""A split is the same again, and stays where it was when records are added; what belongs together stays together."""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmasos.apps.dataset.minhash import Near, NearIndex, Signature
from llmasos.apps.dataset.reading import Source, good
from llmasos.apps.dataset.split import Rules, Shares, plan
from llmasos.errors import DataError, UsageError

SHARES = Shares.of(0.8, 0.1, 0.1)


def parts(path: Path, rows: list[dict[str, Any]], rules: Rules, shares: Shares = SHARES) -> list[int]:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    source = Source.of(str(path))
    place = plan(source, shares, rules)
    return [place(record) for record in good(source)]


def rows_of(num: int, seed: int = 1) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    return [
        {"text": f"{seed} {i} {chance.random()}", "user": f"u{i % 50}", "label": "ab"[i % 10 == 0]} for i in range(num)
    ]


def test_added_records_move_no_others(tmp_path: Path) -> None:
    rows, more = rows_of(2000), rows_of(500, 2)
    before = parts(tmp_path / "a.jsonl", rows, Rules(seed=7))
    assert parts(tmp_path / "a.jsonl", more + rows, Rules(seed=7))[500:] == before
    assert parts(tmp_path / "a.jsonl", rows, Rules(seed=8)) != before
    shares = Counter(before)
    assert 0.77 < shares[0] / 2000 < 0.83 and 0.08 < shares[1] / 2000 < 0.12


def test_a_group_is_in_one_part(tmp_path: Path) -> None:
    rows = rows_of(1000)
    where = defaultdict(set)
    for row, part in zip(rows, parts(tmp_path / "a.jsonl", rows, Rules(by="user")), strict=True):
        where[row["user"]].add(part)
    assert all(len(found) == 1 for found in where.values())
    assert len({part for found in where.values() for part in found}) > 1


def test_duplicates_are_in_one_part(tmp_path: Path) -> None:
    rows = [{"text": f"text {i // 3}", "n": i} for i in range(300)]
    found = parts(tmp_path / "a.jsonl", rows, Rules())
    assert all(len(set(found[i : i + 3])) == 1 for i in range(0, 300, 3))


def test_stratified_shares_are_exact(tmp_path: Path) -> None:
    rows = rows_of(1000)
    counts: Counter[tuple[str, int]] = Counter()
    found = parts(tmp_path / "a.jsonl", rows, Rules(stratify="label"))
    counts.update((row["label"], part) for row, part in zip(rows, found, strict=True))
    assert counts == {("a", 0): 720, ("a", 1): 90, ("a", 2): 90, ("b", 0): 80, ("b", 1): 10, ("b", 2): 10}
    moved = parts(tmp_path / "a.jsonl", [*rows, *rows_of(10, 2)], Rules(stratify="label"))[:1000]
    assert sum(a != b for a, b in zip(found, moved, strict=True)) <= 10


def test_near_duplicates_are_in_one_part_through_any_number_of_steps(tmp_path: Path) -> None:
    chance = random.Random(3)
    rows, families = [], []
    for family in range(60):
        words = [f"w{chance.randrange(10**6)}" for _ in range(40)]
        for _ in range(5):
            rows.append({"text": " ".join(words)})
            families.append(family)
            words[chance.randrange(40)] = f"w{chance.randrange(10**6)}"
    chance.shuffle(order := list(range(len(rows))))
    found = parts(tmp_path / "a.jsonl", [rows[i] for i in order], Rules(apart=True), Shares.of(0.5, 0.25, 0.25))
    where = defaultdict(set)
    for i, part in zip(order, found, strict=True):
        where[families[i]].add(part)
    assert all(len(found) == 1 for found in where.values())
    apart = parts(tmp_path / "a.jsonl", [rows[i] for i in order], Rules(), Shares.of(0.5, 0.25, 0.25))
    assert apart != found


def test_a_file_of_near_duplicates_takes_no_square(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at = []

    def among(index: NearIndex, numbers: Collection[int], hashes: Signature) -> list[Near]:
        looked_at.append(len(numbers))
        return among_them(index, numbers, hashes)

    among_them = NearIndex.among
    monkeypatch.setattr(NearIndex, "among", among)
    words = " ".join(f"w{i * i}" for i in range(60))
    found = parts(tmp_path / "a.jsonl", [{"text": f"{words} {i}"} for i in range(1000)], Rules(apart=True))
    assert len(set(found)) == 1
    assert len(looked_at) == 1000 and max(looked_at) < 30  # each a few of one set; the 999 before it they were


def test_what_cannot_be_is_said_with_its_line(tmp_path: Path) -> None:
    rows = [{"text": "a", "user": "x", "label": "1"}, {"text": "b", "user": "x", "label": "2"}, {"text": "c"}]
    with pytest.raises(DataError, match=r"a\.jsonl:3: the record has no field 'user'"):
        parts(tmp_path / "a.jsonl", rows, Rules(by="user"))
    with pytest.raises(DataError, match="their label is 1 and 2"):
        parts(tmp_path / "a.jsonl", rows[:2], Rules(by="user", stratify="label"))
    with pytest.raises(UsageError, match="read the data twice"):
        plan(Source.of("-"), SHARES, Rules(apart=True))
    for wrong in ((0.8, 0.1, 0.2), (1.2, -0.1, -0.1)):
        with pytest.raises(UsageError, match="make 1 together"):
            Shares.of(*wrong)


@given(st.lists(st.integers(1, 9), min_size=3, max_size=3), st.integers(0, 1000))
def test_counts_make_the_whole_and_are_as_near_as_can_be(weights: list[int], total: int) -> None:
    shares = Shares(tuple(weight / sum(weights) for weight in weights))
    counts = shares.counts(total)
    assert sum(counts) == total
    assert all(abs(count - share * total) < 1 for count, share in zip(counts, shares.values, strict=True))
