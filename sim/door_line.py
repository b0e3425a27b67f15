"""Contacts of doors in; what their nodes say on one cable out: one alone, or several in turns on a shared pair."""

import asyncio
import time
from collections.abc import Sequence
from typing import Final

from firmware_bridges.wire import SPEAK_FREELY
from sim.cable import Cable
from sim.door_node import DoorNode

BOUNCES: Final = 3  # of a reed switch, inside the 20 ms the node waits for rest
BOUNCE_SECONDS: Final = 0.003


class DoorLine:
    """Call `start` on a running loop. Nodes' milliseconds count from when the line was made."""

    def __init__(self, name: str, nodes: Sequence[DoorNode]) -> None:
        self.name = name
        self.nodes = tuple(nodes)
        self.cable = Cable(hold=True)
        self._began = time.monotonic()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def port(self) -> str:
        return self.cable.port

    @property
    def addresses(self) -> tuple[int, ...]:
        """Empty for a node on a cable of its own, as in the house's settings."""
        return tuple(node.address for node in self.nodes if node.address != SPEAK_FREELY)

    def now_ms(self) -> int:
        return int((time.monotonic() - self._began) * 1000)

    def wall(self, at_ms: int) -> float:
        """A node's instant in seconds of the wall clock."""
        return time.time() - time.monotonic() + self._began + at_ms / 1000

    def start(self) -> None:
        self.cable.listen(self._hear)
        self._turn()

    def move(self, node: DoorNode, is_open: bool) -> None:
        node.door(is_open, self.now_ms())
        self._turn()

    async def slam(self, node: DoorNode, is_open: bool) -> None:
        """Move a door whose contact bounces before it rests."""
        for _ in range(BOUNCES):
            self.move(node, is_open)
            await asyncio.sleep(BOUNCE_SECONDS)
            self.move(node, not is_open)
            await asyncio.sleep(BOUNCE_SECONDS)
        self.move(node, is_open)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self.cable.close()

    def _hear(self, data: bytes) -> None:
        now = self.now_ms()
        for node in self.nodes:
            node.hear(data, now)
        self._turn()

    def _turn(self) -> None:
        """Let everybody speak who has something to say and whose turn it is; come back when the next has."""
        now = self.now_ms()
        for node in self.nodes:
            if said := node.speak(now):
                self.cable.say(said)
        if self._timer is not None:
            self._timer.cancel()
        wait_ms = max(1, min(node.due_ms() for node in self.nodes) - now)
        self._timer = asyncio.get_running_loop().call_later(wait_ms / 1000, self._turn)
