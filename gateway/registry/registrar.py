"""Changes of households in, the registry's book moved on out: journaled first, then applied, redone at the start.

What a change says lies in a drop box, a small book of its own that is on disk in milliseconds whatever the size of the
registry; the order names it by `ref`. Once the order is committed it is applied to the book by its journal number, and
once the book is on disk the drop box lets go of it.
"""

import asyncio
import gc
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Protocol

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from gateway.bodies import read_body
from gateway.compound import Places
from gateway.enact.registry import MOST_FLATS
from gateway.entries import Entry, EntryClass, Record
from gateway.events.retention import ContentsDeleted
from gateway.households import Household, document_of, for_rules, household_of
from gateway.interpret.flat_names import FlatNames
from gateway.journal.forgotten import forgotten
from gateway.journal.journal import Journal
from gateway.journal.reader import Reader
from gateway.orders.every import Order, OrderResult
from gateway.orders.homes import HouseholdsChanged
from gateway.orders.privacy import PersonErased
from gateway.orders.staff import DataLookedAt
from gateway.registry.registry import Registry
from gateway.roll.rows import Known, Roll
from gateway.window_codes import note_renewed, renewed_in

log = logging.getLogger(__name__)

HOUSEHOLDS = "households"
DROPPED = "dropped"
FLATS_AT_ONCE = 50  # of an import, in one order: judged in 1 ms
READ_AT_ONCE = 2000
REDONE = frozenset({HouseholdsChanged.__name__, PersonErased.__name__})
WAS_ERASED = "that pseudonym was erased: leave it out, and a new one is drawn"

Progress = Callable[[int, int], None]


class Forgets(Protocol):
    """What the house does about what it keeps of people (gateway/house/forgetting.py)."""

    async def in_time(self, by: str) -> list[ContentsDeleted]: ...

    async def due_now(self) -> dict[str, int]: ...

    async def erase(self, order: PersonErased) -> tuple[OrderResult, list[ContentsDeleted]]: ...


class Difference(Struct, frozen=True):
    """What taking a list in would change."""

    changed: dict[str, Household | None]
    new_flats: int
    changed_flats: int
    same_flats: int
    coming: int
    leaving: tuple[tuple[str, str], ...]  # flat and pseudonym


class Registrar:
    """See the module. `registry` holds the households, `box` (a registry of its own) the drop box."""

    def __init__(
        self,
        registry: Registry,
        box: Registry,
        order: Callable[[Order], Awaitable[OrderResult]],
        now: Callable[[], datetime],
        places: Callable[[], Places],
        origins: frozenset[str],
    ) -> None:
        self._registry = registry
        self._box = box
        self._book = registry.book(HOUSEHOLDS)
        self._dropped = box.book(DROPPED)
        self.order = order
        self.now = now
        self.places = places
        self._origins = origins
        self._names: tuple[Places, FlatNames] | None = None
        self._homes = {flat: household_of(doc) for flat, doc in self._book.all()}
        self._lives = {person.subject: flat for flat, home in self._homes.items() for person in home.people}
        self._applied: list[tuple[int, str]] = []
        self._forgotten: set[str] = set()
        self.forgetting: Forgets | None = None  # there once the house has one

    async def keep_window_code(self, flat: str, order: str) -> None:
        """The code on the inside of this flat's door is the one made with this order. Raises NotKept."""
        note_renewed(self._registry, flat, order)
        await self._registry.flush()

    def window_codes(self) -> Mapping[str, str]:
        """Flat -> the order that its code was made with last; none where the book is damaged."""
        return renewed_in(self._registry)

    # what is known

    def get(self, flat: str) -> Household | None:
        return self._homes.get(flat)

    def home_of(self, subject: str) -> Household | None:
        return self._homes.get(self._lives.get(subject, ""))

    def all(self) -> Mapping[str, Household]:
        """By flat. Do not wait while walking through it."""
        return self._homes

    def known(self) -> Known:
        """A copy, for a thread to check a list against."""
        places, names = self.names()
        return Known(places, names, self._origins, dict(self._homes), dict(self._lives))

    def names(self) -> tuple[Places, FlatNames]:
        """What people call the flats; made anew when the places are others, which takes 40 ms for 22,000."""
        places, known = self.places(), self._names
        if known is None or known[0] is not places:
            known = self._names = (places, FlatNames(places))
        return known

    def difference(self, households: Mapping[str, Household]) -> Difference:
        """What these households would change."""
        changed: dict[str, Household | None] = {
            flat: home for flat, home in households.items() if self._homes.get(flat) != home
        }
        stays = {person.subject for home in households.values() for person in home.people}
        leaving = tuple(
            (flat, person.subject)
            for flat in changed
            if (before := self._homes.get(flat)) is not None
            for person in before.people
            if person.subject not in stays
        )
        new = sum(flat not in self._homes for flat in changed)
        return Difference(
            changed=changed,
            new_flats=new,
            changed_flats=len(changed) - new,
            same_flats=len(households) - len(changed),
            coming=len(stays - self._lives.keys()),
            leaving=leaving,
        )

    # what changes

    async def change(self, homes: Mapping[str, Household | None], by: str, order_id: str = "") -> OrderResult:
        """At most MOST_FLATS households, by one order; on disk when it returns. Raises NotKept."""
        ref = order_id or secrets.token_hex(16)
        if not 0 < len(homes) <= MOST_FLATS:
            raise ValueError(f"1 to {MOST_FLATS} households at once")
        self._sweep()
        people = {person.subject for home in homes.values() if home is not None for person in home.people}
        if people & self._forgotten:
            return OrderResult(order=ref, done=False, why=WAS_ERASED)
        documents: dict[str, Any] = {flat: None if home is None else document_of(home) for flat, home in homes.items()}
        self._dropped.put(ref, {"homes": documents}, None)
        await self._box.flush()
        stays = {person.subject for home in homes.values() if home is not None for person in home.people}
        left = tuple(
            person.subject
            for flat in homes
            if (before := self._homes.get(flat)) is not None
            for person in before.people
            if person.subject not in stays
        )
        flats = tuple(for_rules(flat, home) for flat, home in homes.items())
        result = await self.order(HouseholdsChanged(id=ref, at=self.now(), by=by, ref=ref, flats=flats, left=left))
        if not result.done:
            self._dropped.remove(ref, None)
        return result

    async def take_in(self, changes: Mapping[str, Household | None], by: str, progress: Progress) -> OrderResult:
        """An import: a row of orders. The first that is refused ends it; taken in again, it goes on from there."""
        flats = list(changes)
        result = OrderResult(order="", done=True)
        for done in range(0, len(flats), FLATS_AT_ONCE):
            some = {flat: changes[flat] for flat in flats[done : done + FLATS_AT_ONCE]}
            result = await self.change(some, by)
            if not result.done:
                break
            progress(min(done + FLATS_AT_ONCE, len(flats)), len(flats))
        await self.settle()
        settle_memory()
        return result

    async def looked(self, by: str, what: str) -> OrderResult:
        """Everybody's names are about to be taken out: that is on record first."""
        return await self.order(DataLookedAt(id=secrets.token_hex(16), at=self.now(), by=by, what=what))

    # the journal

    def committed(self, entry: Entry, body: Struct) -> None:
        """For the house to call with every committed entry."""
        if isinstance(body, HouseholdsChanged):
            self._apply(entry.number, body)
        elif isinstance(body, PersonErased):
            self._take_out(body.subject, entry.number)

    async def forget(self, subject: str) -> None:
        """Nothing of them in the books, nor in an older generation of a file. Raises NotKept."""
        self._take_out(subject, None)
        await self._registry.flush_older()
        self._sweep()
        await self._box.flush_older()

    def _take_out(self, subject: str, number: int | None) -> None:
        self._forgotten.add(subject)
        flat = self._lives.pop(subject, None)
        home = self._homes.get(flat or "")
        if flat is None or home is None:
            return
        self._homes[flat] = left = replace(home, people=tuple(p for p in home.people if p.subject != subject))
        self._book.put(flat, document_of(left), number)

    async def redo(self, journal: Journal) -> None:
        """At the start: what the journal has and the book has not."""
        self._book.rewind(journal.last)
        number = self._book.applied_upto
        if not self._book.older:  # `settle` came before each snapshot: nobody reads a journal of months for one change
            number = max(number, await journal.read(Reader.snapshot_before_last))
        while records := await journal.read(partial(_redone_after, number)):  # SQLite passes over all the others
            number = records[-1].number
            for record in records:
                if record.entry_class is EntryClass.INPUT and record.body:
                    match read_body(record.body):
                        case HouseholdsChanged() as changed:
                            self._apply(record.number, changed)
                        case PersonErased(subject=subject):
                            self._take_out(subject, record.number)
        for subject in forgotten(journal.path):  # also where a book was restored from an older copy
            self._take_out(subject, None)
        for ref in [ref for ref, _ in self._dropped.all() if ref not in {applied for _, applied in self._applied}]:
            self._dropped.remove(ref, None)  # applied and on disk before, or its order never was
        await self.settle()

    async def settle(self) -> None:
        """Everything applied is on disk, and the drop box is empty of it; before each snapshot. Raises NotKept."""
        await self._registry.flush()
        self._sweep()

    def _apply(self, number: int, body: HouseholdsChanged) -> None:
        dropped = self._dropped.get(body.ref)
        if dropped is None:  # an order that was not ours: nobody's hand may empty the book
            log.error("registry: order %s has left nothing in the drop box; the book stays as it was", body.id)
            return
        homes = dropped["homes"]
        changes = {home.flat: homes.get(home.flat) for home in body.flats}
        if not self._book.apply(changes, number):
            return
        self._applied.append((number, body.ref))
        for flat in changes:
            for person in before.people if (before := self._homes.pop(flat, None)) is not None else ():
                if self._lives.get(person.subject) == flat:
                    del self._lives[person.subject]
        for flat, doc in changes.items():
            if doc is not None:
                self._homes[flat] = home = msgspec.convert(doc, Household)
                self._lives.update((person.subject, flat) for person in home.people)

    def _sweep(self) -> None:
        kept = self._book.kept_upto
        for _, ref in (each for each in self._applied if each[0] <= kept):
            self._dropped.remove(ref, None)
        self._applied = [each for each in self._applied if each[0] > kept]


def settle_memory() -> None:
    """The collector need not walk through thousands of households for ever: it would stop the loop for 40 ms a time."""
    gc.freeze()


async def check_list(registrar: Registrar, read: Callable[[Known], Roll]) -> tuple[Roll, Difference]:
    """A list read in a thread, and what it would change. Raises Unreadable."""
    await asyncio.to_thread(registrar.names)
    known = registrar.known()
    roll = await asyncio.to_thread(read, known)
    return roll, registrar.difference(roll.households)


def _redone_after(number: int, reader: Reader) -> list[Record]:
    return reader.of_kinds_after(sorted(REDONE), number, READ_AT_ONCE)
