"""The house in, the retained `state` and `open` and the passing `health` out: what the centre sees without asking."""

import asyncio
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from devices.mqtt.client import Mqtt
from devices.mqtt.values import NotConnected, TooLarge, Will, WindowFull
from gateway.compound import DeviceKind
from gateway.entries import Entry, Stream
from gateway.findings import Alert
from gateway.messages.every import (
    HealthMessage,
    OpenMessage,
    PathHealth,
    StateMessage,
    encode,
    topic,
)
from gateway.messages.telling_alerts import open_alert
from gateway.outbox import Outbox
from gateway.view import House

HEALTH_EVERY_SECONDS = 30.0
OPEN_SETTLES_SECONDS = 0.25  # a flood of alerts is one `open` message, not one each
OPEN_AT_MOST = 500  # alerts in one `open` message
WILL_DELAY_SECONDS = 30  # a gateway that reconnects within this was never away

LINK_KINDS = frozenset(
    {
        DeviceKind.CAMERA,
        DeviceKind.SCANNER,
        DeviceKind.THERMOMETER,
        DeviceKind.RADIO,
        DeviceKind.CABLE,
        DeviceKind.NEIGHBOUR,
    }
)


def will(gw: str) -> Will:
    """What the broker says for a gateway that fell silent."""
    return Will(topic(gw, "state"), encode(StateMessage(gw=gw, state="offline")), delay_seconds=WILL_DELAY_SECONDS)


class Herald:
    """Says who we are on each connection, which alerts are open when that changes, and how we are now and then."""

    def __init__(
        self,
        mqtt: Mqtt,
        outbox: Outbox,
        house: House,
        *,
        gw: str,
        version: str,
        data: Path,
        last_heard: Callable[[str], datetime | None],
    ) -> None:
        self._mqtt = mqtt
        self._outbox = outbox
        self._house = house
        self._gw = gw
        self._version = version
        self._data = data
        self._last_heard = last_heard
        self._changed = asyncio.Event()

    def committed(self, entry: Entry, body: Struct) -> None:
        """An entry is on disk."""
        if isinstance(body, Alert):
            self._changed.set()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        session = 0
        health_at = 0.0
        while True:
            standing = await self._mqtt.connected()
            try:
                if standing.number != session:
                    await self._say("state", self._birth(), retain=True)
                    self._changed.set()
                    health_at = 0.0
                    session = standing.number
                if self._changed.is_set():
                    self._changed.clear()
                    await self._say("open", self._open_that_fits(), retain=True)
                if loop.time() >= health_at:
                    self._mqtt.publish(topic(self._gw, "health"), encode(await self._health()), qos=0)
                    health_at = loop.time() + HEALTH_EVERY_SECONDS
            except (NotConnected, WindowFull):
                self._changed.set()
                continue
            except TooLarge:  # said in the log and on the pages; it fits when fewer devices are silent
                health_at = loop.time() + HEALTH_EVERY_SECONDS
            try:
                async with asyncio.timeout(max(0.01, health_at - loop.time())):
                    await self._changed.wait()
                    await asyncio.sleep(OPEN_SETTLES_SECONDS)
            except TimeoutError:
                continue

    async def farewell(self) -> None:
        """The house closes of its own will: say so, instead of leaving it to the last will."""
        if self._mqtt.session is not None:
            stopped = StateMessage(gw=self._gw, state="stopped", time=self._house.status().now, version=self._version)
            await self._say("state", stopped, retain=True)

    async def _say(self, leaf: str, message: Struct, *, retain: bool) -> None:
        await self._mqtt.send(topic(self._gw, leaf), encode(message), retain=retain)

    def _birth(self) -> StateMessage:
        shown = self._house.shown
        return StateMessage(
            gw=self._gw,
            state="online",
            time=self._house.status().now,
            version=self._version,
            epoch=self._outbox.epoch,
            next_numbers={str(stream): self._outbox.last(stream) + 1 for stream in Stream},
            paths=len(shown.places.devices),
            deaf=tuple(sorted(shown.silent)),
        )

    def _open_that_fits(self) -> OpenMessage:
        """As many alerts as the broker's largest packet has room for; `more` counts the rest."""
        most = OPEN_AT_MOST
        while not self._mqtt.fits(topic(self._gw, "open"), encode(said := self._open(most))) and said.alerts:
            most = len(said.alerts) * 3 // 4
        return said

    def _open(self, most: int) -> OpenMessage:
        shown = self._house.shown
        alerts = shown.open_alerts()
        return OpenMessage(
            gw=self._gw,
            epoch=self._outbox.epoch,
            time=self._house.status().now,
            alerts=tuple(open_alert(alert, shown.places) for alert in alerts[:most]),
            more=max(0, len(alerts) - most),
        )

    async def _health(self) -> HealthMessage:
        shown, status = self._house.shown, self._house.status()
        disk = await asyncio.to_thread(shutil.disk_usage, self._data)
        return HealthMessage(
            gw=self._gw,
            time=status.now,
            links=tuple(
                PathHealth(
                    device=device.id,
                    kind=str(device.kind),
                    last_heard=self._last_heard(device.id),
                    silent=device.id in shown.silent,
                )
                for device in shown.places.devices.values()
                if device.kind in LINK_KINDS
            ),
            silent=tuple(sorted(shown.silent)),
            backlog={str(stream): self._outbox.backlog(stream) for stream in Stream},
            oldest_unconfirmed=status.oldest_unconfirmed,
            outage_hours_left=status.outage_hours_left,
            clock_trusted=status.clock_trusted,
            disk_free_megabytes=disk.free // 1_000_000,
        )
