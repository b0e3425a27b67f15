"""Commands as JSON lines on stdin in, a stand-in BlueZ on the bus and one JSON line of answer each out.

`DBUS_SYSTEM_BUS_ADDRESS=... python -m sim.bluez_console`: a stand-in in a process of its own, for tests that run bleak
in theirs. The first line on stdout is `"ready"`. Bytes are base64, as msgspec writes them.
"""

import asyncio
import sys
from typing import assert_never

import msgspec
from msgspec import Struct

from sim.bluez import Said, StandInBluez


class Advertise(Struct, tag=True):
    """Answer: how many of them were heard."""

    adverts: list[Said]


class Gatt(Struct, tag=True):
    """Give a device services: service uuid -> characteristic uuid -> (flags, value)."""

    address: str
    table: dict[str, dict[str, tuple[list[str], bytes]]]


class Indicate(Struct, tag=True):
    """Answer: whether somebody had subscribed."""

    address: str
    uuid: str
    value: bytes


class Drop(Struct, tag=True):
    address: str


class Touch(Struct, tag=True):
    address: str
    rssi: int


class Power(Struct, tag=True):
    on: bool


class Silence(Struct, tag=True):
    on: bool


class Fault(Struct, tag=True):
    """`error` None takes the fault away."""

    member: str
    error: str | None = None
    text: str = ""


class Restart(Struct, tag=True):
    """bluetoothd dies and comes back, knowing nothing."""


class Ask(Struct, tag=True):
    """Answer: discovering, powered, the calls so far."""


Command = Advertise | Gatt | Indicate | Drop | Touch | Power | Silence | Fault | Restart | Ask


class State(Struct):
    discovering: bool
    powered: bool
    notifying: bool
    calls: list[str]


Answer = bool | int | State | None


class Console:
    """Does what it is told to one stand-in after the other."""

    def __init__(self) -> None:
        self.bluez = StandInBluez()

    async def do(self, command: Command) -> Answer:
        bluez = self.bluez
        match command:
            case Advertise(adverts):
                return await bluez.advertise_all(adverts)
            case Gatt(address, table):
                bluez.add_gatt(address, table)
            case Indicate(address, uuid, value):
                return bluez.indicate(address, uuid, value)
            case Drop(address):
                bluez.drop(address)
            case Touch(address, rssi):
                bluez.touch(address, rssi)
            case Power(on):
                bluez.power(on)
            case Silence(on):
                bluez.silent = on
            case Fault(member, error, text):
                bluez.faults.pop(member, None)
                if error is not None:
                    bluez.faults[member] = (error, text)
            case Restart():
                await bluez.stop()
                self.bluez = await StandInBluez().__aenter__()
            case Ask():
                return State(bool(bluez.discovering), bluez.powered, bool(bluez.notifying), bluez.calls)
            case _:
                assert_never(command)
        return None


async def main() -> None:
    console = Console()
    await console.bluez.__aenter__()
    print('"ready"', flush=True)
    lines = asyncio.StreamReader(limit=2**24)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        answer = await console.do(msgspec.json.decode(line, type=Command))
        print(msgspec.json.encode(answer).decode(), flush=True)
    await console.bluez.stop()


if __name__ == "__main__":
    asyncio.run(main())
