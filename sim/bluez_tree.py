"""Adapters, devices and GATT tables in; the object tree of org.bluez and its signals out.

The shapes are those of BlueZ 5.66 (doc/org.bluez.Adapter.rst, .Device.rst, .GattCharacteristic.rst in its source).
"""

from collections.abc import Callable, Mapping
from typing import Any

from dbus_fast import Message, MessageType, Variant

ROOT = "/org/bluez"
ADAPTER = "org.bluez.Adapter1"
DEVICE = "org.bluez.Device1"
SERVICE = "org.bluez.GattService1"
CHARACTERISTIC = "org.bluez.GattCharacteristic1"
DESCRIPTOR = "org.bluez.GattDescriptor1"
PROPERTIES = "org.freedesktop.DBus.Properties"
OBJECT_MANAGER = "org.freedesktop.DBus.ObjectManager"
CLIENT_CONFIGURATION = "00002902-0000-1000-8000-00805f9b34fb"

Interfaces = dict[str, dict[str, Variant]]
# service uuid -> characteristic uuid -> (flags, value)
GattTable = Mapping[str, Mapping[str, tuple[list[str], bytes]]]


class Tree:
    """`objects` is what GetManagedObjects answers; each change is told through `send`."""

    def __init__(self, adapter: str, send: Callable[[Message], None]) -> None:
        self.adapter = f"{ROOT}/{adapter}"
        self._send = send
        self.objects: dict[str, Interfaces] = {
            self.adapter: {
                ADAPTER: {
                    "Address": Variant("s", "B8:27:EB:00:00:01"),
                    "AddressType": Variant("s", "public"),
                    "Name": Variant("s", adapter),
                    "Alias": Variant("s", adapter),
                    "Powered": Variant("b", True),
                    "Discovering": Variant("b", False),
                    "Roles": Variant("as", ["central", "peripheral"]),
                    "UUIDs": Variant("as", []),
                }
            }
        }

    def path(self, address: str) -> str:
        return f"{self.adapter}/dev_{address.replace(':', '_')}"

    def get(self, path: str, interface: str, name: str) -> Any:
        return self.objects[path][interface][name].value

    def add(self, path: str, interfaces: Interfaces) -> None:
        self.objects[path] = interfaces
        self._signal("/", OBJECT_MANAGER, "InterfacesAdded", "oa{sa{sv}}", [path, interfaces])

    def remove(self, path: str) -> None:
        names = list(self.objects.pop(path, {}))
        self._signal("/", OBJECT_MANAGER, "InterfacesRemoved", "oas", [path, names])

    def change(self, path: str, interface: str, changed: dict[str, Variant]) -> None:
        self.objects[path][interface].update(changed)
        self._signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", [interface, changed, []])

    def hear(
        self,
        address: str,
        service_data: Mapping[str, bytes],
        manufacturer_data: Mapping[int, bytes],
        rssi: int,
        name: str | None,
    ) -> None:
        """An advert was received: a new device, or changed properties of a known one."""
        path = self.path(address)
        heard = {"RSSI": Variant("n", rssi)}
        if service_data:
            heard["ServiceData"] = Variant("a{sv}", {uuid: Variant("ay", data) for uuid, data in service_data.items()})
        if manufacturer_data:
            companies = {company: Variant("ay", data) for company, data in manufacturer_data.items()}
            heard["ManufacturerData"] = Variant("a{qv}", companies)
        if path in self.objects:
            self.change(path, DEVICE, heard)
            return
        heard |= {
            "Address": Variant("s", address),
            "AddressType": Variant("s", "random"),
            "Alias": Variant("s", name or address.replace(":", "-")),
            "Paired": Variant("b", False),
            "Bonded": Variant("b", False),
            "Trusted": Variant("b", False),
            "Blocked": Variant("b", False),
            "LegacyPairing": Variant("b", False),
            "Connected": Variant("b", False),
            "ServicesResolved": Variant("b", False),
            "UUIDs": Variant("as", []),
            "Adapter": Variant("o", self.adapter),
        }
        if name:
            heard["Name"] = Variant("s", name)
        self.add(path, {DEVICE: heard})

    def connected(self, device: str, table: GattTable) -> None:
        """The link is up: export the services, then say they are resolved."""
        self.change(device, DEVICE, {"Connected": Variant("b", True)})
        handle = 0x10
        for service, characteristics in table.items():
            at = f"{device}/service{handle:04x}"
            self.add(at, {SERVICE: _service(service, device)})
            handle += 1
            for uuid, (flags, value) in characteristics.items():
                inside = f"{at}/char{handle:04x}"
                self.add(inside, {CHARACTERISTIC: _characteristic(uuid, at, flags, value)})
                handle += 2
                if {"notify", "indicate"} & set(flags):
                    self.add(f"{inside}/desc{handle:04x}", {DESCRIPTOR: _configuration(inside)})
                    handle += 1
        self.change(device, DEVICE, {"ServicesResolved": Variant("b", True)})

    def disconnected(self, device: str) -> None:
        for path in sorted((path for path in self.objects if path.startswith(device + "/")), reverse=True):
            self.remove(path)
        self.change(device, DEVICE, {"ServicesResolved": Variant("b", False), "Connected": Variant("b", False)})

    def characteristic(self, device: str, uuid: str) -> str | None:
        """The object of a connected device's characteristic."""
        for path, interfaces in self.objects.items():
            found = interfaces.get(CHARACTERISTIC)
            if found and path.startswith(device + "/") and found["UUID"].value == uuid:
                return path
        return None

    def _signal(self, path: str, interface: str, member: str, signature: str, body: list[Any]) -> None:
        self._send(
            Message(
                message_type=MessageType.SIGNAL,
                path=path,
                interface=interface,
                member=member,
                signature=signature,
                body=body,
            )
        )


def _service(uuid: str, device: str) -> dict[str, Variant]:
    return {
        "UUID": Variant("s", uuid),
        "Device": Variant("o", device),
        "Primary": Variant("b", True),
        "Includes": Variant("ao", []),
    }


def _characteristic(uuid: str, service: str, flags: list[str], value: bytes) -> dict[str, Variant]:
    return {
        "UUID": Variant("s", uuid),
        "Service": Variant("o", service),
        "Value": Variant("ay", value),
        "Notifying": Variant("b", False),
        "Flags": Variant("as", flags),
        "MTU": Variant("q", 23),
    }


def _configuration(characteristic: str) -> dict[str, Variant]:
    return {
        "UUID": Variant("s", CLIENT_CONFIGURATION),
        "Characteristic": Variant("o", characteristic),
        "Value": Variant("ay", b"\x00\x00"),
    }
