"""Adverts and GATT tables in; a stand-in org.bluez on the system bus out, good enough for unmodified bleak.

Run it on a private bus (sim/dbus.py). What is imitated, with the errors of BlueZ 5.66: ObjectManager, Adapter1 (power,
discovery sessions by client), Device1 (connect, disconnect), GATT services with StartNotify and ReadValue.
Faults: `faults["StartDiscovery"] = (error name, text)`, `power(False)`, `silent = True`, and `stop()` for a bluetoothd
that dies.

Back-pressure: dbus-fast 5.2 drops the bus when its socket is full (EAGAIN), so nobody may send more than about
40 messages without `await drain()`; `advertise_all` does it by itself.
"""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import NamedTuple

from dbus_fast import BusType, Message, MessageType, NameFlag, Variant
from dbus_fast.aio import MessageBus

from sim.bluez_tree import ADAPTER, CHARACTERISTIC, DEVICE, GattTable, Tree

MESSAGES_BETWEEN_DRAINS = 40
CLIENTS_LEAVE = "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged'"
NO_SERVICE_DATA: Mapping[str, bytes] = {}
NO_MANUFACTURER_DATA: Mapping[int, bytes] = {}

Answer = Message | bool | None  # what a dbus-fast handler may return: an answer, "I do it myself", "not for me"


class Said(NamedTuple):
    """One advert on air."""

    address: str
    service_data: Mapping[str, bytes] = NO_SERVICE_DATA
    manufacturer_data: Mapping[int, bytes] = NO_MANUFACTURER_DATA
    rssi: int = -60
    name: str | None = None


class StandInBluez:
    """One adapter. `async with StandInBluez() as bluez: bluez.advertise(...)`."""

    def __init__(self, adapter: str = "hci0", bus_address: str | None = None) -> None:
        self._bus = MessageBus(bus_address=bus_address, bus_type=BusType.SYSTEM)
        self.tree = Tree(adapter, self._send)
        self.discovering: set[str] = set()
        self.notifying: dict[str, str] = {}
        self.faults: dict[str, tuple[str, str]] = {}
        self.silent = False
        self.calls: list[str] = []  # members of Adapter1, Device1 and the GATT interfaces, as they were called
        self._gatt: dict[str, GattTable] = {}
        self._unsure = 0  # messages since the bus was last known to have taken everything
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "StandInBluez":
        await self._bus.connect()
        self._bus.add_message_handler(self._handle)
        await self._bus.call(_bus_call("AddMatch", "s", [CLIENTS_LEAVE]))
        await self._bus.request_name("org.bluez", NameFlag.DO_NOT_QUEUE)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def stop(self) -> None:
        """bluetoothd dies: its name leaves the bus, nobody is told anything else."""
        for task in self._tasks:
            task.cancel()
        if self._bus.connected:
            self._bus.disconnect()
            with suppress(OSError, EOFError):
                await self._bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus-fast forgot to annotate it

    def advertise(
        self,
        address: str,
        service_data: Mapping[str, bytes] = NO_SERVICE_DATA,
        manufacturer_data: Mapping[int, bytes] = NO_MANUFACTURER_DATA,
        rssi: int = -60,
        name: str | None = None,
    ) -> bool:
        """An advert is on air. False: nobody listens (not discovering, no power, or silent), so it is gone."""
        if not self.discovering or self.silent or not self.powered:
            return False
        self.tree.hear(address, service_data, manufacturer_data, rssi, name)
        return True

    async def advertise_all(self, adverts: Iterable[Said]) -> int:
        """Many adverts, as fast as the bus takes them; how many were heard."""
        heard = 0
        for advert in adverts:
            heard += self.advertise(*advert)
            if self._unsure >= MESSAGES_BETWEEN_DRAINS:
                await self.drain()
        return heard

    async def drain(self) -> None:
        """Wait until the bus daemon has taken everything that was sent."""
        self._unsure = 0
        await self._bus.call(_bus_call("GetId"))

    @property
    def powered(self) -> bool:
        return bool(self.tree.get(self.tree.adapter, ADAPTER, "Powered"))

    def power(self, on: bool) -> None:
        """Somebody (rfkill, a hand, a client) switches the adapter; all discovery and all connections end with it."""
        if not on:
            for path, interfaces in list(self.tree.objects.items()):
                if DEVICE in interfaces and interfaces[DEVICE]["Connected"].value:
                    self.tree.disconnected(path)
            self.notifying.clear()
            self.discovering.clear()
        changed = {"Powered": Variant("b", on), "Discovering": Variant("b", bool(self.discovering))}
        self.tree.change(self.tree.adapter, ADAPTER, changed)

    def touch(self, address: str, rssi: int) -> None:
        """RSSI alone changes: bleak hands on the cached service data with it."""
        self.tree.change(self.tree.path(address), DEVICE, {"RSSI": Variant("n", rssi)})

    def add_gatt(self, address: str, table: GattTable) -> None:
        """What this device exports when it is connected."""
        self._gatt[self.tree.path(address)] = table

    def indicate(self, address: str, uuid: str, value: bytes) -> bool:
        """Indicate (or notify) a value; False if nobody subscribed."""
        path = self.tree.characteristic(self.tree.path(address), uuid)
        if path is None or path not in self.notifying:
            return False
        self.tree.change(path, CHARACTERISTIC, {"Value": Variant("ay", value)})
        return True

    def drop(self, address: str) -> None:
        """The device ends its connection."""
        device = self.tree.path(address)
        self.notifying = {path: who for path, who in self.notifying.items() if not path.startswith(device + "/")}
        self.tree.disconnected(device)

    def _send(self, message: Message) -> None:
        self._unsure += 1
        self._bus.send(message)

    def _handle(self, message: Message) -> Answer:
        if message.member == "NameOwnerChanged" and message.message_type is MessageType.SIGNAL:
            # bluetoothd ends the discovery of a client that left the bus; gone = its new owner is nobody
            name, _, owner = message.body
            if not owner:
                self.discovering.discard(name)
            return None
        if message.message_type is not MessageType.METHOD_CALL or message.destination is None:
            return None
        interface = message.interface or ""
        if interface.startswith("org.bluez."):
            self.calls.append(message.member or "")
        if message.member in self.faults:
            return Message.new_error(message, *self.faults[message.member])
        known = self.tree.objects.get(message.path or "")
        if interface == "org.freedesktop.DBus.ObjectManager":
            return Message.new_method_return(message, "a{oa{sa{sv}}}", [self.tree.objects])
        if known is None:
            if interface.startswith("org.bluez.") or interface == "org.freedesktop.DBus.Properties":
                return _error(message, "org.freedesktop.DBus.Error.UnknownObject", f"no {message.path}")
            return None
        if interface == "org.freedesktop.DBus.Properties":
            return self._property(message)
        if interface == ADAPTER:
            return self._adapter(message)
        if interface == DEVICE:
            return self._device(message)
        if interface == CHARACTERISTIC:
            return self._characteristic(message)
        return None

    def _property(self, message: Message) -> Answer:
        interface, *rest = message.body
        values = self.tree.objects[message.path or ""].get(interface, {})
        if message.member == "GetAll":
            return Message.new_method_return(message, "a{sv}", [values])
        if message.member == "Get" and rest[0] in values:
            return Message.new_method_return(message, "v", [values[rest[0]]])
        if message.member == "Set" and interface == ADAPTER and rest[0] == "Powered":
            self.power(bool(rest[1].value))
            return Message.new_method_return(message)
        if message.member == "Set" and rest[0] in values:
            self.tree.change(message.path or "", interface, {rest[0]: rest[1]})
            return Message.new_method_return(message)
        return _error(message, "org.freedesktop.DBus.Error.InvalidArgs", "No such property")

    def _adapter(self, message: Message) -> Answer:
        client = message.sender or ""
        match message.member:
            case "SetDiscoveryFilter":
                return Message.new_method_return(message)
            case "StartDiscovery" | "StopDiscovery" if not self.powered:
                return _error(message, "org.bluez.Error.NotReady", "Resource Not Ready")
            case "StartDiscovery" if client in self.discovering:
                return _error(message, "org.bluez.Error.InProgress", "Operation already in progress")
            case "StopDiscovery" if client not in self.discovering:
                return _error(message, "org.bluez.Error.Failed", "No discovery started")
            case "StartDiscovery":
                self.discovering.add(client)
            case "StopDiscovery":
                self.discovering.discard(client)
            case "RemoveDevice":
                self.tree.remove(message.body[0])
                return Message.new_method_return(message)
            case _:
                return None
        on = {"Discovering": Variant("b", bool(self.discovering))}
        self.tree.change(self.tree.adapter, ADAPTER, on)
        return Message.new_method_return(message)

    def _device(self, message: Message) -> Answer:
        path = message.path or ""
        if message.member == "Connect":
            table = self._gatt.get(path)
            if table is None:
                return _error(message, "org.bluez.Error.Failed", "Host is down")
            self.tree.connected(path, table)
            return Message.new_method_return(message)
        if message.member == "Disconnect":
            self._later(message)
            return True
        return None

    def _later(self, message: Message) -> None:
        # bluetoothd answers first and says "not connected" when the controller has confirmed
        async def disconnect() -> None:
            self._send(Message.new_method_return(message))
            await self.drain()
            self.drop((message.path or "")[-17:].replace("_", ":"))

        task = asyncio.create_task(disconnect(), name="stand-in BlueZ: disconnect")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _characteristic(self, message: Message) -> Answer:
        path = message.path or ""
        match message.member:
            case "StartNotify":
                if not {"notify", "indicate"} & set(self.tree.get(path, CHARACTERISTIC, "Flags")):
                    return _error(message, "org.bluez.Error.NotSupported", "Operation is not supported")
                self.notifying[path] = message.sender or ""
                self.tree.change(path, CHARACTERISTIC, {"Notifying": Variant("b", True)})
            case "StopNotify":
                self.notifying.pop(path, None)
                self.tree.change(path, CHARACTERISTIC, {"Notifying": Variant("b", False)})
            case "ReadValue":
                return Message.new_method_return(message, "ay", [self.tree.get(path, CHARACTERISTIC, "Value")])
            case _:
                return None
        return Message.new_method_return(message)


def _bus_call(member: str, signature: str = "", body: list[str] | None = None) -> Message:
    return Message(
        destination="org.freedesktop.DBus",
        path="/org/freedesktop/DBus",
        interface="org.freedesktop.DBus",
        member=member,
        signature=signature,
        body=body or [],
    )


def _error(message: Message, name: str, text: str) -> Message:
    return Message.new_error(message, name, text)
