"""A town and how long in; round after round of it out, ever new people; the passes of the next are made meanwhile."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sim.happenings import AsksService, Expected, Round, Shows
from sim.passes import Issued, issue
from sim.plan import plan
from sim.town import Told, Town

WORTH_SECONDS: Final = 8.0  # a last round shorter than this would show nothing

Begin = Callable[[Round, dict[str, Issued]], Awaitable[None]]


@dataclass
class Shift:
    """`menshen` is the command, `keys` the folder of `menshen keys init`. `played` says what was really played."""

    town: Town
    menshen: Sequence[str]
    keys: Path
    played: list[Round] = field(default_factory=list)
    _worn_by: dict[int, Issued] = field(default_factory=dict)  # band -> the pass of whoever wears it

    async def passes(self, number: int) -> dict[str, Issued]:
        """Those of one round."""
        planned = self.plan(number)
        known = {stay.gate_pass: self._worn_by[stay.band] for stay in planned.stays if stay.band in self._worn_by}
        wanted = [each for each in planned.passes if each.name not in known]
        found = known | await issue(self.menshen, self.keys, self.town.scenario.compound.id, wanted)
        self._worn_by |= {stay.band: found[stay.gate_pass] for stay in planned.stays}
        return found

    def plan(self, number: int) -> Round:
        return plan(self.town.scenario, self.town.seed, number)

    async def work(self, seconds: float | None, stop: asyncio.Event, first: dict[str, Issued], begin: Begin) -> None:
        """Until the time is over or somebody says stop. `begin` does what the centre does before a round."""
        loop = asyncio.get_running_loop()
        end = loop.time() + (1e9 if seconds is None else seconds)
        passes, number = first, 0
        while not stop.is_set():
            whole = self.plan(number)
            await begin(whole, passes)
            began = loop.time()
            played = whole.within(end - began)
            self.played.append(played)
            goes_on = end - began > self.town.scenario.round_seconds + WORTH_SECONDS
            passes = await self._play(played, passes, began, stop, number + 1 if goes_on else None)
            if stop.is_set():
                self.played[-1] = played.within(loop.time() - began)
            if not goes_on:
                break
            number += 1
        with suppress(TimeoutError):
            async with asyncio.timeout_at(end):
                await stop.wait()

    async def _play(
        self, played: Round, passes: dict[str, Issued], began: float, stop: asyncio.Event, following: int | None
    ) -> dict[str, Issued]:
        """One round, until its end or until stop; the passes of the following one."""
        found: dict[str, Issued] = {}

        async def play() -> None:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.town.play(played, passes, began), name="shift: round")
                if following is not None:
                    found.update(await self.passes(following))

        async with asyncio.TaskGroup() as tasks:
            both = [
                tasks.create_task(play(), name="shift: play"),
                tasks.create_task(stop.wait(), name="shift: stop"),
            ]
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            for task in both:
                task.cancel()
        return found

    # what ought to have come of it

    def expected(self) -> list[Expected]:
        return [each for played in self.played for each in played.expected]

    def shows(self) -> list[Shows]:
        return [each for played in self.played for each in played.happenings if isinstance(each, Shows)]

    def alerts(self) -> Counter[tuple[str, str]]:
        """(kind, place)"""
        return Counter((each.kind, each.place) for each in self.expected())

    def decisions(self) -> Counter[tuple[str, str, str]]:
        """(lane, verdict, reason)"""
        return Counter((each.lane, each.verdict, each.reason) for each in self.shows())

    def endings(self) -> Counter[tuple[str, str, str]]:
        """(kind, place, closing) of alerts that must end by themselves"""
        return Counter((each.kind, each.place, each.closing) for each in self.expected() if each.closing)

    def services(self) -> Counter[tuple[str, str]]:
        """(flat, purpose) of what was asked for by a door's code, and must have been taken in"""
        asked = [each for played in self.played for each in played.happenings if isinstance(each, AsksService)]
        return Counter((each.flat, each.purpose) for each in asked)

    def timed(self) -> list[tuple[Told, tuple[str, ...]]]:
        """What is told of and at once followed by something at the centre, with what that is about."""
        told = self.town.told
        codes = [(each, (each.place, each.verdict, each.reason)) for each in told if each.what == "code"]
        causes = {(each.scene, each.what): each for each in reversed(told)}  # the first of a scene: "open", not "shut"
        alerts = [
            (causes[each.scene, each.cause], (each.kind, each.place))
            for each in self.expected()
            if each.cause in ("door", "band") and (each.scene, each.cause) in causes
        ]
        return [*codes, *alerts]
