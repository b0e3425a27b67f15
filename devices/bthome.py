"""BTHome v2 service data (0xFCD2) in, objects out; encrypted bodies are opened with the band's key.

    plain      info | object id | value | object id | value ...
    encrypted  info | ciphertext of the same | counter (4, little endian) | tag (4)

    info: bit 0 encrypted, bit 1 the device's address follows (6 bytes, least significant first), bit 2 sent on a
    trigger, bits 5-7 version (2). Encryption is AES-128-CCM with a 4-byte tag, no associated data, and the nonce
    address (6, most significant first) | D2 FC | info | counter.

Source: https://bthome.io/format and https://bthome.io/encryption (v2). All values are little endian.

Object ids should ascend, so that an old receiver still reads what stands before the first id it does not know. Real
devices do not keep to it (a Shelly sends 00 0B 4A 01 0C), so the order is not enforced. An unknown id ends parsing:
its length is not known. What stood before it counts. So does a value that is cut off.

What a Menshen wristband says (the one place where this is written down; firmware and simulator follow it)
| object             | means                        | why this one
| 02 temperature .01 | body temperature, 0.01 C     | fever is judged at 37.3: 57 (1 C) and 58 (0.35 C) are
| 45 temperature .1  | the same to 0.1 C            | too coarse for it; of several temperatures the first counts
| 01 battery         | percent left                 |
| 2B tamper          | 1 = strap opened: not worn   | the strap's loop is the very thing tamper stands for
| 25 presence        | 0 = no skin felt: not worn   | for bands with a skin sensor; worn = strap closed and skin felt
| 26 problem         | 1 = the wearer has fallen    | a state, so a lost advert does not lose it; 21, 22 and 2C (motion,
|                    |                              | moving, vibration) are on in any ordinary walk
| 3A button 04, 80   | long press or hold: SOS      | a short press happens in one's sleep
| 3A button 01, 02   | short press: I am fine       | cancels a fall of some seconds ago, and means nothing else
|                    |                              | (26 and 3A stay in every advert for ten seconds or more: one
|                    |                              | may be lost on the air, or give way to a newer one in the house)
| 00 packet id       | tells repeats in plaintext   | eight bits cannot guard against replay; the counter does
"""

from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from msgspec import Struct

ENCRYPTED = 0x01
ADDRESS_INCLUDED = 0x02
VERSION_MASK, VERSION_2 = 0xE0, 0x40
TAG_BYTES = 4
COUNTER_BYTES = 4

PACKET_ID, BUTTON, COMMAND, TEXT, RAW = 0x00, 0x3A, 0x3B, 0x53, 0x54
ARGUMENTS_MASK = 0x1F  # of a command's length byte: how many bytes of arguments follow its one byte of opcode

Value = int | float | bool | str | bytes


class Kind(Struct, frozen=True):
    """One line of the table: a number of `size` bytes times `factor` / `divisor`; size 0 = a length byte leads."""

    name: str
    size: int
    signed: bool = False
    factor: int = 1
    divisor: int = 1  # an integer, since 2506 / 100 is 25.06 and 2506 * 0.01 is not
    flag: bool = False


def _flag(name: str) -> Kind:
    return Kind(name, 1, flag=True)


KINDS: dict[int, Kind] = {
    PACKET_ID: Kind("packet_id", 1),
    0x01: Kind("battery", 1),
    0x02: Kind("temperature", 2, signed=True, divisor=100),
    0x03: Kind("humidity", 2, divisor=100),
    0x04: Kind("pressure", 3, divisor=100),
    0x05: Kind("illuminance", 3, divisor=100),
    0x06: Kind("mass", 2, divisor=100),
    0x07: Kind("mass", 2, divisor=100),
    0x08: Kind("dew_point", 2, signed=True, divisor=100),
    0x09: Kind("count", 1),
    0x0A: Kind("energy", 3, divisor=1000),
    0x0B: Kind("power", 3, divisor=100),
    0x0C: Kind("voltage", 2, divisor=1000),
    0x0D: Kind("pm25", 2),
    0x0E: Kind("pm10", 2),
    0x0F: _flag("generic"),
    0x10: _flag("power"),
    0x11: _flag("opening"),
    0x12: Kind("carbon_dioxide", 2),
    0x13: Kind("volatile_organic_compounds", 2),
    0x14: Kind("moisture", 2, divisor=100),
    0x15: _flag("battery_low"),
    0x16: _flag("battery_charging"),
    0x17: _flag("carbon_monoxide"),
    0x18: _flag("cold"),
    0x19: _flag("connectivity"),
    0x1A: _flag("door"),
    0x1B: _flag("garage_door"),
    0x1C: _flag("gas"),
    0x1D: _flag("heat"),
    0x1E: _flag("light"),
    0x1F: _flag("lock"),
    0x20: _flag("moisture"),
    0x21: _flag("motion"),
    0x22: _flag("moving"),
    0x23: _flag("occupancy"),
    0x24: _flag("plug"),
    0x25: _flag("presence"),
    0x26: _flag("problem"),
    0x27: _flag("running"),
    0x28: _flag("safety"),
    0x29: _flag("smoke"),
    0x2A: _flag("sound"),
    0x2B: _flag("tamper"),
    0x2C: _flag("vibration"),
    0x2D: _flag("window"),
    0x2E: Kind("humidity", 1),
    0x2F: Kind("moisture", 1),
    BUTTON: Kind("button", 1),
    COMMAND: Kind("command", 0),
    0x3C: Kind("dimmer", 2),
    0x3D: Kind("count", 2),
    0x3E: Kind("count", 4),
    0x3F: Kind("rotation", 2, signed=True, divisor=10),
    0x40: Kind("distance", 2),
    0x41: Kind("distance", 2, divisor=10),
    0x42: Kind("duration", 3, divisor=1000),
    0x43: Kind("current", 2, divisor=1000),
    0x44: Kind("speed", 2, divisor=100),
    0x45: Kind("temperature", 2, signed=True, divisor=10),
    0x46: Kind("uv_index", 1, divisor=10),
    0x47: Kind("volume", 2, divisor=10),
    0x48: Kind("volume", 2),
    0x49: Kind("volume_flow_rate", 2, divisor=1000),
    0x4A: Kind("voltage", 2, divisor=10),
    0x4B: Kind("gas", 3, divisor=1000),
    0x4C: Kind("gas", 4, divisor=1000),
    0x4D: Kind("energy", 4, divisor=1000),
    0x4E: Kind("volume", 4, divisor=1000),
    0x4F: Kind("water", 4, divisor=1000),
    0x50: Kind("timestamp", 4),
    0x51: Kind("acceleration", 2, divisor=1000),
    0x52: Kind("gyroscope", 2, divisor=1000),
    TEXT: Kind("text", 0),
    RAW: Kind("raw", 0),
    0x55: Kind("volume_storage", 4, divisor=1000),
    0x56: Kind("conductivity", 2),
    0x57: Kind("temperature", 1, signed=True),
    0x58: Kind("temperature", 1, signed=True, factor=35, divisor=100),
    0x59: Kind("count", 1, signed=True),
    0x5A: Kind("count", 2, signed=True),
    0x5B: Kind("count", 4, signed=True),
    0x5C: Kind("power", 4, signed=True, divisor=100),
    0x5D: Kind("current", 2, signed=True, divisor=1000),
    0x5E: Kind("direction", 2, divisor=100),
    0x5F: Kind("precipitation", 2, divisor=10),
    0x60: Kind("channel", 1),
    0x61: Kind("rotational_speed", 2),
    0x62: Kind("speed", 4, signed=True, divisor=1_000_000),
    0x63: Kind("acceleration", 4, signed=True, divisor=1_000_000),
    0x64: Kind("light_level", 1),
    0x65: Kind("settings_revision", 1),
    0xF0: Kind("device_type", 2),
    0xF1: Kind("firmware", 4),
    0xF2: Kind("firmware", 3),
}

BUTTON_EVENTS = {
    0x01: "press",
    0x02: "double_press",
    0x03: "triple_press",
    0x04: "long_press",
    0x05: "long_double_press",
    0x06: "long_triple_press",
    0x80: "hold_press",
    0x81: "hold_release",
}

# The same table as the loop below wants it: plain tuples, found by index.
_PLAN: tuple[tuple[int, bool, bool, int, int] | None, ...] = tuple(
    (kind.size, kind.signed, kind.flag, kind.factor, kind.divisor) if (kind := KINDS.get(number)) else None
    for number in range(256)
)


def objects(body: bytes) -> list[tuple[int, Value]]:
    """The (object id, value) pairs of an unencrypted body, in the order they stand; never raises."""
    found: list[tuple[int, Value]] = []
    at, end = 0, len(body)
    while at < end:
        number = body[at]
        plan = _PLAN[number]
        if plan is None:
            break
        size, signed, flag, factor, divisor = plan
        start = at + 1
        if not size:
            if start == end:
                break
            size = body[start] if number != COMMAND else 1 + (body[start] & ARGUMENTS_MASK)
            start += 1
        at = start + size
        if at > end:
            break
        if flag:
            found.append((number, body[start] != 0))
        elif number in (RAW, COMMAND):
            found.append((number, body[start:at]))
        elif number == TEXT:
            text = _text(body[start:at])
            if text is not None:
                found.append((number, text))
        else:
            raw = int.from_bytes(body[start:at], "little", signed=signed)
            found.append((number, raw if divisor == 1 else raw * factor / divisor))
    return found


def _text(raw: bytes) -> str | None:
    # what is no UTF-8 is no text; parsing goes on behind it, since its length was stated
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


class Frame(Struct, frozen=True, gc=False):
    """Service data taken apart. `counter` is None and `tag` empty where it is not encrypted."""

    info: int
    address: bytes | None  # only where the frame brings its own
    body: bytes  # the objects, or their ciphertext with the tag behind it
    counter: int | None


def split(data: bytes) -> Frame | None:
    """Take service data apart; None if it is not BTHome v2 or too short for what it claims to be."""
    if not data or data[0] & VERSION_MASK != VERSION_2:
        return None
    info, start, address = data[0], 1, None
    if info & ADDRESS_INCLUDED:
        if len(data) < 7:
            return None
        address, start = data[6:0:-1], 7
    if not info & ENCRYPTED:
        return Frame(info, address, data[start:], None)
    if len(data) < start + COUNTER_BYTES + TAG_BYTES:
        return None
    cut = len(data) - COUNTER_BYTES - TAG_BYTES
    counter = int.from_bytes(data[cut : cut + COUNTER_BYTES], "little")
    return Frame(info, address, data[start:cut] + data[cut + COUNTER_BYTES :], counter)


@lru_cache(maxsize=8192)  # building a cipher costs as much as several adverts; the key's owner changes seldom
def _cipher(key: bytes) -> AESCCM:
    return AESCCM(key, tag_length=TAG_BYTES)


def unseal(key: bytes, address: bytes, frame: Frame) -> bytes | None:
    """The objects of an encrypted frame, None if the tag does not fit key and address. `key` has 16 bytes."""
    assert frame.counter is not None
    nonce = address + b"\xd2\xfc" + bytes((frame.info,)) + frame.counter.to_bytes(COUNTER_BYTES, "little")
    try:
        return _cipher(key).decrypt(nonce, frame.body, None)
    except InvalidTag:
        return None
