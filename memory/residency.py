"""Which process's KV the device holds, and the one way to run a step over it.

- `run(demands)` makes the demanders' KV resident, best ranked first, runs one driver step and says what came of it.
- A process that comes new to the device starts from the longest prefix that any sequence shares with it (`fork`);
  one whose prefix is being computed in this very step for another waits for that instead of computing it twice.
- When sequences or cells run out a process outside the step loses its KV: the one likely to be away longest (waits.py),
  then the least recently used; then the worst ranked one in the step. It goes to the swap space (`swap.py`) and comes
  back from there, or from its saved file; what is nowhere is computed again: KV is a cache of the contexts.
- When the driver dies nothing is resident and nobody was fed: the next steps compute everything again, one suspect at a
  time (`suspects.py`).
- `release` lets a process go; the KV of its first segment may stay as a prefix for the next one with the same.
- Everything here runs in the device's thread, or between steps. It does not know processes or scheduling.

Invariants (`check_integrity`):
1. A resident's `tokens` are exactly those whose KV its sequence holds.
2. A prefix is only ever shared after comparing every token of it.
3. What comes back is compared like any prefix; an entry in swap never stands beside a resident of the same process.
4. A demand is admitted with room for its whole context, so that it cannot stop half way for want of cells.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar, TypeVarTuple

from llmasos.drivers.driver import Driver, Row, Sample
from llmasos.errors import DriverBroken, DriverClosed, DriverError, DriverLost, OutOfSequences
from llmasos.memory.demand import Demand, spread
from llmasos.memory.prefix import Held, common_prefix, surplus
from llmasos.memory.suspects import Suspects
from llmasos.memory.swap import SwapSpace

T = TypeVar("T")
Args = TypeVarTuple("Args")
MIN_SHARED_TOKENS = 16  # a shorter prefix is not worth a fork
MAX_KEPT_PREFIXES = 8
MIN_SWAPPED_TOKENS = 32  # fewer are computed again about as fast


@dataclass(slots=True, eq=False)
class Resident:
    sequence_id: int
    tokens: list[int] = field(default_factory=list)
    last_used: int = 0  # step


class Residency:
    def __init__(
        self,
        driver: Driver,
        clock: Callable[[], float] = time.monotonic,
        swap: SwapSpace | None = None,
        away: Callable[[int], float] = lambda pid: 0.0,
    ) -> None:
        self.driver = driver
        self.swap = SwapSpace() if swap is None else swap
        self.num_free_cells = driver.num_free_cells
        self.num_evictions = 0
        self.num_forks = 0
        self.driver_seconds = 0.0
        self._clock = clock
        self._suspects = Suspects()
        self._away = away  # seconds until a process is likely to need its KV (waits.py)
        self._step = 0
        self._residents: dict[int, Resident] = {}  # by pid; kept prefixes have negative keys
        self._next_kept = -1

    def num_resident(self, pid: int) -> int:
        """Tokens of a process the device holds."""
        resident = self._residents.get(pid)
        return len(resident.tokens) if resident is not None else 0

    def num_usable(self, pid: int, tokens: Sequence[int]) -> int:
        """Tokens of a context that the process's own KV already covers; the last one is always fed again."""
        resident = self._residents.get(pid)
        return min(common_prefix(resident.tokens, tokens), len(tokens) - 1) if resident is not None else 0

    def held(self, pid: int, tokens: Sequence[int]) -> Held:
        """How much of a context is on the device, in swap, and shared there. A look, at any moment."""
        resident = self._residents.get(pid)
        on_device = common_prefix(resident.tokens, tokens) if resident is not None else 0
        others = [other.tokens for key, other in list(self._residents.items()) if key != pid]
        shared = max((common_prefix(other, tokens) for other in others), default=0)
        return Held(on_device, common_prefix(self.swap.tokens(pid), tokens), min(shared, on_device))

    def num_swapped(self, pid: int, tokens: Sequence[int]) -> int:
        """Tokens of a context that the process's KV in swap covers, as it could be used after coming back."""
        held = self.swap.tokens(pid)
        usable = min(common_prefix(held, tokens), len(tokens) - 1) if held else 0
        return usable if self.driver.info.can_truncate or usable == len(held) else 0

    def run(self, demands: Sequence[Demand]) -> None:
        """One step for as many demands as there is room for; what came of it is written into them.

        Raises DriverBroken and DriverClosed, after which nothing is resident.
        """
        self._step += 1
        for demand in demands:
            demand.put_off()
        demands = self._suspects.narrowed(demands)
        try:
            self._run(self._admit(demands))
            self._suspects.acquit(demands)
        except DriverLost as error:
            self.reset()
            self._suspects.accuse(demands, error)
        except (DriverBroken, DriverClosed):
            self.reset()
            raise
        finally:
            self._look()

    def drop(self, pid: int) -> None:
        """Forget what the device holds of a process, if it holds any."""
        resident = self._residents.pop(pid, None)
        if resident is not None:
            self.driver.close(resident.sequence_id)

    def release(self, pid: int, keep_tokens: int = 0) -> None:
        """A process has ended; its first `keep_tokens` stay as a prefix for others unless another has them."""
        self.swap.forget(pid)
        self._suspects.forget(pid)
        try:
            self._let_go(pid, keep_tokens)
        except DriverLost:
            self.reset()
        self._look()

    def _let_go(self, pid: int, keep_tokens: int) -> None:
        resident = self._residents.get(pid)
        keep = min(keep_tokens, len(resident.tokens)) if resident is not None else 0
        if resident is None or not self._worth_keeping(pid, resident.tokens[:keep]):
            self.drop(pid)
        else:
            self._truncate(resident, keep)
            self._residents[self._next_kept] = self._residents.pop(pid)
            self._next_kept -= 1
            self._forget_kept()

    def unsaved(self, pid: int) -> tuple[list[int], bytes] | None:
        """A process's tokens and their KV; None where there is none worth saving, or its file has it already."""
        resident = self._residents.get(pid)
        tokens = resident.tokens if resident is not None else self.swap.tokens(pid)
        if not tokens or tokens == self.swap.saved_tokens(pid):
            return None
        if resident is not None:
            return self._exported(resident)
        data = self.swap.read(pid)
        return (list(tokens), data) if data is not None else None

    def reset(self) -> None:
        """Forget all that the device holds, whatever state it is in; what is in swap was made before."""
        for resident in self._residents.values():
            with contextlib.suppress(DriverError):
                self.driver.close(resident.sequence_id)
        self._residents.clear()

    def check_integrity(self) -> None:
        held = {r.sequence_id: r for r in self._residents.values()}
        assert len(held) == len(self._residents) <= self.driver.info.num_sequences, "two share a sequence"
        for sequence_id, resident in held.items():
            length = self.driver.length(sequence_id)
            assert length == len(resident.tokens), f"sequence {sequence_id} holds {length}, not {len(resident.tokens)}"
        self.swap.check_integrity()
        assert not any(self.swap.holds(pid) for pid in self._residents), "a resident's KV is in swap too"
        assert 0 <= self.driver.num_free_cells <= self.driver.info.num_cells, "cells are lost"

    # -- the step -----------------------------------------------------------------------------------------------------

    def _run(self, admitted: list[Demand]) -> None:
        while admitted:
            rows = [self._row(demand) for demand in admitted]
            try:
                samples = self._timed(self.driver.step, rows)
            except OutOfSequences as error:
                admitted = self._relieved(admitted, error)
                continue
            except (DriverBroken, DriverClosed):
                raise
            except DriverError as error:
                self._run_alone(admitted, error)
                return
            self._record(admitted, rows, samples)
            return

    def _timed(self, verb: Callable[[*Args], T], *arguments: *Args) -> T:
        began = self._clock()
        try:
            return verb(*arguments)
        finally:
            self.driver_seconds += self._clock() - began

    def _row(self, demand: Demand) -> Row:
        tokens, start = demand.tokens, demand.start
        chunk = tokens[start : start + demand.max_tokens]
        whole = start + len(chunk) == len(tokens)
        return Row(self._residents[demand.pid].sequence_id, chunk, demand.sampler if whole else None)

    def _record(self, admitted: list[Demand], rows: list[Row], samples: list[Sample | None]) -> None:
        for demand, row, sample in zip(admitted, rows, samples, strict=True):
            resident = self._residents[demand.pid]
            resident.tokens.extend(row.tokens)
            resident.last_used = self._step
            demand.fed = len(row.tokens)
            demand.sample = sample

    def _relieved(self, admitted: list[Demand], error: OutOfSequences) -> list[Demand]:
        """The device had less room than it said: evict somebody, at the last the worst ranked of the step itself."""
        if self._evict({demand.pid for demand in admitted}, ()):
            return admitted
        worst = admitted[-1]
        self._lose(worst.pid)
        if len(admitted) == 1:
            worst.error = error
        return admitted[:-1]

    def _run_alone(self, admitted: list[Demand], error: DriverError) -> None:
        """The step as a whole was refused, and changed nothing: one by one, so that only the culprit fails."""
        if len(admitted) == 1:
            admitted[0].error = error
            return
        for demand in admitted:
            self._run([demand])

    # -- admission ----------------------------------------------------------------------------------------------------

    def _admit(self, demands: Sequence[Demand]) -> list[Demand]:
        """Demands that are resident and have room for their whole context."""
        missing = 0
        for demand in demands:
            resident = self._residents.get(demand.pid)
            if resident is None or demand.fresh:
                return self._admit_by_rank(demands)
            demand.start = len(resident.tokens)
            missing += len(demand.tokens) - demand.start
        if missing > self.driver.num_free_cells:
            return self._admit_by_rank(demands)
        return list(demands)

    def _admit_by_rank(self, demands: Sequence[Demand]) -> list[Demand]:
        admitted: list[Demand] = []
        promised = 0
        for demand in demands:
            if self._shares_with(demand, admitted):
                continue
            if self._admit_one(demand, admitted, demands, promised):
                promised += len(demand.tokens) - demand.start
                admitted.append(demand)
        spread(admitted, sum(demand.max_tokens for demand in demands))
        return [demand for demand in admitted if demand.max_tokens > 0 and len(demand.tokens) > demand.start]

    def _admit_one(self, demand: Demand, admitted: list[Demand], demands: Sequence[Demand], promised: int) -> bool:
        """Make a demand resident, evicting whoever ranks behind it, until its context fits."""
        safe = {demand.pid, *(other.pid for other in admitted)}
        try:
            self._place(demand, safe, demands)
        except OutOfSequences:
            return False
        demand.start = self.num_resident(demand.pid)
        demand.fresh = False
        while self.driver.num_free_cells - promised < len(demand.tokens) - demand.start:
            if not self._evict(safe, demands):
                return False
        return True

    def _shares_with(self, demand: Demand, admitted: list[Demand]) -> bool:
        """A better ranked demand is computing more of this one's prefix than anyone holds yet."""
        if not self.driver.info.can_fork or not (demand.fresh or demand.pid not in self._residents):
            return False
        coming = max((common_prefix(other.tokens, demand.tokens) for other in admitted), default=0)
        if coming < MIN_SHARED_TOKENS:
            return False
        here = max((common_prefix(r.tokens, demand.tokens) for r in self._residents.values()), default=0)
        here = max(here, self.num_swapped(demand.pid, demand.tokens))
        return min(coming, len(demand.tokens) - 1) >= here + MIN_SHARED_TOKENS

    def _place(self, demand: Demand, safe: set[int], demands: Sequence[Demand]) -> None:
        """Give a process a sequence with as much of its context as can be had. Raises OutOfSequences."""
        while True:
            resident = self._residents.get(demand.pid)
            if resident is not None and not demand.fresh:
                return
            own = self.num_usable(demand.pid, demand.tokens)
            source, shared = self._best_source(demand)
            swapped = self.num_swapped(demand.pid, demand.tokens)
            try:
                if swapped >= max(own, shared) + MIN_SHARED_TOKENS:
                    if not self._swap_in(demand.pid, swapped):
                        continue
                elif source is not None and shared >= own + MIN_SHARED_TOKENS:
                    self._fork(demand.pid, source, shared)
                elif resident is None:
                    self._residents[demand.pid] = Resident(self.driver.open())
                else:
                    self._truncate(resident, own)
                self.swap.drop(demand.pid)
                return
            except OutOfSequences:
                if self._evict(safe, demands):
                    continue
                if self._residents.keys() - {demand.pid} or not self.swap.tokens(demand.pid):
                    raise  # those who rank before it have the room: what it has in swap is good for another step
                self.swap.discard(demand.pid, "more than there is room for")  # than is wanted of it, perhaps

    def _best_source(self, demand: Demand) -> tuple[Resident | None, int]:
        """The sequence of another that shares the longest prefix."""
        best, longest = None, 0
        for pid, resident in self._residents.items():
            if pid != demand.pid and self.driver.info.can_fork:
                shared = min(common_prefix(resident.tokens, demand.tokens), len(demand.tokens) - 1)
                if shared > longest:
                    best, longest = resident, shared
        return best, longest

    def _fork(self, pid: int, source: Resident, num_tokens: int) -> None:
        self.drop(pid)
        sequence_id = self.driver.fork(source.sequence_id, num_tokens)
        self._residents[pid] = Resident(sequence_id, source.tokens[:num_tokens], self._step)
        source.last_used = self._step
        self.num_forks += 1

    def _swap_in(self, pid: int, num_tokens: int) -> bool:
        """Bring a process's KV back and keep the first tokens; False if it is damaged, and then it is gone.

        Raises OutOfSequences, DriverBroken.
        """
        tokens = list(self.swap.tokens(pid))
        data = self.swap.read(pid)
        if data is None or self.swap.tokens(pid) != tokens:  # its file has just been written anew
            return False
        try:
            sequence_id = self._timed(self.driver.import_sequence, data, len(tokens))
        except OutOfSequences:
            raise
        except DriverError as error:
            self.swap.discard(pid, str(error))
            if isinstance(error, DriverBroken | DriverClosed):
                raise
            return False
        self.drop(pid)  # what was there is less, and its file stood beside it
        self._residents[pid] = Resident(sequence_id, tokens, self._step)
        self.swap.came_back(pid)
        self._truncate(self._residents[pid], num_tokens)
        return True

    def _truncate(self, resident: Resident, num_tokens: int) -> None:
        """Keep a prefix; a model that cannot cut starts again from nothing."""
        if num_tokens == len(resident.tokens):
            return
        if self.driver.info.can_truncate:
            self.driver.truncate(resident.sequence_id, num_tokens)
            del resident.tokens[num_tokens:]
        else:
            self.driver.close(resident.sequence_id)
            resident.sequence_id = self.driver.open()
            resident.tokens.clear()

    # -- eviction -----------------------------------------------------------------------------------------------------

    def _evict(self, safe: set[int], demands: Sequence[Demand]) -> bool:
        """Take the KV of whoever is missed least; False when all that is left is safe."""
        rank = {demand.pid: i for i, demand in enumerate(demands)}
        victims = [pid for pid in self._residents if pid not in safe]
        if not victims:
            return False
        away = {pid: round(self._away(pid), 1) for pid in victims}
        used = {pid: self._residents[pid].last_used for pid in victims}
        self._lose(min(victims, key=lambda pid: (pid in rank, -rank.get(pid, 0), -away[pid], used[pid])))
        return True

    def _lose(self, pid: int) -> None:
        """Off the device: into swap, if there is room and it is worth it."""
        self.num_evictions += 1
        if pid > 0 and self.swap.has_room and (kv := self._exported(self._residents[pid])) is not None:
            self.swap.put(pid, *kv)
        self.drop(pid)

    def _exported(self, resident: Resident) -> tuple[list[int], bytes] | None:
        if len(resident.tokens) < MIN_SWAPPED_TOKENS or not self.driver.info.can_export:
            return None
        return list(resident.tokens), self._timed(self.driver.export_sequence, resident.sequence_id)

    def _worth_keeping(self, pid: int, prefix: list[int]) -> bool:
        if len(prefix) < MIN_SHARED_TOKENS or not (self.driver.info.can_fork and self.driver.info.can_truncate):
            return False
        others = (resident.tokens for key, resident in self._residents.items() if key != pid)
        return all(common_prefix(tokens, prefix) + MIN_SHARED_TOKENS <= len(prefix) for tokens in others)

    def _forget_kept(self) -> None:
        kept = {key: (r.tokens, r.last_used) for key, r in self._residents.items() if key < 0}
        for key in surplus(kept, min(kept), MAX_KEPT_PREFIXES):
            self.drop(key)

    def _look(self) -> None:
        with contextlib.suppress(DriverError):
            self.num_free_cells = self.driver.num_free_cells
