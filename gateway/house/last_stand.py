"""A dead disk in: no decision, no acknowledgement, no message; but a fire still opens every lane.

Floor 7. The house stops loudly when its journal fails (design: JournalError has no answer). What is left standing until
somebody mends the disk is this: the fire contacts, a page with the fire button, and the hands that open lanes. As soon
as the disk answers again, and nothing burns, it ends, and systemd starts the house anew.
"""

import asyncio
import logging
import os
import ssl
from pathlib import Path

from devices.driver import NoKeys
from devices.reading import Reading
from devices.watch import HouseClock, Watch
from gateway.compound import Places
from gateway.config.plan import Plan
from gateway.config.sections import PagesSection
from gateway.house.fire_hands import FireHands
from gateway.own_ca.files import OwnCa
from gateway.pages.last_page import last_page
from gateway.pages.serve import listen, quiet_server
from gateway.sd_notify import SystemdNotifier

log = logging.getLogger(__name__)

TRY_AGAIN_SECONDS = 30.0


async def last_stand(plan: Plan, stop: asyncio.Event, notifier: SystemdNotifier, why: str) -> None:
    """Until `stop`, or until a file can be written and nothing burns."""
    log.critical("house: cannot write (%s); only a fire is answered now", why)
    notifier.ready(f"cannot write: {why}; only a fire is answered")
    places, clock = Places(plan.site), HouseClock()
    burning: set[str] = set()

    async def deliver(reading: Reading) -> None:
        hands.notice(reading)

    def fire(compound: str) -> None:
        burning.add(compound)
        hands.open(compound)

    watches = {link.name: Watch(link.name, link.driver, link.settings, NoKeys(), deliver, clock) for link in plan.links}
    hands = FireHands(watches, lambda: places, lambda: burning)
    section = plan.config.pages
    names = {key: compound.name for key, compound in places.compounds.items()}
    page = last_page(why, names, burning, fire, section.names)
    server = quiet_server(page, *readable_certificate(plan.config.gateway.data, section))
    with listen(section.host, section.port) as listener:
        tasks = [
            asyncio.create_task(server.serve([listener]), name="last page"),
            asyncio.create_task(hands.run(), name="fire"),
            asyncio.create_task(_disk_answers(plan.config.gateway.data, hands, notifier), name="disk"),
            asyncio.create_task(stop.wait(), name="stop"),
            *(asyncio.create_task(watch.run(), name=f"watch {name}") for name, watch in watches.items()),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            notifier.stopping()
            server.should_exit = True
            for task in tasks[1:]:
                task.cancel()
            await asyncio.wait(tasks)
    for task in tasks:
        if not task.cancelled():
            task.result()


def readable_certificate(data: Path, section: PagesSection) -> tuple[Path | None, Path | None]:
    """What the pages were served with, if the disk still gives it; a fire button in plain is better than none."""
    ca = OwnCa(data / "ca", section.names)
    certificate, key = (ca.certificate_file, ca.key_file) if section.tls else (section.cert_file, section.key_file)
    if certificate is None:
        return None, None
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except OSError as exc:  # ssl.SSLError is one
        log.critical("pages: the certificate cannot be read (%s); the last page is served in plain http", exc)
        return None, None
    return certificate, key


async def _disk_answers(data: Path, hands: FireHands, notifier: SystemdNotifier) -> None:
    """Return once a file can be written here again, and no lane is held open."""
    loop = asyncio.get_running_loop()
    next_try = loop.time() + TRY_AGAIN_SECONDS
    while True:
        notifier.alive()
        await asyncio.sleep(1.0)
        if loop.time() >= next_try and not hands.holding:
            next_try = loop.time() + TRY_AGAIN_SECONDS
            if await asyncio.to_thread(_can_write, data):
                log.warning("house: the disk answers again; ending, to be started anew")
                return


def _can_write(folder: Path) -> bool:
    probe = folder / ".probe"
    try:
        with probe.open("wb") as file:
            file.write(b"menshen")
            file.flush()
            os.fsync(file.fileno())
        probe.unlink()
    except OSError:
        return False
    return True
