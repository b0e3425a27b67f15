"""A simulated wristband: what it measures in, its encrypted BTHome v2 service data out.

Its own encoder, written from the description in devices/bthome.py and the BTHome specification, so that a mistake in
the house's decoder is not repeated here.

    info 0x41 | AES-128-CCM of the objects | counter (4, little endian) | tag (4)
    objects   00 packet id | 01 battery | 02 temperature (0.01 C) | 26 fallen | 2B strap opened | 3A button (01, 04 SOS)
"""

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESCCM

BTHOME_UUID = "0000fcd2-0000-1000-8000-00805f9b34fb"
PLAIN, ENCRYPTED = b"\x40", b"\x41"


@lru_cache(maxsize=8192)
def _cipher(key: bytes) -> AESCCM:
    return AESCCM(key, tag_length=4)


@dataclass(frozen=True, slots=True)
class SimulatedBand:
    """One band at one moment. `said()` is what it advertises, `next(...)` the band after its next measurement."""

    address: str
    key: bytes
    counter: int = 1
    celsius: float | None = 36.5
    worn: bool = True
    sos: bool = False
    fine: bool = False
    fallen: bool = False
    battery_percent: int = 90

    def next(self, **changes: float | bool | int | None) -> "SimulatedBand":
        """The same band, one measurement later."""
        return replace(self, counter=self.counter + 1, **changes)  # type: ignore[arg-type]  # fields by name

    def objects(self) -> bytes:
        """The unencrypted objects, ids ascending."""
        parts = [b"\x00", bytes((self.counter & 0xFF,)), b"\x01", bytes((self.battery_percent,))]
        if self.celsius is not None:
            parts += [b"\x02", struct.pack("<h", round(self.celsius * 100))]
        if self.fallen:
            parts.append(b"\x26\x01")
        parts.append(b"\x2b\x00" if self.worn else b"\x2b\x01")
        if self.sos:
            parts.append(b"\x3a\x04")
        elif self.fine:
            parts.append(b"\x3a\x01")
        return b"".join(parts)

    def said(self) -> dict[str, bytes]:
        """Service data by UUID, encrypted."""
        counter = self.counter.to_bytes(4, "little")
        nonce = bytes.fromhex(self.address.replace(":", "")) + b"\xd2\xfc" + ENCRYPTED + counter
        sealed = _cipher(self.key).encrypt(nonce, self.objects(), None)
        return {BTHOME_UUID: ENCRYPTED + sealed[:-4] + counter + sealed[-4:]}

    def said_plainly(self) -> dict[str, bytes]:
        """Service data by UUID, as a forger without the key would send it."""
        return {BTHOME_UUID: PLAIN + self.objects()}


def bands(count: int, seed: int) -> list[SimulatedBand]:
    """`count` bands with addresses C0:DE:00:00:00:00 and up; the same seed gives the same keys."""
    dice = random.Random(seed)
    return [
        SimulatedBand(address=":".join(f"{byte:02X}" for byte in (0xC0DE << 32 | number).to_bytes(6, "big")), key=key)
        for number, key in ((number, dice.randbytes(16)) for number in range(count))
    ]


def fever(band: SimulatedBand, seed: int, rising_from: int, peak_celsius: float = 38.6) -> Iterator[SimulatedBand]:
    """This band for ever: healthy for `rising_from` measurements, then rising by 0.1 C to `peak_celsius`."""
    dice = random.Random(seed)
    base, step = 36.4 + dice.random() * 0.4, 0
    while True:
        step += 1
        warm = min(base + max(0, step - rising_from) * 0.1, peak_celsius)
        band = band.next(celsius=round(warm + dice.uniform(-0.05, 0.05), 2))
        yield band
