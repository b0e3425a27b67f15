"""A number and a text in, the PDUs of a short message out (3GPP TS 23.040, SMS-SUBMIT; UCS-2, so Chinese is whole).

Sans-IO. A text of up to 70 UTF-16 units is one message; a longer one is cut into parts of 67 that the phone puts
together again (9.2.3.24.1, concatenation with an 8-bit reference).
"""

import re
from typing import Final

from msgspec import Struct

SINGLE_UNITS: Final = 70
PART_UNITS: Final = 67  # 140 octets less 6 of the header, in whole units
MOST_PARTS: Final = 4
NUMBER: Final = re.compile(r"\+?[0-9]{3,15}")

_SUBMIT: Final = 0x11  # SMS-SUBMIT with a relative validity period (9.2.3.1, 9.2.3.3)
_HAS_HEADER: Final = 0x40  # TP-UDHI
_UCS2: Final = 0x08  # TS 23.038, section 4
_SIX_HOURS: Final = 71  # (71 + 1) x 5 minutes (9.2.3.12.1): an alert of yesterday wakes nobody
_INTERNATIONAL, _UNKNOWN = 0x91, 0x81


class Pdu(Struct, frozen=True):
    """One part as AT+CMGS takes it: `length` octets, without those of the service centre's own address."""

    hex: str
    length: int


def submit(number: str, text: str, reference: int) -> list[Pdu]:
    """The parts of one message; what is longer than four is cut, with an ellipsis.

    `reference` 0..255 tells the parts of one message from those of another. Raises ValueError where the number is none.
    """
    if NUMBER.fullmatch(number) is None:
        raise ValueError("not a telephone number")
    parts = _cut(text)
    return [_pdu(number, part, reference, len(parts), index) for index, part in enumerate(parts, start=1)]


def _cut(text: str) -> list[str]:
    if _units(text) <= SINGLE_UNITS:
        return [text]
    parts, part, used = [], "", 0
    for letter in text:  # a letter of two units is never torn
        if used + _units(letter) > PART_UNITS:
            parts.append(part)
            part, used = "", 0
        part += letter
        used += _units(letter)
    parts.append(part)
    if len(parts) > MOST_PARTS:
        parts = parts[:MOST_PARTS]
        parts[-1] = parts[-1][:-1] + "…"
    return parts


def _units(text: str) -> int:
    return len(_encoded(text)) // 2


def _encoded(text: str) -> bytes:
    return text.encode("utf-16-be", errors="replace")


def _pdu(number: str, part: str, reference: int, count: int, index: int) -> Pdu:
    header = b"" if count == 1 else bytes((5, 0, 3, reference & 0xFF, count, index))
    content = header + _encoded(part)
    first = _SUBMIT | (_HAS_HEADER if header else 0)
    octets = bytes((first, 0)) + _address(number) + bytes((0, _UCS2, _SIX_HOURS, len(content))) + content
    return Pdu(hex=(b"\0" + octets).hex().upper(), length=len(octets))  # 00: the service centre that the SIM knows


def _address(number: str) -> bytes:
    """TS 23.040, 9.1.2.5: how many digits, of what type, and the digits with each pair swapped, filled with F."""
    digits = number.removeprefix("+")
    filled = digits + "F" * (len(digits) % 2)
    swapped = "".join(filled[at + 1] + filled[at] for at in range(0, len(filled), 2))
    kind = _INTERNATIONAL if number.startswith("+") else _UNKNOWN
    return bytes((len(digits), kind)) + bytes.fromhex(swapped)
