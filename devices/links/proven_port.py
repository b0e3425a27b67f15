"""What an installer wrote of an output's port, and the ports there are, in; the one that may be spoken to out.

Cheap USB adapters (CH340) carry no serial number, so two of them have the same name in /dev/serial/by-id, which then
points to whichever was found last; and /dev/ttyUSB0 is whoever came first. A byte sent there may open the wrong
barrier. Two things do not move by themselves: the socket an adapter is plugged into (/dev/serial/by-path, our own
/dev/menshen/usb-... of systemd/99-menshen.rules, or a UART of the board itself), and a serial number that only one
adapter has.
"""

import os
import re
from collections.abc import Iterable
from typing import Final

from msgspec import Struct
from serial.tools import list_ports

from devices.driver import LinkLost

BY_SOCKET: Final = re.compile(r"/dev/serial/by-path/.+|/dev/menshen/usb-.+|/dev/tty(AMA|S|THS)\d+")


class Plugged(Struct, frozen=True):
    """A serial port that is there, and the serial number its USB adapter gives, "" if none."""

    device: str
    usb_serial: str = ""


def names_one_place(port: str) -> bool:
    """Is this the name of a socket, which stays where it is whatever is plugged in elsewhere?"""
    return BY_SOCKET.fullmatch(port) is not None


def why_not(device: str, usb_serial: str, present: Iterable[Plugged]) -> str:
    """Why the adapter behind `device` is not surely the one with this serial number; empty if it is."""
    found = [port.device for port in present if port.usb_serial == usb_serial]
    if len(found) > 1:
        return f"{len(found)} adapters have the serial number {usb_serial}: {', '.join(sorted(found))}"
    if found != [device]:
        return f"the adapter at {device} is not the one with the serial number {usb_serial}"
    return ""


def proven(port: str, usb_serial: str) -> str:
    """The device file behind `port`, links followed. Raises LinkLost where it may be another adapter's."""
    device = os.path.realpath(port)
    if not os.path.exists(device):
        raise LinkLost(port, "nothing is plugged in there")
    if usb_serial and (why := why_not(device, usb_serial, present_ports())):
        raise LinkLost(port, why)
    return device


def present_ports() -> list[Plugged]:
    return [Plugged(port.device, port.serial_number or "") for port in list_ports.comports()]
