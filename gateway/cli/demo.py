"""`menshen demo`: the whole path on real input in one terminal, and a report on what became of all of it.

The one place that imports sim. A mosquitto, a D-Bus with a stand-in BlueZ, cameras, serial lines and the people in
front of them are simulated in this process; the gateway and the centre are the real commands in processes of their own.
"""

import asyncio
import secrets
import signal
import tempfile
from collections import Counter
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer

from devices.mqtt import Broker, Mqtt, broker_at
from gateway.cli import demo_files as files
from gateway.cli import demo_install as install
from gateway.cli.demo_desk import Desk, Refused
from gateway.cli.demo_latency import Happened
from gateway.cli.demo_orders import Office, StayWanted
from gateway.cli.demo_processes import CommandFailed, Service
from gateway.cli.demo_report import Report, Truth, compare, read_books
from gateway.cli.demo_rounds import Rounds
from gateway.cli.demo_screen import Screen, summary
from gateway.entries import Stream
from gateway.journal.reader import Reader
from gateway.words.language import Lang
from sim.happenings import Round
from sim.hardware import OPEN_SECONDS, Hardware
from sim.mosquitto import Mosquitto, NoBroker
from sim.passes import Issued, IssueFailed
from sim.scenario import Scenario, scenario
from sim.shift import Shift
from sim.town import NoBus, Town
from sim.waiting import until

READY_SECONDS: Final = 90.0  # for a slow machine to open every link
BROKER_SECONDS: Final = 15.0
CALM_SECONDS: Final = 30.0  # at the end, for the last alert to reach the centre


class NotReady(Exception):
    """The gateway did not come up: what it does not attend to, and its last words."""


TROUBLES: Final = (CommandFailed, IssueFailed, NoBroker, NoBus, NotReady, Refused, TimeoutError, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class Options:
    seconds: float | None
    port: int
    seed: int
    broker: str
    kill_gateway_at: float | None


def demo(
    seconds: Annotated[float | None, typer.Option(help="End by itself after so long; else with Ctrl-C.", min=5)] = None,
    report: Annotated[Path | None, typer.Option(help="Write the summary as JSON.", dir_okay=False)] = None,
    port: Annotated[int, typer.Option(help="Of the pages; 0 takes a free one.", min=0, max=65535)] = 8443,
    seed: Annotated[int, typer.Option(help="The same seed: the same people, the same decisions.")] = 1,
    broker: Annotated[str, typer.Option(help="mqtt://HOST[:PORT]; a mosquitto of our own if left out.")] = "",
    lang: Annotated[Lang, typer.Option(help="Language of the live lines.")] = Lang.ZH,
    keep: Annotated[Path | None, typer.Option(help="Keep all its files in this folder.", file_okay=False)] = None,
    kill_gateway_at: Annotated[float | None, typer.Option(hidden=True, help="kill -9 the gateway then.")] = None,
) -> None:
    """Show everything on real input: codes, doors and wristbands of a simulated compound. Exit 0: nothing was lost."""
    options = Options(seconds, port, seed, broker, kill_gateway_at)
    with tempfile.TemporaryDirectory(prefix="menshen-demo-") as temporary, Screen(lang) as screen:
        folder = (keep or Path(temporary)).resolve()
        try:
            found = asyncio.run(Demo(folder, options, scenario(), screen).run())
        except TROUBLES as trouble:
            screen.say(f"menshen demo: {trouble}")
            raise typer.Exit(1) from trouble
        except ExceptionGroup as group:
            known, unknown = group.split(TROUBLES)
            if unknown is not None:
                raise
            for leaf in _leaves(known):
                screen.say(f"menshen demo: {type(leaf).__name__}: {leaf}")
            raise typer.Exit(1) from group
    typer.echo(summary(found))
    if report is not None:
        report.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    raise typer.Exit(0 if found.ok else 1)


@dataclass
class Demo:
    """One demonstration. `run` sets up, plays round after round, compares the books and takes everything down."""

    folder: Path
    options: Options
    scenario: Scenario
    screen: Screen
    gw: str = field(default_factory=lambda: f"demo-{secrets.token_hex(3)}")
    rounds: Rounds = field(init=False)

    async def run(self) -> Report:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        self.folder.mkdir(parents=True, exist_ok=True)
        async with AsyncExitStack() as walls:
            broker = await self._broker(walls)
            town = await walls.enter_async_context(Town(self.scenario, self.options.seed))
            shift, passes = await self._install(town, broker)
            desk_broker = broker.model_copy(update={"client_id": f"{self.gw}-desk", "session_seconds": 0})
            mqtt = await walls.enter_async_context(Mqtt(desk_broker, subscribe=Desk.filters(self.gw)))
            await self._connected(mqtt)
            desk = Desk(mqtt, self.gw, self.screen.heard)
            return await self._stand(shift, desk, passes, stop)

    async def _stand(self, shift: Shift, desk: Desk, passes: dict[str, Issued], stop: asyncio.Event) -> Report:
        """With the gateway and the centre as processes beside us, ended whatever happens."""
        loop, town = asyncio.get_running_loop(), shift.town
        bus = {"DBUS_SYSTEM_BUS_ADDRESS": town.bus.address}
        gateway = self._service("gateway", ["run", "--config", str(self.folder / "menshen.toml")], bus)
        centre = self._service("centre", ["centre", "--config", str(self.folder / "centre.toml")], {})
        async with asyncio.TaskGroup() as tasks:
            beside = [tasks.create_task(service.keep(), name=service.name) for service in (gateway, centre)]
            beside.append(tasks.create_task(desk.run(), name="desk"))
            office = Office(desk, self.gw, self.scenario.compound.timezone)
            beside.append(tasks.create_task(office.bring(), name="office"))
            try:
                town.power()
                await self._ready(town, gateway)
                began = loop.time()
                beside.append(tasks.create_task(self._kill(gateway), name="kill"))
                await shift.work(self.options.seconds, stop, passes, self._beginning(office, town))
                self.rounds.over(datetime.now(UTC))
                await self._calm(shift, desk)
                seconds = loop.time() - began
            finally:
                code = await gateway.stop()
                await centre.stop()
                for task in beside:
                    task.cancel()
        books = read_books(files.journal_of(self.folder), files.book_of(self.folder))
        found = compare(books, _truth(shift, self.rounds), desk.committed)
        found.seed, found.seconds, found.rounds = self.options.seed, round(seconds, 1), len(shift.played)
        found.gateway_starts, found.gateway_exit = gateway.starts, code
        found.ok = found.ok and code == 0
        return found

    async def _broker(self, walls: AsyncExitStack) -> Broker:
        if self.options.broker:
            return broker_at(self.options.broker, self.gw)
        mosquitto = await walls.enter_async_context(Mosquitto(self.folder / "broker"))
        return Broker(port=mosquitto.port, client_id=self.gw)

    async def _connected(self, mqtt: Mqtt) -> None:
        try:
            async with asyncio.timeout(BROKER_SECONDS):
                await mqtt.connected()
        except TimeoutError as exc:
            raise NotReady(f"the broker {mqtt.broker.name} does not answer: {mqtt.reason}") from exc

    async def _install(self, town: Town, broker: Broker) -> tuple[Shift, dict[str, Issued]]:
        """What an installer does before the first start; the passes of the first round are made meanwhile."""
        self.screen.say("setting up: keys, passes, staff, wristbands")
        self.rounds = Rounds(self.scenario.compound.id, self.scenario.compound.timezone, datetime.now(UTC))
        keys = await install.make_keys(self.folder, self.scenario.compound.id)
        port = install.free_port(self.options.port)
        site = site_of(self.scenario, town.hardware, self.rounds)
        config = install.configure(self.folder, self.gw, broker, port, site)
        shift = Shift(town, install.MENSHEN, keys)
        async with asyncio.TaskGroup() as tasks:
            issuing = tasks.create_task(shift.passes(0), name="passes")
            bands = {wearer.device: wearer.band.key for wearer in town.air.wearers}
            enrolling = tasks.create_task(install.enrol(config, bands), name="staff and bands")
            printing = tasks.create_task(install.door_codes(config, f"http://127.0.0.1:{port}"), name="codes of doors")
        town.door_codes = printing.result()
        self.screen.say(f"pages   http://127.0.0.1:{port}")
        for member in enrolling.result():
            self.screen.say(f"        {member.role:13} id {member.id:10} PIN {member.pin}")
        self.screen.say(f"broker  mqtt://{broker.host}:{broker.port}")
        self.screen.say(f"files   {self.folder}")
        return shift, issuing.result()

    def _service(self, name: str, words: list[str], env: dict[str, str]) -> Service:
        return Service(name, [*install.MENSHEN, *words], self.folder / f"{name}.log", env)

    async def _ready(self, town: Town, gateway: Service) -> None:
        try:
            async with asyncio.timeout(READY_SECONDS):
                await town.ready()
        except TimeoutError as exc:
            away = ", ".join(town.missing())
            raise NotReady(f"the gateway does not attend to: {away}\n{gateway.last_words()}") from exc
        self.screen.say(f"{self.gw} attends to {len(town.hardware.links)} links; people come")
        self.screen.begin()

    def _beginning(self, office: Office, town: Town) -> Any:
        async def begin(begun: Round, passes: dict[str, Issued]) -> None:
            stays = [
                StayWanted(
                    flat=stay.flat,
                    subject=passes[stay.gate_pass].subject,
                    band=town.air.wearers[stay.band].device,
                    window=stay.window,
                )
                for stay in begun.stays
            ]
            withdrawn = [passes[wanted.name].cti for wanted in begun.passes if wanted.withdrawn]
            await office.begin(begun.number, stays, withdrawn)
            self.rounds.people_are_home(datetime.now(UTC))

        return begin

    async def _kill(self, gateway: Service) -> None:
        if self.options.kill_gateway_at is not None:
            await asyncio.sleep(self.options.kill_gateway_at)
            gateway.kill()
            self.screen.say("the gateway is killed (kill -9)")

    async def _calm(self, shift: Shift, desk: Desk) -> None:
        """Wait until all that ought to come has come and nothing waits anywhere; what is not there then is missed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CALM_SECONDS):
                await until(lambda: not (shift.alerts() - desk.raised or shift.decisions() - desk.decided))
                await until(lambda: not (shift.endings() - desk.ended or shift.services() - desk.served))
                await until(lambda: self.rounds.expected() <= desk.rounds)
                await shift.town.settled()
                await until(lambda: self._confirmed(desk))

    def _confirmed(self, desk: Desk) -> bool:
        """Has the centre acknowledged everything that stands in the journal for it?"""
        with Reader(files.journal_of(self.folder)) as reader:
            return all(not reader.stream_since(stream, desk.upto(stream), limit=1) for stream in Stream)


def _leaves(trouble: BaseException | None) -> list[BaseException]:
    """What went wrong, out of the groups that tasks wrap around it."""
    if isinstance(trouble, BaseExceptionGroup):
        return [leaf for inner in trouble.exceptions for leaf in _leaves(inner)]
    return [trouble] if trouble else []


def _truth(shift: Shift, rounds: Rounds) -> Truth:
    hardware = shift.town.hardware
    nodes = hardware.nodes
    return Truth(
        alerts=shift.alerts(),
        decisions=shift.decisions(),
        cancelled=shift.endings(),
        services=shift.services(),
        rounds=Counter((each,) for each in rounds.expected()),
        acknowledged=[f"{node.name}/{each.ring}/{each.sequence}" for node in nodes for each in node.acknowledged],
        held=[f"{node.name}/{each.ring}/{each.sequence}" for node in nodes for each in node.held],
        happened=[Happened(told.reader or told.what, about, told.at) for told, about in shift.timed()],
        adverts=shift.town.air.spoken,
        barriers_opened=sum(switched.on for node in hardware.barriers.values() for switched in node.switched),
        cameras=frozenset(link.name for link in hardware.links if link.driver == "qr_camera"),
        scanners=frozenset(link.name for link in hardware.links if link.driver == "serial_scanner"),
    )


def site_of(wanted: Scenario, hardware: Hardware, rounds: Rounds) -> files.Site:
    """The scenario's places and hardware as the sections of menshen.toml have them."""
    compound: dict[str, Any] = msgspec.to_builtins(wanted.compound)
    for gate in compound["gates"]:
        for lane in gate["lanes"]:
            output = hardware.barriers[f"{wanted.compound.id}/{gate['id']}/{lane['id']}"].name
            for key in ("reader", "suffix", "acknowledges"):
                del lane[key]
            lane |= {"output": output, "open_seconds": OPEN_SECONDS}
    return files.Site(
        street=msgspec.to_builtins(wanted.street),
        compound=compound,
        links=[msgspec.to_builtins(link) for link in hardware.links],
        devices=[msgspec.to_builtins(device) for device in hardware.devices],
        limits=wanted.limits,
        rounds=rounds.hours,
    )
