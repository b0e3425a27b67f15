"""Change files of `menshen cards` and `menshen plates` in; the registry's book changed, orders and a new look-up out.

As with trust lists there is one who keeps the books, and it is the house: it looks into the folder while it runs and
when it opens. The entries are on disk before the order is; killed in between, the file is still there and done again.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec.structs import replace

from gateway.house.items import Made
from gateway.orders.every import PassWithdrawn
from gateway.orders.numbers import NumbersEntered
from gateway.passes.numbers import Entry, Medium, NumberBook
from gateway.registry.numbers import BOOK, FORMS, SUFFIX, Change, doc_of, entry_of, form_id, number_book, read_change
from gateway.registry.registry import Registry
from gateway.registry.sealing import SealError
from gateway.registry.storage import NotKept

log = logging.getLogger(__name__)

LOOKED_EVERY_SECONDS = 2.0


class NumberIntake:
    def __init__(
        self,
        registry: Registry,
        incoming: Path,
        put: Callable[[Made], Awaitable[None]],
        now: Callable[[], datetime],
        *,
        registry_key: bytes,
        house_key: bytes,
    ) -> None:
        """`registry_key` opens change files; under `house_key` numbers are looked up."""
        self._registry = registry
        self._book, self._forms = registry.book(BOOK), registry.book(FORMS)
        self._incoming = incoming
        self._put = put
        self._now = now
        self._registry_key, self._house_key = registry_key, house_key

    def numbers(self) -> NumberBook:
        """What the gates go by when the house opens."""
        return number_book(self._registry, self._house_key)

    async def forget(self, subject: str) -> None:
        """Somebody's cards and plates are taken out of the books and are in no older generation. Raises NotKept."""
        theirs = [entry for entry, doc in self._book.all() if entry_of(entry, doc).subject == subject]
        for entry in theirs:
            self._book.remove(entry, None)
        if theirs:
            await self._registry.flush_older()
            await self._put(Made(self._erased(len(theirs)), numbers=await asyncio.to_thread(self.numbers)))

    def _erased(self, count: int) -> NumbersEntered:
        """The order by which the gates are told of the new look-up."""
        name = f"erased-{secrets.token_hex(8)}"
        return NumbersEntered(id=name, at=self._now(), by="house", medium=Medium.CARD, count=count)

    async def run(self) -> None:
        """For ever: take what was dropped. What cannot be taken now stays; what never can be is put aside."""
        told: set[Path] = set()
        while True:
            for path in sorted(self._incoming.glob(f"*{SUFFIX}"), key=_age):
                try:
                    await self._take_file(path)
                except (OSError, NotKept) as exc:  # imported as another user, or the disk is full: perhaps not for ever
                    if path not in told:
                        log.error("cards: %s cannot be taken, trying again: %s", path, exc)
                    told.add(path)
                    break  # those after it may be about the same entries
            await asyncio.sleep(LOOKED_EVERY_SECONDS)

    async def _take_file(self, path: Path) -> None:
        try:
            change, entries = await asyncio.to_thread(read_change, path, self._registry_key)
        except (SealError, ValueError) as exc:
            log.error("cards: %s is no change of this gateway's books: %s", path, type(exc).__name__)
            await asyncio.to_thread(path.replace, path.with_suffix(".refused"))
            return
        await self.take(change, entries, path.stem)
        await asyncio.to_thread(path.unlink, missing_ok=True)

    async def take(self, change: Change, entries: list[Entry], name: str) -> None:
        """Into the books and onto the disk, then the orders, then the gates go by it. Raises NotKept."""
        withdrawn = {
            each: doc_of(replace(entry_of(each, doc), withdrawn=True))
            for each in change.withdraw
            if (doc := self._book.get(each)) is not None
        }
        await self._book.put_many({each.id: doc_of(each) for each in entries} | withdrawn, None)
        await self._forms.put_many({form_id(form): msgspec.to_builtins(form) for form in change.forms}, None)
        await self._registry.flush()
        numbers = await asyncio.to_thread(self.numbers)
        *orders, last = self._orders(change, entries, list(withdrawn), name)
        for order in orders:
            await self._put(Made(order))
        await self._put(Made(last, numbers=numbers))
        log.info("cards: %d entered, %d withdrawn", len(entries), len(withdrawn))

    def _orders(
        self, change: Change, entries: list[Entry], withdrawn: list[str], name: str
    ) -> list[PassWithdrawn | NumbersEntered]:
        """At least one, by which the gates are told of the new look-up."""
        now, by, why = self._now(), change.by, change.reason or "withdrawn"
        orders: list[PassWithdrawn | NumbersEntered] = [
            PassWithdrawn(id=f"{name}-{each}", at=now, by=by, cti=each, reason=why) for each in withdrawn
        ]
        for medium in {each.medium for each in entries} or ([] if orders else [Medium.CARD]):
            count = sum(each.medium is medium for each in entries)
            orders.append(NumbersEntered(id=f"{name}-{medium}", at=now, by=by, medium=medium, count=count))
        return orders


def _age(path: Path) -> int:
    """What was imported first may be what is withdrawn next."""
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:  # somebody took it away just now
        return 0
