"""What changed in, the board as each audience sees it out: a flat is looked at anew when something happened there.

One at a time and in slices, others run in between, so that a street of 4,000 flats never keeps a lane waiting. Drawn in
idle time, so that who opens it finds it drawn.
"""

import asyncio
import secrets
from collections import deque
from functools import cache
from math import ceil
from zoneinfo import ZoneInfo

from gateway.compound import Building, Compound, Places
from gateway.households import HomeSettings
from gateway.kinds import Kind
from gateway.pages.access import AUDIENCE, ON_DUTY, Role
from gateway.pages.board.counts import Counts
from gateway.pages.board.model import Homes, Index
from gateway.pages.board.view import View
from gateway.pages.feed import EVERYTHING, Feed
from gateway.pages.templating import Renderer
from gateway.view import House
from gateway.words.language import Lang, Tongue

# what is heard of a band is on no record, and service windows begin by the hour: so often every flat is looked at anew
ROUND_SECONDS = 15.0
IDLE_ROUND_SECONDS = 60.0  # while nobody looks
LATE_SECONDS = 100.0  # since then nobody went round: who asks does it
SLICE_SECONDS = 0.002  # the longest others wait for a board is this and one flat
WARM_SECONDS = 1.0  # what happens within so long is drawn together while nobody looks
FORGOTTEN_SECONDS = 3600.0  # an audience that has not looked for so long is drawn for no more
ALWAYS = (Role.DUTY_OFFICER, Lang.ZH)


class BoardCache:
    """`homes`: the household of a flat, None where it is in no book."""

    def __init__(
        self,
        house: House,
        feed: Feed,
        renderer: Renderer,
        homes: Homes,
        settings: HomeSettings,
        slice_seconds: float = SLICE_SECONDS,
        warm_seconds: float = WARM_SECONDS,
    ) -> None:
        self._house = house
        self._renderer = renderer
        self._homes = homes
        self._origins = {each.id: each for each in settings.origins}
        self._views: dict[tuple[Role, Tongue], View] = {}
        self._stamp = 0
        self._nonce = secrets.token_hex(4)
        self._places: Places | None = None
        self._one_at_a_time = asyncio.Lock()  # a second one finds what the first has drawn
        self._turnstile = asyncio.Lock()
        self._asked = 0  # how many wait for it now
        self._slice = slice_seconds
        self._warm = warm_seconds
        self._turn = 0.0
        feed.hear_of_flats(self._note)

    async def view(self, role: Role, lang: Tongue) -> View:
        """The board as it is now."""
        self._asked += 1
        try:
            async with self._one_at_a_time:
                view = self._view_of(role, lang)
                view.used = self._seconds()
                if self._seconds() - view.seen > LATE_SECONDS:
                    view.everything = True
                await self._look(view)
                return view
        finally:
            self._asked -= 1

    async def turn(self) -> None:
        """A change wakes every open board in one round of the loop: they go through here one by one, others between."""
        async with self._turnstile:
            await asyncio.sleep(0)

    @property
    def mark(self) -> str:
        """How far somebody is who is sent what is drawn from now on; says which house, and which places, it is of."""
        return f"{self._nonce}-{self._stamp}"

    @property
    def nothing(self) -> str:
        """The mark of somebody who has nothing of it."""
        return f"{self._nonce}-0"

    def stamp_of(self, mark: str) -> int | None:
        """The stamp in a mark; None if it is not of this board."""
        nonce, _, stamp = mark.partition("-")
        self._settle_in()
        mine = nonce == self._nonce and stamp.isascii() and stamp.isdigit() and len(stamp) < 20
        return int(stamp) if mine else None

    async def counts(self, role: Role, lang: Tongue = Lang.ZH) -> list[tuple[Building, Counts]]:
        """Every building with what is going on in it, in the order of the configuration."""
        view = await self.view(role, lang)
        return [(each, view.counts[each.id]) for each in view.places.buildings.values()]

    def index(self, role: Role) -> Index:
        now = self._house.status().now
        return Index(self._house.shown, role, self._house.glance, now, self._homes, self._origins)

    async def keep_warm(self) -> None:
        """A task of the pages: draws what changed before somebody asks, and goes round."""
        self._view_of(*ALWAYS)
        while True:
            await asyncio.sleep(self._warm)
            for key, view in list(self._views.items()):
                unused = self._seconds() - view.used
                if key != ALWAYS and unused > FORGOTTEN_SECONDS:
                    del self._views[key]
                    continue
                async with self._one_at_a_time:
                    self._go_round(view, ROUND_SECONDS if unused < ROUND_SECONDS else IDLE_ROUND_SECONDS)
                    await self._look(view, pause=self._slice)
                    for building in view.places.buildings.values():
                        if view.plan(building).pack():
                            await asyncio.sleep(self._slice)

    def _go_round(self, view: View, seconds: float) -> None:
        """A part of all flats is to be looked at."""
        if not view.round:
            view.round.extend(view.places.flats)
            view.seen = self._seconds()
        part = ceil(len(view.places.flats) * self._warm / seconds)
        view.changed.update(view.round.popleft() for _ in range(min(part, len(view.round))))

    def _note(self, flat: str) -> None:
        for view in self._views.values():
            if flat == EVERYTHING:
                view.everything = True
            else:
                view.changed.add(flat)

    def _settle_in(self) -> None:
        """Other places are another board."""
        if self._places is not self._house.shown.places:
            if self._places is not None:
                self._nonce = secrets.token_hex(4)
            self._places = self._house.shown.places
            for role, lang in list(self._views):
                self._views[role, lang] = View(self._renderer, self._places, role, lang)

    def _view_of(self, role: Role, lang: Tongue) -> View:
        self._settle_in()
        assert self._places is not None
        key = (_audience(role), lang)
        if key not in self._views:
            self._views[key] = View(self._renderer, self._places, key[0], lang)
        return self._views[key]

    async def _look(self, view: View, pause: float = 0.0) -> None:
        """At what changed; at all of it where that is due."""
        days = [self._house.status().now.astimezone(_zone(each)).date() for each in view.places.compounds.values()]
        all_of_it = view.everything or days != view.days
        flats = view.places.flats
        due = list(flats.values()) if all_of_it else [flats[each] for each in view.changed if each in flats]
        if not due:
            return
        view.changed.clear()  # before anything is looked at: what changes meanwhile is looked at the next time
        view.everything, view.days = False, days
        if all_of_it:
            view.seen = self._seconds()
            view.uncounted.update(view.places.buildings)
        index = self.index(view.role)
        zones = {each.id: _zone(each) for each in view.places.compounds.values()}
        self._turn = self._seconds()
        left = deque(due)
        try:
            while left:
                view.draw(index.flat(left[0], zones[left[0].compound]), self._next)
                left.popleft()
                await self._let_others(pause)
        finally:  # who asked may go away in between
            view.changed.update(each.id for each in left)
        self._tally(view)

    def _tally(self, view: View) -> None:
        tallied = False
        while view.uncounted:
            building = view.uncounted.pop()
            tallied |= view.tally(view.places.buildings[building], self._next)
        if tallied:
            view.sum_up(self._next)

    def _next(self) -> int:
        self._stamp += 1
        return self._stamp

    async def _let_others(self, pause: float) -> None:
        if self._seconds() - self._turn >= self._slice:
            await asyncio.sleep(0.0 if self._asked else pause)  # no leisure while somebody waits
            self._turn = self._seconds()

    def _seconds(self) -> float:
        return asyncio.get_running_loop().time()


def _zone(compound: Compound) -> ZoneInfo:
    return ZoneInfo(compound.timezone)


@cache
def _audience(role: Role) -> Role:
    """The first role that is shown the same as this one."""
    return next(each for each in Role if _shown_to(each) == _shown_to(role))


def _shown_to(role: Role) -> tuple[bool, frozenset[Kind]]:
    return role in ON_DUTY, frozenset(kind for kind, roles in AUDIENCE.items() if role in roles)
