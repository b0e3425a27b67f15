"""Wearers of bands and their moods in; adverts on the air of the stand-in BlueZ out, and those of passers-by.

Who goes to the gate is heard by the receiver there and by no other.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from typing import Final

from sim import esphome
from sim.bands import SimulatedBand
from sim.bluez import Said, StandInBluez
from sim.happenings import Mood

BEAT_SECONDS: Final = 0.8  # between two adverts of one band
SAID_TIMES: Final = 3  # a call, a fall: so often it must have been on air with somebody listening
PRESSED: Final = range(6, 13)  # beats in which a fall is cancelled: a press of the first seconds may be the fall itself
AT_GATE_TIMES: Final = 3  # a receiver hears the same words on three channels
ON_THE_WAY: Final = 5  # beats in which the gate hears one who comes faintly
FAINT_DBM, NEAR_DBM = -94, -50  # at the gate's receiver
MOMENT_SECONDS: Final = 3.0
FEVER_CELSIUS: Final = 38.4
PHONES: Final = 40  # of passers-by
COMPANY_OF_STRANGERS: Final = 0x004C


LASTING: Final = frozenset({Mood.WELL, Mood.FEVER, Mood.TAKES_OFF, Mood.SILENT, Mood.AT_GATE})
BEATS: Final = {Mood.CALLS: SAID_TIMES, Mood.FALLS: SAID_TIMES, Mood.CANCELS: PRESSED.stop}


class Wearer:
    """One band and what its wearer does. `began`: since when the present mood was heard, None before."""

    def __init__(self, band: SimulatedBand, dice: random.Random) -> None:
        self.band = band
        self.mood = Mood.WELL
        self.began: float | None = None
        self._dice = dice
        self._usual = round(dice.uniform(36.2, 36.7), 2)
        self._heard = 0
        self._finished: tuple[Mood, float] | None = None  # what it said last that is not lasting, and until when
        self._recorded = band.said()

    @property
    def device(self) -> str:
        """As the house calls it."""
        return "band-" + self.band.address.replace(":", "").lower()

    def turn(self, mood: Mood) -> None:
        self.mood, self.began, self._heard = mood, None, 0

    def next_adverts(self) -> list[Said]:
        """What is on air in this beat in the band's name; nothing while it is silent."""
        if self.mood is Mood.SILENT:
            return []
        warm = self._usual + self._dice.uniform(-0.1, 0.1)
        if self.mood is Mood.FEVER or (self.mood is Mood.HOT_ONCE and self._heard == 0):
            warm = FEVER_CELSIUS + self._dice.uniform(-0.1, 0.1)
        off = self.mood is Mood.TAKES_OFF
        self.band = self.band.next(
            celsius=round(24.5 if off else warm, 2),
            worn=not off,
            sos=self.mood is Mood.CALLS,
            fallen=self.mood is Mood.FALLS or (self.mood is Mood.CANCELS and self._heard < SAID_TIMES),
            fine=self.mood is Mood.CANCELS and self._heard in PRESSED,
        )
        rssi = self._strength()
        said = [Said(self.band.address, self.band.said(), rssi=rssi)]
        if self.mood is Mood.FORGED:
            without_key = SimulatedBand(self.band.address, self._dice.randbytes(16), self.band.counter + 1000)
            said.append(Said(self.band.address, without_key.said(), rssi=-70))
        if self.mood is Mood.REPLAYED:
            said.append(Said(self.band.address, self._recorded, rssi=-70))
        return said

    def _strength(self) -> int:
        """In dBm, at the receiver that hears it."""
        if self.mood is Mood.AT_GATE:
            return (FAINT_DBM if self._heard < ON_THE_WAY else NEAR_DBM) - self._dice.randrange(3)
        return -55 - self._dice.randrange(25)

    def was_heard(self, at: float) -> None:
        """Somebody listened to this beat."""
        if self.began is None:
            self.began = at
        self._heard += 1
        if self.mood not in LASTING and self._heard >= BEATS.get(self.mood, 1):
            self.mood, self._finished = Mood.WELL, (self.mood, at)

    def nobody_listens(self, at: float) -> None:
        """Whoever listened has died: what was said a moment ago may never have been written down, so again."""
        if self._finished is not None and at - self._finished[1] < MOMENT_SECONDS and self.mood is Mood.WELL:
            self.mood, self._heard = self._finished[0], 0
        if self.mood is Mood.CANCELS:
            self._heard = 0
        self._finished = None


class Air:
    """Every band says something each beat. `spoken` counts adverts of bands that were heard."""

    def __init__(
        self, bluez: StandInBluez, gate: esphome.EsphomeProxy, bands: Sequence[SimulatedBand], seed: int
    ) -> None:
        self._bluez = bluez
        self._gate = gate
        self._dice = random.Random(f"{seed}/air")
        self.wearers = tuple(Wearer(band, random.Random(f"{seed}/{band.address}")) for band in bands)
        self.spoken = 0

    @property
    def listened_to(self) -> bool:
        return bool(self._bluez.discovering)

    async def run(self) -> None:
        """For ever. The bands of one beat are spread over it."""
        pause = BEAT_SECONDS / len(self.wearers)
        while True:
            if not self.listened_to:
                for wearer in self.wearers:
                    wearer.nobody_listens(time.time())
            for wearer in self.wearers:
                self._speak(wearer)
                await self._bluez.drain()
                await asyncio.sleep(pause)
            self._passer_by()

    def _speak(self, wearer: Wearer) -> None:
        if wearer.mood is Mood.SILENT and wearer.began is None:
            wearer.began = time.time()
        said = wearer.next_adverts()
        at = time.time()
        if wearer.mood is Mood.AT_GATE:
            heard = [self._at_gate(advert) for advert in said]
        else:
            heard = [self._bluez.advertise(*advert) for advert in said]
        self.spoken += sum(heard)
        if heard and all(heard):
            wearer.was_heard(at)

    def _at_gate(self, said: Said) -> bool:
        """Did the receiver at the gate hear it, for somebody?"""
        raw = esphome.structures(said.service_data)
        self._gate.hear([esphome.Air(said.address, said.rssi, raw)] * AT_GATE_TIMES)
        return self._gate.subscribed

    def _passer_by(self) -> None:
        """A phone in somebody's pocket: nobody's band."""
        phone = self._dice.randrange(PHONES)
        self._bluez.advertise(
            f"7A:00:00:00:00:{phone:02X}", manufacturer_data={COMPANY_OF_STRANGERS: self._dice.randbytes(12)}, rssi=-85
        )
