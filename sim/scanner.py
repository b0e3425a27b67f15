"""A code's text in, the bytes of a handheld or fixed scanner out, on a pseudo-terminal.

Models differ in what ends a line and in what they put before it: `SUFFIXES` and the acknowledgement of the GM65 (and of
its many clones), which sticks to the front of the line.
"""

import asyncio
from typing import Final

from sim.cable import Cable
from sim.waiting import until

SUFFIXES: Final = {"cr": b"\r", "lf": b"\n", "crlf": b"\r\n"}
GM65_ACK: Final = bytes.fromhex("02000001003331")  # the reply to the command "scan now", glued to what was scanned
OPENING_SECONDS: Final = 0.5  # whoever opens a port throws away what lay there; that takes them a moment
BEEP_SECONDS: Final = 0.8  # whoever has the port open after that has what was scanned


class Scanner:
    def __init__(self, suffix: str = "cr", *, acknowledges: bool = False) -> None:
        self._suffix = SUFFIXES[suffix]
        self._front = GM65_ACK if acknowledges else b""  # in command mode every line begins with it
        self.cable = Cable(hold=False)
        self.scanned = 0

    @property
    def port(self) -> str:
        return self.cable.port

    def line(self, text: str) -> bytes:
        """What goes over the cable for one code."""
        return self._front + text.encode() + self._suffix

    async def scan(self, text: str) -> None:
        """Hold a code before it, and again until somebody has the port open."""
        while True:
            if not self.cable.plugged:
                await until(lambda: self.cable.plugged)
                await asyncio.sleep(OPENING_SECONDS)
            self.cable.say(self.line(text))
            await asyncio.sleep(BEEP_SECONDS)
            if self.cable.plugged:
                break
        self.scanned += 1

    def close(self) -> None:
        self.cable.close()
