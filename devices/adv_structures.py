"""The raw bytes of an advertisement in, its service data by UUID and its makers' data by company out.

    length | type | data ... | length | type | data ...      `length` counts the type and the data

    16  service data, 16-bit UUID     20  32-bit UUID     21  128-bit UUID     FF  maker's data, 16-bit company

Source: Core Specification Supplement, Part A, 1.4 and 1.11; Assigned Numbers 2.3. All little endian. A length of 0 ends
it early; what is cut off or too short is passed over. Anyone may send such bytes: nothing here raises.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from devices.adverts import BASE_UUID

SERVICE_16, SERVICE_32, SERVICE_128, MAKER = 0x16, 0x20, 0x21, 0xFF
_UUID_BYTES: Final = {SERVICE_16: 2, SERVICE_32: 4, SERVICE_128: 16}
_BASE_TAIL: Final = BASE_UUID.format(0)[8:]


class Structures(NamedTuple):
    """What a host stack would hand on of it."""

    service_data: Mapping[str, bytes]
    manufacturer_data: Mapping[int, bytes]


@lru_cache(maxsize=2_048)  # several receivers hear the same bytes within a moment; the Mappings are not to be changed
def structures(raw: bytes) -> Structures:
    services: dict[str, bytes] = {}
    makers: dict[int, bytes] = {}
    at = 0
    while at + 1 < len(raw) and (length := raw[at]):
        kind, data = raw[at + 1], raw[at + 2 : at + 1 + length]
        cut = at + 1 + length > len(raw)
        at += 1 + length
        if cut:
            break
        if kind == MAKER and len(data) >= 2:
            makers[int.from_bytes(data[:2], "little")] = data[2:]
        elif (size := _UUID_BYTES.get(kind, 0)) and len(data) >= size:
            services[_uuid(data[:size])] = data[size:]
    return Structures(services, makers)


def _uuid(little: bytes) -> str:
    digits = little[::-1].hex()
    if len(little) < 16:
        return f"{digits:0>8}{_BASE_TAIL}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
