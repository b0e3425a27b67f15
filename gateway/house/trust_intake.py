"""Trust lists in, from the centre or from a folder that `menshen trust import` drops them into; orders to use them out.

The folder is looked into while the house runs and once it opens, so that a list can be brought on a stick to a gateway
that is running, is closed, or has never had a network. There is one who keeps lists, and it is the house.
"""

import asyncio
import hashlib
import logging
import os
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

from gateway.house.items import Made
from gateway.orders.every import TrustTaken
from gateway.passes.trust import Trust
from gateway.passes.trust_list import MAX_TRUST_BYTES, TrustRefused
from gateway.trust.store import TrustStore

log = logging.getLogger(__name__)

LOOKED_EVERY_SECONDS = 2.0
SUFFIX = ".cose"


class TrustIntake:
    def __init__(
        self, store: TrustStore, incoming: Path, put: Callable[[Made], Awaitable[None]], now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._incoming = incoming
        self._put = put
        self._now = now
        self._one_by_one = asyncio.Lock()  # the older of two that come at once must not be kept last

    async def take(self, blob: bytes, by: str = "centre") -> str:
        """A trust list came: keep it, journal it, use it. Why not, if not."""
        async with self._one_by_one:
            before = self._store.current
            found = await asyncio.to_thread(self._store.take, blob)
            if isinstance(found, TrustRefused):
                return str(found.reason)
            if before is None or found.version != before.version:
                await self._put(Made(taken(found, self._now(), by), found))
            return ""

    async def run(self) -> None:
        """For ever: take what was dropped; what is refused goes too, and the log says why."""
        unreadable: set[Path] = set()
        while True:
            for path in sorted(self._incoming.glob(f"*{SUFFIX}")):
                try:
                    blob = await asyncio.to_thread(_read, path)
                    why = await self.take(blob, "import")
                    path.unlink(missing_ok=True)
                except OSError as exc:
                    if path not in unreadable:
                        log.error("trust: %s: %s; was it imported as another user?", path, exc.strerror)
                    unreadable.add(path)
                    continue
                log.info("trust: an imported list was %s", f"refused: {why}" if why else "taken")
            await asyncio.sleep(LOOKED_EVERY_SECONDS)


def drop(incoming: Path, blob: bytes) -> Path:
    """Put a list where the house looks, whole or not at all."""
    incoming.mkdir(parents=True, exist_ok=True)
    path = incoming / f"{hashlib.sha256(blob).hexdigest()[:16]}{SUFFIX}"
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        file.write(blob)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return path


def taken(trust: Trust, now: datetime, by: str) -> TrustTaken:
    """That this list is in use from now on, for the journal."""
    return TrustTaken(
        id=f"trust-{trust.version}-{trust.digest.hex()[:16]}",
        at=now,
        by=by,
        version=trust.version,
        digest=trust.digest.hex(),
        issued_at=trust.listed.issued_at,
        next_update=trust.next_update,
    )


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_TRUST_BYTES + 1)
