"""The times of [retention] in; contents, old states and what the house remembered of people out, with a receipt.

Floor 7. Once a day, and whenever somebody asks. Only what the centre has (or what is not for it) and what is in the
newest snapshot goes; the reader finds it and the writer clears it in small steps: no lane waits for longer than one.
"""

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

from gateway.config.plan import Plan
from gateway.config.retention import retention_of
from gateway.events.retention import ContentsDeleted, DeletedFor, TimesOver
from gateway.holds import holds_of
from gateway.house.items import Made
from gateway.house.keeper import Keeper
from gateway.journal.forgotten import forgotten
from gateway.journal.journal import Journal
from gateway.journal.reader import Reader
from gateway.journal.receipts import Deletion
from gateway.orders.every import OrderResult
from gateway.orders.privacy import PersonErased
from gateway.retention import Due, Retention, due_at
from gateway.times_over import anything_over

log = logging.getLogger(__name__)

EVERY = timedelta(days=1)
LOOKS_EVERY_SECONDS = 600.0


class Forgetting:
    """See the module. Never on a clock that is not trusted: it would forget too much."""

    def __init__(
        self,
        journal: Journal,
        keeper: Keeper,
        now: Callable[[], datetime],
        retention: Retention,
        trusted: Callable[[], bool],
        *,
        unheard: bool,
    ) -> None:
        """`unheard`: the house has no centre."""
        self.retention = retention
        self._journal = journal
        self._keeper = keeper
        self._now = now
        self._trusted = trusted
        self._unheard = unheard
        self.books: list[Callable[[str], Awaitable[None]]] = []  # what else knows people: each forgets one of them
        self._one_at_a_time = asyncio.Lock()

    async def run(self) -> None:
        """For ever."""
        last: datetime | None = None
        while True:
            now = self._now()
            if last is None:
                await self.forget_again()
            if self._trusted() and (last is None or not timedelta() <= now - last < EVERY):
                last = now
                await self.in_time("house")
            await self.finish_erasing()
            await asyncio.sleep(LOOKS_EVERY_SECONDS)

    async def in_time(self, by: str) -> list[ContentsDeleted]:
        """Forget what is over by now; the receipts, on disk."""
        async with self._one_at_a_time:
            now = self._now()
            over = TimesOver(at=now, heard=now, retention=self.retention)
            if anything_over(over, self._keeper.gatekeeper.state):
                self._keeper.make(Made(over))
            await self._fold()
            name = secrets.token_hex(8)
            deletion = await self._journal.begin_deletion(name, now, by, DeletedFor.TIME_OVER)
            due = due_at(now, self.retention, holds_of(self._keeper.gatekeeper.state), unheard=self._unheard)
            await self._journal.retain(due, deletion)
            return await self._receipts()

    async def due_now(self) -> dict[str, int]:
        """What `in_time` would clear at this hour, by kind of record. Changes nothing."""
        due = due_at(self._now(), self.retention, holds_of(self._keeper.gatekeeper.state), unheard=self._unheard)
        counts: Counter[str] = Counter()
        after: int | None = 0
        while after is not None:
            kinds, after = await self._journal.read(partial(_due_kinds, due, after))
            counts.update(kinds)
        return dict(sorted(counts.items()))

    async def erase(self, order: PersonErased) -> tuple[OrderResult, list[ContentsDeleted]]:
        """Who asks to be forgotten; the receipts of what went at once. What could not go is tried again by `run`."""
        result = await self._keeper.order(order)
        return result, (await self.finish_erasing() if result.done else [])

    async def finish_erasing(self) -> list[ContentsDeleted]:
        """Go on with every erasure that is not done yet: the centre may have confirmed more by now."""
        made: list[ContentsDeleted] = []
        async with self._one_at_a_time:
            for erasing in list(self._keeper.gatekeeper.state.erasing.values()):
                for forget in self.books:
                    await forget(erasing.subject)
                await self._fold()
                deletion = await self._journal.begin_deletion(
                    secrets.token_hex(8), self._now(), erasing.by, DeletedFor.ERASED, erasing.order
                )
                left = await self._journal.forget(erasing.subject, erasing.holds, deletion, unheard=self._unheard)
                if left:
                    log.info("journal: an erasure waits for %d records which the centre has not confirmed", left)
                made += await self._receipts()
        return made

    async def forget_again(self) -> None:
        """An older copy of the journal or of a book was restored: whoever was forgotten is forgotten again."""
        state = self._keeper.gatekeeper.state
        for subject in forgotten(self._journal.path):
            if subject in state.people or any(each.stay.subject == subject for each in state.released.values()):
                await self.erase(
                    PersonErased(
                        id=f"again-{secrets.token_hex(8)}",
                        at=self._now(),
                        by="house",
                        subject=subject,
                        reason="restored from an older copy",
                    )
                )

    async def _fold(self) -> None:
        """A snapshot that knows no more than the state does now, and none beside it."""
        await self._settled()
        await self._keeper.snapshots.now()
        await self._journal.drop_older_snapshots()

    async def _receipts(self) -> list[ContentsDeleted]:
        """One for each deletion that took something, also of those a power cut came between."""
        made = []
        for deletion in await self._journal.untold_deletions():
            receipt = await self._receipt(deletion)
            if receipt is not None:
                self._keeper.make(Made(receipt))
                await self._settled()
                made.append(receipt)
                log.info("journal: %d contents deleted (%s), receipt %s", receipt.count, receipt.reason, receipt.id)
            await self._journal.tell_deletion(deletion.id)
        if made and not await self._journal.scrub():
            log.info("journal: a reader is at work; its log is emptied with the next deletion")
        return made

    async def _receipt(self, deletion: Deletion) -> ContentsDeleted | None:
        if deletion.first is None or deletion.last is None:
            return None
        tally = await self._journal.added_up(deletion)
        now = self._now()
        return ContentsDeleted(
            id=deletion.name,
            at=now,
            heard=now,
            by=deletion.by,
            reason=DeletedFor(deletion.reason),
            kinds=dict(sorted(tally.kinds.items())),
            first=deletion.first,
            last=deletion.last,
            digest=tally.hash.hexdigest(),
            left=await self._left(deletion.asked),
            order=deletion.asked,
        )

    async def _left(self, asked: str) -> int:
        erasing = self._keeper.gatekeeper.state.erasing.get(asked)
        if erasing is None:
            return 0
        return await self._journal.read(lambda reader: reader.left_of(erasing.subject, unheard=self._unheard))

    async def _settled(self) -> None:
        """All that was said so far is on disk."""
        settled = asyncio.Event()
        self._keeper.after_commit(settled.set)
        await settled.wait()


def _due_kinds(due: Due, after: int, reader: Reader) -> tuple[list[str], int | None]:
    numbers, after_this = reader.due(due, after)
    return reader.kinds_of(numbers), after_this


def forgetting_of(
    plan: Plan, journal: Journal, keeper: Keeper, now: Callable[[], datetime], trusted: Callable[[], bool]
) -> Forgetting:
    """By the times of this house."""
    config = plan.config
    retention = retention_of(config.retention, config.journal.keep_days)
    return Forgetting(journal, keeper, now, retention, trusted, unheard=config.uplink is None)
