"""`menshen run`: menshen.toml in, the house out. SIGTERM closes it in order; everything is on disk, exit 0."""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, nullcontext
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec import ValidationError

from gateway.cli.at_house import registrar_of
from gateway.cli.plainly import speaking_plainly
from gateway.cli.plan import CONFIG_OPTION, plan_to_change, registry_of, start_logging
from gateway.config.plan import Plan
from gateway.house.house import House, open_house
from gateway.house.keys import secret_file
from gateway.house.last_stand import last_stand
from gateway.house.number_intake import NumberIntake
from gateway.journal.schema import JournalError, JournalFull, JournalHeld
from gateway.own_ca.files import CaTrouble, OwnCa
from gateway.own_ca.served import Served, served_by
from gateway.pages.app import create_app
from gateway.pages.desk import PageSettings
from gateway.pages.serve import PageServer, listen
from gateway.privacy_answers import PRIVACY_ANSWERS
from gateway.registry.enrol_answers import ENROL_ANSWERS
from gateway.registry.numbers import BOOK as NUMBERS
from gateway.registry.numbers import FORMS
from gateway.registry.registrar import HOUSEHOLDS, Registrar
from gateway.registry.registry import Book, Registry
from gateway.registry.roll_answers import ROLL_ANSWERS
from gateway.registry.sealing import SealError, load_key
from gateway.registry.storage import BookUnreadable
from gateway.registry.window_answers import WINDOW_ANSWERS
from gateway.sd_notify import SystemdNotifier
from gateway.side_door import side_door
from gateway.staff.book import NoStaff, StaffBook
from gateway.window_codes import BOOK as WINDOW_CODES

log = logging.getLogger(__name__)

RENEWED_EVERY_SECONDS = 6 * 3600.0


def run(
    config: Annotated[Path, CONFIG_OPTION] = Path("/etc/menshen/menshen.toml"),
    pages: Annotated[bool, typer.Option(help="Serve the pages.")] = True,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log more.")] = False,
) -> None:
    """Watch the gates and the quarantine homes: the gateway itself."""
    start_logging(verbose)
    with speaking_plainly():
        plan = plan_to_change(config)
    asyncio.run(_run(plan, pages))


async def _run(plan: Plan, pages: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    notifier = SystemdNotifier(os.environ.get("NOTIFY_SOCKET"))
    try:
        await _house(plan, pages, stop, notifier)
    except JournalHeld as exc:  # a second house on one journal: the first goes on, and keeps its cables to itself
        typer.echo(f"menshen: {exc}", err=True)
        raise typer.Exit(1) from exc
    except (JournalError, JournalFull) as exc:
        await _last_stand(plan, stop, notifier, exc)
    except ExceptionGroup as group:
        disk, others = group.split((JournalError, JournalFull))
        if disk is None or others is not None:
            raise
        await _last_stand(plan, stop, notifier, disk)


async def _last_stand(plan: Plan, stop: asyncio.Event, notifier: SystemdNotifier, failure: Exception) -> None:
    """The disk is dead. A fire is still answered; the end is a failure, so that systemd starts the house anew."""
    told = failure
    while isinstance(told, ExceptionGroup):
        told = told.exceptions[0]
    await last_stand(plan, stop, notifier, str(told))
    raise typer.Exit(0 if stop.is_set() else 1) from failure


async def _house(plan: Plan, pages: bool, stop: asyncio.Event, notifier: SystemdNotifier) -> None:
    async with (
        registry_of(plan) as registry,
        open_house(plan) as house,
        _registrar(house, registry) as registrar,
    ):
        devices = _book(house, registry, "devices")

        def key_of(device: str) -> bytes | None:
            doc = devices.get(device) if devices is not None else None
            return bytes.fromhex(doc["band_key"]) if doc and doc.get("band_key") else None

        house.keys.device_keys = key_of
        if devices is not None:
            house.note_keys({device: key for device, _ in devices.all() if (key := key_of(device)) is not None})
        book = _book(house, registry, "staff")
        staff = StaffBook(book, registry.flush) if book is not None else NoStaff("staff")
        look_up(house, registry, plan.config.gateway.data)
        with _certificate(house, plan) if pages else nullcontext(None) as served:
            serve = (lambda standing: _serving(standing, staff, registrar, plan, served)) if pages else None
            await house.stand(stop, notifier, serve)


@contextmanager
def _certificate(house: House, plan: Plan) -> Iterator[Served | None]:
    """What the pages are served with by the gateway's own authority; None where they are not."""
    section = plan.config.pages
    if not section.tls:
        yield None
        return
    ca = OwnCa(plan.config.gateway.data / "ca", section.names)
    with served_by(ca, f"门神 Menshen {plan.config.gateway.id}", house.clock.now) as served:
        if served.trouble:
            house.note_unreadable("ca")
        yield served


def _book(house: House, registry: Registry, name: str) -> Book | None:
    """A damaged book is no reason to keep the lanes shut: the house opens without it, and says so loudly."""
    try:
        return registry.book(name)
    except (BookUnreadable, SealError) as exc:
        log.critical("registry: the book %s cannot be read, the house opens without it: %s", name, exc)
        house.note_unreadable(name)
        return None


def look_up(house: House, registry: Registry, data: Path) -> None:
    """Cards and plates, if their books can be read; without them nobody is refused by one."""
    books = _book(house, registry, NUMBERS), _book(house, registry, FORMS)
    try:
        key = load_key(data / "secrets" / "registry.key", create=False)
    except SealError as exc:
        log.critical("registry: %s; no cards or plates can be taken", exc)
        return
    if books[0] is None or books[1] is None:
        return
    house.look_up(
        NumberIntake(
            registry,
            data / "numbers" / "incoming",
            house.inbox.put,
            house.clock.now,
            registry_key=key,
            house_key=house.keys.digest_key,
        )
    )


@asynccontextmanager
async def _registrar(house: House, registry: Registry) -> AsyncIterator[Registrar | None]:
    """The registrar and its side door; None where a book of the households is damaged."""
    registry.hold()  # before it reads: another process may be changing the books
    async with AsyncExitStack() as stack:
        registrar = None
        if _book(house, registry, HOUSEHOLDS) is not None:
            _book(house, registry, WINDOW_CODES)  # damaged, what was renewed is as before; and that is said loudly
            try:
                registrar = await stack.enter_async_context(registrar_of(house, registry))
                data = house.plan.config.gateway.data
                await stack.enter_async_context(
                    side_door(data, registrar, {**ROLL_ANSWERS, **ENROL_ANSWERS, **WINDOW_ANSWERS, **PRIVACY_ANSWERS})
                )
            except (BookUnreadable, SealError, ValidationError) as exc:
                log.critical("registry: households cannot be read, the house opens without them: %s", exc)
                house.note_unreadable(HOUSEHOLDS)
        yield registrar


@asynccontextmanager
async def _serving(
    house: House, staff: StaffBook | NoStaff, registrar: Registrar | None, plan: Plan, served: Served | None
) -> AsyncIterator[Callable[[], Coroutine[Any, Any, None]]]:
    """The pages' server as one task of the house."""
    section = plan.config.pages
    certificate, key = (section.cert_file, section.key_file) if served is None else (served.certificate, served.key)
    settings = PageSettings(
        authority={} if served is None else served.to_trust,
        session_key=secret_file(plan.config.gateway.data / "secrets" / "session.key"),
        window_key=secret_file(plan.config.gateway.data / "secrets" / "window.key"),
        address=plan.config.windows.address,
        https=certificate is not None,
        shift=timedelta(hours=section.shift_hours),
        idle=timedelta(minutes=section.idle_minutes),
        hosts=section.names,
        homes=plan.config.homes.settings(),
    )
    app = create_app(house, staff, settings, registrar=registrar)
    server = PageServer(app, listen(section.host, section.port), certificate, key)
    scheme = "https" if settings.https else "http"
    log.info("pages: %s://%s:%d", scheme, section.host, server.port)
    if served is not None:
        ca = OwnCa(plan.config.gateway.data / "ca", section.names)
        yield partial(_run_and_renew, server, ca, house)
    else:
        yield server.run


async def _run_and_renew(server: PageServer, ca: OwnCa, house: House) -> None:
    """The pages, and a look at their certificate every six hours: the next who calls is shown the new one."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(RENEWED_EVERY_SECONDS)
            try:
                if await asyncio.to_thread(ca.fresh, house.clock.now()):
                    server.show_certificate(ca.certificate_file, ca.key_file)
            except (CaTrouble, OSError, ValueError) as exc:
                log.error("pages: the certificate cannot be renewed: %s", exc)

    renewing = asyncio.create_task(renew(), name="pages certificate")
    try:
        await server.run()
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)
