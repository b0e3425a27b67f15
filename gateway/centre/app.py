"""centre.toml in, a running centre out: one link, one book, until SIGTERM."""

import asyncio
import logging
import os
import signal
import tomllib
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from devices.beside import Beside, lying_in
from devices.mqtt import Broker, Mqtt
from gateway.centre.book import Book
from gateway.centre.letter import Letter
from gateway.centre.receiver import SUBSCRIPTIONS, Receiver
from gateway.sd_notify import SystemdNotifier, watchdog_interval

log = logging.getLogger(__name__)

CLIENT_ID = "menshen-centre"
FORGETS_EVERY_SECONDS = 3600.0


class CentreConfig(BaseModel):
    """The whole of centre.toml: where the book lies, and the section [broker]."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    book: Beside = Path("/var/lib/menshen-centre/book.sqlite")
    keep_days: int | None = Field(default=None, ge=1, le=3650, description="contents are forgotten after so long")
    broker: Broker


def read_config(path: Path) -> CentreConfig:
    """Raises OSError, tomllib.TOMLDecodeError, pydantic.ValidationError."""
    settings: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    broker = settings.get("broker")
    if isinstance(broker, dict):
        broker.setdefault("client_id", CLIENT_ID)
    return CentreConfig.model_validate(settings, context=lying_in(path.parent))


async def run(
    config: CentreConfig,
    stop: asyncio.Event,
    *,
    on_fresh: Callable[[Letter], None] = lambda letter: None,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Receive until `stop` is set. What was delivered and not committed by then comes again after the next start."""
    config.book.parent.mkdir(parents=True, exist_ok=True)
    notifier = SystemdNotifier(os.environ.get("NOTIFY_SOCKET"))
    with Book(config.book) as book, ThreadPoolExecutor(1, thread_name_prefix="book") as pool:
        async with Mqtt(config.broker, subscribe=SUBSCRIPTIONS) as mqtt:
            receiver = Receiver(mqtt, book, pool, now=lambda: datetime.now(UTC), on_fresh=on_fresh)
            watched = asyncio.create_task(_alive(notifier, book, pool), name="centre watchdog")
            receiving = asyncio.create_task(receiver.run(), name="centre")
            stopping = asyncio.create_task(stop.wait(), name="centre stop")
            notifier.ready(f"book {config.book}, broker {config.broker.name}")
            ready()
            forgetting = asyncio.create_task(_forget(config.keep_days, book, pool), name="centre forgetting")
            tasks = [watched, receiving, stopping, forgetting]
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                notifier.stopping()
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)
            for task in tasks:
                if not task.cancelled():
                    task.result()
        log.info("centre: %d new, %d known, %d faults", receiver.received, receiver.known, receiver.faults)


async def run_until_told(config: CentreConfig, **hooks: Callable[..., None]) -> None:
    """`run`, until SIGTERM or SIGINT."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    with suppress(asyncio.CancelledError):
        await run(config, stop, **hooks)


async def _forget(keep_days: int | None, book: Book, pool: Executor) -> None:
    """Once an hour, a little at a time: what comes in waits no longer than for one step."""
    if keep_days is None:
        await asyncio.Event().wait()
        return
    while True:
        before = datetime.now(UTC) - timedelta(days=keep_days)
        while await asyncio.get_running_loop().run_in_executor(pool, book.forget_before, before):
            pass
        await asyncio.sleep(FORGETS_EVERY_SECONDS)


async def _alive(notifier: SystemdNotifier, book: Book, pool: Executor) -> None:
    """Speak to the watchdog as long as the book's thread answers; a book that hangs is ended by systemd."""
    interval = watchdog_interval(os.environ, os.getpid())
    if interval is None:
        await asyncio.Event().wait()
        return
    while True:
        await asyncio.get_running_loop().run_in_executor(pool, book.lines)
        notifier.alive()
        await asyncio.sleep(interval.total_seconds() / 2)
