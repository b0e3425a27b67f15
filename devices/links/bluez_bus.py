"""Our own seat on the system bus: says when bluetoothd or the bus goes away, and powers the adapter.

bleak 3.1 does neither: when bluetoothd restarts under a running scanner it notices nothing, and stays silent.
Powering needs what BlueZ's D-Bus policy gives to root and to the group `bluetooth`.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.errors import AuthError, DBusFastError, InvalidAddressError

log = logging.getLogger(__name__)

BLUEZ = "org.bluez"
ADAPTER = "org.bluez.Adapter1"
CALL_SECONDS = 10.0
POWER_OFF_SECONDS = 1.0  # the controller wants a moment without power; BlueZ itself answers before it is done

# What a bus says when it cannot be reached, or dies while one asks.
BUS_ERRORS = (OSError, EOFError, TimeoutError, AuthError, DBusFastError, InvalidAddressError)


class BluezBus:
    def __init__(self, bus: MessageBus) -> None:
        self._bus = bus

    async def call(self, path: str, interface: str, member: str, signature: str = "", *body: Any) -> Message:
        """Ask BlueZ; its error is an answer too. Raises BUS_ERRORS."""
        question = Message(
            destination=BLUEZ, path=path, interface=interface, member=member, signature=signature, body=list(body)
        )
        async with asyncio.timeout(CALL_SECONDS):
            return await self._bus.call(question)

    async def present(self) -> bool:
        """Is bluetoothd on the bus?"""
        question = Message(
            destination="org.freedesktop.DBus",
            path="/org/freedesktop/DBus",
            interface="org.freedesktop.DBus",
            member="NameHasOwner",
            signature="s",
            body=[BLUEZ],
        )
        async with asyncio.timeout(CALL_SECONDS):
            answer = await self._bus.call(question)
        return bool(answer.body and answer.body[0])

    async def adapter_path(self, adapter: str | None) -> str | None:
        """The object of `adapter` ("hci0"), or of the first there is."""
        if adapter is not None:
            return f"/org/bluez/{adapter}"
        answer = await self.call("/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")
        if answer.message_type is MessageType.ERROR:
            return None
        return min((path for path, interfaces in answer.body[0].items() if ADAPTER in interfaces), default=None)

    async def power(self, adapter: str | None, on: bool) -> bool:
        """Switch the adapter's power; False if BlueZ will not."""
        try:
            path = await self.adapter_path(adapter)
            if path is None:
                return False
            answer = await self.call(
                path, "org.freedesktop.DBus.Properties", "Set", "ssv", ADAPTER, "Powered", Variant("b", on)
            )
        except BUS_ERRORS as exc:
            log.warning("%s: adapter power could not be switched: %r", adapter or "radio", exc)
            return False
        if answer.message_type is MessageType.ERROR:
            log.warning("%s: BlueZ will not switch the adapter's power: %s", adapter or "radio", answer.error_name)
            return False
        return True

    async def power_cycle(self, adapter: str | None) -> bool:
        if not await self.power(adapter, False):
            return False
        await asyncio.sleep(POWER_OFF_SECONDS)
        return await self.power(adapter, True)

    async def _watch(self, on_lost: Callable[[str], None]) -> None:
        rule = "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='org.bluez'"

        def hear(message: Message) -> None:
            if message.member == "NameOwnerChanged" and message.body and message.body[0] == BLUEZ and message.body[1]:
                on_lost("bluetoothd went away")

        self._bus.add_message_handler(hear)
        question = Message(
            destination="org.freedesktop.DBus",
            path="/org/freedesktop/DBus",
            interface="org.freedesktop.DBus",
            member="AddMatch",
            signature="s",
            body=[rule],
        )
        async with asyncio.timeout(CALL_SECONDS):
            await self._bus.call(question)


@asynccontextmanager
async def open_bus(on_lost: Callable[[str], None]) -> AsyncIterator[BluezBus]:
    """Sit down at the system bus; `on_lost(reason)` is called when it, or bluetoothd, goes away. Raises BUS_ERRORS."""
    bus = MessageBus(bus_type=BusType.SYSTEM)
    watching: asyncio.Task[None] | None = None
    try:
        async with asyncio.timeout(CALL_SECONDS):
            await bus.connect()
        seat = BluezBus(bus)
        await seat._watch(on_lost)
        watching = asyncio.create_task(_mourn(bus, on_lost), name="radio: D-Bus")
        yield seat
    finally:
        if watching is not None:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
        bus.disconnect()


async def _mourn(bus: MessageBus, on_lost: Callable[[str], None]) -> None:
    try:
        await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus-fast 5.2 forgot its annotation
    except BUS_ERRORS as exc:
        log.debug("radio: %r", exc)
    on_lost("D-Bus went away")
